"""Files that are there whole or not at all."""

import contextlib
import os


@contextlib.contextmanager
def replaced_whole(path, suffix=".part"):
    """Yield a name beside a path to write to; at the end what was written gets the path's name.

    Whoever reads the path meanwhile, or after a failure, sees the old file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # It is there only if something failed.
            part.unlink()


def write_whole(path, content):
    """Write bytes to a file; whoever reads it meanwhile, or after a crash, sees the old ones."""
    with replaced_whole(path) as part:
        part.write_bytes(content)
