"""manage.py train_advice: train the model of dangerous advice again. Needs scikit-learn, which only developers install."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.checks import clinical_safety
from articles.checks.text import advice, language_data, parsed_guide, safety_data, sentences
from articles.management.commands import measure_checks
from articles.workflow import starter_library
from danger.corpus import training

SEED, FOLDS = 20261129, 6
STRENGTH = 30.0  # inverse of the regularization; chosen by cross-validation
# The share that may be a warning of the guides' sentences, and an error of the look-alikes, in cross-validation.
WARNINGS_OF_LIBRARY, ERRORS_OF_LOOKALIKES = 0.02, 0.01
MARGIN = 0.01  # above every sentence that is known to be right


class Line(NamedTuple):
    """A sentence, whether it is dangerous, and its group: lines of one group are never learnt from and measured at once."""

    sentence: str
    is_dangerous: bool
    group: str
    origin: str


class Command(BaseCommand):
    help = "Train the model of dangerous advice on advice.tsv of each language and store advice.json beside it. Needs scikit-learn."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for language in language_data.languages(safety_data.NAME):
            try:
                content = train(language)
            except ImportError:
                raise CommandError("Training needs scikit-learn, which only developers have: pip install scikit-learn") from None
            path = language_data.FOLDER / language / "advice.json"
            path.write_text(json.dumps(content, indent=0) + "\n", encoding="ascii")
            facts = ", ".join(f"{name} {value}" for name, value in content.items() if name != "weights")
            self.stdout.write(f"{language}: {facts}, {path.stat().st_size} bytes")
        advice.weights.cache_clear()


def data_hash(language: str) -> str:
    """Return a hash of advice.tsv, the groups of words and the settings."""
    settings = (SEED, STRENGTH, WARNINGS_OF_LIBRARY, ERRORS_OF_LOOKALIKES, MARGIN, advice.BUCKETS)
    patterns = [(name, pattern.pattern) for name, pattern in advice.groups(language)]
    digest = hashlib.sha256(repr((settings, patterns)).encode())
    digest.update(_path(language).read_bytes())
    return digest.hexdigest()[:16]


def train(language: str) -> dict[str, Any]:
    """Return the content of advice.json, with what cross-validation found of the lines of advice.tsv."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    lines = list(dict.fromkeys((*_written(language), *_examples(language), *_library(language))))
    matrix = training.as_matrix([advice.features(language_data.comparable(line.sentence), language) for line in lines], advice.BUCKETS)
    dangerous = np.array([line.is_dangerous for line in lines])
    library = np.array([line.origin == "library" for line in lines])
    written = np.array([line.origin == "written" for line in lines])

    def fitted(chosen: Any) -> Any:
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", max_iter=1000, random_state=SEED)
        return model.fit(matrix[chosen], dangerous[chosen])

    scores = np.zeros(len(lines))
    for learnt, measured in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(matrix, dangerous, [line.group for line in lines]):
        scores[measured] = fitted(learnt).predict_proba(matrix[measured])[:, 1]
    model = fitted(np.arange(len(lines)))
    asked = np.array([line.sentence.endswith("?") for line in lines])
    right = model.predict_proba(matrix)[:, 1][~dangerous & ~asked & ~written].max() + MARGIN
    look = max(float(np.quantile(scores[library], 1 - WARNINGS_OF_LIBRARY)), float(right))
    alarm = max(look, float(np.quantile(scores[written & ~dangerous], 1 - ERRORS_OF_LOOKALIKES)))

    def share(chosen: Any, level: float) -> float:
        return round(float((scores[chosen] >= level).mean()), 3)

    return {
        "data": data_hash(language),
        "lines": int(written.sum()),
        "found": share(written & dangerous, look),
        "false": share(written & ~dangerous & ~asked, look),
        "false_in_guides": share(library, look),
        "errors": share(written & dangerous, alarm),
        "right": round(float(right), 3),
        "look": round(look, 3),
        "alarm": round(alarm, 3),
        **training.packed(model, largest=100),
    }


def _path(language: str) -> Path:
    return language_data.FOLDER / language / "advice.tsv"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _written(language: str) -> Iterator[Line]:
    for row in _rows(_path(language)):
        yield Line(row["sentence"], row["verdict"] == "found", row["wording"], "written")


def _examples(language: str) -> Iterator[Line]:
    """Yield the sentences that the patterns were written for: the examples of the data, and the list that they were tuned on."""
    data = language_data.read(language, safety_data.NAME)
    for number, row in enumerate((*data["claims"], *data.get("suspicions", ()))):
        for is_dangerous, listed in ((True, row.get("found", ())), (False, row.get("passes", ()))):
            for sentence in listed:
                yield Line(sentence, is_dangerous, f"example {number}", "examples")
    for row in (*data["facts"].values(), *({"passes": guide["parts"].values()} for guide in data["guides"].values())):
        for text in row.get("passes", ()):
            for sentence in sentences.split(text.replace("## ", "").replace("\n\n", ". ")):
                yield Line(sentence, False, sentence, "examples")
    for number, row in enumerate(_rows(measure_checks.LISTS / "tuned-on.tsv")):
        if row["check"] != safety_data.NAME or row["language"] != language:
            continue
        # A sentence that must be found because a fact is missing is not dangerous advice, nor surely none.
        if row["place"] == measure_checks.NO_GUIDE or row["finds"] == measure_checks.NO_GUIDE:
            yield Line(row["sentence"].replace("\\n", " "), row["finds"] != measure_checks.NO_GUIDE, f"tuned {number // 8}", "examples")


def _library(language: str) -> Iterator[Line]:
    """Yield the sentences of the starter library, which are right. Those of one guide are one group."""
    data = safety_data.of(language)
    for guide in starter_library.read_all():
        if guide.key[0] == language and data is not None:
            parsed = parsed_guide.read(guide.snapshot, today=timezone.localdate())
            for sentence in clinical_safety.sentences_of(parsed, data):
                yield Line(sentence.words, False, "/".join(guide.key), "library")
