"""Files that are there whole or not at all, and arrays that may lie in one."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from exercise_lib.errors import WorkshopError

MEMORY_BYTES = 500_000_000  # The largest array that is kept in memory.


def part_name(path: Path, suffix: str) -> Path:
    """Return a name beside a path for what is not whole yet; no two calls give the same.

    No process id: those of two machines on one folder, or of two threads, may be equal.
    """
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}{suffix}")


@contextlib.contextmanager
def replaced_whole(path: Path, suffix: str | None = None) -> Iterator[Path]:
    """Yield a name beside a path to write to; at the end what was written gets the path's name.

    The name ends like the path's, or as told, for those who go by it.
    Whoever reads the path meanwhile, or after a failure, sees the old file.
    """
    part = part_name(path, suffix or path.suffix)
    try:
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # It is there only if something failed.
            part.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes to a file; whoever reads it meanwhile, or after a crash, sees the old ones."""
    with replaced_whole(path) as part:
        part.write_bytes(content)


def remove_oldest(folder: Path, pattern: str, max_bytes: int) -> None:
    """Delete files that were not used for longest, until all of them are small enough.

    Args:
        folder: Where they lie, at any depth.
        pattern: What their names are like, such as "*.npy".
        max_bytes: How much may be left.
    """
    entries = []
    for path in folder.rglob(pattern):
        with contextlib.suppress(OSError):  # Another notebook may have deleted it.
            entries.append((path, path.stat()))
    too_much = sum(stat.st_size for _, stat in entries) - max_bytes
    for path, stat in sorted(entries, key=lambda entry: entry[1].st_mtime):
        if too_much <= 0:
            return
        with contextlib.suppress(OSError):  # On Windows it stays while it is read.
            path.unlink()
            too_much -= stat.st_size


def empty_array(shape: tuple[int, ...], dtype: DTypeLike, folder: Path) -> np.ndarray:
    """Return an array to fill; a large one lies in a file that goes when the array goes.

    Args:
        shape: Of the array.
        dtype: Of the array.
        folder: Where an array of more than MEMORY_BYTES lies; it is made if need be.

    Raises:
        WorkshopError: there is no room on the disk, or one may not write there.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= MEMORY_BYTES:
        return np.empty(shape, dtype)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):  # Else a full disk would show only while writing.
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype, "w+", shape=shape)
    except OSError as error:
        raise WorkshopError(
            f"{folder} cannot hold {size / 1e9:.1f} GB of what is made of the photos "
            f"({error.strerror}): make room, or name another folder with EXERCISE_CACHE."
        ) from error
