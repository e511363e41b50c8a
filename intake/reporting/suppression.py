"""Small numbers are not told: a count of a few inquiries could be about somebody whom the reader knows."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

# A number smaller than this is not shown.
SMALLEST_CELL = 5


@dataclass(frozen=True)
class Cell:
    """One line of a breakdown. `count` is None where the number is not shown (see `suppressed`)."""

    label: str
    count: int | None


def suppressed(cells: list[Cell]) -> list[Cell]:
    """Return the cells of one breakdown with `count` None where the number is too small, or gives a small one away.

    The total stands beside the breakdown: a single hidden number would follow by subtraction, and so would small ones
    that together are few. So the next larger ones are hidden too until neither can be worked out.
    """
    hidden = {place for place, cell in enumerate(cells) if cell.count and cell.count < SMALLEST_CELL}
    others = sorted((cell.count, place) for place, cell in enumerate(cells) if cell.count and place not in hidden)
    while hidden and sum(cells[place].count or 0 for place in hidden) < SMALLEST_CELL:
        if not others:
            # All that there is would follow from the total and the zeros: then those are hidden as well.
            return [Cell(cell.label, None) for cell in cells]
        hidden.add(others.pop(0)[1])
    return [Cell(cell.label, None) if place in hidden else cell for place, cell in enumerate(cells)]


def total_in_mail(number: int) -> str:
    """Return a total as a mail may tell it: a mail leaves the site, so even a total is not told when it is small."""
    return _("fewer than %(smallest)s") % {"smallest": SMALLEST_CELL} if 0 < number < SMALLEST_CELL else str(number)
