"""A zip archive to a folder: unpacked once, whole or not at all, and never outside its folder."""

import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from exercise_lib import downloads, paths
from exercise_lib.errors import WorkshopError

MAX_BYTES = 2_000_000_000  # A zip bomb of a few kB would otherwise fill the disk.


class ArchiveError(WorkshopError):
    """An archive that cannot be unpacked; the message says why."""


def unpack_once(archive, cache=None):
    """Unpack a zip archive into the cache, unless its very content was unpacked before.

    Args:
        archive: Path of the zip file.
        cache: Folder for it; None takes the workshop's cache.

    Returns:
        pathlib.Path of the folder with the members. Its name holds the hash
        of the archive, so another version gets another folder.

    Raises:
        ArchiveError: missing, damaged or unsafe archive, or no room for it.
    """
    archive = Path(archive)
    if not archive.is_file():
        raise ArchiveError(f"There is no archive {paths.shown(archive)}.")
    name = f"{archive.stem}-{downloads.hash_of(archive)[:16]}"
    folder = Path(cache or paths.cache()) / name
    if not folder.is_dir():
        _unpack(archive, folder)
    return folder


def _unpack(archive, folder):
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(archive) as members:
            _refuse_unsafe(archive, members.infolist())
            members.extractall(part)
        _give_name(part, folder)
    except (zipfile.BadZipFile, EOFError) as error:
        raise ArchiveError(
            f"{paths.shown(archive)} is damaged ({error}): restore it and try again."
        ) from error
    except OSError as error:
        raise ArchiveError(
            f"{paths.shown(archive)} could not be unpacked to {folder} ({error.strerror}): make "
            "room, or set EXERCISE_CACHE to another folder."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _give_name(part, folder):
    try:
        part.rename(folder)
    except OSError:
        if not folder.is_dir():  # Else another notebook was quicker, with the same content.
            raise


def _refuse_unsafe(archive, members):
    """Raise ArchiveError for members that lie outside, links, or too much in all."""
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
        if path.is_absolute() or ".." in path.parts or ":" in member.filename or is_link:
            raise ArchiveError(
                f"{paths.shown(archive)} is not unpacked: its member {member.filename!r} would "
                "lie outside the folder."
            )
    size = sum(member.file_size for member in members)
    if size > MAX_BYTES:
        raise ArchiveError(
            f"{paths.shown(archive)} is not unpacked: it would take {size / 1e9:.0f} GB, at most "
            f"{MAX_BYTES / 1e9:.0f} GB are allowed."
        )
