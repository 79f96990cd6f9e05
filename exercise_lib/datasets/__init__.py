"""A folder to photos with labels: bundled sets, somebody's folders, and how they are split."""

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
