"""Base model, preprocessing and class names: installed, in Keras's cache, or downloaded."""

import functools
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias

import keras
import numpy as np

from exercise_lib import notices, paths
from exercise_lib.models import catalog, efficientnet_lite0, imagenet200, torch_tensors
from exercise_lib.models.catalog import (
    DEFAULT,
    MODEL_NAMES,
    SMALL,
    BadWeightsError,
    MissingWeightsError,
    PretrainedError,
    UnknownModelError,
    download_model,
    find_weights,
)

__all__ = [
    "DEFAULT",
    "MODEL_NAMES",
    "SMALL",
    "BadWeightsError",
    "MissingWeightsError",
    "Pretrained",
    "PretrainedError",
    "UnknownModelError",
    "assemble",
    "choose_model",
    "decode_top",
    "download_model",
    "find_weights",
    "load_pretrained",
]

Photos: TypeAlias = np.ndarray | keras.KerasTensor
Preprocess: TypeAlias = Callable[[Photos], Photos]


@dataclass(frozen=True)
class Pretrained:
    """A pretrained model and everything that belongs to it.

    Attributes:
        model: keras.Model with its classifier: preprocessed photos (batch,
            height, width, 3) to probabilities (batch, classes).
        base_model: keras.Model from the same input to the last feature maps
            (batch, rows, columns, channels). It shares its layers with `model`.
        preprocess: Photos (batch, height, width, 3), array or tensor, uint8 or
            float in [0, 255], to what `model` expects, float32; its input is
            not changed. MobileNetV3Large, EfficientNetV2B0 and ConvNeXtTiny
            preprocess photos in their first layers: for them it only converts
            to float32.
        class_names: Names in the order of the probabilities. For the models of
            keras.applications they are Keras's, with underscores; two pairs
            of its 1,000 classes share a name.
        image_size: (height, width) in pixels.
        name: One of MODEL_NAMES.
    """

    model: keras.Model
    base_model: keras.Model
    preprocess: Preprocess
    class_names: tuple[str, ...]
    image_size: tuple[int, int]
    name: str

    @classmethod
    def from_model(
        cls, name: str, model: keras.Model, preprocess: Preprocess, class_names: Iterable[str]
    ) -> Self:
        """Make a Pretrained from a model with its classifier; `base_model` shares its layers."""
        return cls(
            model=model,
            base_model=keras.Model(model.input, _last_feature_maps(model), name=f"{name}_base"),
            preprocess=preprocess,
            class_names=tuple(class_names),
            image_size=tuple(model.input_shape[1:3]),
            name=name,
        )

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...]]:
        """Pickle the whole model only; the base model is a part of it."""
        return self.from_model, (self.name, self.model, self.preprocess, self.class_names)


def load_pretrained(name: str | None = None) -> Pretrained:
    """Load a pretrained model and print one line that says which and why.

    Args:
        name: One of MODEL_NAMES, ignoring case and dashes; None uses the one
            that `choose_model` returns.

    Returns:
        Pretrained.

    Raises:
        UnknownModelError: no model has this name.
        MissingWeightsError: a file is neither here nor could it be downloaded.
        BadWeightsError: a file is here and cannot be used.
    """
    if name is None:
        name, reason = choose_model()
    else:
        name, reason = catalog.model_name(name), "you asked for it"
    notices.tell(f"Pretrained model: {name}, because {reason}.")
    return _LOADERS.get(name, _load_from_catalog)(name)


def name_of(name: str | None = None) -> str:
    """Return the name of the model that `load_pretrained` would load; nothing is loaded.

    Raises:
        UnknownModelError: no model has this name.
    """
    return choose_model()[0] if name is None else catalog.model_name(name)


def choose_model() -> tuple[str, str]:
    """Choose the model to use when none is named; uses no network.

    EXERCISE_MODEL if it is set; else EfficientNetLite0, whose weights were
    installed with the workshop; imagenet200 only if they are missing.

    Returns:
        (name, reason): both str; the reason ends a sentence.

    Raises:
        UnknownModelError: EXERCISE_MODEL names no model.
    """
    asked = os.environ.get("EXERCISE_MODEL", "").strip()
    if asked:
        return catalog.model_name(asked), "EXERCISE_MODEL asks for it"
    try:
        catalog.check_packaged()
    except (MissingWeightsError, BadWeightsError) as error:
        found, _, _ = str(error).partition(": ")
        return SMALL, f"{found} (`make setup` fixes that)"
    return DEFAULT, "it comes with the workshop"


def decode_top(
    probabilities: np.ndarray, class_names: Sequence[str], top: int = 5
) -> list[list[tuple[str, float]]]:
    """Name the most probable classes of each photo.

    Args:
        probabilities: float array (photos, classes).
        class_names: The classes, in the order of the probabilities.
        top: Number of classes to name.

    Returns:
        list with one list per photo of (name, probability), most probable
        first.

    Raises:
        ValueError: the shape does not fit the class names.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or probabilities.shape[1] != len(class_names):
        raise ValueError(
            f"decode_top expects probabilities of shape (photos, {len(class_names)}), with one "
            f"column per class name: found shape {probabilities.shape}."
        )
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    return [
        [(class_names[column], float(row[column])) for column in best]
        for row, best in zip(probabilities, order, strict=True)
    ]


def assemble(
    name: str, model: keras.Model, keras_preprocess: Preprocess, class_names: Iterable[str]
) -> Pretrained:
    """Make a Pretrained from a model with its classifier.

    Args:
        name: Its name.
        model: keras.Model, (batch, height, width, 3) to (batch, classes).
        keras_preprocess: The `preprocess_input` of its module.
        class_names: The classes, in the order of the model's output.

    Returns:
        Pretrained.
    """
    preprocess = functools.partial(_preprocess, keras_preprocess)
    return Pretrained.from_model(name, model, preprocess, class_names)


def build_from_catalog(name: str, weights: str | os.PathLike | None = None) -> keras.Model:
    """Build a model of keras.applications with its classifier.

    Args:
        name: A name in model_catalog.MODELS.
        weights: Path of its weights; None draws random ones.

    Returns:
        keras.Model, (batch, height, width, 3) to probabilities (batch, 1000).
    """
    build = getattr(keras.applications, name)
    height, width = catalog.MODELS[name].image_size
    return build(weights=None if weights is None else str(weights), input_shape=(height, width, 3))


def preprocessing_of(name: str) -> Preprocess:
    """Return the `preprocess_input` of a model in model_catalog.MODELS."""
    return getattr(keras.applications, catalog.MODELS[name].module).preprocess_input


def _load_from_catalog(name: str) -> Pretrained:
    weights, class_index = catalog.fetch_model(name)
    try:
        model = build_from_catalog(name, weights)
    # Keras raises these for an HDF5 file with other layers, or none.
    except (ValueError, KeyError, OSError) as error:
        raise BadWeightsError(
            f"{paths.shown(weights)} does not hold the weights of {name}: delete it or move it "
            "out of that folder, then load the model again."
        ) from error
    return assemble(name, model, preprocessing_of(name), _imagenet_names(class_index))


def _imagenet_names(class_index: Path) -> list[str]:
    index = json.loads(class_index.read_text(encoding="utf-8"))  # {"0": [wnid, name], ...}
    return [index[str(label)][1] for label in range(len(index))]


def _load_default(name: str) -> Pretrained:
    weights, classes = catalog.fetch_model(name)
    model = efficientnet_lite0.build_efficientnet_lite0()
    efficientnet_lite0.put_weights(model, torch_tensors.read_tensors(weights))
    return assemble(name, model, efficientnet_lite0.preprocess_input, _names_of(classes))


def _load_small(name: str) -> Pretrained:
    weights, classes = catalog.fetch_model(name)
    class_names = _names_of(classes)
    model = imagenet200.build_imagenet200(classes=len(class_names))
    model.load_weights(weights)
    return assemble(name, model, imagenet200.preprocess_input, class_names)


def _names_of(classes: Path) -> tuple[str, ...]:
    """Return the names in one of our files: [{"wnid": ..., "name": ...}, ...]."""
    return tuple(entry["name"] for entry in json.loads(classes.read_text(encoding="utf-8")))


_LOADERS = {DEFAULT: _load_default, SMALL: _load_small}


def _last_feature_maps(model: keras.Model) -> keras.KerasTensor:
    """Return the output of the last layer with maps larger than 1 x 1.

    Rank 4 alone is not enough: MobileNetV3's classifier works on maps of 1 x 1.
    """
    outputs = (layer.output for layer in reversed(model.layers))
    return next(maps for maps in outputs if len(maps.shape) == 4 and maps.shape[1] > 1)


def _preprocess(keras_preprocess: Preprocess, images: Photos) -> Photos:
    if keras.ops.is_tensor(images) or isinstance(images, keras.KerasTensor):
        return keras_preprocess(keras.ops.cast(images, "float32"))
    # A copy: Keras's preprocessing of an array works in place.
    return keras_preprocess(np.array(images, "float32"))
