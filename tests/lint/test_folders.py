"""The lint rule on the number of modules in a folder."""

from pathlib import Path

from script.checks import folders


def modules(folder, count):
    return [Path(folder, "__init__.py"), *(Path(folder, f"module_{number}.py") for number in range(count))]


def test_a_folder_of_16_modules_is_named():
    assert list(folders.find([*modules("intake/triage", 16), *modules("articles/search", 15)])) == [
        "intake/triage: 16 modules; split it (at most 15)"
    ]


def test_migrations_and_tests_may_be_as_many_as_there_are():
    assert list(folders.find([*modules("intake/migrations", 40), *modules("tests/intake/triage", 20)])) == []
