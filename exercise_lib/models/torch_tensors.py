"""Read the tensors in a file that PyTorch saved in its first format, without PyTorch.

Such a file holds five pickles, one of which names the tensors, and then their
numbers. Python's `pickle` could call any function; here the few instructions
that tensors need are followed one by one, and none of them calls anything.
Sources: `_legacy_save` in torch/serialization.py, PyTorch 2.11
(https://github.com/pytorch/pytorch), and Python's pickletools, which says what
each pickle instruction means.
"""

import io
import math
import os
import pickletools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from exercise_lib.errors import WorkshopError

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
# The five pickles together; for 300 tensors they take 50 kB.
MOST_BYTES = 2**20
MOST_AXES = 8
# The names that a file may contain; here each is just a string.
DTYPES: dict[str, np.dtype] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch LongStorage": np.dtype("<i8"),
}
DICT, TENSOR = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"


class BadTensorsError(WorkshopError):
    """A file without tensors that can be read here; the message says why."""


@dataclass(frozen=True)
class _Storage:
    """A row of numbers that follows the pickles: its key there, its kind and its size."""

    key: str
    dtype: np.dtype
    size: int


@dataclass(frozen=True)
class _View:
    """A tensor as described in the file: a part of a storage, with its axes in any order."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Read all tensors of a file.

    Args:
        path: The file.

    Returns:
        dict from the name of each tensor to an array of its shape, float32 or
        int64, in the order of the file.

    Raises:
        BadTensorsError: the file is truncated, contains anything but tensors, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except BadTensorsError as error:
        raise BadTensorsError(f"{path.name} contains no readable tensors: {error}.") from error
    # Python raises nearly anything for a damaged pickle.
    except Exception as error:
        raise BadTensorsError(
            f"{path.name} contains no readable tensors: it is damaged, truncated or not readable."
        ) from error


def _read(file: BinaryIO) -> dict[str, np.ndarray]:
    pickles = io.BytesIO(file.read(MOST_BYTES))
    if (_load(pickles), _load(pickles)) != (MAGIC_NUMBER, PROTOCOL):
        raise BadTensorsError("it was not saved by PyTorch in its first format")
    _, views, keys = (_load(pickles) for _ in range(3))
    if type(views) is not dict or not all(type(view) is _View for view in views.values()):
        raise BadTensorsError("it contains something that is not a tensor")
    storages = sorted({view.storage for view in views.values()}, key=lambda storage: storage.key)
    if [storage.key for storage in storages] != keys:
        raise BadTensorsError("its list of storages does not match its tensors")
    # Otherwise a thousand tensors that share their numbers would fill the memory.
    if sum(math.prod(view.shape) for view in views.values()) > sum(one.size for one in storages):
        raise BadTensorsError("its tensors are larger than its numbers")
    file.seek(pickles.tell())
    numbers = {storage: _read_storage(file, storage) for storage in storages}
    return {name: _array(view, numbers[view.storage]) for name, view in views.items()}


def _load(pickles: io.BytesIO) -> Any:
    """Return the value of the next pickle, built on a stack of values."""
    values: list[Any] = []
    below: list[list[Any]] = []
    memo: dict[object, Any] = {}
    for instruction, said, _ in pickletools.genops(pickles):
        name = instruction.name
        if name == "STOP":
            return values.pop()
        if name == "MARK":
            below.append(values)
            values = []
        elif name in ("BINPUT", "LONG_BINPUT"):
            memo[said] = values[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            values.append(memo[said])
        elif name in ("TUPLE", "APPENDS", "SETITEMS"):  # These take all since the last mark.
            part, values = values, below.pop()
            _follow(name, said, part, values)
        else:
            part = [values.pop() for _ in range(TAKES.get(name, 0))]
            _follow(name, said, part[::-1], values)


TAKES = {"TUPLE1": 1, "APPEND": 1, "BINPERSID": 1, "BUILD": 1}
TAKES |= {"TUPLE2": 2, "SETITEM": 2, "REDUCE": 2, "TUPLE3": 3}


def _follow(name: str, said: Any, part: list[Any], values: list[Any]) -> None:
    """Apply an instruction to the part that it takes, and change the values below."""
    match name:
        case "PROTO" | "BUILD":  # PyTorch's own notes about the file.
            pass
        case "NONE" | "NEWTRUE" | "NEWFALSE":
            values.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name])
        case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINUNICODE":
            values.append(said)
        case "EMPTY_TUPLE" | "TUPLE" | "TUPLE1" | "TUPLE2" | "TUPLE3":
            values.append(tuple(part))
        case "EMPTY_LIST":
            values.append([])
        case "EMPTY_DICT":
            values.append({})
        case "APPEND" | "APPENDS":
            values[-1].extend(part)
        case "SETITEM" | "SETITEMS":
            _fill(values[-1], part)
        case "GLOBAL":
            values.append(_known(said))
        case "BINPERSID":
            values.append(_storage(*part[0]))
        case "REDUCE":
            values.append(_made(*part))
        case _:
            raise BadTensorsError(f"it has the instruction {name}, which tensors do not need")


def _fill(names: dict[str, Any], part: list[Any]) -> None:
    """Put keys and values, in turn, into a dict."""
    # Strings only: Python crashes when it hashes tuples nested a million deep.
    if not all(type(key) is str for key in part[::2]):
        raise BadTensorsError("one of its names is not text")
    names.update(zip(part[::2], part[1::2], strict=True))


def _known(name: str) -> str:
    if name not in (DICT, TENSOR, *DTYPES):
        raise BadTensorsError(f"it asks for {name[:60]!a}, which is not a tensor")
    return name


def _made(name: object, arguments: Any) -> dict[str, Any] | _View:
    """Return what PyTorch would make by calling one of the names."""
    if name == DICT and arguments == ():
        return {}
    if name == TENSOR:
        return _view(*arguments[:4])
    raise BadTensorsError("it makes something that is not a tensor")


def _storage(
    kind: object, dtype: Any, key: Any, _place: object, size: Any, _of: object
) -> _Storage:
    is_text = type(dtype) is str and type(key) is str
    if kind != "storage" or not is_text or dtype not in DTYPES or not _is_count(size):
        raise BadTensorsError("one of its storages is of an unknown kind")
    return _Storage(key, DTYPES[dtype], size)


def _view(storage: Any, offset: Any, shape: Any, strides: Any) -> _View:
    is_shape = type(shape) is tuple and len(shape) == len(strides) <= MOST_AXES
    if not is_shape or not all(map(_is_count, (offset, *shape, *strides))):
        raise BadTensorsError("the shape of a tensor is not a shape")
    last = offset + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))
    if last >= storage.size and 0 not in shape:
        raise BadTensorsError("a tensor is larger than its numbers")
    return _View(storage, offset, shape, strides)


def _is_count(number: object) -> bool:
    return type(number) is int and number >= 0


def _read_storage(file: BinaryIO, storage: _Storage) -> np.ndarray:
    """Return the numbers of a storage, which follow their count."""
    size = storage.size * storage.dtype.itemsize
    count = int.from_bytes(file.read(8), "little")
    # Checked before reading: Python would first allocate whatever size the file claims.
    if count != storage.size or size > os.fstat(file.fileno()).st_size - file.tell():
        raise BadTensorsError("it is truncated")
    return np.frombuffer(file.read(size), storage.dtype)


def _array(view: _View, numbers: np.ndarray) -> np.ndarray:
    """Return a tensor as a separate array."""
    steps = [stride * numbers.itemsize for stride in view.strides]
    return np.lib.stride_tricks.as_strided(numbers[view.offset :], view.shape, steps).copy()
