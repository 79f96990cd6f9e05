"""Unpack an archive once, completely or not at all, and never outside its folder."""

import json
import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from exercise_lib import paths
from exercise_lib.errors import WorkshopError
from exercise_lib.storage import atomic, downloads

MAX_BYTES = 2_000_000_000  # A zip bomb of a few kB would otherwise fill the disk.


class ArchiveError(WorkshopError):
    """An archive that cannot be unpacked; the message says why."""


def unpack_once(archive: str | os.PathLike, cache: str | os.PathLike | None = None) -> Path:
    """Unpack a zip or tar archive into the cache, unless the same content was unpacked before.

    Args:
        archive: Path of the archive.
        cache: Where to put the folder; None uses the workshop's cache.

    Returns:
        pathlib.Path of the folder with the members. Its name contains the hash
        of the archive, so another version gets another folder.

    Raises:
        ArchiveError: the archive is missing, damaged or unsafe, or there is no space.
    """
    archive = Path(archive)
    if not archive.is_file():
        raise ArchiveError(f"There is no archive {paths.shown(archive)}: check the path.")
    name = f"{archive.stem}-{downloads.hash_of(archive)[:16]}"
    folder = Path(cache or paths.cache()) / name
    if not _is_complete(folder):
        shutil.rmtree(folder, ignore_errors=True)
        _unpack(archive, folder)
    return folder


def _is_complete(folder: Path) -> bool:
    """Return whether a folder still has every file that was unpacked, as large as it was.

    Cleaners of disks delete old files from caches, one by one.
    """
    try:
        sizes = json.loads(_manifest(folder).read_text(encoding="utf-8"))
        return bool(sizes) and all(
            (folder / name).stat().st_size == size for name, size in sizes.items()
        )
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def _manifest(folder: Path) -> Path:
    """Return the file, beside a folder, with the name and the size of every file in it."""
    return folder.with_name(f"{folder.name}.json")


def _write_manifest(part: Path, folder: Path) -> None:
    files = (file for file in part.rglob("*") if file.is_file())
    sizes = {file.relative_to(part).as_posix(): file.stat().st_size for file in files}
    atomic.write_whole(_manifest(folder), json.dumps(sizes).encode())


def _unpack(archive: Path, folder: Path) -> None:
    part = atomic.part_name(folder, ".part")
    try:
        if tarfile.is_tarfile(archive):
            _unpack_tar(archive, part)
        else:
            _unpack_zip(archive, part)
        _write_manifest(part, folder)
        _give_name(part, folder)
    except (zipfile.BadZipFile, tarfile.ReadError, zlib.error, lzma.LZMAError, EOFError) as error:
        raise ArchiveError(
            f"{paths.shown(archive)} is damaged ({error}): restore it and try again."
        ) from error
    except (RuntimeError, NotImplementedError) as error:  # What zipfile raises for such members.
        raise ArchiveError(
            f"{paths.shown(archive)} is encrypted, or compressed in a way that cannot be read "
            "here: unpack it yourself, and give the folder."
        ) from error
    except OSError as error:
        raise ArchiveError(
            f"{paths.shown(archive)} could not be unpacked to {folder} ({error.strerror}): free "
            "some space, or set EXERCISE_CACHE to another folder."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unpack_zip(archive: Path, part: Path) -> None:
    with zipfile.ZipFile(archive) as members:
        for member in members.infolist():
            path = PurePosixPath(member.filename.replace("\\", "/"))
            is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
            if path.is_absolute() or ".." in path.parts or ":" in member.filename or is_link:
                raise _outside(archive, member.filename)
        _refuse_too_much(archive, [member.file_size for member in members.infolist()])
        members.extractall(part)


def _unpack_tar(archive: Path, part: Path) -> None:
    with tarfile.open(archive) as members:
        _refuse_too_much(archive, [member.size for member in members])
        try:
            members.extractall(part, filter="data")
        except tarfile.FilterError as error:
            raise _outside(archive, error.tarinfo.name) from error


def _give_name(part: Path, folder: Path) -> None:
    try:
        part.rename(folder)
    except OSError:
        if not folder.is_dir():  # Otherwise another notebook was quicker, with the same content.
            raise


def _outside(archive: Path, member: str) -> ArchiveError:
    return ArchiveError(
        f"{paths.shown(archive)} was not unpacked: its member {member!r} would end up outside "
        "the folder."
    )


def _refuse_too_much(archive: Path, sizes: Sequence[int]) -> None:
    if sum(sizes) > MAX_BYTES:
        raise ArchiveError(
            f"{paths.shown(archive)} was not unpacked: it would take {sum(sizes) / 1e9:.0f} GB, "
            f"but the limit is {MAX_BYTES / 1e9:.0f} GB."
        )
