"""Numbers kept as sorted runs, so that many of them can be brought together without being read one by one."""

import sys
from array import array
from bisect import bisect_right

# Numbers a run, on average, below which sorting them all costs less than looking into each run several times.
FEW = 64


class Runs:
    """Whole numbers from 0 on. Joining two of these, or asking for the number at a place, costs by the run and not by the number."""

    def __init__(self, code: str = "I") -> None:
        """`code` is the form of one number when packed, of the module `array`."""
        self._code = code
        self._loose: list[int] = []
        self._runs: list[array[int]] = []

    def add(self, number: int) -> None:
        """Add one number."""
        self._loose.append(number)

    def take(self, packed: bytes | memoryview) -> None:
        """Add the numbers that `packed` made these bytes of."""
        if packed:
            numbers: array[int] = array(self._code)
            numbers.frombytes(packed)
            if sys.byteorder == "big":
                numbers.byteswap()
            self._runs.append(numbers)

    def packed(self) -> bytes:
        """Return the numbers in order, as bytes that any machine can unpack."""
        numbers = array(self._code, sorted([*self._loose, *(number for run in self._runs for number in run)]))
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers.tobytes()

    def __len__(self) -> int:
        return len(self._loose) + sum(map(len, self._runs))

    def up_to(self, limit: int) -> int:
        """Return how many of the numbers are not larger than `limit`."""
        self._sort()
        return self._not_above(limit)

    def at(self, *places: int) -> list[int]:
        """Return the numbers at these places of the order, counted from 0; the places are in order themselves."""
        self._sort()
        if sum(map(len, self._runs)) < FEW * len(self._runs):
            self._loose, self._runs = [number for run in self._runs for number in run], []
            self._sort()
        found: list[int] = []
        for place in places:
            found.append(self._at(place, found[-1] if found else min(run[0] for run in self._runs)))
        return found

    def _at(self, place: int, low: int) -> int:
        # The smallest number that enough of all are not larger than, found by halving what it can be, from `low` on.
        if self._not_above(low) > place:
            return low
        low, high = low + 1, max(run[-1] for run in self._runs)
        while low < high:
            middle = (low + high) // 2
            if self._not_above(middle) > place:
                high = middle
            else:
                low = middle + 1
        return low

    def _not_above(self, limit: int) -> int:
        return sum([bisect_right(run, limit) for run in self._runs])

    def _sort(self) -> None:
        if self._loose:
            self._runs.append(array(self._code, sorted(self._loose)))
            self._loose = []
