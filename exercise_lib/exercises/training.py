"""What the probes of several notebooks observe of a training: which photos were watched."""

import numpy as np


def some_splits():
    """Return three splits that differ, as a notebook has them: name to (inputs, labels)."""
    random = np.random.default_rng(0)
    return {
        name: (random.normal(size=(count, 3)).astype(np.float32), np.arange(count) % 3)
        for name, count in (("train", 40), ("validation", 10), ("test", 15))
    }


def small_classifier():
    """Return a model from 3 numbers to 3 probabilities, for `some_splits`."""
    import keras

    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])


def watched_split(model, data, history):
    """Return the name of the split that was watched while a model learnt, or "none".

    The loss that Keras noted last is that of the model as it is now, on the
    split that it watched.
    """
    if "val_loss" not in history.history:
        return "none"
    last = history.history["val_loss"][-1]
    for name, (inputs, labels) in data.items():
        found = model.evaluate(inputs, labels, verbose=0, return_dict=True)["loss"]
        if abs(found - last) < 1e-5:
            return name
    return "another"
