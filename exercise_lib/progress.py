"""Progress bars: the one place that decides whether they are shown."""

import os

from tqdm import tqdm

MANY = 320  # A bar for fewer photos would only flicker.


def bar(items=None, unit="photo", total=None, least=0, **options):
    """Return a tqdm bar on stderr, hidden for few things and where EXERCISE_QUIET is set.

    Args:
        items: What to iterate over; None for a bar that is updated by hand.
        unit: What is counted, in the singular.
        total: How many there are; None asks the items.
        least: Hidden for fewer than that.
        options: Others of tqdm, such as `initial`.
    """
    if total is None:
        total = len(items)
    hidden = total < least or bool(os.environ.get("EXERCISE_QUIET"))
    return tqdm(items, total=total, unit=unit, leave=False, disable=hidden, **options)
