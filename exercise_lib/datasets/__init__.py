"""Turn a folder into photos with labels: bundled sets, your own folders, and their splits."""

from exercise_lib.datasets.catalog import (
    BUNDLED,
    DOWNLOADABLE,
    PhotoSet,
    download,
    folders_of,
    load,
    sample_photos,
)

__all__ = [
    "BUNDLED",
    "DOWNLOADABLE",
    "PhotoSet",
    "download",
    "folders_of",
    "load",
    "sample_photos",
]
