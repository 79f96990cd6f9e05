"""The four approaches, from photos to a fitted classifier."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercise_lib.approaches.registry import Approach
    from exercise_lib.datasets import PhotoSet
    from exercise_lib.models.pretrained import Pretrained

# In the order in which the workshop meets them.
NAMES = ("as_is", "from_scratch", "feature_extraction", "fine_tuning")


def fit(
    name: str, pretrained: "Pretrained", dataset: "PhotoSet", seed: int = 0, crop: float = 1.0
) -> "Approach":
    """Fit one approach to the training photos of a data set.

    The result depends on these arguments only, and on nothing else in the process.

    Args:
        name: One of NAMES.
        pretrained: models.pretrained.Pretrained; not changed.
        dataset: datasets.PhotoSet; only its training photos are used.
        seed: Seed of new weights, of the order of the photos and of their random changes.
        crop: Share of a photo's sides to use, in (0, 1]; see images.load_photo.

    Returns:
        A fitted approach: `predict(files)` returns labels, int array (photos,), and
        `trainable_weights` is how many numbers were learned. All but `as_is` also have
        `base_model` and `head`, Keras models that you can inspect, and `to_classifier()`,
        which returns what is saved and exported.

    Raises:
        images.BadPhotoError: for the first photo that cannot be read.
    """
    from exercise_lib.approaches.registry import APPROACHES

    return APPROACHES[name].fit(pretrained, dataset, seed, crop)
