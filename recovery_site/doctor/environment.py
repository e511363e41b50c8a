"""Reading the environment, with errors that name the variable, and finding variables that look like ours and are misspelt."""

import os
import warnings
from collections.abc import Iterable
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from rapidfuzz.distance import DamerauLevenshtein

YES, NO = ("true", "yes", "on", "1", "y", "ok"), ("false", "no", "off", "0", "n", "")
# Variables of scripts, commands and systemd; no setting, but ours.
BESIDE_SETTINGS = frozenset(
    {"CHROMIUM", "CREDENTIALS_DIRECTORY", "DEMO_CASES", "DEMO_PASSWORD", "DJANGO_SETTINGS_MODULE", "PORT", "PYTHON", "RECOVERY_VENV"}
)
MOST_TYPOS = 2  # letters that are wrong, missing, too many or swapped
SHORTEST = 6  # letters of a name that is compared: shorter ones are like anything


class Environment(environ.Env):
    """environ.Env that refuses what it would misread in silence, and remembers which variables it was asked for.

    Raises ImproperlyConfigured with the name of the variable, and never with its value where that may hold a password.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False) -> Any:
        """Return the value as environ.Env does. A yes or no that is neither is an error instead of a no."""
        self.names.add(var)
        typed = os.environ.get(var, "")
        if cast is bool and typed.strip().lower() not in YES + NO:
            raise ImproperlyConfigured(f"{var} is {typed!r}; set it to true or false.")
        try:
            return super().get_value(var, cast=cast, default=default, parse_default=parse_default)
        except ValueError:
            if cast not in (int, float):
                raise ImproperlyConfigured(f"{var} can't be read: it has another form than docs/operations.md says.") from None
            raise ImproperlyConfigured(f"{var} is {typed!r}; set it to a number.") from None

    def address(self, var: str, default: str, parsed: Any) -> dict[str, Any]:
        """Return what `parsed` (one of environ's *_url_config) makes of the address in `var`, by default or if it is empty of `default`."""
        try:
            with warnings.catch_warnings(action="ignore"):  # environ would print the address with its password
                found: dict[str, Any] = parsed(self.get_value(var, default="") or default)
        except (ImproperlyConfigured, KeyError, ValueError):
            found = {}
        if not found.get("ENGINE", found.get("BACKEND", found.get("EMAIL_BACKEND"))):
            raise ImproperlyConfigured(f"{var} is no address that the site understands. docs/operations.md has examples.")
        return found


def misspelt(names: Iterable[str], known: Iterable[str]) -> dict[str, list[str]]:
    """Return {name: the known names that it looks like most, all equally} of those of `names` that nothing reads."""
    wanted = sorted(set(known) | BESIDE_SETTINGS)
    found: dict[str, list[str]] = {}
    for name in sorted(set(names) - set(wanted)):
        if len(name) < SHORTEST:
            continue
        distances = {each: DamerauLevenshtein.distance(name.upper(), each) for each in wanted}
        least = min(distances.values())
        alike = [each for each, distance in distances.items() if distance == least and len(each) >= SHORTEST]
        if least <= MOST_TYPOS and alike:
            found[name] = alike
    return found
