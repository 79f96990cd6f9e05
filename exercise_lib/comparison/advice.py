"""Which approach suits these photos? Examine them quickly, then recommend one."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from exercise_lib.approaches import as_is, feature_extraction, framing, frozen_parts
from exercise_lib.comparison import metrics
from exercise_lib.datasets import PhotoSet
from exercise_lib.datasets.splits import Split
from exercise_lib.errors import WorkshopError
from exercise_lib.models.pretrained import Pretrained

# Rules of thumb, not laws.
KNOWN = 0.95  # Accuracy that is good enough,
ENOUGH_TO_TELL = 20  # if it was measured on this many photos.
FEW, MANY = 10, 300  # Photos per class.
# On the way from guessing (0) to certainty (1), so that they hold for any number of classes:
POOR = 0.6  # accuracy of a head below which the features miss much,
NEAR = 0.15  # probability after LEEP above which ImageNet's classes say much.


@dataclass(frozen=True)
class Findings:
    """What a quick examination of photos finds; the test photos are not used.

    Attributes:
        images_per_class: Training and validation photos in the smallest class.
        classes: Number of classes.
        validation_photos: Number of photos on which the accuracies were measured.
        as_is_accuracy: Accuracy of approach 1, mean over the classes, in [0, 1].
        head_accuracy: Accuracy of a head on frozen features, mean over the classes, in [0, 1].
        leep: How much the ImageNet classes say about these; see metrics.leep.
        leep_of_guessing: The LEEP score of a model that knows nothing.
        nearest: dict from class name to the ImageNet classes nearest to it.
        crop: Share of a photo's sides that the head used; all else is for whole photos.
    """

    images_per_class: int
    classes: int
    validation_photos: int
    as_is_accuracy: float
    head_accuracy: float
    leep: float
    leep_of_guessing: float
    nearest: dict[str, list[str]]
    crop: float = 1.0

    @property
    def times_guessing(self) -> float:
        """How many times as probable each photo's own class is compared with guessing."""
        return float(np.exp(self.leep - self.leep_of_guessing))

    @property
    def is_near_imagenet(self) -> bool:
        """Whether ImageNet's own classes say much about these."""
        return _above(np.exp(self.leep), np.exp(self.leep_of_guessing)) >= NEAR

    @property
    def is_poor(self) -> bool:
        """Whether a head on frozen features misses much."""
        return _above(self.head_accuracy, 1 / self.classes) < POOR


def _above(share: float, guessing: float) -> float:
    """Return how far a share lies between guessing (0) and certainty (1)."""
    return (share - guessing) / (1 - guessing)


def examine(
    pretrained: Pretrained, photos: PhotoSet, crop: float | None = None, nearest: int = 3
) -> Findings:
    """Examine photos: takes seconds for a few hundred, minutes for thousands.

    Args:
        pretrained: A Pretrained; none of it is trained.
        photos: datasets.PhotoSet.
        crop: Share of a photo's sides to use; None uses framing.choose_crop.
        nearest: How many ImageNet classes to name for each class.

    Returns:
        Findings.

    Raises:
        WorkshopError: there are no validation photos.
    """
    train, validation = photos.train, photos.validation
    if not len(validation):
        raise WorkshopError(
            "There are too few photos to recommend an approach: each class needs at least three "
            "different ones. Add some, or choose an approach with --approach."
        )
    probabilities, val_probabilities = (
        frozen_parts.probabilities_of(pretrained, split.files) for split in (train, validation)
    )
    mapping = as_is.learn_mapping(probabilities.argmax(axis=1), train.labels)
    as_is_answers = as_is.apply_mapping(mapping, val_probabilities.argmax(axis=1))
    classes = len(photos.class_names)
    if crop is None:
        crop, _ = framing.choose_crop(pretrained, train, classes)
    train_features = feature_extraction.features_to_learn_from(pretrained, train.files, crop)
    val_features = feature_extraction.features_of(pretrained, validation.files, crop)
    head = feature_extraction.train_head(train_features, train.labels, classes)
    head_answers = head.predict(val_features, verbose=0).argmax(axis=1)
    return Findings(
        images_per_class=int(np.bincount([*train.labels, *validation.labels]).min()),
        classes=classes,
        validation_photos=len(validation),
        as_is_accuracy=metrics.balanced_accuracy(as_is_answers, validation.labels),
        head_accuracy=metrics.balanced_accuracy(head_answers, validation.labels),
        leep=metrics.leep(probabilities, train.labels),
        leep_of_guessing=metrics.leep_of_guessing(train.labels),
        nearest=name_nearest(pretrained, train, photos.class_names, nearest),
        crop=crop,
    )


def name_nearest(
    pretrained: Pretrained, split: Split, class_names: Sequence[str], count: int
) -> dict[str, list[str]]:
    """Name the ImageNet classes nearest to each class in feature space.

    In the last layer each ImageNet class has a column of weights: the
    direction in which the model looks for it. The nearest columns point
    most closely towards the mean feature of a class.

    Args:
        pretrained: A Pretrained.
        split: splits.Split.
        class_names: Names of the labels.
        count: How many to name.

    Returns:
        dict from class name to a list of ImageNet class names, nearest first.
    """
    last = frozen_parts.dense_on_features(pretrained)
    if last is not None:
        values = feature_extraction.features_of(pretrained, split.files)
    else:
        last = [layer for layer in pretrained.model.layers if layer.weights][-1]
        before_last = keras.Model(pretrained.model.input, last.input)
        part = frozen_parts.FrozenPart.of(before_last, pretrained, "float32")
        values = frozen_parts.extract(part, split.files)[0].reshape(len(split), -1)
    kernel = last.get_weights()[0].reshape(values.shape[1], -1)
    columns = kernel / np.linalg.norm(kernel, axis=0)
    nearest = {}
    for label, name in enumerate(class_names):
        order = np.argsort(-(values[split.labels == label].mean(axis=0) @ columns))
        nearest[name] = [pretrained.class_names[place] for place in order[:count]]
    return nearest


def advise(found: Findings) -> tuple[str, str]:
    """Recommend an approach.

    Args:
        found: Findings.

    Returns:
        (approach, why): the name, and a sentence or two.
    """
    photos, head = found.images_per_class, found.head_accuracy
    can_tell = found.validation_photos >= ENOUGH_TO_TELL
    if can_tell and found.as_is_accuracy >= KNOWN:
        return "as_is", "ImageNet's classes already tell yours apart; no training is needed."
    if can_tell and head >= KNOWN:
        return "feature_extraction", (
            f"A head on frozen features reaches {head:.2f} on validation photos: there is little "
            "left to gain."
        )
    if photos < FEW:
        return "feature_extraction", (
            f"The smallest class has {photos} photo{'s' * (photos != 1)}. Anything larger than a "
            "head tends to memorise so few photos; more photos help more than another approach."
        )
    if not found.is_poor:
        return "fine_tuning", (
            f"A head on frozen features reaches {head:.2f}, so they are a good start, and "
            f"{photos} photos per class are enough to let the upper weights move a little."
        )
    if photos < MANY or found.is_near_imagenet:
        return "fine_tuning", (
            f"A head on frozen features reaches only {head:.2f}: the features learned on ImageNet "
            "do not quite tell your classes apart. Let the upper weights move, and collect more "
            "photos."
        )
    return "fine_tuning", (
        f"A head on frozen features reaches only {head:.2f}, ImageNet's own classes say little "
        f"about yours, and {photos} photos per class are many: what was learned on ImageNet may "
        "get in the way. Compare with from_scratch, too."
    )


def _told_crop(crop: float) -> str:
    return "Crop: none (whole photos)" if crop == 1 else f"Crop: {crop:g} of height and width"


def as_text(found: Findings) -> str:
    """Return findings and advice as lines for the terminal."""
    approach, why = advise(found)
    lines = [
        f"Photos in the smallest class: {found.images_per_class}; classes: {found.classes}",
        f"Accuracy on {found.validation_photos} validation "
        f"photo{'s' * (found.validation_photos != 1)}, mean over the classes "
        f"(guessing: {1 / found.classes:.2f})",
        f"  as it is                   {found.as_is_accuracy:.2f}",
        f"  a head on frozen features  {found.head_accuracy:.2f}",
        _told_crop(found.crop),
        f"LEEP score {found.leep:.2f}: each photo's own class is {found.times_guessing:.1f} times "
        "as probable as with guessing",
        "Nearest ImageNet classes:",
        *(f"  {name}: {', '.join(nearest)}" for name, nearest in found.nearest.items()),
        f"Advice: {approach}. {why}",
    ]
    return "\n".join(lines)
