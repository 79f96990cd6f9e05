"""Whether two values are the same, and how a value is shown to a student."""

import numbers
import reprlib
from typing import Any

import numpy as np

LONGEST = 300  # Characters of a value that are shown.


def same(left: Any, right: Any, tolerance: float) -> bool:
    """Compare two values: numbers and arrays within a tolerance, containers item by item.

    A list and a tuple with equal items are the same; so are an array and a
    tensor with equal values. Never raises: values that cannot be compared differ.

    Args:
        left: Any value.
        right: Any value.
        tolerance: Largest difference, absolute (and also relative if below 1),
            between equal numbers. Whole numbers must match exactly.
    """
    try:
        return bool(_same(left, right, tolerance))
    except Exception:  # A student's object may raise anything.
        return False


def _same(left: Any, right: Any, tolerance: float) -> bool:
    if left is None or right is None or left is ... or right is ...:
        return left is right
    if isinstance(left, dict) or isinstance(right, dict):
        return _same_dict(left, right, tolerance)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_same(a, b, tolerance) for a, b in pairs)
    if _is_numeric(left) and _is_numeric(right):
        return _same_array(np.asarray(left), np.asarray(right), tolerance)
    return type(left) is type(right) and left == right


def _same_dict(left: object, right: object, tolerance: float) -> bool:
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return False
    return left.keys() == right.keys() and all(
        _same(value, right[key], tolerance) for key, value in left.items()
    )


def _is_numeric(value: object) -> bool:
    if isinstance(value, str | bytes):
        return False
    if isinstance(value, numbers.Number | list | tuple) or hasattr(value, "dtype"):
        return np.asarray(value).dtype.kind in "biufc"
    return False


def _same_array(left: np.ndarray, right: np.ndarray, tolerance: float) -> bool:
    if left.shape != right.shape or (left.dtype.kind == "b") != (right.dtype.kind == "b"):
        return False
    if left.dtype.kind in "biu" and right.dtype.kind in "biu":
        return np.array_equal(left, right)
    relative = tolerance if tolerance < 1 else 0
    return np.allclose(
        left.astype(float), right.astype(float), rtol=relative, atol=tolerance, equal_nan=True
    )


class _Short(reprlib.Repr):
    """Like repr, but numbers are plain and short, and nothing exceeds a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = 12
        self.maxstring = self.maxother = 120
        self.maxlevel = 5

    def repr_float(self, value: float, level: int) -> str:
        return f"{value:.7g}" if value != int(value) else repr(float(value))

    def repr1(self, value: Any, level: int) -> str:
        if isinstance(value, np.bool_ | bool):
            return str(bool(value))
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float):
            return repr(value) if not np.isfinite(value) else self.repr_float(value, level)
        if hasattr(value, "shape") and hasattr(value, "dtype"):
            return shown_array(np.asarray(value))
        return super().repr1(value, level)


def shown(value: object) -> str:
    """Return a value as a student would read it, in one or a few lines. Never raises."""
    try:
        text = _Short().repr(value)
    except Exception:  # Its own repr may raise.
        return f"an object of type {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def shown_array(array: np.ndarray) -> str:
    """Return a small array as its numbers, a large one as shape and range."""
    if array.size <= 24:
        text = np.array2string(array, separator=", ", precision=6, suppress_small=False)
        return text if array.shape else text.strip()
    if array.dtype.kind in "biuf":
        low, high = array.min(), array.max()
        return f"an array of shape {array.shape} with values from {low:.6g} to {high:.6g}"
    return f"an array of shape {array.shape} of {array.dtype}"


def shown_apart(found: object, expected: object) -> tuple[str, str]:
    """Return both values as text that differs, even if they would read the same."""
    left, right = shown(found), shown(expected)
    if left != right:
        return left, right
    if type(found) is not type(expected):
        return f"{left} (a {type(found).__name__})", f"{right} (a {type(expected).__name__})"
    return _in_full(found) or left, _in_full(expected) or right


def _in_full(value: object) -> str:
    if isinstance(value, float):
        return repr(value)
    if hasattr(value, "dtype"):
        return np.array2string(np.asarray(value), separator=", ", floatmode="unique", threshold=50)
    return ""
