"""A line in the terminal that says how far a long run is."""

import time
from typing import TextIO

WIDTH = 30
EVERY = 0.2  # seconds


class Bar:
    """A bar on a terminal; lines, one a tenth, where the output is kept. Call it with the number of rows that were done."""

    def __init__(self, out: TextIO, total: int, what: str) -> None:
        self.out, self.total, self.what = out, total, what
        self.done, self.begun, self.shown, self.tenths = 0, time.monotonic(), 0.0, 0

    def __call__(self, rows: int) -> None:
        self.done += rows
        # What arrives meanwhile is done as well.
        self.total = max(self.total, self.done)
        now = time.monotonic()
        if not self.out.isatty():
            if (tenths := 10 * self.done // self.total) > self.tenths:
                self.tenths = tenths
                self.out.write(f"{self._words(now)}\n")
        elif now - self.shown > EVERY or self.done == self.total:
            self.shown = now
            full = WIDTH * self.done // self.total
            self.out.write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {self._words(now)}   ")
        self.out.flush()

    def end(self) -> None:
        """Leave the line of the bar."""
        if self.done and self.out.isatty():
            self.out.write("\n")

    def _words(self, now: float) -> str:
        rate = self.done / max(now - self.begun, 0.001)
        left = int((self.total - self.done) / rate)
        return f"{self.done:,} of {self.total:,} {self.what}, {rate:,.0f} a second, {left // 60}:{left % 60:02} left"
