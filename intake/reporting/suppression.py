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

    @property
    def shown(self) -> str:
        """The number as it may be read. Of a hidden one a chart says once why, so this is short."""
        return "–" if self.count is None else str(self.count)


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


def suppressed_steps(cells: list[Cell]) -> list[Cell]:
    """Return the cells of a funnel, each a part of the one before it, hidden as the differences between them have to be.

    A step is shown when its number follows from the differences that are shown, and from the first step, which always is.
    """
    counts = [cell.count or 0 for cell in cells]
    differences = [Cell(cell.label, count - after) for cell, count, after in zip(cells, counts, [*counts[1:], 0], strict=True)]
    hidden = [place for place, cell in enumerate(suppressed(differences)) if cell.count is None]
    if not hidden:
        return cells
    return [cell if place <= hidden[0] or place > hidden[-1] else Cell(cell.label, None) for place, cell in enumerate(cells)]


def total_in_mail(number: int) -> str:
    """Return a total as a mail may tell it: a mail leaves the site, so even a total is not told when it is small."""
    return _("fewer than %(smallest)s") % {"smallest": SMALLEST_CELL} if 0 < number < SMALLEST_CELL else str(number)
