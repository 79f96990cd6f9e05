"""Progress bars: the one place that decides whether they are shown."""

import os
from collections.abc import Iterable, Sized
from typing import Any, NoReturn, TypeVar, cast, overload

from tqdm import tqdm

MANY = 320  # A bar for fewer photos would only flicker.
Item = TypeVar("Item")


@overload
def bar(
    items: None = None, unit: str = ..., total: int | None = ..., least: int = ..., **options: Any
) -> "tqdm[NoReturn]": ...


@overload
def bar(
    items: Iterable[Item],
    unit: str = ...,
    total: int | None = ...,
    least: int = ...,
    **options: Any,
) -> "tqdm[Item]": ...


def bar(
    items: Iterable[Item] | None = None,
    unit: str = "photo",
    total: int | None = None,
    least: int = 0,
    **options: Any,
) -> "tqdm[Item] | tqdm[NoReturn]":
    """Return a tqdm bar on stderr, hidden for few items or if EXERCISE_QUIET is set.

    Args:
        items: What to iterate over; None for a bar that is updated by hand.
        unit: What is counted, as a singular noun.
        total: How many items there are; None takes their length.
        least: Hide the bar for fewer items than this.
        options: Other options of tqdm, such as `initial`.
    """
    if total is None:
        total = len(cast(Sized, items))
    hidden = total < least or bool(os.environ.get("EXERCISE_QUIET"))
    options.setdefault("leave", False)
    return tqdm(items, total=total, unit=unit, disable=hidden, **options)
