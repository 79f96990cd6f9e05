"""The four approaches under their names: photos in, what was learnt out.

What each comes to hangs on the model, the task and the seed, and on nothing
else that goes on in the process.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from exercise_lib import (
    as_is,
    feature_extraction,
    features,
    fine_tuning,
    from_scratch,
    images,
    splits,
    surgery,
)

AT_A_TIME = 512  # Photos that are in memory while a model from scratch predicts.


@dataclass(frozen=True)
class Task:
    """Photos to learn from, to choose with and to judge by.

    Attributes:
        train, validation, test: splits.Split; validation may be empty.
        classes: Number of classes.
        crop: Share of a photo's sides that is looked at, to learn from and to
            predict; see images.load_photo.
    """

    train: splits.Split
    validation: splits.Split
    test: splits.Split
    classes: int
    crop: float = 1.0


@dataclass(frozen=True)
class Learnt:
    """What an approach came to.

    Attributes:
        predict: Paths of photos to labels, int array (photos,).
        learnable_weights: How many numbers learnt.
        parts: keras.Models and layers, from preprocessed photos to
            probabilities; see classifier.put_together. None of as_is, which
            trains nothing.
        image_size: (height, width) of the photos that the parts take.
    """

    predict: Callable
    learnable_weights: int
    parts: tuple = ()
    image_size: tuple = ()


def learn_as_is(pretrained, task, seed=0):
    """Approach 1: only the names of the classes are translated; nothing is drawn."""

    def imagenet_classes(files):
        return features.probabilities_of(pretrained, files, task.crop).argmax(axis=1)

    mapping = as_is.learn_mapping(imagenet_classes(task.train.files), task.train.labels)
    return Learnt(lambda files: as_is.apply_mapping(mapping, imagenet_classes(files)), 0)


def learn_from_scratch(pretrained, task, seed=0):
    """Approach 2: the structure alone."""
    size = from_scratch.choose_size(pretrained)
    model = from_scratch.build_model(pretrained, task.classes, seed)
    from_scratch.train(model, task.train.files, task.train.labels, size, task.crop, seed)

    def predict(files):
        some = [files[start : start + AT_A_TIME] for start in range(0, len(files), AT_A_TIME)]
        photos = (images.load_photos(few, size, task.crop) for few in some)
        return np.concatenate([model.predict(few, verbose=0).argmax(axis=1) for few in photos])

    parts = (model.get_layer(pretrained.base_model.name), _average(), model.get_layer("head"))
    return Learnt(predict, learnable(model), parts, size)


def learn_feature_extraction(pretrained, task, seed=0):
    """Approach 3a: the weights are kept, a head learns."""
    head = trained_head(pretrained, task)

    def predict(files):
        values = feature_extraction.features_of(pretrained, files, task.crop)
        return head.predict(values, verbose=0).argmax(axis=1)

    parts = (pretrained.base_model, _average(), head)
    return Learnt(predict, learnable(head), parts, pretrained.image_size)


def learn_fine_tuning(pretrained, task, seed=0):
    """Approach 3b: first a head, then the upper part of the base with it."""
    head = trained_head(pretrained, task)
    boundary = fine_tuning.choose_boundary(pretrained.base_model)
    views = fine_tuning.choose_views(len(task.train))
    size = fine_tuning.choose_learning_size(pretrained.image_size)
    maps = fine_tuning.maps_of(pretrained, boundary, task.train.files, views, size, task.crop)
    model = fine_tuning.build_upper(pretrained, head, boundary, seed)
    fine_tuning.train(model, maps, task.train.labels, seed=seed)

    def predict(files):
        [maps] = fine_tuning.maps_of(pretrained, boundary, files, crop=task.crop)
        return fine_tuning.predict(model, maps).argmax(axis=1)

    lower, _ = surgery.cut(pretrained.base_model, boundary)
    return Learnt(predict, learnable(model), (lower, model), pretrained.image_size)


def _average():
    return keras.layers.GlobalAveragePooling2D()


def trained_head(pretrained, task):
    """Return a head trained on the features of the training photos; nothing is drawn."""
    values = feature_extraction.features_to_learn_from(pretrained, task.train.files, task.crop)
    return feature_extraction.train_head(values, task.train.labels, task.classes)


def learnable(model):
    """Return how many numbers of a model learn."""
    return int(sum(np.prod(weights.shape) for weights in model.trainable_weights))


APPROACHES = {
    "as_is": learn_as_is,
    "from_scratch": learn_from_scratch,
    "feature_extraction": learn_feature_extraction,
    "fine_tuning": learn_fine_tuning,
}
