"""The results of a comparison: rows in one folder, checked, and written completely or not."""

import contextlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from exercise_lib import approaches, paths
from exercise_lib.errors import WorkshopError
from exercise_lib.storage import atomic

STAND_IN = "EfficientNetLite0"  # For models that were not measured beforehand.
FILE, LOCK = "results.json", ".results.lock"
LOCK_SECONDS = 60  # Another process needs much less for one row.


def _is_count(value: object, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: Any, least: float = 0.0, most: float = math.inf) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and least <= value <= most


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


# Every field of a row: what it must be, in words and as a function. Those in OPTIONAL may be
# missing in rows that were measured before these fields existed.
SCHEMA: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "approach": (f"one of {', '.join(approaches.NAMES)}", lambda v: v in approaches.NAMES),
    "images_per_class": ("a whole number of at least 1", lambda v: _is_count(v, 1)),
    "seed": ("a whole number of at least 0", _is_count),
    "crop": ("above 0 and at most 1", lambda v: _is_number(v, 1e-6, 1)),
    "val_accuracy": ("from 0 to 1, or null", lambda v: v is None or _is_number(v, 0, 1)),
    "test_accuracy": ("from 0 to 1", lambda v: _is_number(v, 0, 1)),
    "test_images": ("a whole number of at least 1", lambda v: _is_count(v, 1)),
    "shift_accuracy": ("from 0 to 1, or null", lambda v: v is None or _is_number(v, 0, 1)),
    "train_seconds": ("a number of at least 0", _is_number),
    "learnable_weights": ("a whole number of at least 0", _is_count),
    "model": ("the name of a model", _is_text),
    "data": ("the name of a data set", _is_text),
    "shift": ("the name of a data set, or null", lambda v: v is None or _is_text(v)),
    "framing": ("a crop, or choose", lambda v: v == "choose" or _is_number(v, 1e-6, 1)),
    "weights": ("a hash", _is_text),
    "photos": ("a hash, or null", lambda v: v is None or _is_text(v)),
}
OPTIONAL = {"crop", "framing", "weights", "photos"}


class Results:
    """The rows of one comparison in a folder.

    Several processes may add to the same folder: no row is lost or stored twice.
    Reading creates no folder.

    Attributes:
        folder: pathlib.Path.
        rows: list of dicts with the fields in SCHEMA, as in the file now.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        """Read the existing rows.

        Raises:
            WorkshopError: the folder cannot be read, or its results.json contains anything else.
        """
        self.folder = Path(folder)
        self.rows = self._read()

    def missing(
        self, approaches: Sequence[str], sizes: Iterable[int], seeds: int
    ) -> list[tuple[str, int, int]]:
        """Return (approach, images_per_class, seed) for each run that is not in the rows yet."""
        done = set(map(run_key, self.rows))
        keys = [(a, size, seed) for size in sizes for a in approaches for seed in range(seeds)]
        return [key for key in dict.fromkeys(keys) if key not in done]

    def refuse_other(self, identity: dict[str, Any]) -> None:
        """Refuse to mix in runs of something else.

        Args:
            identity: dict with some of model, data, shift, framing, weights and photos.

        Raises:
            WorkshopError: a row has a different value in such a field.
        """
        for row in self.rows:
            for field, value in identity.items():
                if row.get(field, value) != value:
                    what = f"results for {_in_words(row)}, not for {_in_words(row | identity)}"
                    if field in ("weights", "photos"):
                        what = f"results from different {field} with the same name"
                    raise WorkshopError(
                        f"{self.folder} holds {what}: choose another folder with --out."
                    )

    def add(self, row: dict[str, Any]) -> None:
        """Add a row, unless that run is already there, and rewrite the file completely.

        Raises:
            WorkshopError: the file cannot be written.
        """
        if trouble := _trouble(row):
            raise ValueError(f"This row cannot be stored: {trouble}.")
        with self._locked():
            self.rows = self._read()
            if run_key(row) not in set(map(run_key, self.rows)):
                self.rows.append(row)
                content = json.dumps(self.rows, indent=1, allow_nan=False)
                atomic.write_whole(self.folder / FILE, content.encode())

    def check_writable(self) -> None:
        """Raise WorkshopError before anything is measured if no row could be added."""
        with self._locked():
            pass

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Make the folder, and let no other process write to it inside the block."""
        with _as_one_sentence(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.folder / LOCK, timeout=LOCK_SECONDS):
                yield

    def _read(self) -> list[dict[str, Any]]:
        path = self.folder / FILE
        with _as_one_sentence(self.folder):
            if not path.exists():
                return []
            content = path.read_bytes()
        try:
            rows = json.loads(content.decode("utf-8-sig"))
            trouble = _trouble_of_all(rows)
        except (ValueError, RecursionError):
            trouble = "it is not JSON"
        if trouble:
            raise WorkshopError(
                f"{path} is not a results file ({trouble}): delete it, or choose another folder "
                "with --out."
            )
        return rows


@contextlib.contextmanager
def _as_one_sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, filelock.Timeout) as error:
        reason = getattr(error, "strerror", None) or "another process is using it"
        raise WorkshopError(
            f"{folder} cannot be used as the results folder ({reason}): mend that, or choose "
            "another one with --out."
        ) from error


def run_key(row: Mapping[str, Any]) -> tuple[str, int, int]:
    """Return (approach, images_per_class, seed) of a row."""
    return row["approach"], row["images_per_class"], row["seed"]


def _in_words(row: Mapping[str, Any]) -> str:
    shift = f" and {row['shift']}" if row.get("shift") else ""
    return f"{row['model']} on {row['data']}{shift} (crop: {row.get('framing', 1.0)})"


def _trouble_of_all(rows: object) -> str | None:
    """Return what is wrong with a file, as part of a sentence; None if nothing is."""
    if not isinstance(rows, list):
        return "it is not a list of rows"
    for number, row in enumerate(rows, start=1):
        if trouble := _trouble(row):
            return f"row {number}: {trouble}"
    keys = list(map(run_key, rows))
    return None if len(set(keys)) == len(keys) else "it contains a run twice"


def _trouble(row: object) -> str | None:
    """Return what is wrong with one row, as part of a sentence; None if nothing is."""
    if not isinstance(row, dict):
        return "it is not a row"
    if missing := [field for field in SCHEMA if field not in row and field not in OPTIONAL]:
        return f"{missing[0]} is missing"
    for field, value in row.items():
        if field not in SCHEMA:
            return f"{field!r} is not a field of a row"
        wanted, fits = SCHEMA[field]
        if not fits(value):
            return f"{field} is {value!r}, expected {wanted}"
    return None


def summarise(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry for each approach and size, sorted whatever the order of the rows.

    Args:
        rows: dicts with the fields in SCHEMA.

    Returns:
        list of dicts with approach, images_per_class, seeds, mean, lowest and
        highest test accuracy in [0, 1], shift_mean (None if it was not
        measured), and the median of train_seconds.
    """
    groups: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["approach"], row["images_per_class"]), []).append(row)
    return [
        {
            "approach": approach,
            "images_per_class": size,
            "seeds": len(group),
            "mean": float(np.mean([row["test_accuracy"] for row in group])),
            "lowest": min(row["test_accuracy"] for row in group),
            "highest": max(row["test_accuracy"] for row in group),
            "shift_mean": _mean_where_measured([row.get("shift_accuracy") for row in group]),
            "seconds": float(np.median([row["train_seconds"] for row in group])),
        }
        for (approach, size), group in sorted(
            groups.items(), key=lambda item: (approaches.NAMES.index(item[0][0]), item[0][1])
        )
    ]


def _mean_where_measured(values: Iterable[float | None]) -> float | None:
    measured = [value for value in values if value is not None]
    return float(np.mean(measured)) if measured else None


def approaches_in(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the approaches that were measured, in the order of approaches.NAMES."""
    measured = {row["approach"] for row in rows}
    return [name for name in approaches.NAMES if name in measured]


def read_measured(model_name: str, *data: str) -> list[dict[str, Any]]:
    """Return the rows that come with the workshop, in data/results.

    Args:
        model_name: Name of a model. If it was not measured beforehand on
            these data sets, the rows are those of STAND_IN.
        data: Names of data sets.
    """
    rows = [row for name in data for row in Results(paths.RESULTS / f"{model_name}-{name}").rows]
    if not rows and model_name != STAND_IN:
        return read_measured(STAND_IN, *data)
    return rows


def read_findings(model_name: str, data: str) -> dict[str, Any]:
    """Return the findings of `advise --json` on a data set that was examined beforehand.

    Args:
        model_name: Name of a model; if it was not used beforehand, the
            findings are those of STAND_IN.
        data: Name of the data set.

    Returns:
        dict with the fields of advice.Findings.
    """
    path = paths.RESULTS / f"{model_name}-{data}" / "findings.json"
    if not path.exists() and model_name != STAND_IN:
        return read_findings(STAND_IN, data)
    return json.loads(path.read_text(encoding="utf-8"))["findings"]
