"""What the training exercises look at, and the mistakes that several of them know.

The eyes are those of `practice`, which needs Keras; this module does not. Each
mistake is a `Mistake` that lacks its code: `WATCHED_TEST(code="...")`.
"""

import functools

from exercise_lib.exercises.exercise import Mistake


def looks(epochs, learning_rate, optimizer="Adam", model="model"):
    """Return the looks at a `practice.small_classifier` after its training.

    Args:
        epochs: How many were to be trained.
        learning_rate: The right one.
        optimizer: Name of its class.
        model: The name of the model in the case.
    """
    return {
        f"practice.began_as_it_was({model})": True,
        f"practice.learnt_from({model})": ["train"],
        f"practice.watched({model})": ["validation"],
        f'"test" in practice.seen({model})': False,
        f"practice.epochs({model}, result)": epochs,
        f"practice.may_stop_early({model})": False,
        f"type({model}.optimizer).__name__": optimizer,
        f"practice.learning_rate({model})": learning_rate,
        f"practice.has_right_loss({model})": True,
        f"practice.measures_accuracy({model})": True,
        f"practice.moved({model})": ["head"],
        f"practice.is_quiet({model})": True,
    }


def saw(trial, name):
    """Return what the look that `practice` has under this name saw."""
    [look] = [look for look in trial.saw if f"practice.{name}(" in look]
    return trial.saw[look]


def model_of(trial):
    """Return the model of a case, whatever its name is there."""
    [model] = [value for value in trial.names.values() if hasattr(value, "notes")]
    return model


def _has_learnt(trial):
    return any(step.learns for step in model_of(trial).notes.steps)


def _names(trial, look, word):
    """Return whether one of the photos that a look names has this word in its description."""
    return any(word in told for told in saw(trial, look))


def _has_loss(trial, name):
    loss = model_of(trial).loss
    if isinstance(loss, str):
        return loss == name
    return name in (getattr(loss, "name", None), getattr(loss, "__name__", None))


def _has_right_loss(trial):
    from exercise_lib.exercises import practice

    return model_of(trial).compiled and practice.has_right_loss(model_of(trial))


def _measuring_fails(trial):
    from exercise_lib.exercises import practice

    try:
        practice.figures(model_of(trial), "train")
    except Exception:  # Whatever TensorFlow makes of it.
        return True
    return False


def _epochs_expected(trial):
    return next(
        value for look, value in trial.case.expected().items() if "practice.epochs(" in look
    )


def _known(says, when):
    return functools.partial(Mistake, says=says, when=when)


# `fit` or `compile` stopped.
GAVE_A_PAIR = _known(
    "`fit` got inputs and labels as one argument, a pair. It wants two arguments: the star in "
    '`*data["train"]` hands over both.',
    lambda trial: trial.error is not None and model_of(trial).notes.pairs,
)
SWAPPED = _known(
    "`fit` stopped: its first argument was labels. The inputs come first, then the labels.",
    lambda trial: trial.error is not None and model_of(trial).notes.swapped,
)
NOT_COMPILED = _known(
    "Your code stopped at `fit`: the model was not compiled. `compile` says how to learn, and "
    "comes first.",
    lambda trial: "compile()" in str(trial.error) and not model_of(trial).compiled,
)
WRONG_LOSS_STOPPED = _known(
    "Your code stopped: the loss `categorical_crossentropy` is for labels that are rows with a "
    "single 1. These labels are whole numbers; their loss is the *sparse* one.",
    lambda trial: trial.error is not None and _has_loss(trial, "categorical_crossentropy"),
)
WRONG_METRIC = _known(
    "`fit` stopped at one of the metrics: it cannot be worked out from probabilities and "
    'whole-number labels. `"accuracy"` as text lets Keras choose the one that fits.',
    lambda trial: trial.error is not None and _has_right_loss(trial) and _measuring_fails(trial),
)
# Something else than a history came back.
NO_FIT = _known(
    "The model that was handed over did not learn, and no history came back. `fit` lets it learn, "
    "and returns the history.",
    lambda trial: trial.other_kind and not _has_learnt(trial),
)
GAVE_DICTIONARY = _known(
    "You gave back a dictionary, such as is inside the history. Give back the history itself, "
    "what `fit` returns.",
    lambda trial: trial.other_kind.startswith("a dict"),
)
LOST_HISTORY = _known(
    "The model has learnt, but nothing came back: its history is lost. Give back what `fit` "
    "returns.",
    lambda trial: trial.other_kind.startswith("nothing") and _has_learnt(trial),
)
# What was learnt from.
TRAINED_ANOTHER = _known(
    "A history came back, but it is not that of the model that was handed over: this one has not "
    "learnt at all. The cells below go on with it, so let it learn, and no copy.",
    lambda trial: not trial.other_kind and trial.error is None and not _has_learnt(trial),
)
BEGAN_ANEW = _known(
    "The weights of the model were replaced before it learnt. Let it go on from those that it "
    "has: later cells train a model further.",
    lambda trial: saw(trial, "began_as_it_was") is False,
)
LEARNT_FROM_TEST = _known(
    "The model has learnt from the test photos. Then nothing is left that could tell how good it "
    "is on new ones. Learn from the training photos only.",
    lambda trial: _names(trial, "learnt_from", "test"),
)
LEARNT_FROM_VALIDATION = _known(
    "The model has learnt from the validation photos. Then they cannot show how it does on photos "
    "that it has not learnt from. Learn from the training photos only.",
    lambda trial: _names(trial, "learnt_from", "validation"),
)
OTHER_LABELS = _known(
    "The photos were learnt with labels that are not theirs. Inputs and labels belong together "
    "row by row: leave both in their order.",
    lambda trial: _names(trial, "learnt_from", "other labels"),
)
LEFT_SOME_OUT = _known(
    "Not every training photo was learnt from in each epoch. Learn from all of them: there are "
    "validation photos already, so nothing need be split off.",
    lambda trial: saw(trial, "learnt_from") == ["train, but not all of it in each epoch"],
)
REPEATED = _known(
    "Training photos were learnt from more than once in each epoch. Once is enough, as they are.",
    lambda trial: _names(trial, "learnt_from", "train, some photos more than once"),
)
WEIGHED = _known(
    "Some photos counted more than others in the loss. Asked for is a training in which all count "
    "alike.",
    lambda trial: _names(trial, "learnt_from", "more weight"),
)
# What was watched.
WATCHED_TEST = _known(
    "You watch the test photos. Whatever you choose by them, they can no longer tell how good it "
    "is on new photos. Watch the validation photos.",
    lambda trial: _names(trial, "watched", "test"),
)
WATCHED_TRAIN = _known(
    "You watch the very photos that the model learns from. It can learn those by heart: watch the "
    "validation photos.",
    lambda trial: _names(trial, "watched", "train"),
)
WATCHED_NONE = _known(
    "No photos are watched: nothing was measured after the epochs but the training itself. `fit` "
    "takes photos to watch as `validation_data`.",
    lambda trial: saw(trial, "watched") == [],
)
WATCHED_SOME = _known(
    "The validation photos are watched, but not all of them after each epoch. Hand them all over, "
    "and let `fit` measure every time.",
    lambda trial: _names(trial, "watched", "validation, but not all"),
)
MEASURED_TEST = _known(
    "Test photos went through the model. Leave them alone until all choices are made: here only "
    "the training and the validation photos are needed.",
    lambda trial: saw(trial, "seen") is True,
)
# How long and how.
ONE_EPOCH = _known(
    "The model learnt for one epoch only. `fit` takes the number of epochs as `epochs`.",
    lambda trial: saw(trial, "epochs") and model_of(trial).notes.epochs == [1],
)
FITTED_AGAIN = _known(
    "`fit` was called more than once, and the history that came back tells of one call only. One "
    "call of `fit` runs as many epochs as you like.",
    lambda trial: len(model_of(trial).notes.epochs) > 1 and isinstance(saw(trial, "epochs"), str),
)
OTHER_EPOCHS = _known(
    "The number of epochs that `fit` was asked for is not the one that was wanted.",
    lambda trial: (
        saw(trial, "epochs") and sum(model_of(trial).notes.epochs) != _epochs_expected(trial)
    ),
)
STOPS_EARLY = _known(
    "`fit` was told to stop early under some condition. Asked for is a training of that many "
    "epochs, whatever the curves do: you want to see them to the end.",
    lambda trial: saw(trial, "may_stop_early") is True,
)
NO_LOSS = _known(
    "No loss was named. It says how wrong an answer is, and without it there is nothing to learn "
    "from: look which one is for whole-number labels.",
    lambda trial: model_of(trial).compiled and getattr(model_of(trial), "loss", None) is None,
)
OTHER_OPTIMIZER = _known(
    "The optimizer is not Adam. (Its relatives with longer names are others.)",
    lambda trial: trial.saw["type(model.optimizer).__name__"] != "Adam",
)
WRONG_LOSS = _known(
    "The loss is not the one for whole-number labels, cross-entropy in its *sparse* form.",
    lambda trial: (
        model_of(trial).compiled
        and not _has_right_loss(trial)
        and "Could not interpret" not in str(trial.error)  # A misspelt name: Keras says so.
    ),
)
NO_ACCURACY = _known(
    "The share of right answers is not measured: accuracy is not among the metrics that the model "
    "was compiled with.",
    lambda trial: saw(trial, "measures_accuracy") is False,
)
FROZE_IT = _known(
    "The model went through the training, but its weights are what they were before: it was "
    "frozen, or they were set back.",
    lambda trial: saw(trial, "moved") == [],
)
NOT_QUIET = _known(
    "`fit` was not told to be quiet: it prints lines for every epoch. Asked for is `verbose=0`; "
    "all else is right.",
    lambda trial: "is_quiet" in trial.failing_look(1e-6)[0],
)
