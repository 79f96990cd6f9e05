"""All approaches on one task: the same photos, several seeds, an untouched test set."""

import hashlib
import os
from dataclasses import asdict, dataclass

import numpy as np

from exercise_lib.comparison import cluster, protocol
from exercise_lib.datasets import PhotoSet, splits
from exercise_lib.models.pretrained import Pretrained


def names_of(model_name, data, shift=None, crop=protocol.WHOLE):
    """Return the fields of a row that are known before anything is loaded.

    Args:
        model_name: Name of a pretrained model.
        data: Name of a bundled set, or a folder; see datasets.load.
        shift: Data of the same classes that is tested on as well; None if there is none.
        crop: Share of a photo's sides to look at, or protocol.CHOOSE.
    """
    data, shift = (None if place is None else os.path.normpath(place) for place in (data, shift))
    return {"model": model_name, "data": data, "shift": shift, "framing": crop}


@dataclass(frozen=True)
class Comparison:
    """What is compared on what.

    Attributes:
        pretrained: A Pretrained; it stays as it is.
        dataset: datasets.PhotoSet.
        shifted: splits.Split, photos of the same classes that are tested on as well; may be empty.
        names: From `names_of`.
    """

    pretrained: Pretrained
    dataset: PhotoSet
    shifted: splits.Split
    names: dict

    @property
    def identity(self):
        """The fields of a row that tell one comparison from another: names, and hashes."""
        return self.names | {
            "weights": _weights_hash(self.pretrained),
            "photos": _photos_hash(self.dataset, self.shifted),
        }

    def measure_all(self, keys, scheduler=None):
        """Yield a row for each run: the fields of protocol.Result, and the identity.

        Args:
            keys: (approach, images_per_class, seed) of each run.
            scheduler: Address of a Dask scheduler, whose workers measure the rows;
                None measures them here, one after the other.

        Raises:
            WorkshopError: a class has too few photos for the largest size, or
                there is no such scheduler.
        """
        if not keys:
            return
        # Too many photos asked for: say so before anything is trained.
        protocol.draw(self.dataset, max(size for _, size, _ in keys), seed=0)
        crop, identity = self.names["framing"], self.identity
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


def _weights_hash(pretrained):
    digest = hashlib.sha256()
    for weights in pretrained.model.get_weights():
        digest.update(np.ascontiguousarray(weights).tobytes())
    return digest.hexdigest()[:16]


def _photos_hash(dataset, shifted):
    """Return a hash of all photos and their labels; of bundled sets, that do not change, None."""
    parts = [dataset.train, dataset.validation, dataset.test, shifted]
    if all(part.contents is None for part in parts):
        return None
    contents = [(part.contents, part.labels.tolist()) for part in parts]
    return hashlib.sha256(repr(contents).encode()).hexdigest()[:16]
