"""Files that are there whole or not at all."""

import os


def write_whole(path, content):
    """Write bytes to a file; whoever reads it meanwhile, or after a crash, sees the old ones."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
