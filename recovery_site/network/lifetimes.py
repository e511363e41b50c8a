"""How long a process lives: never longer than the one that started it, whose port and files it would keep."""

import contextlib
import ctypes
import signal

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in linux/prctl.h


def end_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Let the kernel send `how` to this process when its parent ends, in whatever way. Only Linux can; elsewhere nothing happens."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, how, 0, 0, 0)
