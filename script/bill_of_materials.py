"""Write the bill of materials (CycloneDX) and the list of licenses of what requirements-production.txt pins.

    script/sbom [--check]

The pins, and the lines "# via" that script/lock wrote below them, say what is installed and what needs it; installed metadata
and script/licenses.toml say under which licenses. Files have no times and no random numbers, so that the same pins give the
same bytes on every machine, and a release can be compared with the one before. The hashes of all files are in
requirements-production.txt.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recovery_site import __version__

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs") / "security"
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
OURSELVES = "recovery-site"


class LicenseMissing(Exception):
    """A package has no license that script/licenses.toml accepts."""


@dataclass(frozen=True)
class Package:
    """One pinned package; `needed_by` has names of packages, or OURSELVES."""

    name: str
    version: str
    needed_by: tuple[str, ...]
    license: str = ""

    @property
    def reference(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def pinned(text: str) -> list[Package]:
    """Return what a requirements file pins, with the names below each "# via"."""
    packages: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        if pin := PIN.match(line):
            packages.append((pin[1], pin[2], []))
        elif packages and line.startswith("    #"):
            words = line.strip("# ").removeprefix("via").split()
            if words and words[0] != "-c":
                packages[-1][2].append(words[0])
    return [Package(name, version, tuple(sorted(needed_by))) for name, version, needed_by in packages]


def with_license(package: Package, rules: dict[str, Any]) -> Package:
    """Return the package with its license as an SPDX expression. Raise LicenseMissing if there is none that is accepted."""
    if own := rules["packages"].get(package.name):
        expression = own["license"]
    else:
        try:
            metadata = importlib.metadata.metadata(package.name)
        except importlib.metadata.PackageNotFoundError:
            raise LicenseMissing(f"{package.name} is not installed here; name its license in script/licenses.toml") from None
        expression = (metadata.get_all("License-Expression") or metadata.get_all("License") or ["none"])[0]
    if expression not in rules["accepted"]:
        raise LicenseMissing(f"{package.name}: the license {expression[:60]!r} is not accepted in script/licenses.toml")
    return Package(package.name, package.version, package.needed_by, expression)


def bill(packages: list[Package]) -> str:
    """Return the bill of materials as JSON: cyclonedx-bom's own, with licenses and what needs what."""
    names = "".join(f"{package.name}=={package.version}\n" for package in packages)
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "-", "--output-reproducible", "--spec-version", "1.6"]
    made = json.loads(subprocess.run(command, input=names, capture_output=True, text=True, check=True).stdout)  # noqa: S603
    licenses = {package.reference: package.license for package in packages}
    for component in made["components"]:
        component["bom-ref"] = component["purl"]
        component["licenses"] = [{"expression": licenses[component["purl"]]}]
        component.pop("description", None)
    ours = {"bom-ref": OURSELVES, "type": "application", "name": OURSELVES, "version": __version__}
    made["metadata"]["component"] = ours | {"licenses": [{"expression": "BSD-3-Clause"}]}
    made["dependencies"] = [
        {"ref": reference, "dependsOn": sorted(other.reference for other in packages if name in other.needed_by)}
        for name, reference in [(OURSELVES, OURSELVES), *((package.name, package.reference) for package in packages)]
    ]
    return json.dumps(made, indent=2, sort_keys=True) + "\n"


def license_list(packages: list[Package], rules: dict[str, Any]) -> str:
    """Return the page that lists the licenses."""
    used = sorted({package.license for package in packages})
    return "\n".join(
        [
            "# Licenses of what a server installs",
            "",
            "Written by `script/sbom` from requirements-production.txt and script/licenses.toml. Don't edit.",
            "",
            "| package | version | license | needed by | license read in |",
            "|---|---|---|---|---|",
            *(
                f"| {package.name} | {package.version} | {package.license} | {', '.join(package.needed_by)} | "
                f"{rules['packages'].get(package.name, {}).get('read_in', 'its metadata')} |"
                for package in packages
            ),
            "",
            "| license | why it is accepted |",
            "|---|---|",
            *(f"| {name} | {rules['accepted'][name]} |" for name in used),
            "",
        ]
    )


def files(root: Path = ROOT) -> dict[Path, str]:
    """Return what the two files must say."""
    rules = tomllib.loads((root / "script" / "licenses.toml").read_text(encoding="utf-8"))
    pins = pinned((root / "requirements-production.txt").read_text(encoding="utf-8"))
    packages = [with_license(package, rules) for package in pins]
    return {FOLDER / "sbom.cdx.json": bill(packages), FOLDER / "licenses.md": license_list(packages, rules)}


def main() -> int:
    """Write the files; with --check only compare them."""
    try:
        expected = files()
    except LicenseMissing as error:
        sys.stderr.write(f"script/sbom: {error}\n")
        return 1
    for path, text in expected.items():
        if "--check" not in sys.argv:
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
        elif not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text:
            sys.stderr.write(f"script/sbom: {path} is not that of requirements-production.txt; run script/sbom\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
