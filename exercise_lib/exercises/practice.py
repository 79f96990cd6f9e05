"""Small models and photos to try a training on, and functions that see what it did.

Everything here can be pasted into a notebook to repeat what the check saw.
"""

import functools
import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import keras
import numpy as np
import tensorflow as tf

SIZES = {"train": 24, "validation": 10, "test": 15}
Photos = tuple[np.ndarray, np.ndarray]  # Inputs and labels.
MOST_EPOCHS = 4  # Epochs that run: nobody wants to wait for a hundred.
MOST_CALLS = 3  # Calls of `fit` that run, in case it is called in a loop.


@functools.cache
def _drawn(classes: int) -> dict[str, Photos]:
    random = np.random.default_rng(0)
    splits = {}
    for place, (name, photos) in enumerate(SIZES.items()):
        inputs = np.zeros((photos, 9), np.float32)
        inputs[:, 3 * place : 3 * place + 3] = random.uniform(0.5, 2, (photos, 3))
        splits[name] = inputs, random.permutation(np.arange(photos) % classes)
    return splits


def some_splits(classes: int = 3) -> dict[str, Photos]:
    """Return the splits "train", "validation" and "test" of photos that are 9 numbers each.

    Args:
        classes: How many labels there are, counted from 0.

    Returns:
        dict: {name: (inputs float32 (photos, 9), labels int (photos,))}; the
        splits differ in size, and no two photos are equal.
    """
    return {
        name: (inputs.copy(), labels.copy()) for name, (inputs, labels) in _drawn(classes).items()
    }


@dataclass
class Step:
    """One batch whose loss was measured.

    Attributes:
        inputs: float32 (photos, 9).
        labels: As the loss received them.
        weights: Weights of the photos in the loss; None if all count equally.
        learns: Whether it moved the weights of the model.
        in_fit: Whether it was in a call of `fit`.
    """

    inputs: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None
    learns: bool
    in_fit: bool


@dataclass
class Notes:
    """What a model records about its training.

    Attributes:
        epochs: How many each call of `fit` asked for.
        verbose: The `verbose` of each call of `fit`.
        pairs: Whether `fit` got inputs and labels as one argument.
        swapped: Whether `fit` got labels in place of inputs.
        steps: A `Step` for each batch.
        seen: The inputs of every batch that went through the model.
        weights: The model's weights before its first step; None until then.
        stops_early: Whether `fit` got a callback that may end it early.
        off: Whether recording is switched off.
    """

    epochs: list[int] = field(default_factory=list)
    verbose: list[Any] = field(default_factory=list)
    pairs: bool = False
    swapped: bool = False
    steps: list[Step] = field(default_factory=list)
    seen: list[np.ndarray] = field(default_factory=list)
    weights: list[np.ndarray] | None = None
    in_fit: bool = False
    stops_early: bool = False
    off: bool = False


class HandsDown:
    """Makes a model pass `trainable` to all layers, even if its own value does not change.

    Keras documents that, but with TensorFlow it skips a value that the model already has.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "trainable":
            keras.layers.Layer.trainable.fset(self, value)
        else:
            super().__setattr__(name, value)


class Observed(HandsDown, keras.Sequential):
    """A model that records how it is trained, and takes short cuts.

    Attributes:
        notes: The Notes.
        at_first: Its initial weights.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.notes = Notes()
        self.at_first: tuple[np.ndarray, ...] = ()

    def compile(self, *arguments: Any, **named: Any) -> None:
        """Compile as Keras does, but without tracing, which is quicker for a few steps.

        Metrics of an earlier `compile` are dropped; Keras keeps them if none are named.
        """
        call = inspect.signature(keras.Model.compile).bind(self, *arguments, **named)
        call.arguments["run_eagerly"] = True
        if call.arguments.get("metrics") is call.arguments.get("weighted_metrics") is None:
            call.arguments["metrics"] = []
        return super().compile(*call.args[1:], **call.kwargs)

    def fit(self, *arguments: Any, **named: Any) -> keras.callbacks.History:
        """Fit as Keras does, but for a few epochs only."""
        call = inspect.signature(keras.Model.fit).bind(self, *arguments, **named)
        call.apply_defaults()
        begins = call.arguments["initial_epoch"]
        asked = call.arguments["epochs"] - begins
        self.notes.epochs.append(asked)
        self.notes.verbose.append(call.arguments["verbose"])
        self.notes.pairs |= isinstance(call.arguments["x"], tuple) and call.arguments["y"] is None
        self.notes.swapped |= getattr(call.arguments["x"], "ndim", 0) == 1
        self.notes.stops_early |= _may_stop(call.arguments["callbacks"])
        if len(self.notes.epochs) > MOST_CALLS:
            return self.history
        call.arguments["epochs"] = begins + min(asked, MOST_EPOCHS)
        if isinstance(call.arguments["validation_freq"], int):  # So that it runs at all.
            call.arguments["validation_freq"] = min(call.arguments["validation_freq"], MOST_EPOCHS)
        self.notes.in_fit = True
        try:
            return super().fit(*call.args[1:], **call.kwargs)
        finally:
            self.notes.in_fit = False

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Call as Keras does."""
        if not self.notes.off and _is_known(inputs):
            self.notes.seen.append(np.asarray(inputs))
        return super().call(inputs, training=training, mask=mask)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Measure the loss as Keras does."""
        if not self.notes.off and _is_known(x):
            if training and self.notes.weights is None:
                self.notes.weights = self.get_weights()
            weights = None if sample_weight is None else np.asarray(sample_weight)
            self.notes.steps.append(
                Step(np.asarray(x), np.asarray(y), weights, bool(training), self.notes.in_fit)
            )
        return super().compute_loss(x, y, y_pred, sample_weight, training)


def _may_stop(callbacks: Any) -> bool:
    callbacks = getattr(callbacks, "callbacks", callbacks)  # Of a CallbackList.
    callbacks = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    return any(isinstance(one, keras.callbacks.EarlyStopping) for one in callbacks)


def _is_known(tensor: object) -> bool:
    """Return whether a tensor has values and is not just symbolic in Keras or TensorFlow."""
    return isinstance(tensor, np.ndarray) or hasattr(tensor, "numpy")


def small_classifier(classes: int = 3, frozen_base: bool = False) -> Observed:
    """Return a model from 9 numbers to probabilities, for `some_splits`.

    Args:
        classes: How many probabilities it returns.
        frozen_base: Whether a frozen layer that changes nothing comes first.
    """
    layers = [keras.Input((9,))]
    if frozen_base:
        same = keras.initializers.Identity()
        layers.append(keras.layers.Dense(9, kernel_initializer=same, trainable=False, name="base"))
    layers.append(keras.layers.Dense(classes, activation="softmax", name="head"))
    model = Observed(layers)
    kernel = np.random.default_rng(1).uniform(-0.7, 0.7, (9, classes))
    model.layers[-1].set_weights([kernel, np.zeros(classes)])
    model.at_first = tuple(model.get_weights())
    model.run_eagerly = True  # Also for `predict` before `compile`, to record what it sees.
    return model


def learned_from(model: Observed) -> list[str]:
    """Return what a `small_classifier` learned from, as a list: ["train"] is right.

    Remarks on a split say that part of it was left out, that photos came more than
    once, that the labels are different, or that some photos count more than others.
    """
    return _told(model, [step for step in model.notes.steps if step.learns])


def watched(model: Observed) -> list[str]:
    """Return what was measured after each epoch, as `learned_from` does."""
    return _told(model, [s for s in model.notes.steps if s.in_fit and not s.learns])


def seen(model: Observed) -> list[str]:
    """Return the names of all splits with a photo that went through the model."""
    owners = _owners(model.output_shape[-1])
    rows = {row.tobytes() for batch in model.notes.seen for row in np.asarray(batch, np.float32)}
    return [name for name in SIZES if any(owners[row][0] == name for row in rows & set(owners))]


def _told(model: Observed, steps: Iterable[Step]) -> list[str]:
    """Return which splits the batches come from, with remarks."""
    owners = _owners(model.output_shape[-1])
    times: dict[str, dict[bytes, int]] = {}
    other_labels: set[str] = set()
    weighted: set[str] = set()
    for step in steps:
        for place, row in enumerate(np.asarray(step.inputs, np.float32)):
            name, label = owners.get(row.tobytes(), ("photos of no split", None))
            photos = times.setdefault(name, {})
            photos[row.tobytes()] = photos.get(row.tobytes(), 0) + 1
            if label is not None and label != _label(step.labels[place]):
                other_labels.add(name)
            if step.weights is not None and np.ptp(step.weights) > 0:
                weighted.add(name)
    return [
        name
        + _how_often(name, photos, model)
        + (", with other labels" if name in other_labels else "")
        + (", some photos with more weight" if name in weighted else "")
        for name, photos in times.items()
    ]


@functools.cache
def _owners(classes: int) -> dict[bytes, tuple[str, int]]:
    """Return {photo as bytes: (name of its split, its label)}."""
    return {
        row.tobytes(): (name, int(label))
        for name, (inputs, labels) in _drawn(classes).items()
        for row, label in zip(inputs, labels, strict=True)
    }


def _label(given: np.ndarray) -> int:
    given = np.asarray(given)
    return int(given.argmax()) if given.size > 1 else int(given.item())


def _how_often(name: str, photos: Mapping[bytes, int], model: Observed) -> str:
    """Return what to say about a split whose photos came up {photo: times}."""
    times = set(photos.values())
    if name not in SIZES or (len(photos) == SIZES[name] and times == {_ran(model)}):
        return ""
    if len(photos) == SIZES[name] and min(times) >= _ran(model):
        return ", some photos more than once in an epoch"
    return ", but not all of it in each epoch"


def _ran(model: Observed) -> int:
    return sum(min(asked, MOST_EPOCHS) for asked in model.notes.epochs[:MOST_CALLS])


def epochs(model: Observed, history: keras.callbacks.History) -> int | str:
    """Return how many epochs `fit` was asked for, or in words how many its history holds."""
    held = len(history.history.get("loss", ()))
    if held != _ran(model):
        return f"{sum(model.notes.epochs)}, and the history holds {held} of them"
    return sum(model.notes.epochs)


def may_stop_early(model: Observed) -> bool:
    """Return whether a `fit` got a callback that may end it before its last epoch."""
    return model.notes.stops_early


def is_quiet(model: Observed) -> bool:
    """Return whether every `fit` was told to print nothing."""
    return all(verbose == 0 for verbose in model.notes.verbose)


def began_as_it_was(model: Observed) -> bool:
    """Return whether a model began to learn from its initial weights."""
    begun = model.get_weights() if model.notes.weights is None else model.notes.weights
    return all(map(np.array_equal, begun, model.at_first))


def moved(model: Observed) -> list[str]:
    """Return the names of the layers whose weights differ from the initial ones."""
    names = [weight.path.split("/")[-2] for weight in model.weights]
    pairs = zip(names, model.get_weights(), model.at_first, strict=True)
    return sorted({name for name, now, before in pairs if not np.array_equal(now, before)})


def learning_rate(model: keras.Model) -> float | str:
    """Return the learning rate of a compiled model, or say in words that it changes."""
    rate = model.optimizer.get_config()["learning_rate"]
    return (
        float(cast(float, rate)) if np.isscalar(rate) else "a schedule, with other rates later on"
    )


def has_right_loss(model: Observed) -> bool:
    """Return whether a model's loss is the cross-entropy for whole-number labels."""
    inputs, labels = _drawn(model.output_shape[-1])["validation"]
    probabilities = _probabilities(model, inputs)
    right = -np.log(probabilities[np.arange(len(labels)), labels]).mean()
    try:
        found = model.compute_loss(y=labels, y_pred=probabilities)
    except (ValueError, TypeError, tf.errors.OpError) as error:  # Not made for such labels.
        if "loss_weights" in str(error):
            raise
        return False
    return bool(abs(float(found) - right) < 1e-3)


def measures_accuracy(model: Observed) -> bool:
    """Return whether one of a model's metrics is the share of correct answers."""
    for split in ("train", "test"):
        inputs, labels = _drawn(model.output_shape[-1])[split]
        right = (_probabilities(model, inputs).argmax(axis=1) == labels).mean()
        try:
            measured = figures(model, split)
        except (ValueError, TypeError, tf.errors.OpError):  # Not made for such labels.
            return False
        measured.pop("loss")
        if not any(np.allclose(one, right, atol=1e-5) for one in measured.values()):
            return False
    return True


def _probabilities(model: Observed, inputs: np.ndarray) -> np.ndarray:
    model.notes.off = True
    try:
        return np.asarray(model(inputs))
    finally:
        model.notes.off = False


def figures(model: Observed, split: str) -> dict[str, float]:
    """Return {metric: value} of a compiled model on a split, measured by the model itself."""
    model.notes.off = True
    try:
        model.reset_metrics()
        inputs, labels = _drawn(model.output_shape[-1])[split]
        return {
            n: float(v) for n, v in model.test_on_batch(inputs, labels, return_dict=True).items()
        }
    finally:
        model.notes.off = False
