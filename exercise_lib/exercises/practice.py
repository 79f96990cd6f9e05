"""Small models and photos to try an answer on, and eyes for what a training did.

Everything here may be pasted into a notebook, to repeat what the check saw.
"""

import functools
import inspect

import keras
import numpy as np

NAMES = ("train", "validation", "test")
MOST_EPOCHS = 3  # That are run: nobody wants to wait for a hundred.


class Splits(dict):
    """Three splits, {name: (inputs, labels)}, that note in `read` which were asked for."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        """Return a split, as a dict does, and note that it was asked for."""
        self.read.add(name)
        return super().get(name, default)


def some_splits(classes=3):
    """Return three splits that differ in size.

    Each split has columns of its own that are not zero: a weight moves only if
    the split of its column was learnt from.

    Args:
        classes: How many labels there are, from 0.

    Returns:
        Splits: inputs float32 (photos, 9), labels int (photos,).
    """
    random = np.random.default_rng(0)
    splits = Splits()
    for place, (name, photos) in enumerate(zip(NAMES, (24, 10, 15), strict=True)):
        inputs = np.zeros((photos, 9), np.float32)
        inputs[:, 3 * place : 3 * place + 3] = random.uniform(0.5, 2, (photos, 3))
        splits[name] = inputs, random.permutation(np.arange(photos) % classes)
    splits.read.clear()
    return splits


class Observed(keras.Sequential):
    """A model that notes how it was trained, and hurries.

    Attributes:
        asked_epochs: How many epochs each call of `fit` asked for.
    """

    asked_epochs = ()

    def compile(self, *arguments, **named):
        """Compile as Keras does, without tracing: a few steps are quicker without."""
        call = inspect.signature(keras.Model.compile).bind(self, *arguments, **named)
        call.arguments["run_eagerly"] = True
        return super().compile(*call.args[1:], **call.kwargs)

    def fit(self, *arguments, **named):
        """Fit as Keras does, but for a few epochs only."""
        call = inspect.signature(keras.Model.fit).bind(self, *arguments, **named)
        call.apply_defaults()
        asked = call.arguments["epochs"]
        self.asked_epochs = (*self.asked_epochs, asked)
        call.arguments["epochs"] = min(asked, MOST_EPOCHS)
        return super().fit(*call.args[1:], **call.kwargs)


def small_classifier(classes=3, frozen_base=False):
    """Return a model from 9 numbers to probabilities, for `some_splits`.

    Args:
        classes: How many probabilities it gives.
        frozen_base: Whether a frozen layer that changes nothing comes first.
    """
    draw = functools.partial(keras.initializers.GlorotUniform, seed=0)
    layers = [keras.Input((9,))]
    if frozen_base:
        same = keras.initializers.Identity()
        layers.append(keras.layers.Dense(9, kernel_initializer=same, trainable=False, name="base"))
    layers.append(
        keras.layers.Dense(classes, activation="softmax", kernel_initializer=draw(), name="head")
    )
    model = Observed(layers)
    model.before = [weights.copy() for weights in model.get_weights()]
    return model


def learnt_from(model):
    """Return the names of the splits that a `small_classifier` learnt from, as a list."""
    moved = np.abs(model.get_weights()[-2] - model.before[-2]).max(axis=1) > 0
    return [name for place, name in enumerate(NAMES) if moved[3 * place : 3 * place + 3].any()]


def watched(model, data, history):
    """Return the name of the split that was measured after each epoch, or "none".

    The loss that Keras noted last is that of the model as it is now.
    """
    if "val_loss" not in history.history:
        return "none"
    last = history.history["val_loss"][-1]
    for name, split in data.items():
        if abs(_measured(model, *split)["loss"] - last) < 1e-5:
            return name
    return "another"


def epochs(model, history):
    """Return how many epochs the history holds, or was to hold."""
    if len(model.asked_epochs) == 1 and len(history.epoch) == min(
        *model.asked_epochs, MOST_EPOCHS
    ):
        return model.asked_epochs[0]
    return len(history.epoch)


def learning_rate(model):
    """Return the learning rate of a compiled model."""
    return float(np.asarray(model.optimizer.learning_rate))


def has_right_loss(model, data):
    """Return whether the loss is the cross-entropy of labels that are whole numbers."""
    for inputs, labels in data.values():
        given = _probabilities(model, inputs)[np.arange(len(labels)), labels]
        expected = -np.log(np.maximum(given, 1e-7)).mean()
        if abs(_measured(model, inputs, labels)["loss"] - expected) > 1e-3:
            return False
    return True


def measures_accuracy(model, data):
    """Return whether one of the metrics is the share of right answers."""
    measured = [_measured(model, *split) for split in data.values()]
    true = [
        (_probabilities(model, inputs).argmax(axis=1) == labels).mean()
        for inputs, labels in data.values()
    ]
    names = [name for name in measured[0] if name != "loss"]
    return any(np.allclose([one[name] for one in measured], true, atol=1e-5) for name in names)


def _probabilities(model, inputs):
    return np.asarray(model(inputs))


def _measured(model, inputs, labels):
    return model.evaluate(inputs, labels, verbose=0, return_dict=True)


def loss_name(model):
    """Return the name of a compiled model's loss, given as text, function or object."""
    loss = model.loss
    if isinstance(loss, str):
        return loss
    return getattr(loss, "name", None) or getattr(loss, "__name__", type(loss).__name__)
