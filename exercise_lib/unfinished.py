"""A training that was interrupted goes on after its last whole epoch."""

import contextlib
import hashlib
import itertools
import json
import time

import keras
import numpy as np

from exercise_lib import files, paths, spared_time

KEPT_BYTES = 500_000_000  # The oldest unfinished trainings go when there are more.


class Unfinished(keras.callbacks.Callback):
    """What a training has come to, kept in the cache after each epoch.

    It is found again by what the training begins with: the same model at its
    start, the same photos, the same schedule.

    Attributes:
        epochs: Passes over the photos that are done.
        curves: dict from a name to a list with a number for each epoch done.
    """

    def __init__(self, compiled, given, folder=None):
        """Go on with the same training if some of it is kept, and say so.

        Args:
            compiled: keras.Model, compiled, at the start of its training; its
                weights and its optimizer's become those that are kept.
            given: Whatever else the training depends on, as data for JSON.
            folder: Where to keep it; None takes the workshop's cache.
        """
        super().__init__()
        self.compiled = compiled
        self.epochs = 0
        self.curves = {}
        compiled.optimizer.build(compiled.trainable_variables)
        folder = folder or paths.cache() / "unfinished"
        self.path = folder / f"{self._identity(given)}.npz"
        self._seconds_before = self._restore()
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Keep what there is; where it cannot be written, the training goes on all the same."""
        self.epochs = epoch + 1
        for name, value in (logs or {}).items():
            self.curves.setdefault(name, []).append(float(value))
        seconds = self._seconds_before + time.perf_counter() - self._start
        known = {"epochs": self.epochs, "curves": self.curves, "seconds": seconds}
        values = {str(row): values.numpy() for row, values in enumerate(self._variables())}
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with files.replaced_whole(self.path, ".npz") as part:
                np.savez(part, known=np.array(json.dumps(known)), **values)
            files.remove_oldest(self.path.parent, "*.npz", KEPT_BYTES)

    def forget(self):
        """Delete what is kept: the training is whole."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def _variables(self):
        return [*self.compiled.variables, *self.compiled.optimizer.variables]

    def _identity(self, given):
        found = hashlib.sha256(json.dumps(given, default=str).encode())
        for variable in self._variables():
            found.update(np.ascontiguousarray(variable.numpy()).tobytes())
        return found.hexdigest()[:32]

    def _restore(self):
        """Take up what is kept; return the seconds that it took, 0 if there is nothing."""
        variables = self._variables()
        try:
            with np.load(self.path) as kept:
                known = json.loads(str(kept["known"]))
                values = [kept[str(row)] for row in range(len(variables))]
        # A file that was damaged since is nothing to go on from.
        except Exception:
            return 0.0
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        self.epochs, self.curves = known["epochs"], known["curves"]
        print(f"This training was interrupted: it goes on after epoch {self.epochs}.", flush=True)
        spared_time.add(known["seconds"])
        return known["seconds"]


def states_of(photos):
    """Return [path, bytes, time of the last change] of each file."""
    found = [(file, file.stat()) for file in photos]
    return [[str(file), stat.st_size, stat.st_mtime_ns] for file, stat in found]


def orders(count, first_epoch=0):
    """Yield a random order of so many photos for each epoch, the same at every run.

    Args:
        count: Number of photos.
        first_epoch: The first one to yield an order for.
    """
    random = np.random.default_rng(0)
    for epoch in itertools.count():
        order = random.permutation(count)
        if epoch >= first_epoch:
            yield order
