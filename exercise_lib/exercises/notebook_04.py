"""The exercises of notebook 04, May the weights move a little?"""

import functools

import numpy as np

from exercise_lib.exercises import kinds, training
from exercise_lib.exercises.exercise import Case, Exercise, Mistake

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
def _base_class():
    import keras

    from exercise_lib.exercises.practice import HandsDown

    return type("Base", (HandsDown, keras.Model), {})


def small_base(frozen=LAYERS):
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


def unfreeze_case(boundary):
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


def _saw(trial, beginning):
    """Return what was seen by the look that begins so."""
    [look] = [look for look in trial.saw if look.startswith(beginning)]
    return trial.saw[look]


def _learning(trial):
    return _saw(trial, "sorted(")


def _flags(trial):
    return _saw(trial, "[x.name")


def _should_learn(trial):
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
    look_at="`trainable` of the whole model, and then of each layer up to the boundary",
    correct="The lower layers, which see edges and colours, stay; the last ones, which put them "
    "together, may move.",
    hints=(
        "A model that is frozen as a whole keeps all its layers from learning, whatever each of "
        "them says. So the whole comes first, then the layers.",
        "`trainable` of the model, once set, is handed to every layer. After that, each layer may "
        "be told otherwise.",
        "You need the place of the boundary in `base_model.layers`: a list of the names has an "
        "`index`. Does a slice `[:place]` contain the boundary itself?",
    ),
    mistakes=(
        Mistake(
            says="The whole base model learns now, down to the first layer. Up to the boundary "
            "the layers must be frozen, *after* the model as a whole is set to learn: that sets "
            "every layer.",
            when=lambda trial: _learning(trial) == sorted(WITH_WEIGHTS),
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
            """,
            also=(
                """
                def unfreeze_above(base_model, boundary):
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[: names.index(boundary) + 1]:
                        layer.trainable = False
                    base_model.trainable = True
                """,
            ),
        ),
        Mistake(
            says="No weight learns, though the layers above the boundary are set to. The model as "
            "a whole is frozen still, and that overrules its layers.",
            when=lambda trial: (
                _learning(trial) == [] and sorted(_flags(trial)) == _should_learn(trial) != []
            ),
            code="""
                def unfreeze_above(base_model, boundary):
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[names.index(boundary) + 1 :]:
                        layer.trainable = True
            """,
        ),
        Mistake(
            says="Nothing learns: the base model is frozen as it was. If you made another model "
            "on the way: it is `base_model` itself that must change.",
            when=lambda trial: _learning(trial) == _flags(trial) == [] != _should_learn(trial),
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = False
            """,
            also=(
                """
                def unfreeze_above(base_model, boundary):
                    copy = keras.models.clone_model(base_model)
                    copy.trainable = True
                    return copy
                """,
            ),
        ),
        Mistake(
            says="It is the wrong way round: the layers up to the boundary learn, and those above "
            "it are frozen.",
            when=lambda trial: (
                _learning(trial)
                and {*_learning(trial), *_should_learn(trial)} == set(WITH_WEIGHTS)
                and not {*_learning(trial)} & {*_should_learn(trial)}
            ),
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[names.index(boundary) + 1 :]:
                        layer.trainable = False
            """,
        ),
        Mistake(
            says="The boundary itself learns, too. It is to stay frozen, as all before it.",
            when=lambda trial: (
                _learning(trial) == sorted([*_should_learn(trial), trial.names["boundary"]])
            ),
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[: names.index(boundary)]:
                        layer.trainable = False
            """,
        ),
        Mistake(
            says="Whatever the boundary is, the same layers learn. Go by its name, not by a fixed "
            "number of layers.",
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    for layer in base_model.layers[:-3]:
                        layer.trainable = False
            """,
        ),
        Mistake(
            says="Weights that may not learn were frozen one by one; their layers count as "
            "learning still. Set `trainable` of the *layers*: a batch normalisation also has "
            "statistics, and these move as long as the layer may learn.",
            when=lambda trial: (
                _learning(trial) == _should_learn(trial)
                and sorted(_flags(trial)) != _learning(trial)
            ),
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[: names.index(boundary) + 1]:
                        for weight in layer.weights:
                            weight.trainable = False
            """,
        ),
    ),
)


def moved_case(before, after, gives):
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
    look_at="which two lengths are divided: that of the change, and that of the weights before",
    correct="0.1 means: the weights moved by a tenth of their own length. This is what the "
    "freeze meter shows for each part.",
    hints=(
        "A change of 0.5 is much for a weight of 1 and little for one of 100. So a share tells "
        "more than the change alone.",
        "The change is an array, too: the difference of the two. Take its length, not the "
        "difference of two lengths, since weights can turn without growing.",
        "`np.linalg.norm(x)` is the length of an array of any shape.",
    ),
    mistakes=(
        Mistake(
            says="This is the length of the change alone. Is it much? That depends on how long "
            "the weights were before.",
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after - before)
            """,
        ),
        Mistake(
            says="Changes up and down cancel in a sum. In a length, the root of the sum of "
            "squares, each counts.",
            code="""
                def moved_by(before, after):
                    return np.sum(after - before) / np.sum(before)
            """,
        ),
        Mistake(
            says="Two lengths were compared. Weights can turn without growing: take the length "
            "of the difference.",
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after) / np.linalg.norm(before) - 1
            """,
            also=(
                """
                def moved_by(before, after):
                    lengths = np.linalg.norm(before), np.linalg.norm(after)
                    return (lengths[1] - lengths[0]) / lengths[0]
                """,
            ),
        ),
        Mistake(
            says="The length after was divided by the length before. It is the *change* whose "
            "length is asked for.",
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after) / np.linalg.norm(before)
            """,
        ),
        Mistake(
            says="This gives one number for each weight. One number for the whole array is asked "
            "for: take lengths before you divide.",
            when=lambda trial: trial.other_kind.startswith("["),
            code="""
                def moved_by(before, after):
                    return np.abs(after - before) / np.abs(before)
            """,
        ),
        Mistake(
            says="The change was divided by the length *after* the training. Its share of the "
            "length before is asked for.",
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after - before) / np.linalg.norm(after)
            """,
        ),
        Mistake(
            says="This is in percent. Asked for is a share: 0.1 means a tenth.",
            code="""
                def moved_by(before, after):
                    return 100 * np.linalg.norm(after - before) / np.linalg.norm(before)
            """,
        ),
        Mistake(
            says="This is the square of what is asked for: the root is missing.",
            code="""
                def moved_by(before, after):
                    return np.sum((after - before) ** 2) / np.sum(before**2)
            """,
        ),
        Mistake(
            says="This is the mean of the changes, each as a share of its own weight. A weight "
            "near zero counts in it as much as a large one: divide lengths.",
            code="""
                def moved_by(before, after):
                    return np.mean(np.abs((after - before) / before))
            """,
        ),
        Mistake(
            says="These are sums of absolute values. The length of an array is the root of the "
            "sum of its squares.",
            code="""
                def moved_by(before, after):
                    return np.sum(np.abs(after - before)) / np.sum(np.abs(before))
            """,
        ),
        Mistake(
            says="The result is rounded. Give it back as it is; whoever shows it may round it.",
            code="""
                def moved_by(before, after):
                    return round(np.linalg.norm(after - before) / np.linalg.norm(before), 1)
            """,
            when=lambda trial: (
                isinstance(trial.saw["result"], float)
                and 0 < abs(trial.saw["result"] - trial.case.expected()["result"]) <= 0.05
                and round(trial.case.expected()["result"], 4) != trial.saw["result"]
                and trial.saw["result"]
                in [round(trial.case.expected()["result"], places) for places in (1, 2, 3)]
            ),
        ),
        Mistake(
            says="Your code stopped at `norm`: the kind of norm that was chosen does not take "
            "arrays of any number of axes, and weights have one, two or four. Without such a "
            "choice `norm` takes all of them.",
            when=lambda trial: any(
                words in str(trial.error)
                for words in ("Improper number of dimensions to norm", "Invalid norm order")
            ),
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after - before, "fro") / np.linalg.norm(before, "fro")
            """,
        ),
    ),
    tolerance=1e-5,  # float32 will do.
)


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
    correct="Small steps: the weights are nearly right already, and a large step would throw "
    "away what they learnt on ImageNet.",
    hints=(
        "The steps must be small, because the weights are nearly right already. Adam takes its "
        "step size when it is made.",
        "`keras.optimizers.Adam(...)` makes an optimizer with a learning rate of your choice. "
        "Written out, one in ten thousand has four places after the point.",
        "The rest is as in notebook 03: the loss for whole-number labels, and a list of metrics.",
    ),
    mistakes=(
        Mistake(
            says="Nothing was compiled: the model has no optimizer. If you made another model on "
            "the way: it is `model` itself that is to be compiled.",
            when=lambda trial: trial.error is None and not trial.names["model"].compiled,
            code="""
                def compile_gently(model):
                    keras.optimizers.Adam(1e-4)
            """,
        ),
        training.OTHER_OPTIMIZER(
            code="""
                def compile_gently(model):
                    model.compile(
                        keras.optimizers.SGD(1e-4),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
        Mistake(
            says="The learning rate is 0.01, that of the head. Weights that are nearly right "
            "need smaller steps.",
            when=lambda trial: _rate(trial, 0.01),
            code="""
                def compile_gently(model):
                    model.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
        Mistake(
            says="The learning rate is 0.001: that is what Adam takes if it is not told another. "
            "It is ten times too large here.",
            when=lambda trial: _rate(trial, 0.001),
            code="""
                def compile_gently(model):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
            """,
            also=(
                """
                def compile_gently(model):
                    model.compile(
                        keras.optimizers.Adam(0.001),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                """,
            ),
        ),
        Mistake(
            says="The learning rate is 0.00001, a tenth of what is asked for. So small steps get "
            "hardly anywhere in a few epochs.",
            when=lambda trial: _rate(trial, 1e-5),
            code="""
                def compile_gently(model):
                    model.compile(
                        keras.optimizers.Adam(1e-5),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
        Mistake(
            says="The learning rate is above 1. Asked for is one ten-thousandth, 0.0001: look at "
            "the sign of the exponent.",
            when=lambda trial: trial.saw["practice.learning_rate(model)"] > 1,
            code="""
                def compile_gently(model):
                    model.compile(
                        keras.optimizers.Adam(1e4),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
        training.NO_LOSS(
            code="""
                def compile_gently(model):
                    model.compile(keras.optimizers.Adam(1e-4), metrics=["accuracy"])
            """,
        ),
        training.WRONG_LOSS(
            code="""
                def compile_gently(model):
                    model.compile(
                        optimizer=keras.optimizers.Adam(1e-4),
                        loss="categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
            also=(
                """
                def compile_gently(model):
                    model.compile(keras.optimizers.Adam(1e-4), "mse", metrics=["accuracy"])
                """,
            ),
        ),
        training.NO_ACCURACY(
            code="""
                def compile_gently(model):
                    model.compile(keras.optimizers.Adam(1e-4), "sparse_categorical_crossentropy")
            """,
        ),
        Mistake(
            says="Other layers are free to learn now than before. Which ones do is decided "
            "elsewhere: here only compile.",
            when=lambda trial: (
                trial.saw["[x.name for x in model.layers if x.trainable]"] != ["head"]
            ),
            code="""
                def compile_gently(model):
                    model.trainable = True
                    model.compile(
                        keras.optimizers.Adam(1e-4),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
        Mistake(
            says="The weights of the model are others than before. `compile` alone leaves them as "
            "they are: here only compile.",
            when=lambda trial: trial.saw["practice.moved(model)"] != [],
            code="""
                def compile_gently(model):
                    model.set_weights([weights * 0 for weights in model.get_weights()])
                    model.compile(
                        keras.optimizers.Adam(1e-4),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
    ),
    tolerance=1e-8,  # Of a learning rate of 1e-4.
)


def _rate(trial, rate):
    return bool(np.isclose(trial.saw["practice.learning_rate(model)"], rate, rtol=1e-3, atol=0))


def tune_case(classes, epochs, rate):
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
    inputs='*data["train"]',
    watched='validation_data=data["validation"], ',
    epochs="epochs=epochs, ",
    gives="return ",
    after="",
    first="",
    quiet="verbose=0",
):
    """Return an answer to 4.4 as code, with one part other than it should be."""
    return (
        "def tune(model, data, epochs):\n"
        f"{first}"
        f"    {gives}model.fit({inputs}, {watched}{epochs}{quiet}){after}\n"
    )


def _moved(trial):
    return training.saw(trial, "moved")


TUNE = Exercise(
    number="4.4",
    name="tune",
    cases=(tune_case(3, epochs=2, rate=0.003), tune_case(4, epochs=3, rate=0.02)),
    wants=kinds.HISTORY,
    look_at="the arguments of `fit`, and nothing else",
    correct="Learning rate and number of epochs are choices. The validation photos are there to "
    "make them.",
    hints=(
        "The model knows already how it is to learn: it comes to you compiled. So one call is "
        "left, the one that lets it learn.",
        "From what does it learn, and what is only measured? `data` holds three pairs; the test "
        "photos stay out of it, since you are about to make choices.",
        "It is the `fit` of exercise 2.4. Mind what your function gives back.",
    ),
    mistakes=(
        training.GAVE_A_PAIR(code=tuning_answer(inputs='data["train"]')),
        training.SWAPPED(code=tuning_answer(inputs='data["train"][1], data["train"][0]')),
        training.NO_FIT(
            code="""
                def tune(model, data, epochs):
                    model.evaluate(*data["validation"], verbose=0)
            """
        ),
        training.GAVE_DICTIONARY(code=tuning_answer(after=".history")),
        training.LOST_HISTORY(code=tuning_answer(gives="")),
        training.TRAINED_ANOTHER(
            code=tuning_answer(
                first="    model = keras.models.clone_model(model)\n"
                '    model.compile("adam", "sparse_categorical_crossentropy")\n'
            )
        ),
        training.BEGAN_ANEW(
            code=tuning_answer(
                first="    model.set_weights([w + 1 for w in model.get_weights()])\n"
            )
        ),
        training.LEARNT_FROM_TEST(code=tuning_answer(inputs='*data["test"]')),
        training.LEARNT_FROM_VALIDATION(
            code=tuning_answer(inputs='*data["validation"]'),
            also=(
                tuning_answer(
                    first="    x = np.concatenate([data['train'][0], data['validation'][0]])\n"
                    "    y = np.concatenate([data['train'][1], data['validation'][1]])\n",
                    inputs="x, y",
                ),
            ),
        ),
        training.OTHER_LABELS(
            code=tuning_answer(inputs='data["train"][0], data["train"][1][::-1]')
        ),
        training.LEFT_SOME_OUT(code=tuning_answer(watched="validation_split=0.25, ")),
        training.REPEATED(
            code=tuning_answer(
                first="    x, y = (np.concatenate([part, part]) for part in data['train'])\n",
                inputs="x, y",
            )
        ),
        training.WEIGHED(
            code=tuning_answer(epochs="epochs=epochs, class_weight={0: 2, 1: 1, 2: 1, 3: 1}, ")
        ),
        training.FITTED_AGAIN(
            code=tuning_answer(gives="for _ in range(epochs):\n        history = ", epochs="")
            + "    return history\n"
        ),
        training.WATCHED_TEST(code=tuning_answer(watched='validation_data=data["test"], ')),
        training.WATCHED_TRAIN(code=tuning_answer(watched='validation_data=data["train"], ')),
        training.WATCHED_NONE(code=tuning_answer(watched="")),
        training.WATCHED_SOME(
            code=tuning_answer(watched='validation_data=data["validation"], validation_freq=2, ')
        ),
        training.MEASURED_TEST(
            code=tuning_answer(gives="history = ")
            + '    model.evaluate(*data["test"], verbose=0)\n    return history\n'
        ),
        Mistake(
            says="Weights that were frozen have moved: something set more layers free. Which ones "
            "may learn was decided before; here only fit.",
            when=lambda trial: "base" in _moved(trial),
            code=tuning_answer(
                first="    model.trainable = True\n"
                '    model.compile(model.optimizer, model.loss, metrics=["accuracy"])\n'
            ),
        ),
        training.ONE_EPOCH(code=tuning_answer(epochs="")),
        training.OTHER_EPOCHS(code=tuning_answer(epochs="epochs=epochs + 1, ")),
        training.STOPS_EARLY(
            code=tuning_answer(
                epochs="epochs=epochs, callbacks=[keras.callbacks.EarlyStopping(patience=3)], "
            )
        ),
        Mistake(
            says="The optimizer is another kind than the one with which the model came. It comes "
            "to you compiled: only fit it.",
            when=lambda trial: trial.saw["type(model.optimizer).__name__"] != "Adam",
            code=tuning_answer(
                first='    model.compile("sgd", "sparse_categorical_crossentropy", '
                'metrics=["accuracy"])\n'
            ),
        ),
        Mistake(
            says="The model's learning rate is not the one with which it came: yours was set "
            "anew. It comes to you compiled: only fit it.",
            when=lambda trial: not _rate(trial, 0.003),
            code=tuning_answer(
                first='    model.compile("adam", "sparse_categorical_crossentropy", '
                'metrics=["accuracy"])\n'
            ),
            also=(
                tuning_answer(
                    first="    model.compile(keras.optimizers.Adam(1e-4), "
                    '"sparse_categorical_crossentropy", metrics=["accuracy"])\n'
                ),
            ),
        ),
        training.WRONG_LOSS(
            code=tuning_answer(
                first='    model.compile(model.optimizer, "poisson", metrics=["accuracy"])\n'
            )
        ),
        training.NO_ACCURACY(
            code=tuning_answer(
                first='    model.compile(model.optimizer, "sparse_categorical_crossentropy")\n'
            )
        ),
        training.FROZE_IT(
            code=tuning_answer(
                first="    model.trainable = False\n"
                '    model.compile(model.optimizer, model.loss, metrics=["accuracy"])\n'
            )
        ),
        training.NOT_QUIET(code=tuning_answer(quiet="")),
    ),
)


def batch_norm_case(frozen, learning):
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


def _free(trial):
    return set(_flags(trial))


def _should_be_free(trial):
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
    correct="A frozen batch normalisation goes on with the mean and the spread that it measured "
    "on ImageNet.",
    hints=(
        "The statistics of a batch normalisation move with every batch, unless the *layer* is "
        "frozen. So look for these layers, all of them, wherever they are.",
        "`isinstance` tells whether a layer is of a kind. Names do not: whoever built the model "
        "chose them.",
        "Touch only the layers that you are looking for. What `trainable` the others have was "
        "decided before.",
    ),
    mistakes=(
        Mistake(
            says="Every layer is frozen now, the convolutions too. Freeze only the batch "
            "normalisations.",
            when=lambda trial: _free(trial) == set() != _should_be_free(trial),
            code="""
                def freeze_batch_norm(model):
                    model.trainable = False
            """,
            also=(
                """
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        layer.trainable = False
                """,
            ),
        ),
        Mistake(
            says="Layers that were frozen before are free to learn now. All but the batch "
            "normalisations must stay as they are: do not set their `trainable`.",
            when=lambda trial: (
                _free(trial) - _should_be_free(trial) - BATCH_NORMS
                and not _free(trial) & BATCH_NORMS
            ),
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        is_norm = isinstance(layer, keras.layers.BatchNormalization)
                        layer.trainable = not is_norm
            """,
        ),
        Mistake(
            says="It is the wrong way round: of the layers with weights, the batch normalisations "
            "are those that learn.",
            when=lambda trial: _free(trial) == BATCH_NORMS,
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        is_norm = isinstance(layer, keras.layers.BatchNormalization)
                        layer.trainable = is_norm
            """,
        ),
        Mistake(
            says="The learnt scales and shifts are frozen, but the batch normalisations as layers "
            "are not: their statistics still move. Set `trainable` of the layer.",
            when=lambda trial: (
                _free(trial) >= BATCH_NORMS
                and _learning(trial)
                and not BATCH_NORMS & {*_learning(trial)}
            ),
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if isinstance(layer, keras.layers.BatchNormalization):
                            layer.gamma.trainable = False
                            layer.beta.trainable = False
            """,
        ),
        Mistake(
            says="Nothing has changed: every batch normalisation is as free to learn as before. "
            "It is its `trainable` that must become False.",
            when=lambda trial: (
                _free(trial) == _should_be_free(trial) | BATCH_NORMS
                and {*_learning(trial)} >= BATCH_NORMS
            ),
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if isinstance(layer, keras.layers.BatchNormalization):
                            layer.training = False
            """,
            also=(
                """
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if layer.name == "batch_normalization":
                            layer.trainable = False
                """,
                """
                def freeze_batch_norm(model):
                    copy = keras.models.clone_model(model)
                    for layer in copy.layers:
                        if isinstance(layer, keras.layers.BatchNormalization):
                            layer.trainable = False
                """,
            ),
        ),
        Mistake(
            says="Some batch normalisations are frozen, others are not. There are several in a "
            "model, under any name and at any place: go through all layers.",
            when=lambda trial: (
                _free(trial) & BATCH_NORMS
                and not _free(trial) >= BATCH_NORMS
                and _free(trial) - BATCH_NORMS == _should_be_free(trial)
            ),
            code="""
                def freeze_batch_norm(model):
                    layers = [
                        layer for layer in model.layers
                        if isinstance(layer, keras.layers.BatchNormalization)
                    ]
                    layers[-1].trainable = False
            """,
            also=(
                """
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if "bn" in layer.name:
                            layer.trainable = False
                """,
            ),
        ),
        Mistake(
            says="The batch normalisations are frozen, and other layers as well. Freeze only "
            "layers of the kind `keras.layers.BatchNormalization`.",
            when=lambda trial: (
                not _free(trial) & BATCH_NORMS and _free(trial) < _should_be_free(trial)
            ),
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if "Normalization" in type(layer).__name__:
                            layer.trainable = False
            """,
        ),
        Mistake(
            says="Weights of the model were changed, or their statistics. They are to stay as "
            "they are: only set `trainable`.",
            when=lambda trial: (
                trial.saw["all(map(np.array_equal, model.get_weights(), before))"] is False
            ),
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if isinstance(layer, keras.layers.BatchNormalization):
                            layer.trainable = False
                            layer.moving_mean.assign(0 * layer.moving_mean)
            """,
        ),
    ),
)


ORDER = Exercise(
    number="4.6",
    name="right_order",
    cases=(Case(call="right_order()", gives="c"),),
    wants=kinds.LETTER,
    look_at="what is drawn at random, and how often it is drawn in each case",
    correct="The frozen layers run once over each view, not once in every epoch, and each epoch "
    "takes another view.",
    hints=(
        "What you do before you keep the result is done once; what comes after it is done in "
        "every epoch. Two things are wanted: new changes, and no frozen layers in the epochs.",
        "A random change that is made once is the same in every epoch. And only a *photo* can be "
        "changed in a way that makes sense: cropped, mirrored, darkened.",
    ),
    mistakes=(
        Mistake(
            says="Then each photo is changed at random once, and that one change is repeated in "
            "every epoch: you still have one picture of each photo.",
            code="""
                def right_order():
                    return "a"
            """,
            also=('def right_order():\n    return "A."',),
        ),
        Mistake(
            says="What the frozen layers give is no photo any more: a crop or other light no "
            "longer means there what it means in a photo.",
            code="""
                def right_order():
                    return "b"
            """,
        ),
        Mistake(
            says="The changes would be useful, but the frozen layers run in every epoch: as many "
            "passes as there are epochs, and that was to be saved.",
            code="""
                def right_order():
                    return "d"
            """,
        ),
    ),
)

EXERCISES = (UNFREEZE, MOVED, COMPILE, TUNE, BATCH_NORM, ORDER)
