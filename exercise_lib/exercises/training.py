"""What the probes of several notebooks observe of a training: which photos were watched."""

import numpy as np

from exercise_lib.exercises.exercise import loss_name

# What to tell whoever made a mistake that several exercises know.
GAVE_DICTIONARY = (
    "You gave back the dictionary inside the history. Give back the history itself, what `fit` "
    "returns; the cells below ask for its `.history`."
)
LOST_HISTORY = "The model has learnt, but its history is lost: `return` what `fit` gives."
NO_FIT = "The model did not learn: after `compile` comes `fit`, and what it gives back."
WATCHED_TEST = (
    "You watch the test photos. Whatever you choose by them, they can no longer tell how good it "
    "is on new photos. Watch the validation photos."
)
WATCHED_TRAIN = (
    "You watch the very photos that the model learns from. It can learn those by heart: watch the "
    "validation photos."
)
WATCHED_NONE = "No photos are watched. Hand over the validation photos: `validation_data=`."
WRONG_LOSS = (
    "The labels are whole numbers, not rows with a single 1. The loss for them is "
    '"sparse_categorical_crossentropy".'
)
NO_ACCURACY = 'Accuracy is not measured. Ask for it in `compile`: `metrics=["accuracy"]`.'


def some_splits():
    """Return three splits that differ, as a notebook has them: name to (inputs, labels)."""
    random = np.random.default_rng(0)
    return {
        name: (random.normal(size=(count, 3)).astype(np.float32), np.arange(count) % 3)
        for name, count in (("train", 40), ("validation", 10), ("test", 15))
    }


def small_classifier():
    """Return a model from 3 numbers to 3 probabilities, for `some_splits`.

    Its `fit` keeps in `asked_epochs` how many epochs were asked for, and runs no
    more than two of them: nobody wants to wait for a hundred.
    """
    import keras

    class Hurried(keras.Sequential):
        def fit(self, x=None, y=None, batch_size=None, epochs=1, **others):
            self.asked_epochs = epochs
            return super().fit(x, y, batch_size, min(epochs, 2), **others)

    keras.utils.set_random_seed(0)
    return Hurried([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])


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


def watch_training(model, data, train, *arguments):
    """Run a student's training; return its history, or what came back in its place.

    Returns:
        (history, None), or (None, outcome) where there is no history to look at.
    """
    try:
        history = train(model, data, *arguments)
    except ValueError:
        if model.loss is None or loss_name(model.loss) != "categorical_crossentropy":
            raise  # Keras says what is wrong.
        return None, {"loss": "categorical_crossentropy"}
    if isinstance(history, dict):
        return None, "the dictionary in the history"
    if history is None:
        has_learnt = model.optimizer is not None and int(model.optimizer.iterations) > 0
        return None, "nothing, after a training" if has_learnt else "nothing, without a training"
    return history, None
