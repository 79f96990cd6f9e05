"""The four approaches: photos to a fitted classifier."""

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

    What it comes to depends on these arguments, and on nothing else that goes on in the process.

    Args:
        name: One of NAMES.
        pretrained: models.pretrained.Pretrained; it stays as it is.
        dataset: datasets.PhotoSet; only its training photos are looked at.
        seed: Of new weights, of the order of the photos and of their random changes.
        crop: Share of the sides of a photo that is looked at, in (0, 1]; see images.load_photo.

    Returns:
        An approach, fitted: `predict(files)` gives labels, int array (photos,), and
        `trainable_weights` how many numbers were learned. All but `as_is` also have
        `base_model` and `head`, Keras models that can be looked into, and `to_classifier()`,
        what is saved and exported.

    Raises:
        images.BadPhotoError: for the first photo that cannot be read.
    """
    from exercise_lib.approaches.registry import APPROACHES

    return APPROACHES[name].fit(pretrained, dataset, seed, crop)
