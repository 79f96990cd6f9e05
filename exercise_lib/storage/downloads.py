"""Download one file from an address to the disk, and check its hash.

The download goes into a part file that is renamed at the end: a file with the final
name is complete. A web page, a truncated body or any other wrong content does not
match the hash and is deleted.
"""

import contextlib
import errno
import os
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests
from urllib3.exceptions import ReadTimeoutError

from exercise_lib import notices, paths, progress
from exercise_lib.errors import WorkshopError
from exercise_lib.storage import atomic

# Seconds to wait for a connection, and then for each next piece of the file.
TIMEOUT = (10, 30)
CHUNK_BYTES = 64 * 1024


class DownloadError(WorkshopError):
    """A file that was not downloaded; the message is one sentence for the reader.

    Attributes:
        found: The part of the sentence that says what went wrong.
    """

    def __init__(self, file_name: str, found: str, advice: str) -> None:
        super().__init__(f"{file_name} was not downloaded: {found}; {advice}.")
        self.found = found


def download(url: str, path: str | os.PathLike, known_hash: str, size: int) -> Path:
    """Download one file and give it its name only when its hash is right.

    Prints one line with the size, then a progress bar. An interrupted download starts again.

    Args:
        url: Address of the file, http or https.
        path: Where to put it; missing folders are created, and an older file
            of this name is replaced only by a complete one.
        known_hash: "md5:..." or "sha256:..." and the digits.
        size: Bytes, to announce beforehand; need not be exact.

    Returns:
        pathlib.Path of the file.

    Raises:
        DownloadError: no connection, an error or nothing from the server,
            wrong content, or no space on the disk.
    """
    path, host = Path(path), urlsplit(url).netloc
    part = atomic.part_name(path, ".part")  # Two notebooks may fetch the same file.
    notices.tell(f"Downloading {path.name} from {host} ({shown_size(size)}).")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _transfer(url, part, size)
        _refuse_wrong_content(part, path.name, known_hash, size)
        part.replace(path)
    except requests.RequestException as error:  # Also an OSError: it must come first.
        raise DownloadError(path.name, *_explain_network(error, host)) from error
    except OSError as error:
        raise DownloadError(path.name, *_explain_disk(error, path.parent, size)) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return path


def shown_size(size: float) -> str:
    """Return a number of bytes in words: "about 15 MB" (1 MB is a million bytes)."""
    return f"about {size / 1e6:.0f} MB" if size >= 1e6 else f"about {size / 1e3:.0f} kB"


def hash_of(path: str | os.PathLike, algorithm: str = "sha256") -> str:
    """Return the hash of a file, in lower-case hexadecimal digits."""
    return pooch.file_hash(str(path), alg=algorithm)


def _transfer(url: str, part: Path, size: int) -> None:
    with progress.bar(unit="B", total=size, unit_scale=True, leave=True) as bar:
        fetch = pooch.HTTPDownloader(bar, chunk_size=CHUNK_BYTES, timeout=TIMEOUT)
        fetch(url, str(part), None)


def _refuse_wrong_content(part: Path, file_name: str, known_hash: str, size: int) -> None:
    algorithm, _, expected = known_hash.partition(":")
    found = hash_of(part, algorithm)
    if found == expected:
        return
    if _looks_like_web_page(part):
        raise DownloadError(
            file_name,
            "the server sent a web page instead of the file",
            "log in to this network with a browser, then try again",
        )
    came = part.stat().st_size
    if came < 0.9 * size:  # The size that we know may be rounded.
        raise DownloadError(
            file_name,
            f"the download ended after {came:,} bytes ({shown_size(size)} expected)",
            "try again (it restarts from the beginning)",
        )
    raise DownloadError(
        file_name,
        f"its {algorithm.upper()} is {found}, not {expected} as expected, so it was deleted",
        "try again; if that does not help, use another network",
    )


def _looks_like_web_page(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(1024).lower()
    return b"<html" in start or b"<!doctype html" in start


def _explain_network(error: requests.RequestException, host: str) -> tuple[str, str]:
    """Return (what was found, what to do) for an error from the requests library."""
    if isinstance(error, requests.HTTPError):
        answer = f"{error.response.status_code} {error.response.reason}"
        return f"{host} answered {answer}", "try again later, or tell the authors of the workshop"
    if isinstance(error, requests.exceptions.SSLError):
        return f"the connection to {host} is not secure", "log in to this network with a browser"
    if isinstance(error, requests.ReadTimeout) or _timed_out_midway(error):
        return (
            f"{host} sent nothing for {TIMEOUT[1]} seconds",
            "try again (it restarts from the beginning)",
        )
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return (
            f"the connection to {host} was interrupted",
            "try again (it restarts from the beginning)",
        )
    return f"the connection to {host} failed", "check your network and try again"


def _timed_out_midway(error: requests.RequestException) -> bool:
    # requests reports a stall after the first byte as a plain ConnectionError.
    return bool(error.args) and isinstance(error.args[0], ReadTimeoutError)


def _explain_disk(error: OSError, folder: Path, size: int) -> tuple[str, str]:
    """Return (what was found, what to do) for a file-system error."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        found = f"the disk that holds {paths.shown(folder)} is full"
        return found, f"free {shown_size(size)} and try again"
    found = f"{paths.shown(folder)} cannot be written to ({error.strerror})"
    return found, "choose a folder that you can write to"
