"""Where to find data, weights and notebooks, whatever the working folder."""

import os
import re
from pathlib import Path

PROJECT = "transfer-learning-workshop"
REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY / "data"
RESULTS = DATA / "results"
SOLUTIONS = REPOSITORY / "solutions"
NOTEBOOKS = REPOSITORY / "notebooks"


def folder_from_environment(variable: str) -> Path | None:
    """Return the folder that an environment variable names, or None.

    A notebook runs in its own folder, the terminal in another: a relative
    folder is looked up from the working folder first, then from the
    repository.

    Args:
        variable: Name of the environment variable.

    Returns:
        Absolute pathlib.Path (it need not exist), or None if the variable is
        unset or empty.
    """
    value = os.environ.get(variable)
    if not value:
        return None
    folder = Path(value).expanduser()
    if folder.is_absolute() or folder.is_dir():
        return folder.absolute()
    return (REPOSITORY / folder).resolve()


def keras_home() -> Path:
    """Return Keras's own folder: KERAS_HOME, or ~/.keras."""
    return folder_from_environment("KERAS_HOME") or Path.home() / ".keras"


def keras_models() -> Path:
    """Return the folder where Keras keeps downloaded weights."""
    return keras_home() / "models"


def weights_folder() -> Path | None:
    """Return the folder (a USB stick, a share) named by EXERCISE_WEIGHTS, or None."""
    return folder_from_environment("EXERCISE_WEIGHTS")


def cache() -> Path:
    """Return the folder for data that can be recomputed: EXERCISE_CACHE, or the system's own."""
    import pooch  # Imported here because it takes a quarter of a second.

    return folder_from_environment("EXERCISE_CACHE") or pooch.os_cache(PROJECT)


def photos_folder() -> Path | None:
    """Return the folder of photos to show, named by EXERCISE_PHOTOS, or None."""
    return folder_from_environment("EXERCISE_PHOTOS")


def shown(path: str | os.PathLike) -> str:
    """Return a path as text for one line of a terminal, whatever bytes it holds.

    A place inside the repository is shown relative to the repository.
    """
    path = Path(path)
    place = path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
    text = os.fsencode(place).decode("utf-8", "replace")
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", "\N{REPLACEMENT CHARACTER}", text)


# The pathlib versions raise an error where access is denied or a name is too long.
def is_there(path: str | os.PathLike) -> bool:
    """Return whether there is a file or folder, as far as access allows."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: str | os.PathLike) -> bool:
    """Return whether there is a folder, as far as access allows."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: str | os.PathLike) -> bool:
    """Return whether there is a file, as far as access allows."""
    return os.path.isfile(path)  # noqa: PTH113
