"""What other apps have to say when somebody stops working here. They register themselves; this app knows none of them."""

from collections.abc import Callable

from accounts.models import User

# Each takes a person as they would be after the change, and returns why that can't be yet (a sentence for whoever changes it) or "".
Objection = Callable[[User], str]

_objections: list[Objection] = []
_afterwards: list[Callable[[], object]] = []


def objection(function: Objection) -> Objection:
    """Decorator: ask `function` before somebody is switched off, deleted, or can no longer be reached."""
    _objections.append(function)
    return function


def afterwards(function: Callable[[], object]) -> Callable[[], object]:
    """Decorator: call `function` after somebody was switched off, in the same transaction."""
    _afterwards.append(function)
    return function


def objections(user: User) -> list[str]:
    """Return why `user` can't become what the object in memory says (not saved yet); empty when they can."""
    return [reason for ask in _objections if (reason := ask(user))]


def tidy() -> None:
    """Do what the apps do after somebody left. Call it in the transaction that switches them off."""
    for function in _afterwards:
        function()
