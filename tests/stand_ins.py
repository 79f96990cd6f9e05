"""Small stand-ins for what the notebooks do with functions that build, freeze or train models.

Such a function is not tried again for every mutant on the notebook's own large
model: that would take hours. Each stand-in calls it on a model of the same kind
(convolutions, batch normalisations, a branch, a head) in the way in which the
notebook calls it, and looks at everything that the cells below depend on.
"""

import inspect
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class StandIn:
    """A scenario of a notebook's kind.

    Attributes:
        given: Code that makes the arguments, each time anew.
        call: The call, whose value is `result`.
        looks: Expressions of what the notebook depends on.
    """

    given: str
    call: str
    looks: tuple


def photos(count, seed=0):
    """Return photos, float32 (count, 16, 16, 3), and labels from 0 to 2, (count,)."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    noise = random.normal(size=(count, 16, 16, 3))
    return (noise + labels[:, None, None, None] / 3).astype(np.float32), labels


def splits(kind=photos):
    """Return {"train", "validation", "test"} of photos, or features, and labels."""
    sizes = {"train": 20, "validation": 9, "test": 12}
    return {name: kind(count, seed) for seed, (name, count) in enumerate(sizes.items())}


def features(count, seed=0):
    """Return features, float32 (count, 5), and labels from 0 to 2, (count,)."""
    inputs, labels = photos(count, seed)
    return inputs.reshape(count, -1)[:, :5] + labels[:, None].astype(np.float32), labels


def base_model():
    """Return a base model with a branch whose weights are those of a trained one: not fresh."""
    import keras

    keras.utils.set_random_seed(1)
    inputs = keras.Input((16, 16, 3))
    x = _block(inputs, 4, "low")
    branch = _block(x, 6, "middle")
    aside = keras.layers.Conv2D(6, 1, strides=2, name="aside")(x)
    x = keras.layers.Add(name="add")([branch, aside])
    x = keras.layers.LayerNormalization(name="norm")(x)
    model = keras.Model(inputs, _block(x, 8, "high"))
    random = np.random.default_rng(2)
    model.set_weights([random.uniform(0.2, 0.8, w.shape) for w in model.get_weights()])
    return model


def _block(x, channels, name):
    import keras

    x = keras.layers.Conv2D(channels, 3, strides=2, padding="same", name=f"{name}_conv")(x)
    x = keras.layers.BatchNormalization(name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def classifier():
    """Return a base model with a head of three classes."""
    import keras

    base = base_model()
    pooled = keras.layers.GlobalAveragePooling2D()(base(base.input))
    return keras.Model(base.input, keras.layers.Dense(3, activation="softmax")(pooled))


def head():
    """Return a model from features to three probabilities that runs three epochs at most.

    How many it was asked for is in `asked`.
    """
    import keras

    class Hurried(keras.Sequential):
        def fit(self, *arguments, **named):
            call = inspect.signature(keras.Model.fit).bind(self, *arguments, **named)
            call.apply_defaults()
            self.asked = call.arguments["epochs"]
            call.arguments["epochs"] = min(self.asked, 3)
            return super().fit(*call.args[1:], **call.kwargs)

    return Hurried([keras.Input((5,)), keras.layers.Dense(3, activation="softmax")])


def flags(model):
    """Return for each layer with weights its kind and whether it learns."""
    layers = [layer for layer in model.layers if layer.weights]
    return [f"{type(layer).__name__}: {bool(layer.trainable)}" for layer in layers]


BEGIN = "from tests.stand_ins import *\n"
DRAWN = "keras.utils.set_random_seed(0)\n"
TRAINED = ("result.history", "model.asked", "model.get_weights()", "model.metrics_names")
COMPILED = "model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
HEAD = BEGIN + DRAWN + "model, data = head(), splits(features)\n"
FROZEN = ("flags(base)", "bool(base.trainable)", "len(base.trainable_weights)")
FROZEN += ("base.get_weights()",)
STAND_INS = {
    "2.1": StandIn(
        BEGIN + "model = classifier()\n" + DRAWN,
        "fresh_copy(model)",
        (
            "result.get_weights()",
            "[type(layer).__name__ for layer in result.layers]",
            "result(photos(4)[0])",
            "model.get_weights()",
            "any(own is other for own in result.weights for other in model.weights)",
            "flags(result)",
        ),
    ),
    "2.3": StandIn(
        BEGIN + "base = base_model()\n" + DRAWN,
        "build_classifier(base, 3)",
        (
            "result(photos(4)[0])",
            "result.predict(photos(2)[0], verbose=0)",
            "len(result.trainable_weights)",
            "base.get_weights()",
        ),
    ),
    "2.4": StandIn(HEAD, "train(model, data, epochs=40)", TRAINED),
    "3.1": StandIn(BEGIN + "base = base_model()\n", "freeze(base)", ("result is base", *FROZEN)),
    "3.3": StandIn(
        BEGIN + DRAWN,
        "build_head(5, 3)",
        ("result(features(6)[0])", "result.count_params()", "result.get_weights()"),
    ),
    "3.4": StandIn(HEAD, "train_head(model, data)", TRAINED),
    "4.1": StandIn(
        BEGIN + "base = base_model()\nbase.trainable = False\n",
        "unfreeze_above(base, 'middle_relu')",
        FROZEN,
    ),
    "4.3": StandIn(
        HEAD,
        "compile_gently(model)",
        ("model.fit(*data['train'], epochs=2, verbose=0).history", "model.get_weights()"),
    ),
    "4.4": StandIn(HEAD + COMPILED, "tune(model, data, 5)", TRAINED),
    "4.5": StandIn(
        BEGIN + "base = base_model()\nbase.get_layer('low_conv').trainable = False\n",
        "freeze_batch_norm(base)",
        FROZEN,
    ),
}
