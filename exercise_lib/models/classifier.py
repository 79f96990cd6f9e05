"""One file that is a complete classifier: raw photos in, probabilities of named classes out.

A `.keras` file contains layers and weights. Preprocessing becomes its first
layer, and the class names are stored in the same file, so that there is nothing
else to remember.
"""

import json
import os
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from exercise_lib import images, paths, progress
from exercise_lib.errors import WorkshopError
from exercise_lib.storage import atomic

if TYPE_CHECKING:
    from exercise_lib.models.pretrained import Pretrained

NAMES = "classifier.json"  # The member of the file with the class names.
BATCH = 32
KINDS = {"tflite": "litert", "onnx": "onnx"}  # Suffix to Keras's name for the format.


class ClassifierError(WorkshopError):
    """A file that cannot be used as a classifier; the message says why."""


@dataclass(frozen=True)
class Classifier:
    """A model for raw photos, and the names of its classes.

    Attributes:
        model: keras.Model, photos (batch, height, width, 3) in [0, 255] to
            probabilities (batch, classes).
        class_names: Names in the order of the probabilities.
    """

    model: keras.Model
    class_names: tuple[str, ...]

    @property
    def image_size(self) -> tuple[int, int]:
        """(height, width) in pixels of the photos that the model takes."""
        return tuple(self.model.input_shape[1:3])

    def predict(self, files: Sequence[str | os.PathLike]) -> np.ndarray:
        """Return the probabilities (photos, classes) for photo files; the list may be empty.

        Shows a progress bar if there are many.

        Raises:
            images.BadPhotoError: for the first file that cannot be read.
        """
        probabilities = np.empty((len(files), len(self.class_names)), np.float32)
        with progress.bar(total=len(files), least=progress.MANY) as bar:
            for start in range(0, len(files), BATCH):
                batch = files[start : start + BATCH]
                photos = images.load_photos(batch, self.image_size).astype("float32")
                probabilities[start : start + BATCH] = self.model.predict_on_batch(photos)
                bar.update(len(batch))
        return probabilities


def build_deployable(
    pretrained: "Pretrained",
    parts: Iterable[keras.Layer],
    image_size: tuple[int, int] | None = None,
    crop: float = 1.0,
) -> keras.Model:
    """Combine cropping, preprocessing and the parts of a network in one model for raw photos.

    The model takes whole photos and crops them itself, so that nobody who uses
    the file can forget to.

    Args:
        pretrained: A Pretrained, for its preprocessing.
        parts: keras.Models or layers, from preprocessed photos to
            probabilities, each taking the output of the one before.
        image_size: (height, width) that the parts take; None uses the
            pretrained model's own.
        crop: Share of a photo's sides to use; see images.load_photo.

    Returns:
        keras.Model, photos (batch, height, width, 3) in [0, 255] to
        probabilities (batch, classes); if crop is less than 1, its height and
        width are larger than image_size by what it cuts off.
    """
    image_size = image_size or pretrained.image_size
    whole = images.whole_size(image_size, crop)
    x = inputs = keras.Input((*whole, 3), name="photos")
    if whole != image_size:
        margins = [(have - want) // 2 for have, want in zip(whole, image_size, strict=True)]
        x = keras.layers.Cropping2D(margins, name="crop")(x)
    x = preprocessing_layer(pretrained)(x)
    for part in parts:
        x = part(x)
    return keras.Model(inputs, x, name="classifier")


def preprocessing_layer(pretrained: "Pretrained") -> keras.layers.Conv2D:
    """Return a 1 x 1 convolution that does what `pretrained.preprocess` does.

    All preprocessing in keras.applications scales, shifts or reorders the
    three channels, so three pure colours and black reveal it.
    """
    colours = np.concatenate([np.zeros((1, 3)), 255 * np.eye(3)]).reshape(4, 1, 1, 3)
    found = keras.ops.convert_to_numpy(pretrained.preprocess(colours)).reshape(4, 3)
    bias = found[0]
    layer = keras.layers.Conv2D(3, 1, trainable=False, name="preprocessing")
    layer.build((None, None, None, 3))
    layer.set_weights([((found[1:] - bias) / 255).reshape(1, 1, 3, 3), bias])
    return layer


def save(classifier: Classifier, path: str | os.PathLike) -> None:
    """Write a classifier to a `.keras` file; an older one is replaced completely or not at all.

    Raises:
        ClassifierError: the file cannot be written.
    """

    def write(part: Path) -> None:
        classifier.model.save(part)
        with zipfile.ZipFile(part, "a") as members:
            members.writestr(NAMES, json.dumps({"class_names": classifier.class_names}))

    _write_whole(Path(path), write)


def export(classifier: Classifier, path: str | os.PathLike, kind: str) -> None:
    """Write a classifier for another runtime: it takes raw photos, float32 in [0, 255].

    Args:
        classifier: A Classifier.
        path: Where to write; an older file is replaced completely or not at all.
        kind: A name in KINDS.

    Raises:
        ClassifierError: the file cannot be written, or its suffix is not its kind.
    """
    if Path(path).suffix.lower() != f".{kind}":
        raise ClassifierError(f"{path} must end in .{kind}: choose another name.")

    def write(part: Path) -> None:
        classifier.model(np.zeros((1, *classifier.image_size, 3), np.float32))  # Keras insists.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # From the converter, about NumPy.
            classifier.model.export(part, format=KINDS[kind], verbose=False)

    _write_whole(Path(path), write, f".{kind}")


def _write_whole(path: Path, write: Callable[[Path], None], suffix: str = ".keras") -> None:
    """Let a function write to a name beside the path; then give the file its own name."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic.replaced_whole(path, suffix) as part:
            write(part)
    except (OSError, tf.errors.OpError) as error:  # The second from a converter's own files.
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise ClassifierError(
            f"{path} cannot be written ({reason}): free some space, or choose another path."
        ) from error


def refuse_bad_place(path: str | os.PathLike) -> None:
    """Raise ClassifierError before a long training if `save` could not write there."""
    path = Path(path)
    there = next(folder for folder in path.absolute().parents if paths.is_there(folder))
    if paths.is_folder(path) or not paths.is_folder(there) or not os.access(there, os.W_OK):
        raise ClassifierError(
            f"{path} cannot be written (it is a folder, or its folder is not writable): choose "
            "another path."
        )


def load(path: str | os.PathLike) -> Classifier:
    """Read a classifier that `save` wrote. Nothing in the file can run code.

    Raises:
        ClassifierError: the file is missing, truncated or damaged, is not a
            classifier, or contains code.
    """
    path = Path(path)
    if not paths.is_file(path):
        raise ClassifierError(f"There is no file {path}: name a .keras file written by `train`.")
    names = _names_in(path)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
        shapes = model.input_shape, model.output_shape
        fits = shapes[0][0] is None and all(isinstance(side, int) for side in shapes[0][1:3])
        fits = fits and shapes[0][3:] == (3,) and shapes[1] == (None, len(names))
    except Exception as error:  # What Keras raises depends on the damage.
        raise ClassifierError(f"{path.name} cannot be loaded: {_first_line(error)}") from error
    if not fits:
        raise ClassifierError(
            f"{path.name} takes {shapes[0]} and returns {shapes[1]} for {len(names)} class "
            f"name{'s' * (len(names) != 1)}: name a .keras file written by `train`."
        )
    return Classifier(model, names)


def _names_in(path: Path) -> tuple[str, ...]:
    """Return the class names stored in a file."""
    try:
        with zipfile.ZipFile(path) as members:
            content = members.read(NAMES)
        names = json.loads(content)["class_names"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError("the class names are not a list of strings")
    except KeyError as error:
        raise ClassifierError(
            f"{path.name} contains no class names: name a .keras file written by `train`."
        ) from error
    except Exception as error:  # What zipfile raises depends on the damage.
        raise ClassifierError(
            f"{path.name} is not a complete .keras file ({_first_line(error)}): copy it again, or "
            "train again."
        ) from error
    return tuple(names)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
