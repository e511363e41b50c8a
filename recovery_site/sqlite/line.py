"""The line in which the writers of one SQLite file wait for their turn.

SQLite lets one transaction write at a time and has no queue: whoever waits sleeps, for longer each time, and whoever
happens to look when the file is free is next. Under load some then wait for seconds while others pass them. Here all who
want to write wait in the kernel for a lock on a file beside the database, and it lets them through in the order in which
they came. Only the first in line looks at the database, and often.

The lock is held while its holder *waits* for the database, never while it writes. So a writer that is killed, stopped or
slow holds nobody's place, and whoever gives up after its time gives up for itself only.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Line:
    """One connection's place in the line at `path`, a file that is made when it isn't there. Not for several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    @contextlib.contextmanager
    def first(self) -> Iterator[None]:
        """Wait until everybody who came earlier has had their turn; be the first in line while the block runs."""
        if self._descriptor < 0:
            # Each connection opens the file for itself: the kernel tells the places apart by that.
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Give the file back; the next turn opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
