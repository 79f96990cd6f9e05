"""Seconds of work that a cache saved, for fair comparisons of times."""

import contextlib
import contextvars
from collections.abc import Iterator

_collected: contextvars.ContextVar[list[float] | None] = contextvars.ContextVar(
    "seconds of work that was found done", default=None
)


@contextlib.contextmanager
def collected() -> Iterator[list[float]]:
    """Collect the seconds saved inside the block, in a list.

    With their sum added, times do not depend on what was in a cache.
    """
    seconds: list[float] = []
    token = _collected.set(seconds)
    try:
        yield seconds
    finally:
        _collected.reset(token)


def add(seconds: float) -> None:
    """Record that a cache saved this many seconds of work."""
    if (all_seconds := _collected.get()) is not None:
        all_seconds.append(seconds)
