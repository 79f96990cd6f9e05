"""How much of a photo to look at, all of it or its middle: chosen on photos to learn from."""

from collections.abc import Sequence

import numpy as np

from exercise_lib.approaches import feature_extraction
from exercise_lib.datasets import splits
from exercise_lib.models.pretrained import Pretrained

CROPS = (1.0, 0.85, 0.7, 0.6)  # Shares of a photo's sides; the whole first.
VIEWS, PHOTOS = 2, 300  # Of each photo, and photos at most, so that the choice takes seconds.
ENOUGH = 3  # Photos of each class that a choice needs.


def choose_crop(
    pretrained: Pretrained, split: splits.Split, classes: int, crops: Sequence[float] = CROPS
) -> tuple[float, dict[float, float]]:
    """Choose at which crop a head on frozen features is least surprised by photos it has not seen.

    Each photo is judged by the head of all the others. The whole photo is
    kept unless a crop is better by more than one standard error, so that luck
    does not cut photos.
    Source of that rule: Breiman et al., Classification and Regression Trees, 1984, section 3.4.3.

    Args:
        pretrained: A Pretrained; nothing of it learns.
        split: splits.Split, the photos to learn from.
        classes: Number of classes.
        crops: Shares of a photo's sides to choose among; the first is kept unless another is
            clearly better.

    Returns:
        (crop, accuracies): the choice, and {crop: share of photos named
        rightly by the head of all the others}; with too few photos to choose,
        the first crop and {}.
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
