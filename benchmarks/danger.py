"""How long it takes to hear danger: a message, a long message, and hostile texts of 6,000 characters.

python -m benchmarks.danger
"""

import os
import time
from collections.abc import Callable
from functools import partial

WORDS = [
    "stop",
    "no",
    "took",
    "tembl",
    "not",
    "my",
    "se quiero",
    "drink withdr",
    "want",
    "overdosse",
    "breathing cant he",
    "i",
    "dont want to",
    "a,",
    "!?",
]
LONGEST = 6000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from danger.assess import assess
    from danger.corpus import collection

    lines = [line.text for line in collection.sentences()]
    assess("warm up")
    print(f"{len(lines)} lines: {_milliseconds(lambda: [assess(line) for line in lines]) / len(lines):.2f} ms each")
    messages = [" ".join(lines[at : at + 6]) for at in range(0, len(lines) - 6, 6)]
    print(f"{len(messages)} messages of 6 lines: {_milliseconds(lambda: [assess(text) for text in messages]) / len(messages):.2f} ms each")
    hostile = {word: (word + " ") * (LONGEST // (len(word) + 1)) for word in WORDS}
    hostile["words of the list"] = " ".join(lines)[:LONGEST]
    hostile["nearly words"] = " ".join(f"overdosi{at}x suicidq{at}" for at in range(400))[:LONGEST]
    hostile["unknown words"] = " ".join(f"{chr(97 + at % 26)}bcdefghij{chr(97 + at % 25)}k" for at in range(600))[:LONGEST]
    for name, text in hostile.items():
        print(f"hostile {name!r}: {_milliseconds(partial(assess, text)):.1f} ms")


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
