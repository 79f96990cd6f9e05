"""Seconds of a call, and a table of two ways."""

import time


def timed(work):
    """Return (seconds, result) of a call without arguments."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def report(title, naive, ours):
    """Print two ways, (name, seconds, test accuracy) each, and how many times faster ours is."""
    print(f"\n{title}")
    for name, seconds, accuracy in (naive, ours):
        print(f"  {name:<28}{seconds:8.2f} s   test accuracy {accuracy:.3f}")
    print(f"  ratio {naive[1] / ours[1]:.1f}")
