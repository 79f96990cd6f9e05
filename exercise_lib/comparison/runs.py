"""All approaches on one task: the same photos, several seeds, an untouched test set."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from exercise_lib.comparison import cluster, protocol
from exercise_lib.datasets import PhotoSet, splits
from exercise_lib.models.pretrained import Pretrained
from exercise_lib.storage.fingerprint import fingerprint


def names_of(
    model_name: str,
    data: str | os.PathLike,
    shift: str | os.PathLike | None = None,
    crop: protocol.Crop = protocol.WHOLE,
) -> dict[str, Any]:
    """Return the fields of a row that are known before loading anything.

    Args:
        model_name: Name of a pretrained model.
        data: Name of a bundled set, or a folder; see datasets.load.
        shift: Another data set with the same classes to test on; None if there is none.
        crop: Share of a photo's sides to use, or protocol.CHOOSE.
    """
    return {
        "model": model_name,
        "data": os.path.normpath(data),
        "shift": None if shift is None else os.path.normpath(shift),
        "framing": crop,
    }


@dataclass(frozen=True)
class Comparison:
    """What is compared, and on which photos.

    Attributes:
        pretrained: A Pretrained; not changed.
        dataset: datasets.PhotoSet.
        shifted: splits.Split, more photos of the same classes to test on; may be empty.
        names: From `names_of`.
    """

    pretrained: Pretrained
    dataset: PhotoSet
    shifted: splits.Split
    names: dict[str, Any]

    @property
    def identity(self) -> dict[str, Any]:
        """The fields of a row that tell one comparison from another: names and hashes."""
        return self.names | {
            "weights": _weights_hash(self.pretrained),
            "photos": _photos_hash(self.dataset, self.shifted),
        }

    def measure_all(
        self, keys: Sequence[tuple[str, int, int]], scheduler: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield a row for each run: the fields of protocol.Result, and the identity.

        Args:
            keys: (approach, images_per_class, seed) of each run.
            scheduler: Address of a Dask scheduler whose workers do the runs;
                None does them here, one after another.

        Raises:
            WorkshopError: a class has too few photos for the largest size, or
                there is no such scheduler.
        """
        if not keys:
            return
        # If too many photos are requested, say so before training anything.
        protocol.draw(self.dataset, max(size for _, size, _ in keys), seed=0)
        crop, identity = self.names["framing"], self.identity
        results: Iterator[protocol.Result]
        if scheduler is None:
            results = (
                protocol.measure(self.pretrained, self.dataset, *key, self.shifted, crop)
                for key in keys
            )
        else:
            results = cluster.measure_all(
                scheduler, self.pretrained, self.dataset, keys, self.shifted, crop
            )
        for result in results:
            yield asdict(result) | identity


def _weights_hash(pretrained: Pretrained) -> str:
    return fingerprint(pretrained.model.get_weights())[:16]


def _photos_hash(dataset: PhotoSet, shifted: splits.Split) -> str | None:
    """Return a hash of all photos and their labels; None for bundled sets, which do not change."""
    parts = [dataset.train, dataset.validation, dataset.test, shifted]
    if all(part.contents is None for part in parts):
        return None
    contents = [(part.contents, part.labels.tolist()) for part in parts]
    return fingerprint([], contents)[:16]
