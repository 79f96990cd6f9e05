"""Resume an interrupted training after its last complete epoch."""

import contextlib
import contextvars
import io
import itertools
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import SupportsFloat

import keras
import numpy as np

from exercise_lib import images, notices, paths
from exercise_lib.approaches import cached_seconds
from exercise_lib.storage import atomic
from exercise_lib.storage.fingerprint import fingerprint

KEPT_BYTES = 500_000_000  # If there are more, the oldest checkpoints are deleted.

_finished: contextvars.ContextVar[list[Path] | None] = contextvars.ContextVar(
    "checkpoints of whole trainings", default=None
)


class Checkpoint(keras.callbacks.Callback):
    """The state of a training, kept in the cache after each epoch until it is complete.

    It is found again by what the training starts from: the same initial model,
    the same photos, the same schedule.

    Attributes:
        epochs: How many epochs are done.
        history: dict from a name to a list with one number per finished epoch.
    """

    def __init__(self, model: keras.Model, given: object) -> None:
        """Resume the same training if a checkpoint of it is kept, and say so.

        Args:
            model: keras.Model, compiled, at the start of its training; its
                weights and the optimizer's are set to those that are kept.
            given: Everything else that the training depends on, as data for JSON.
        """
        super().__init__()
        self.set_model(model)
        self.epochs = 0
        self.history: dict[str, list[float]] = {}
        model.optimizer.build(model.trainable_variables)
        self.path = paths.cache() / "checkpoints" / f"{self._identity(given)}.npz"
        self._seconds_before = self._restore()
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, SupportsFloat] | None = None) -> None:
        """Save the state; if it cannot be written, the training continues anyway."""
        self.epochs = epoch + 1
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        seconds = self._seconds_before + time.perf_counter() - self._start
        known = {"epochs": self.epochs, "history": self.history, "seconds": seconds}
        arrays = {str(row): variable.numpy() for row, variable in enumerate(self._variables())}
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            content = io.BytesIO()
            np.savez(content, known=np.array(json.dumps(known)), **arrays)
            atomic.write_checked(self.path, content.getvalue())
            atomic.remove_oldest(self.path.parent, "*.npz", KEPT_BYTES)

    def finish(self) -> None:
        """Delete the checkpoint of a complete training, now or after `kept_until_saved`."""
        if (finished := _finished.get()) is not None:
            finished.append(self.path)
        else:
            _delete(self.path)

    def _variables(self) -> list[keras.Variable]:
        return [*self.model.variables, *self.model.optimizer.variables]

    def _identity(self, given: object) -> str:
        values = (variable.numpy() for variable in self._variables())
        return fingerprint(values, json.dumps(given, default=str))[:32]

    def _restore(self) -> float:
        """Restore the checkpoint; return the seconds that it took, 0 if there is none."""
        content = atomic.read_checked(self.path)
        if content is None:
            return 0.0
        variables = self._variables()
        with np.load(io.BytesIO(content)) as kept:
            known = json.loads(str(kept["known"]))
            arrays = [kept[str(row)] for row in range(len(variables))]
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
        self.epochs, self.history = known["epochs"], known["history"]
        notices.tell(f"Resuming the interrupted training after epoch {self.epochs}.")
        cached_seconds.add(known["seconds"])
        return known["seconds"]


@contextlib.contextmanager
def kept_until_saved() -> Iterator[None]:
    """Keep complete trainings as well, until the block that saves their result has succeeded."""
    finished: list[Path] = []
    token = _finished.set(finished)
    try:
        yield
    finally:
        _finished.reset(token)
    for path in finished:
        _delete(path)


def _delete(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def file_stamps(photos: Iterable[str | os.PathLike]) -> list[list[str | int]]:
    """Return [path, bytes, time of the last change] for each file, to detect changes."""
    stamps: list[list[str | int]] = []
    for file in photos:
        with images.reading(file):
            stat = Path(file).stat()
        stamps.append([str(file), stat.st_size, stat.st_mtime_ns])
    return stamps


def orders(count: int, first_epoch: int = 0, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield a random order of the photos for each epoch, the same in every run.

    Args:
        count: Number of photos.
        first_epoch: The first epoch to yield an order for.
        seed: Seed of the orders.
    """
    random = np.random.default_rng(seed)
    for epoch in itertools.count():
        order = random.permutation(count)
        if epoch >= first_epoch:
            yield order
