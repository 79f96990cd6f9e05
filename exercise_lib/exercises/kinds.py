"""What an answer returns: a number, an array, a model, ...

A kind converts a value to a plain form that later cells and the check can rely
on, whatever its style (a tensor, a NumPy number, a tuple for a list), or says
in words what was asked for.
"""

import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

CHOICES = ("a", "b", "c", "d")


class OtherKindError(Exception):
    """The value is not of the requested kind."""


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    Attributes:
        words: What is asked for, such as "a number".
        read: Takes a value and returns it in plain form.
            Raises OtherKindError (or any other exception) if it is not one.
        may_be_none: Whether None is a value of this kind.
    """

    words: str
    read: Callable[[Any], Any]
    may_be_none: bool = False


def to_array(value: Any) -> np.ndarray:
    """Return an array or a tensor of numbers or truth values as a NumPy array.

    Raises:
        OtherKindError: it is a list, contains text or objects, or is not an array at all.
    """
    if not (hasattr(value, "shape") and hasattr(value, "dtype")):
        raise OtherKindError
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        raise OtherKindError
    return array


def to_numbers(value: Any) -> np.ndarray:
    """Return numbers as an array: an array, a tensor, or a list (of lists) of numbers.

    Raises:
        OtherKindError: it is none of these, contains other values, or its rows differ in length.
    """
    if isinstance(value, list | tuple):
        if not value:
            raise OtherKindError
        rows = [to_numbers(item) if isinstance(item, list | tuple) else item for item in value]
        value = np.asarray([np.asarray(row) for row in rows])
    return to_array(value)


def to_number(value: Any) -> int | float:
    """Return a number of any type as int or float; truth values do not count."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    array = to_array(value)
    if array.shape != () or array.dtype.kind == "b":
        raise OtherKindError
    return array.item()


def to_whole_number(value: Any) -> int:
    """Return a whole number of any type as int."""
    number = to_number(value)
    if not isinstance(number, int):
        raise OtherKindError
    return number


def to_truth(value: Any) -> bool:
    """Return True or False of any type as bool."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    array = to_array(value)
    if array.shape != () or array.dtype.kind != "b":
        raise OtherKindError
    return bool(array)


def to_list(value: Any) -> list[Any]:
    """Return a list, a tuple, or the rows of an array as a list."""
    if isinstance(value, list | tuple):
        return list(value)
    return list(to_array(value))


def to_whole_numbers(value: Any) -> list[int]:
    """Return a list, tuple or array of whole numbers as a list of int."""
    return [to_whole_number(item) for item in to_list(value)]


def to_letter(value: object) -> str:
    """Return the letter of a choice, such as "b" for "**B)**"."""
    if not isinstance(value, str):
        raise OtherKindError
    letter = "".join(sign for sign in value if sign.isalnum()).lower()
    if letter not in CHOICES:
        raise OtherKindError
    return letter


def to_model(value: object) -> "keras.Model":
    """Return a Keras model unchanged."""
    import keras

    if not isinstance(value, keras.Model):
        raise OtherKindError
    return value


def to_history(value: object) -> "keras.callbacks.History":
    """Return the history that Keras's `fit` returns, unchanged."""
    import keras

    if not isinstance(value, keras.callbacks.History):
        raise OtherKindError
    return value


ANYTHING = Kind("a value", lambda value: value)
NOTHING = Kind("nothing", lambda value: None, may_be_none=True)
NUMBER = Kind("a number", to_number)
WHOLE_NUMBER = Kind("a whole number", to_whole_number)
TRUTH = Kind("True or False", to_truth)
NUMBERS = Kind("an array of numbers (a tensor or a list is fine)", to_numbers)
ARRAY = Kind("an array of numbers", to_array)
WHOLE_NUMBERS = Kind("whole numbers, as a list or an array", to_whole_numbers)
LETTER = Kind('one letter as text, "a", "b", "c" or "d"', to_letter)
MODEL = Kind("a Keras model", to_model)
HISTORY = Kind("the history that `fit` returns", to_history)
