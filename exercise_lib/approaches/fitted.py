"""What all approaches that train a network have in common once fitted."""

from dataclasses import dataclass

import keras
import numpy as np

from exercise_lib.models import classifier
from exercise_lib.models.pretrained import Pretrained


@dataclass(frozen=True)
class FittedNetwork:
    """A network fitted to photos: a base model, global average pooling, and a head.

    Attributes:
        pretrained: The Pretrained that it was made from, for its preprocessing.
        class_names: Names in the order of the probabilities.
        crop: Share of a photo's sides to use; see images.load_photo.
        base_model: keras.Model, preprocessed photos to feature maps.
        head: keras.Model or layer, features to probabilities.
        trainable_weights: How many numbers were learned.
    """

    pretrained: Pretrained
    class_names: tuple[str, ...]
    crop: float
    base_model: keras.Model
    head: keras.Model | keras.Layer
    trainable_weights: int

    @property
    def image_size(self) -> tuple[int, int]:
        """(height, width) in pixels of the cropped photos that the network takes."""
        return self.pretrained.image_size

    def to_classifier(self) -> classifier.Classifier:
        """Return a models.classifier.Classifier: whole photos in, probabilities out."""
        average = keras.layers.GlobalAveragePooling2D()
        parts = (self.base_model, average, self.head)
        model = classifier.build_deployable(self.pretrained, parts, self.image_size, self.crop)
        return classifier.Classifier(model, self.class_names)


def count_trainable(model: keras.Model) -> int:
    """Return how many numbers in a keras.Model are trainable."""
    return int(sum(np.prod(weights.shape) for weights in model.trainable_weights))
