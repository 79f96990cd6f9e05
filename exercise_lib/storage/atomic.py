"""Files that are complete or absent, and arrays that may be kept in a file."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from exercise_lib.errors import WorkshopError

MEMORY_BYTES = 500_000_000  # The largest array that is kept in memory.
CHECKSUM_BYTES = 16  # Behind what `write_checked` writes.


def part_name(path: Path, suffix: str) -> Path:
    """Return a name beside a path for an incomplete file; no two calls return the same name.

    It has no process id: on two machines with one folder, or in two threads, that may be equal.
    """
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}{suffix}")


@contextlib.contextmanager
def replaced_whole(path: Path, suffix: str | None = None) -> Iterator[Path]:
    """Yield a name beside a path to write to; at the end the new file takes the path's name.

    The name ends in the path's suffix or the given one, for writers that depend on it.
    Anyone who reads the path in the meantime, or after a failure, sees the old file.
    """
    part = part_name(path, suffix or path.suffix)
    try:
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # It is there only if something failed.
            part.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes to a file; a reader sees the old ones until then, and after a crash."""
    with replaced_whole(path) as part:
        part.write_bytes(content)


def write_checked(path: Path, content: bytes) -> None:
    """Write bytes for `read_checked`: with a checksum behind them."""
    write_whole(path, content + _checksum(content))


def read_checked(path: Path) -> bytes | None:
    """Return what `write_checked` wrote; None if the file is missing or damaged in any way."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    content, checksum = content[:-CHECKSUM_BYTES], content[-CHECKSUM_BYTES:]
    return content if checksum == _checksum(content) else None


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=CHECKSUM_BYTES).digest()


def remove_oldest(folder: Path, pattern: str, max_bytes: int) -> None:
    """Delete the least recently used files until the rest are small enough together.

    Args:
        folder: Where the files are, at any depth.
        pattern: Pattern of their names, such as "*.npy".
        max_bytes: How many bytes may be left.
    """
    entries = []
    for path in folder.rglob(pattern):
        with contextlib.suppress(OSError):  # Another notebook may have deleted it.
            entries.append((path, path.stat()))
    too_much = sum(stat.st_size for _, stat in entries) - max_bytes
    for path, stat in sorted(entries, key=lambda entry: entry[1].st_mtime):
        if too_much <= 0:
            return
        with contextlib.suppress(OSError):  # On Windows a file cannot be deleted while it is read.
            path.unlink()
            too_much -= stat.st_size


def empty_array(shape: tuple[int, ...], dtype: DTypeLike, folder: Path) -> np.ndarray:
    """Return an array to fill; a large one is kept in a file that goes when the array goes.

    Args:
        shape: Of the array.
        dtype: Of the array.
        folder: Where to keep an array of more than MEMORY_BYTES; created if necessary.

    Raises:
        WorkshopError: the disk has no space, or the folder is not writable.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= MEMORY_BYTES:
        return np.empty(shape, dtype)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):  # Else a full disk would show up late.
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype, "w+", shape=shape)
    except OSError as error:
        raise WorkshopError(
            f"{folder} cannot hold {size / 1e9:.1f} GB of data computed from the photos "
            f"({error.strerror}): free some space, or set EXERCISE_CACHE to another folder."
        ) from error
