"""Which approach for these photos? A quick look at them, and the advice that follows from it."""

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

# Rules of thumb, no laws.
KNOWN = 0.95  # Accuracy from which on nothing more is needed,
ENOUGH_TO_TELL = 20  # if it was measured on as many photos.
FEW, MANY = 10, 300  # Photos of each class.
# On the way from guessing (0) to certainty (1), so that they hold for any number of classes:
POOR = 0.6  # accuracy of a head below which the features miss much,
NEAR = 0.15  # probability after LEEP from which on ImageNet's classes tell much.


@dataclass(frozen=True)
class Findings:
    """What a quick look at photos finds; the test photos are not looked at.

    Attributes:
        images_per_class: Photos of the smallest class, to learn from and to validate.
        classes: Number of classes.
        validation_photos: On how many photos the accuracies were measured.
        as_is_accuracy: Of approach 1, the mean over the classes, in [0, 1].
        head_accuracy: Of a head on frozen features, the mean over the classes, in [0, 1].
        leep: How much the ImageNet classes tell about these; see metrics.leep.
        leep_of_guessing: That of a model that knows nothing.
        nearest: Name of each class to the ImageNet classes nearest to it.
        crop: Share of a photo's sides that the head looked at; the rest is of whole photos.
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
        """How many times as probable each photo's own class is as by guessing."""
        return float(np.exp(self.leep - self.leep_of_guessing))

    @property
    def is_near_imagenet(self) -> bool:
        """Whether ImageNet's own classes tell much of these."""
        return _above(np.exp(self.leep), np.exp(self.leep_of_guessing)) >= NEAR

    @property
    def is_poor(self) -> bool:
        """Whether a head on frozen features misses much."""
        return _above(self.head_accuracy, 1 / self.classes) < POOR


def _above(share: float, guessing: float) -> float:
    """Return how far a share is on the way from guessing (0) to certainty (1)."""
    return (share - guessing) / (1 - guessing)


def examine(
    pretrained: Pretrained, photos: PhotoSet, crop: float | None = None, nearest: int = 3
) -> Findings:
    """Look at photos: seconds for some hundred, minutes for thousands.

    Args:
        pretrained: A Pretrained; nothing of it learns.
        photos: datasets.PhotoSet.
        crop: Share of a photo's sides to look at; None takes framing.choose_crop.
        nearest: How many ImageNet classes to name for each class.

    Returns:
        Findings.

    Raises:
        WorkshopError: there are no validation photos.
    """
    train, validation = photos.train, photos.validation
    if not len(validation):
        raise WorkshopError(
            "Too few photos to tell which approach suits them: at least three different ones of "
            "each class are needed. Add some, or choose with --approach."
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
    """Name the ImageNet classes that each class is nearest to in feature space.

    In the last layer each ImageNet class has a column of weights: the
    direction in which the model looks for it. Nearest are those that point
    most nearly to the mean feature of a class.

    Args:
        pretrained: A Pretrained.
        split: splits.Split.
        class_names: Names of the labels.
        count: How many to name.

    Returns:
        dict from class name to a list of ImageNet class names, the nearest first.
    """
    last = frozen_parts.dense_on_features(pretrained)
    if last is not None:
        values = feature_extraction.features_of(pretrained, split.files)
    else:
        last = [layer for layer in pretrained.model.layers if layer.weights][-1]
        before_last = keras.Model(pretrained.model.input, last.input)
        part = frozen_parts.freeze_part(before_last, pretrained, "float32")
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
        return "as_is", "The classes of ImageNet tell yours apart already; nothing must learn."
    if can_tell and head >= KNOWN:
        return "feature_extraction", (
            f"A head on frozen features reaches {head:.2f} on validation photos: there is little "
            "left to gain."
        )
    if photos < FEW:
        return "feature_extraction", (
            f"The smallest class has {photos} photos. Whatever learns more than a head easily "
            "memorises so few; more photos are worth more than another approach."
        )
    if not found.is_poor:
        return "fine_tuning", (
            f"A head on frozen features reaches {head:.2f}, so they are a good start, and "
            f"{photos} photos of a class are enough to let the upper weights move a little."
        )
    if photos < MANY or found.is_near_imagenet:
        return "fine_tuning", (
            f"A head on frozen features reaches only {head:.2f}: what ImageNet taught is not "
            "quite what tells your classes apart. Let the upper weights move, and collect more "
            "photos."
        )
    return "fine_tuning", (
        f"A head on frozen features reaches only {head:.2f}, ImageNet's own classes tell little "
        f"of yours, and {photos} photos of a class are many: what ImageNet taught may be in the "
        "way. Compare with from_scratch, too."
    )


def _told_crop(crop: float) -> str:
    return "Crop: none, whole photos" if crop == 1 else f"Crop: {crop:g} of height and width"


def as_text(found: Findings) -> str:
    """Return findings and advice as lines for the terminal."""
    approach, why = advise(found)
    lines = [
        f"Photos of the smallest class: {found.images_per_class}; classes: {found.classes}",
        f"Accuracy on {found.validation_photos} validation photos, the mean over the classes "
        f"(guessing: {1 / found.classes:.2f})",
        f"  as it is                   {found.as_is_accuracy:.2f}",
        f"  a head on frozen features  {found.head_accuracy:.2f}",
        _told_crop(found.crop),
        f"LEEP score {found.leep:.2f}: each photo's own class is {found.times_guessing:.1f} times "
        "as probable as by guessing",
        "Nearest ImageNet classes:",
        *(f"  {name}: {', '.join(nearest)}" for name, nearest in found.nearest.items()),
        f"Advice: {approach}. {why}",
    ]
    return "\n".join(lines)
