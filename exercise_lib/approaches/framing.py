"""How much of a photo to use, all of it or its middle: chosen on training photos."""

from collections.abc import Sequence

import numpy as np

from exercise_lib.approaches import feature_extraction
from exercise_lib.datasets import splits
from exercise_lib.models.pretrained import Pretrained

CROPS = (1.0, 0.85, 0.7, 0.6)  # Shares of a photo's sides, the whole photo first.
VIEWS, PHOTOS = 2, 300  # Views per photo, and at most this many photos, so that it takes seconds.
ENOUGH = 3  # Photos per class needed for a choice.


def choose_crop(
    pretrained: Pretrained, split: splits.Split, classes: int, crops: Sequence[float] = CROPS
) -> tuple[float, dict[float, float]]:
    """Choose the crop at which a head on frozen features is least surprised by unseen photos.

    Each photo is classified by a head trained on all the others. The whole
    photo is kept unless a crop is better by more than one standard error, so
    that luck does not crop photos.
    Source of that rule: Breiman et al., Classification and Regression Trees, 1984, section 3.4.3.

    Args:
        pretrained: A Pretrained; none of it is trained.
        split: splits.Split, the training photos.
        classes: Number of classes.
        crops: Shares of a photo's sides to choose among; the first is kept unless another is
            clearly better.

    Returns:
        (crop, accuracies): the choice, and {crop: share of photos correctly
        classified by a head trained on the others}; with too few photos to
        choose, the first crop and {}.
    """
    fewest = np.bincount(split.labels, minlength=classes).min()
    if fewest < ENOUGH:
        return crops[0], {}
    if len(split) > PHOTOS:
        split, _ = splits.draw(split, min(fewest, max(ENOUGH, PHOTOS // classes)), seed=0)
    rows = np.arange(len(split))
    surprises: dict[float, np.ndarray] = {}
    accuracies: dict[float, float] = {}
    for crop in crops:
        values = feature_extraction.features_to_learn_from(pretrained, split.files, crop, VIEWS)
        left_out = feature_extraction.fit_head(values, split.labels, classes).left_out
        surprises[crop] = -np.log(np.maximum(left_out[rows, split.labels], 1e-12))
        accuracies[crop] = float(np.mean(left_out.argmax(axis=1) == split.labels))
    best = min(crops, key=lambda crop: surprises[crop].mean())
    gains = surprises[crops[0]] - surprises[best]
    is_luck = gains.mean() <= gains.std() / np.sqrt(len(gains))
    return crops[0] if is_luck else best, accuracies
