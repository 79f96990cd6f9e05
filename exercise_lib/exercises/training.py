"""What the training exercises look at, and the mistakes that several of them share.

The looks come from `practice`. Each mistake is a `Symptom`: what was seen reveals
it, so that nothing needs to be trained again to recognise it.
"""

from typing import TYPE_CHECKING, Any

from exercise_lib.exercises.exercise import Symptom
from exercise_lib.exercises.trying import Trial

if TYPE_CHECKING:
    from exercise_lib.exercises.practice import Observed


def looks(
    epochs: int, learning_rate: float, optimizer: str = "Adam", model: str = "model"
) -> dict[str, Any]:
    """Return the looks at a `practice.small_classifier` after its training.

    Args:
        epochs: How many it should have been trained for.
        learning_rate: The right one.
        optimizer: Name of the optimizer's class.
        model: The name of the model in the case.
    """
    return {
        f"practice.began_as_it_was({model})": True,
        f"practice.learned_from({model})": ["train"],
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


def saw(trial: Trial, name: str) -> Any:
    """Return what the look with this name in `practice` saw."""
    [look] = [look for look in trial.saw if f"practice.{name}(" in look]
    return trial.saw[look]


def model_of(trial: Trial) -> "Observed":
    """Return the model of a case, whatever its name."""
    [model] = [value for value in trial.names.values() if hasattr(value, "notes")]
    return model


def _has_learned(trial: Trial) -> bool:
    return any(step.learns for step in model_of(trial).notes.steps)


def _names(trial: Trial, look: str, word: str) -> bool:
    """Return whether one of the descriptions that a look returned contains this word."""
    return any(word in told for told in saw(trial, look))


def _has_loss(trial: Trial, name: str) -> bool:
    loss = model_of(trial).loss
    if isinstance(loss, str):
        return loss == name
    return name in (getattr(loss, "name", None), getattr(loss, "__name__", None))


def _has_right_loss(trial: Trial) -> bool:
    from exercise_lib.exercises import practice

    return model_of(trial).compiled and practice.has_right_loss(model_of(trial))


def _measuring_fails(trial: Trial) -> bool:
    from exercise_lib.exercises import practice

    try:
        practice.figures(model_of(trial), "train")
    except Exception:  # TensorFlow may raise anything.
        return True
    return False


def _epochs_expected(trial: Trial) -> int:
    return next(
        value for look, value in trial.case.expected().items() if "practice.epochs(" in look
    )


# `fit` or `compile` stopped.
GAVE_A_PAIR = Symptom(
    "gave_a_pair",
    "`fit` got inputs and labels as a single pair. It takes two arguments: the star in "
    '`*data["train"]` passes both.',
    lambda trial: trial.error is not None and model_of(trial).notes.pairs,
)
SWAPPED = Symptom(
    "swapped",
    "`fit` stopped: its first argument was labels. The inputs come first, then the labels.",
    lambda trial: trial.error is not None and model_of(trial).notes.swapped,
)
NOT_COMPILED = Symptom(
    "not_compiled",
    "Your code stopped at `fit`: the model was not compiled. `compile` sets how to learn, so "
    "it comes first.",
    lambda trial: "compile()" in str(trial.error) and not model_of(trial).compiled,
)
WRONG_LOSS_STOPPED = Symptom(
    "wrong_loss_stopped",
    "Your code stopped: the loss `categorical_crossentropy` is for labels that are rows with a "
    "single 1. These labels are whole numbers, so they need the *sparse* one.",
    lambda trial: trial.error is not None and _has_loss(trial, "categorical_crossentropy"),
)
WRONG_METRIC = Symptom(
    "wrong_metric",
    "`fit` stopped at one of the metrics: it cannot be worked out from probabilities and "
    'whole-number labels. `"accuracy"` as text lets Keras choose the one that fits.',
    lambda trial: trial.error is not None and _has_right_loss(trial) and _measuring_fails(trial),
)
# Something other than a history was returned.
NO_FIT = Symptom(
    "no_fit",
    "The model that was passed in did not learn, and no history was returned. `fit` trains it "
    "and returns the history.",
    lambda trial: trial.other_kind and not _has_learned(trial),
)
GAVE_DICTIONARY = Symptom(
    "gave_dictionary",
    "You returned a dictionary, such as the one inside the history. Return the history itself, "
    "what `fit` returns.",
    lambda trial: trial.other_kind.startswith("a dict"),
)
LOST_HISTORY = Symptom(
    "lost_history",
    "The model has learned, but nothing was returned, so its history is lost. Return what "
    "`fit` returns.",
    lambda trial: trial.other_kind.startswith("nothing") and _has_learned(trial),
)
# What was learned from.
TRAINED_ANOTHER = Symptom(
    "trained_another",
    "A history was returned, but not that of the model that was passed in, which has not "
    "learned at all. The cells below continue with that model, so train it, not a copy.",
    lambda trial: not trial.other_kind and trial.error is None and not _has_learned(trial),
)
BEGAN_ANEW = Symptom(
    "began_anew",
    "The weights of the model were replaced before training. Start from the weights that it "
    "has: later cells continue the training of a model.",
    lambda trial: saw(trial, "began_as_it_was") is False,
)
LEARNED_FROM_TEST = Symptom(
    "learned_from_test",
    "The model has learned from the test photos, so nothing is left to show how good it is on "
    "new ones. Learn from the training photos only.",
    lambda trial: _names(trial, "learned_from", "test"),
)
LEARNED_FROM_VALIDATION = Symptom(
    "learned_from_validation",
    "The model has learned from the validation photos, so they cannot show how it does on photos "
    "that it has not seen. Learn from the training photos only.",
    lambda trial: _names(trial, "learned_from", "validation"),
)
OTHER_LABELS = Symptom(
    "other_labels",
    "The photos were paired with the wrong labels. Inputs and labels belong together row by "
    "row: keep both in their order.",
    lambda trial: _names(trial, "learned_from", "other labels"),
)
LEFT_SOME_OUT = Symptom(
    "left_some_out",
    "The model did not learn from every training photo in each epoch. Use all of them: there "
    "are validation photos already, so you need not split any off.",
    lambda trial: saw(trial, "learned_from") == ["train, but not all of it in each epoch"],
)
REPEATED = Symptom(
    "repeated",
    "The model learned from training photos more than once in each epoch. Once is enough: pass "
    "them as they are.",
    lambda trial: _names(trial, "learned_from", "train, some photos more than once"),
)
WEIGHED = Symptom(
    "weighed",
    "Some photos counted more than others in the loss. Train so that all of them count equally.",
    lambda trial: _names(trial, "learned_from", "more weight"),
)
# What was watched.
WATCHED_TEST = Symptom(
    "watched_test",
    "You watch the test photos. Once you base a choice on them, they can no longer show how "
    "good the model is on new photos. Watch the validation photos.",
    lambda trial: _names(trial, "watched", "test"),
)
WATCHED_TRAIN = Symptom(
    "watched_train",
    "You watch the very photos that the model learns from. It can memorise those: watch the "
    "validation photos.",
    lambda trial: _names(trial, "watched", "train"),
)
WATCHED_NONE = Symptom(
    "watched_none",
    "No photos are watched, so only the training itself was measured after the epochs. `fit` "
    "takes photos to watch as `validation_data`.",
    lambda trial: saw(trial, "watched") == [],
)
WATCHED_SOME = Symptom(
    "watched_some",
    "The validation photos are watched, but not all of them after each epoch. Pass all of them, "
    "and let `fit` measure after every epoch.",
    lambda trial: _names(trial, "watched", "validation, but not all"),
)
MEASURED_TEST = Symptom(
    "measured_test",
    "Test photos went through the model. Leave them alone until all choices are made: only the "
    "training and the validation photos are needed here.",
    lambda trial: saw(trial, "seen") is True,
)
# How long and how.
ONE_EPOCH = Symptom(
    "one_epoch",
    "The model learned for one epoch only. `fit` takes the number of epochs as `epochs`.",
    lambda trial: saw(trial, "epochs") and model_of(trial).notes.epochs == [1],
)
FITTED_AGAIN = Symptom(
    "fitted_again",
    "`fit` was called more than once, and the history that was returned covers only one call. One "
    "call of `fit` runs as many epochs as you like.",
    lambda trial: len(model_of(trial).notes.epochs) > 1 and isinstance(saw(trial, "epochs"), str),
)
OTHER_EPOCHS = Symptom(
    "other_epochs",
    "`fit` was asked for a different number of epochs than the exercise requires.",
    lambda trial: (
        saw(trial, "epochs") and sum(model_of(trial).notes.epochs) != _epochs_expected(trial)
    ),
)
STOPS_EARLY = Symptom(
    "stops_early",
    "`fit` was told to stop early under some condition. Train for all the epochs, whatever the "
    "curves do: you want to see them to the end.",
    lambda trial: saw(trial, "may_stop_early") is True,
)
NO_LOSS = Symptom(
    "no_loss",
    "No loss was named. It says how wrong an answer is, and without it there is nothing to learn "
    "from: check which one is for whole-number labels.",
    lambda trial: model_of(trial).compiled and getattr(model_of(trial), "loss", None) is None,
)
OTHER_OPTIMIZER = Symptom(
    "other_optimizer",
    "The optimizer is not Adam. (Its relatives with longer names are different optimizers.)",
    lambda trial: trial.saw["type(model.optimizer).__name__"] != "Adam",
)
WRONG_LOSS = Symptom(
    "wrong_loss",
    "The loss is not the one for whole-number labels, cross-entropy in its *sparse* form.",
    lambda trial: (
        model_of(trial).compiled
        and not _has_right_loss(trial)
        and "Could not interpret" not in str(trial.error)  # A misspelt name: Keras says so.
    ),
)
NO_ACCURACY = Symptom(
    "no_accuracy",
    "Accuracy is not measured: it is not among the metrics that the model was compiled with.",
    lambda trial: saw(trial, "measures_accuracy") is False,
)
FROZE_IT = Symptom(
    "froze_it",
    "The model went through the training, but its weights are the same as before: it was "
    "frozen, or they were reset.",
    lambda trial: saw(trial, "moved") == [],
)
NOT_QUIET = Symptom(
    "not_quiet",
    "`fit` was not told to be quiet: it prints lines for every epoch. Use `verbose=0`; "
    "everything else is right.",
    lambda trial: "is_quiet" in (trial.failing_look(1e-6) or ("",))[0],
)
