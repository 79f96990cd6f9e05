"""The exercises of notebook 04, May the weights move a little?"""

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np

from exercise_lib.exercises import kinds, training
from exercise_lib.exercises.exercise import Case, Exercise, Symptom, choice
from exercise_lib.exercises.trying import Trial

# Some names are parts of others, and none tells what kind of layer it is.
LAYERS = (
    ("Conv2D", "conv_22"),
    ("BatchNormalization", "conv_bn"),
    ("ReLU", "relu_2"),
    ("Conv2D", "conv_2"),
    ("BatchNormalization", "bn"),
    ("ReLU", "relu"),
    ("LayerNormalization", "norm"),
    ("Conv2D", "conv"),
    ("BatchNormalization", "last"),
)
WITH_WEIGHTS = [name for kind, name in LAYERS if kind != "ReLU"]
BATCH_NORMS = {name for kind, name in LAYERS if kind == "BatchNormalization"}


@functools.cache
def _base_class() -> Any:
    import keras

    from exercise_lib.exercises.practice import HandsDown

    return type("Base", (HandsDown, keras.Model), {})


def small_base(frozen: Iterable[Any] = LAYERS) -> keras.Model:
    """Return a base model for photos of 8 x 8 pixels, whose weights are all random.

    Args:
        frozen: Names of its layers that are frozen; by default all of it.
    """
    import keras

    arguments = {"Conv2D": {"filters": 2, "kernel_size": 2, "use_bias": False}}
    inputs = x = keras.Input((8, 8, 3), name="photo")
    for kind, name in LAYERS:
        x = getattr(keras.layers, kind)(name=name, **arguments.get(kind, {}))(x)
    base_model = _base_class()(inputs, x)
    random = np.random.default_rng(0)
    base_model.set_weights([random.uniform(0.5, 1.5, w.shape) for w in base_model.weights])
    if frozen is LAYERS:
        base_model.trainable = False
    else:
        for name in frozen:
            base_model.get_layer(name).trainable = False
    return base_model


def unfreeze_case(boundary: str) -> Case:
    """Return a case for `unfreeze_above`, with this layer as the boundary."""
    names = ["photo", *(name for _, name in LAYERS)]
    above = [name for name in names[names.index(boundary) + 1 :] if name in WITH_WEIGHTS]
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_04 import small_base
            base_model, boundary = small_base(), "{boundary}"
            before = base_model.get_weights()
        """,
        call="unfreeze_above(base_model, boundary)",
        looks={
            "sorted({w.path.split('/')[0] for w in base_model.trainable_weights})": sorted(above),
            "[x.name for x in base_model.layers if x.weights and x.trainable]": above,
            "all(map(np.array_equal, base_model.get_weights(), before))": True,
        },
    )


def _saw(trial: Trial, beginning: str) -> Any:
    """Return what was seen by the look that begins so."""
    [look] = [look for look in trial.saw if look.startswith(beginning)]
    return trial.saw[look]


def _learning(trial: Trial) -> Any:
    return _saw(trial, "sorted(")


def _flags(trial: Trial) -> Any:
    return _saw(trial, "[x.name")


def _should_learn(trial: Trial) -> Any:
    return next(iter(trial.case.expected().values()))


UNFREEZE = Exercise(
    number="4.1",
    name="unfreeze_above",
    cases=(
        unfreeze_case("conv_2"),
        unfreeze_case("conv_22"),
        unfreeze_case("bn"),
        unfreeze_case("relu"),
        unfreeze_case("norm"),
        unfreeze_case("conv"),
    ),
    wants=kinds.NOTHING,
    look_at="`trainable` of the model, then at that of each layer up to the boundary",
    correct="The lower layers, which detect edges and colours, stay frozen; the last ones, which "
    "combine these, may move.",
    hints=(
        "As long as a model is frozen as a whole, none of its layers can learn, whatever their "
        "own settings. So the model comes first, then the layers.",
        "Setting `trainable` of the model also sets it for every layer. After that, you can "
        "change it for individual layers.",
        "You need the position of the boundary in `base_model.layers`: a list of the names has an "
        "`index` method. Does a slice `[:position]` include the boundary itself?",
    ),
)


@UNFREEZE.mistake(when=lambda trial: _learning(trial) == sorted(WITH_WEIGHTS))
def whole_base_trainable(base_model, boundary):
    """The whole base model is trainable now, down to the first layer. Freeze the layers up to the
    boundary *after* you set `trainable` of the model, because that sets every layer.
    """
    base_model.trainable = True


@whole_base_trainable.also
def layers_before_model(base_model, boundary):
    names = [layer.name for layer in base_model.layers]
    for layer in base_model.layers[: names.index(boundary) + 1]:
        layer.trainable = False
    base_model.trainable = True


@UNFREEZE.mistake(
    when=lambda trial: (
        _learning(trial) == [] and sorted(_flags(trial)) == _should_learn(trial) != []
    )
)
def model_still_frozen(base_model, boundary):
    """No weight is trainable, although the layers above the boundary are set to be. The model as a
    whole is still frozen, and that overrides the settings of its layers.
    """
    names = [layer.name for layer in base_model.layers]
    for layer in base_model.layers[names.index(boundary) + 1 :]:
        layer.trainable = True


@UNFREEZE.mistake(
    when=lambda trial: _learning(trial) == _flags(trial) == [] != _should_learn(trial)
)
def nothing_unfrozen(base_model, boundary):
    """Nothing is trainable: the base model is still completely frozen. If you created another
    model, note that `base_model` itself must change.
    """
    base_model.trainable = False


@nothing_unfrozen.also
def unfroze_a_copy(base_model, boundary):
    copy = keras.models.clone_model(base_model)
    copy.trainable = True
    return copy


@UNFREEZE.mistake(
    when=lambda trial: (
        _learning(trial)
        and {*_learning(trial), *_should_learn(trial)} == set(WITH_WEIGHTS)
        and not {*_learning(trial)} & {*_should_learn(trial)}
    )
)
def upper_layers_frozen(base_model, boundary):
    """This is the wrong way round: the layers up to the boundary are trainable, and those above it
    are frozen.
    """
    base_model.trainable = True
    names = [layer.name for layer in base_model.layers]
    for layer in base_model.layers[names.index(boundary) + 1 :]:
        layer.trainable = False


@UNFREEZE.mistake(
    when=lambda trial: _learning(trial) == sorted([*_should_learn(trial), trial.names["boundary"]])
)
def boundary_trainable(base_model, boundary):
    """The boundary itself is trainable, too. It should stay frozen, like all layers before it."""
    base_model.trainable = True
    names = [layer.name for layer in base_model.layers]
    for layer in base_model.layers[: names.index(boundary)]:
        layer.trainable = False


@UNFREEZE.mistake
def fixed_number_of_layers(base_model, boundary):
    """The same layers are trainable whatever the boundary is. Go by its name, not by a fixed
    number of layers.
    """
    base_model.trainable = True
    for layer in base_model.layers[:-3]:
        layer.trainable = False


@UNFREEZE.mistake(
    when=lambda trial: (
        _learning(trial) == _should_learn(trial) and sorted(_flags(trial)) != _learning(trial)
    )
)
def weights_frozen_singly(base_model, boundary):
    """The right weights are frozen, but their layers still count as trainable. Set `trainable` of
    the *layers*: a batch normalisation also has statistics, and these move as long as the layer is
    trainable.
    """
    base_model.trainable = True
    names = [layer.name for layer in base_model.layers]
    for layer in base_model.layers[: names.index(boundary) + 1]:
        for weight in layer.weights:
            weight.trainable = False


def moved_case(before: object, after: object, gives: float) -> Case:
    """Return a case for `moved_by`."""
    return Case(
        given=f"""
            before = np.array({before})
            after = np.array({after})
        """,
        call="moved_by(before, after)",
        gives=gives,
    )


MOVED = Exercise(
    number="4.2",
    name="moved_by",
    cases=(
        moved_case([3.0, 4.0], [3.0, 4.5], gives=0.1),
        moved_case([[1.0, -2.0], [4.0, 2.0]], [[1.5, -2.5], [3.0, 2.5]], gives=np.sqrt(1.75) / 5),
        Case(
            given="""
                before = np.linspace(-1, 2, 36).reshape(3, 3, 2, 2)
                after = 1.25 * before + 0.125
            """,
            call="moved_by(before, after)",
            gives=lambda: float(
                np.sqrt(
                    ((0.25 * np.linspace(-1, 2, 36) + 0.125) ** 2).sum()
                    / (np.linspace(-1, 2, 36) ** 2).sum()
                )
            ),
        ),
        moved_case([0.5, 2.0], [0.5, 2.0], gives=0.0),
    ),
    wants=kinds.NUMBER,
    look_at="the two lengths that you divide: that of the change, and that of the weights before",
    correct="0.1 means that the weights moved by a tenth of their own length. This is what the "
    "freeze meter shows for each part.",
    hints=(
        "A change of 0.5 is large for a weight of 1 and small for a weight of 100. So a share "
        "tells you more than the change alone.",
        "The change is an array, too: the difference between the two arrays. Take its length, not "
        "the difference between two lengths, because weights can turn without growing.",
        "`np.linalg.norm(x)` returns the length of an array of any shape.",
    ),
    tolerance=1e-5,  # float32 will do.
)


@MOVED.mistake
def change_alone(before, after):
    """This is the length of the change alone. Whether that is a lot depends on the length of the
    weights before.
    """
    return np.linalg.norm(after - before)


@MOVED.mistake
def signed_sums(before, after):
    """In these sums, positive and negative numbers cancel out. In a length, the root of the sum of
    squares, every one counts.
    """
    return np.sum(after - before) / np.sum(before)


@MOVED.mistake
def difference_of_lengths(before, after):
    """This compares two lengths. Weights can turn without growing: take the length of the
    difference.
    """
    return np.linalg.norm(after) / np.linalg.norm(before) - 1


@difference_of_lengths.also
def difference_of_lengths_in_steps(before, after):
    lengths = np.linalg.norm(before), np.linalg.norm(after)
    return (lengths[1] - lengths[0]) / lengths[0]


@MOVED.mistake
def ratio_of_lengths(before, after):
    """This is the length after, divided by the length before. You need the length of the *change*
    instead.
    """
    return np.linalg.norm(after) / np.linalg.norm(before)


@MOVED.mistake(when=lambda trial: trial.other_kind.startswith("["))
def share_per_weight(before, after):
    """There is one number for each weight. Return one number for the whole array: take lengths
    before you divide.
    """
    return np.abs(after - before) / np.abs(before)


@MOVED.mistake
def divided_by_after(before, after):
    """This is the change as a share of the length *after* training. Divide by the length before
    instead.
    """
    return np.linalg.norm(after - before) / np.linalg.norm(after)


@MOVED.mistake
def in_percent(before, after):
    """This is a percentage. Return a share: 0.1 means a tenth."""
    return 100 * np.linalg.norm(after - before) / np.linalg.norm(before)


@MOVED.mistake
def root_missing(before, after):
    """This is the square of the right result: the root is missing."""
    return np.sum((after - before) ** 2) / np.sum(before**2)


@MOVED.mistake
def mean_of_shares(before, after):
    """This is the mean of the changes, each as a share of its own weight. In this mean, a weight
    near zero counts as much as a large one: divide lengths instead.
    """
    return np.mean(np.abs((after - before) / before))


@MOVED.mistake
def absolute_sums(before, after):
    """These are sums of absolute values. The length of an array is the root of the sum of its
    squares.
    """
    return np.sum(np.abs(after - before)) / np.sum(np.abs(before))


@MOVED.mistake(
    when=lambda trial: (
        isinstance(trial.saw["result"], float)
        and 0 < abs(trial.saw["result"] - trial.case.expected()["result"]) <= 0.05
        and round(trial.case.expected()["result"], 4) != trial.saw["result"]
        and trial.saw["result"]
        in [round(trial.case.expected()["result"], places) for places in (1, 2, 3)]
    )
)
def result_rounded(before, after):
    """The result is rounded. Return it as it is; round only when you display it."""
    return round(np.linalg.norm(after - before) / np.linalg.norm(before), 1)


@MOVED.mistake(
    when=lambda trial: any(
        words in str(trial.error)
        for words in ("Improper number of dimensions to norm", "Invalid norm order")
    )
)
def matrix_norm(before, after):
    """Your code stopped at `norm`: the chosen kind of norm works only for some numbers of axes,
    and weights have one, two or four. Without such a choice, `norm` accepts all of them.
    """
    return np.linalg.norm(after - before, "fro") / np.linalg.norm(before, "fro")


COMPILE = Exercise(
    number="4.3",
    name="compile_gently",
    cases=tuple(
        Case(
            given=f"""
                from exercise_lib.exercises import practice
                model = practice.small_classifier({classes}, frozen_base=True)
            """,
            call="compile_gently(model)",
            looks={
                "type(model.optimizer).__name__": "Adam",
                "practice.learning_rate(model)": 0.0001,
                "practice.has_right_loss(model)": True,
                "practice.measures_accuracy(model)": True,
                "[x.name for x in model.layers if x.trainable]": ["head"],
                "practice.moved(model)": [],
            },
        )
        for classes in (3, 4)
    ),
    wants=kinds.NOTHING,
    look_at="the arguments of `compile`",
    correct="The steps are small because the weights are nearly right already: a large step would "
    "destroy what they learned on ImageNet.",
    hints=(
        "The steps must be small, because the weights are nearly right already. You set the step "
        "size of Adam when you create it.",
        "`keras.optimizers.Adam(...)` creates an optimizer with a learning rate of your choice. "
        "Written out, one ten-thousandth has four places after the point.",
        "The rest is as in notebook 03: the loss for whole-number labels, and a list of metrics.",
    ),
    tolerance=1e-8,  # Of a learning rate of 1e-4.
)


@COMPILE.mistake(when=lambda trial: trial.error is None and not trial.names["model"].compiled)
def never_compiled(model):
    """The model was not compiled: it has no optimizer. If you created another model, note that
    `model` itself must be compiled.
    """
    keras.optimizers.Adam(1e-4)


@COMPILE.shows(training.OTHER_OPTIMIZER)
def sgd_optimizer(model):
    model.compile(
        keras.optimizers.SGD(1e-4),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


@COMPILE.mistake(when=lambda trial: _rate(trial, 0.01))
def rate_of_head(model):
    """The learning rate is 0.01, the one used for the head. Weights that are nearly right need
    smaller steps.
    """
    model.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


@COMPILE.mistake(when=lambda trial: _rate(trial, 0.001))
def default_rate(model):
    """The learning rate is 0.001, which is the default of Adam. It is ten times too large here."""
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


@default_rate.also
def default_rate_written_out(model):
    model.compile(
        keras.optimizers.Adam(0.001),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


@COMPILE.mistake(when=lambda trial: _rate(trial, 1e-5))
def rate_too_small(model):
    """The learning rate is 0.00001, a tenth of what it should be. Such small steps lead hardly
    anywhere in a few epochs.
    """
    model.compile(
        keras.optimizers.Adam(1e-5),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


@COMPILE.mistake(when=lambda trial: trial.saw["practice.learning_rate(model)"] > 1)
def exponent_positive(model):
    """The learning rate is above 1. It should be one ten-thousandth, 0.0001: check the sign of the
    exponent.
    """
    model.compile(
        keras.optimizers.Adam(1e4),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


@COMPILE.shows(training.NO_LOSS)
def loss_missing(model):
    model.compile(keras.optimizers.Adam(1e-4), metrics=["accuracy"])


@COMPILE.shows(training.WRONG_LOSS)
def loss_for_one_hot(model):
    model.compile(
        optimizer=keras.optimizers.Adam(1e-4),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )


@loss_for_one_hot.also
def loss_for_numbers(model):
    model.compile(keras.optimizers.Adam(1e-4), "mse", metrics=["accuracy"])


@COMPILE.shows(training.NO_ACCURACY)
def accuracy_missing(model):
    model.compile(keras.optimizers.Adam(1e-4), "sparse_categorical_crossentropy")


@COMPILE.mistake(
    when=lambda trial: trial.saw["[x.name for x in model.layers if x.trainable]"] != ["head"]
)
def layers_unfrozen(model):
    """The set of trainable layers has changed. It is decided elsewhere: here, only compile."""
    model.trainable = True
    model.compile(
        keras.optimizers.Adam(1e-4),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


@COMPILE.mistake(when=lambda trial: trial.saw["practice.moved(model)"] != [])
def weights_zeroed(model):
    """The weights of the model have changed. `compile` alone leaves them as they are: here, only
    compile.
    """
    model.set_weights([weights * 0 for weights in model.get_weights()])
    model.compile(
        keras.optimizers.Adam(1e-4),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


def _rate(trial: Trial, rate: float) -> bool:
    return bool(np.isclose(trial.saw["practice.learning_rate(model)"], rate, rtol=1e-3, atol=0))


def tune_case(classes: int, epochs: int, rate: float) -> Case:
    """Return a case for `tune`."""
    return Case(
        given=f"""
            from exercise_lib.exercises import practice
            model = practice.small_classifier({classes}, frozen_base=True)
            data = practice.some_splits({classes})
            model.compile(
                keras.optimizers.Adam({rate}), "sparse_categorical_crossentropy",
                metrics=["accuracy"])
        """,
        call=f"tune(model, data, {epochs})",
        looks=training.looks(epochs, learning_rate=rate),
    )


def tuning_answer(
    inputs: str = '*data["train"]',
    watched: str = 'validation_data=data["validation"], ',
    epochs: str = "epochs=epochs, ",
    gives: str = "return ",
    after: str = "",
    first: str = "",
    quiet: str = "verbose=0",
) -> str:
    """Return an answer to 4.4 as code, with one part other than it should be."""
    return (
        "def tune(model, data, epochs):\n"
        f"{first}"
        f"    {gives}model.fit({inputs}, {watched}{epochs}{quiet}){after}\n"
    )


def _moved(trial: Trial) -> Any:
    return training.saw(trial, "moved")


TUNE = Exercise(
    number="4.4",
    name="tune",
    cases=(tune_case(3, epochs=2, rate=0.003), tune_case(4, epochs=3, rate=0.02)),
    wants=kinds.HISTORY,
    look_at="the arguments of `fit`, and nothing else",
    correct="The learning rate and the number of epochs are choices. The validation photos are "
    "there for making them.",
    hints=(
        "The model comes to you compiled, so it is already settled how it learns. One call is "
        "left, the one that trains it.",
        "What does the model learn from, and what is only measured? `data` holds three pairs; the "
        "test photos are not used here, because you are about to make choices.",
        "This is the `fit` of exercise 2.4. Think about what your function returns.",
    ),
)


TUNE.shows(training.GAVE_A_PAIR, tuning_answer(inputs='data["train"]'))
TUNE.shows(training.SWAPPED, tuning_answer(inputs='data["train"][1], data["train"][0]'))


@TUNE.shows(training.NO_FIT)
def only_evaluated(model, data, epochs):
    model.evaluate(*data["validation"], verbose=0)


TUNE.shows(training.GAVE_DICTIONARY, tuning_answer(after=".history"))
TUNE.shows(training.LOST_HISTORY, tuning_answer(gives=""))
TUNE.shows(
    training.TRAINED_ANOTHER,
    tuning_answer(
        first="    model = keras.models.clone_model(model)\n"
        '    model.compile("adam", "sparse_categorical_crossentropy")\n'
    ),
)
TUNE.shows(
    training.BEGAN_ANEW,
    tuning_answer(first="    model.set_weights([w + 1 for w in model.get_weights()])\n"),
)
TUNE.shows(training.LEARNED_FROM_TEST, tuning_answer(inputs='*data["test"]'))
TUNE.shows(
    training.LEARNED_FROM_VALIDATION,
    tuning_answer(inputs='*data["validation"]'),
    tuning_answer(
        first="    x = np.concatenate([data['train'][0], data['validation'][0]])\n"
        "    y = np.concatenate([data['train'][1], data['validation'][1]])\n",
        inputs="x, y",
    ),
)
TUNE.shows(training.OTHER_LABELS, tuning_answer(inputs='data["train"][0], data["train"][1][::-1]'))
TUNE.shows(training.LEFT_SOME_OUT, tuning_answer(watched="validation_split=0.25, "))
TUNE.shows(
    training.REPEATED,
    tuning_answer(
        first="    x, y = (np.concatenate([part, part]) for part in data['train'])\n",
        inputs="x, y",
    ),
)
TUNE.shows(
    training.WEIGHED,
    tuning_answer(epochs="epochs=epochs, class_weight={0: 2, 1: 1, 2: 1, 3: 1}, "),
)
TUNE.shows(
    training.FITTED_AGAIN,
    tuning_answer(gives="for _ in range(epochs):\n        history = ", epochs="")
    + "    return history\n",
)
TUNE.shows(training.WATCHED_TEST, tuning_answer(watched='validation_data=data["test"], '))
TUNE.shows(training.WATCHED_TRAIN, tuning_answer(watched='validation_data=data["train"], '))
TUNE.shows(training.WATCHED_NONE, tuning_answer(watched=""))
TUNE.shows(
    training.WATCHED_SOME,
    tuning_answer(watched='validation_data=data["validation"], validation_freq=2, '),
)
TUNE.shows(
    training.MEASURED_TEST,
    tuning_answer(gives="history = ")
    + '    model.evaluate(*data["test"], verbose=0)\n    return history\n',
)
TUNE.shows(
    Symptom(
        "base_unfrozen",
        "Weights that were frozen have moved: more layers became trainable. Which layers may "
        "learn was decided before; here, only fit.",
        lambda trial: "base" in _moved(trial),
    ),
    tuning_answer(
        first="    model.trainable = True\n"
        '    model.compile(model.optimizer, model.loss, metrics=["accuracy"])\n'
    ),
)
TUNE.shows(training.ONE_EPOCH, tuning_answer(epochs=""))
TUNE.shows(training.OTHER_EPOCHS, tuning_answer(epochs="epochs=epochs + 1, "))
TUNE.shows(
    training.STOPS_EARLY,
    tuning_answer(epochs="epochs=epochs, callbacks=[keras.callbacks.EarlyStopping(patience=3)], "),
)
TUNE.shows(
    Symptom(
        "optimizer_replaced",
        "The optimizer is of another kind than the one that the model came with. The model comes "
        "to you compiled: only fit it.",
        lambda trial: trial.saw["type(model.optimizer).__name__"] != "Adam",
    ),
    tuning_answer(
        first='    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])\n'
    ),
)
TUNE.shows(
    Symptom(
        "learning_rate_replaced",
        "The learning rate is not the one that the model came with: it was set again. The model "
        "comes to you compiled: only fit it.",
        lambda trial: not _rate(trial, 0.003),
    ),
    tuning_answer(
        first='    model.compile("adam", "sparse_categorical_crossentropy", '
        'metrics=["accuracy"])\n'
    ),
    tuning_answer(
        first="    model.compile(keras.optimizers.Adam(1e-4), "
        '"sparse_categorical_crossentropy", metrics=["accuracy"])\n'
    ),
)
TUNE.shows(
    training.WRONG_LOSS,
    tuning_answer(first='    model.compile(model.optimizer, "poisson", metrics=["accuracy"])\n'),
)
TUNE.shows(
    training.NO_ACCURACY,
    tuning_answer(first='    model.compile(model.optimizer, "sparse_categorical_crossentropy")\n'),
)
TUNE.shows(
    training.FROZE_IT,
    tuning_answer(
        first="    model.trainable = False\n"
        '    model.compile(model.optimizer, model.loss, metrics=["accuracy"])\n'
    ),
)
TUNE.shows(training.NOT_QUIET, tuning_answer(quiet=""))


def batch_norm_case(frozen: Sequence[str], learning: Sequence[str]) -> Case:
    """Return a case for `freeze_batch_norm`.

    Args:
        frozen: Names of the layers that come frozen.
        learning: Names of the layers that are to be as free as they were.
    """
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_04 import small_base
            model = small_base(frozen={frozen})
            before = model.get_weights()
        """,
        call="freeze_batch_norm(model)",
        looks={
            "[x.name for x in model.layers if x.trainable]": learning,
            "sorted({w.path.split('/')[0] for w in model.trainable_weights})": sorted(
                name for name in learning if name in WITH_WEIGHTS
            ),
            "all(map(np.array_equal, model.get_weights(), before))": True,
        },
    )


def _free(trial: Trial) -> set[str]:
    return set(_flags(trial))


def _should_be_free(trial: Trial) -> set[str]:
    return set(next(iter(trial.case.expected().values())))


BATCH_NORM = Exercise(
    number="4.5",
    name="freeze_batch_norm",
    cases=(
        batch_norm_case([], ["photo", "conv_22", "relu_2", "conv_2", "relu", "norm", "conv"]),
        batch_norm_case(
            ["photo", "conv_22", "conv_bn", "relu_2"], ["conv_2", "relu", "norm", "conv"]
        ),
    ),
    wants=kinds.NOTHING,
    look_at="the kind of each layer in `model.layers`, and its `trainable`",
    correct="A frozen batch normalisation keeps using the mean and the spread that it measured "
    "on ImageNet.",
    hints=(
        "The statistics of a batch normalisation move with every batch, unless the *layer* is "
        "frozen. So find all of these layers, wherever they are.",
        "`isinstance` tells you whether a layer is of a certain kind. Names do not: whoever built "
        "the model chose them.",
        "Change only the layers that you are looking for. Whether the others are trainable was "
        "decided before.",
    ),
)


@BATCH_NORM.mistake(when=lambda trial: _free(trial) == set() != _should_be_free(trial))
def everything_frozen(model):
    """Every layer is frozen now, even the convolutions. Freeze only the batch normalisations."""
    model.trainable = False


@everything_frozen.also
def everything_frozen_in_loop(model):
    for layer in model.layers:
        layer.trainable = False


@BATCH_NORM.mistake(
    when=lambda trial: (
        _free(trial) - _should_be_free(trial) - BATCH_NORMS and not _free(trial) & BATCH_NORMS
    )
)
def others_unfrozen(model):
    """Layers that were frozen before are trainable now. Apart from the batch normalisations, all
    layers must stay as they are: do not set their `trainable`.
    """
    for layer in model.layers:
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not is_norm


@BATCH_NORM.mistake(when=lambda trial: _free(trial) == BATCH_NORMS)
def only_norms_trainable(model):
    """This is the wrong way round: of the layers with weights, only the batch normalisations are
    trainable.
    """
    for layer in model.layers:
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = is_norm


@BATCH_NORM.mistake(
    when=lambda trial: (
        _free(trial) >= BATCH_NORMS and _learning(trial) and not BATCH_NORMS & {*_learning(trial)}
    )
)
def scale_and_shift_frozen(model):
    """The learned scales and shifts are frozen, but the batch normalisations themselves are not:
    their statistics still move. Set `trainable` of the layer.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.trainable = False
            layer.beta.trainable = False


@BATCH_NORM.mistake(
    when=lambda trial: (
        _free(trial) == _should_be_free(trial) | BATCH_NORMS and {*_learning(trial)} >= BATCH_NORMS
    )
)
def training_set_false(model):
    """Nothing has changed: every batch normalisation is still trainable. The `trainable` of each
    one must become False.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.training = False


@training_set_false.also
def found_by_default_name(model):
    for layer in model.layers:
        if layer.name == "batch_normalization":
            layer.trainable = False


@training_set_false.also
def norms_of_copy_frozen(model):
    copy = keras.models.clone_model(model)
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


@BATCH_NORM.mistake(
    when=lambda trial: (
        _free(trial) & BATCH_NORMS
        and not _free(trial) >= BATCH_NORMS
        and _free(trial) - BATCH_NORMS == _should_be_free(trial)
    )
)
def only_last_norm(model):
    """Some batch normalisations are frozen, others are not. There are several in a model, with any
    name and in any place: go through all layers.
    """
    layers = [
        layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    layers[-1].trainable = False


@only_last_norm.also
def found_by_bn_in_name(model):
    for layer in model.layers:
        if "bn" in layer.name:
            layer.trainable = False


@BATCH_NORM.mistake(
    when=lambda trial: not _free(trial) & BATCH_NORMS and _free(trial) < _should_be_free(trial)
)
def every_normalization(model):
    """The batch normalisations are frozen, but so are other layers. Freeze only layers of the kind
    `keras.layers.BatchNormalization`.
    """
    for layer in model.layers:
        if "Normalization" in type(layer).__name__:
            layer.trainable = False


@BATCH_NORM.mistake(
    when=lambda trial: trial.saw["all(map(np.array_equal, model.get_weights(), before))"] is False
)
def statistics_zeroed(model):
    """Weights or statistics of the model have changed. They must stay as they are: only set
    `trainable`.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
            layer.moving_mean.assign(0 * layer.moving_mean)


ORDER = choice(
    number="4.6",
    name="right_order",
    answer="c",
    because={
        "a": "Then each photo is changed at random only once, and that one change is "
        "repeated in every epoch: you still have one picture of each photo.",
        "b": "What the frozen layers return is no longer a photo: a crop or different light "
        "does not mean there what it means in a photo.",
        "d": "The changes would be useful, but the frozen layers run in every epoch: "
        "as many passes as there are epochs, which is what you want to avoid.",
    },
    correct="The frozen layers run once on each view, not once in every epoch, and each epoch "
    "uses another view.",
    hints=(
        "What you do before you keep the result is done once; what you do after that is done in "
        "every epoch. You want two things: new changes, and no frozen layers in the epochs.",
        "A random change that is made once is the same in every epoch. And only a *photo* can be "
        "changed in a way that makes sense: cropped, mirrored, darkened.",
    ),
)


EXERCISES = (UNFREEZE, MOVED, COMPILE, TUNE, BATCH_NORM, ORDER)
