"""Files that are there whole or not at all."""

import contextlib
import os


def write_whole(path, content):
    """Write bytes to a file; whoever reads it meanwhile, or after a crash, sees the old ones."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # It is there only if something failed.
            part.unlink()
