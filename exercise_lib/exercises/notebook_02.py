"""The exercises of notebook 02, Can we take only its structure?"""

import numpy as np

from exercise_lib.exercises import kinds, training
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, Mistake


def learnt_model(branched=False):
    """Return a small classifier of photos of 8 x 8 pixels, no weight of which is as drawn.

    Args:
        branched: Whether a second path leads around its convolution.
    """
    import keras

    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(8, 3, padding="same", name="convolution")(inputs)
    x = keras.layers.BatchNormalization(name="batch_norm")(x)
    if branched:
        x = keras.layers.Concatenate(name="both")([x, keras.layers.AveragePooling2D(1)(inputs)])
    x = keras.layers.GlobalAveragePooling2D(name="average")(keras.layers.ReLU(name="relu")(x))
    outputs = keras.layers.Dense(10, activation="softmax", name="head")(x)
    model = keras.Model(inputs, outputs)
    random = np.random.default_rng(0)
    model.set_weights([_learnt(random, weight) for weight in model.weights])
    return model


def _learnt(random, weight):
    if weight.name == "moving_variance":
        return random.permutation(4.0 ** np.arange(-3, 5))
    return random.normal(1, 2, weight.shape)


def shared_layers(copy, model):
    """Return the names of the layers with weights that two models have in common."""
    own = {id(weight) for weight in model.weights}
    return sorted({w.path.split("/")[-2] for w in copy.weights if id(w) in own})


def weights_kept(copy, model):
    """Return the names of the weights that are those of the model, as they are or scaled."""
    return [
        kept.path
        for fresh, kept in zip(copy.weights, model.weights, strict=False)
        if _cosine(np.ravel(fresh), np.ravel(kept)) > 0.95
    ]


def _cosine(left, right):
    lengths = np.linalg.norm(left) * np.linalg.norm(right)
    return left @ right / lengths if len(left) == len(right) and lengths > 0 else 0.0


def weights_not_fresh(copy):
    """Return the names of the weights that are not as a layer of Keras begins."""
    return [weight.path for weight in copy.weights if not _is_fresh(weight)]


def _is_fresh(weight):
    values = np.asarray(weight)
    if weight.name == "kernel":
        # Glorot's draw: as widely spread as the numbers of inputs and outputs ask for.
        places = np.prod(values.shape[:-2])
        spread = np.sqrt(2 / (places * sum(values.shape[-2:])))
        return 0.5 < values.std() / spread < 2 and abs(values.mean()) < spread
    return bool((values == (weight.name in ("gamma", "moving_variance"))).all())


def same_structure(copy, model):
    """Return whether a copy answers as the model does if it is given the model's weights."""
    photos = np.random.default_rng(0).random((2, 8, 8, 3), dtype=np.float32)
    copy.set_weights(model.get_weights())
    return bool(np.allclose(copy(photos), model(photos), atol=1e-5))


def copy_case(branched):
    """Return a case for `fresh_copy`."""
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_02 import (
                learnt_model, same_structure, shared_layers, weights_kept, weights_not_fresh)
            model = learnt_model(branched={branched})
            before = model.get_weights()
        """,
        call="fresh_copy(model)",
        looks={
            "result is model": False,
            "all(map(np.array_equal, model.get_weights(), before))": True,
            "len(model.trainable_weights)": 6,
            "shared_layers(result, model)": [],
            "weights_kept(result, model)": [],
            "weights_not_fresh(result)": [],
            "len(result.trainable_weights)": 6,
            "same_structure(result, model)": True,
        },
    )


def _gave_the_model(trial):
    return trial.saw["result is model"]


def _model_is_as_before(trial):
    return (
        trial.saw["all(map(np.array_equal, model.get_weights(), before))"]
        and trial.saw["len(model.trainable_weights)"] == 6
    )


COPY = Exercise(
    number="2.1",
    name="fresh_copy",
    cases=(copy_case(branched=False), copy_case(branched=True)),
    wants=kinds.MODEL,
    look_at="the layers and the weights of what you give back: whose are they?",
    correct="The structure is there, and everything that was learnt is gone.",
    hints=(
        "All that was learnt lies in the weights. So what you need is the plan of the layers "
        "alone, carried out once more with new layers.",
        "Keras can carry out a plan anew, also where it has branches: look among the functions of "
        "`keras.models`.",
        "Whatever makes your copy, look at one number of it: "
        "`model.get_weights()[0].flat[0]` must differ between the two.",
    ),
    mistakes=(
        Mistake(
            says="The weights of the model that was passed in were overwritten, so what it had "
            "learnt is lost. Leave it as it is, and give back another model.",
            when=lambda trial: (
                not trial.saw["all(map(np.array_equal, model.get_weights(), before))"]
            ),
            code="""
                def fresh_copy(model):
                    model.set_weights(keras.models.clone_model(model).get_weights())
                    return model
            """,
        ),
        Mistake(
            says="What you give back is the very model that was passed in, under another name. A "
            "second model is asked for, with layers of its own.",
            when=lambda trial: _gave_the_model(trial) and _model_is_as_before(trial),
            code="""
                def fresh_copy(model):
                    return model
            """,
        ),
        Mistake(
            says="Another model, but with layers of the old one, and with all that these learnt. "
            "Make new layers after the same plan.",
            when=lambda trial: (
                not _gave_the_model(trial) and trial.saw["shared_layers(result, model)"]
            ),
            code="""
                def fresh_copy(model):
                    return keras.Model(model.inputs, model.outputs)
            """,
        ),
        Mistake(
            says="The copy has weights that the model learnt, as they are or scaled. Approach 2 "
            "keeps the structure only.",
            when=lambda trial: (
                trial.saw["weights_kept(result, model)"]
                and trial.saw["shared_layers(result, model)"] == []
            ),
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.set_weights(model.get_weights())
                    return copy
            """,
            also=(
                """
                import copy
                def fresh_copy(model):
                    return copy.deepcopy(model)
                """,
                """
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.set_weights([weights / 2 for weights in model.get_weights()])
                    return copy
                """,
            ),
        ),
        Mistake(
            says="The model that was passed in is frozen now. It must stay as it is, free to "
            "learn.",
            when=lambda trial: trial.saw["len(model.trainable_weights)"] == 0,
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    model.trainable = False
                    return copy
            """,
        ),
        Mistake(
            says="The copy is frozen, so nothing in it can learn. Fresh weights have everything "
            "to learn.",
            when=lambda trial: trial.saw["len(result.trainable_weights)"] == 0,
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.trainable = False
                    return copy
            """,
        ),
        Mistake(
            says="The weights of the copy are new, but not such as new layers begin with: drawn "
            "at random around 0 for kernels, and 0 or 1 for the rest. Keras does this by itself "
            "when it makes a layer.",
            when=lambda trial: (
                trial.saw["weights_not_fresh(result)"]
                and not trial.saw["weights_kept(result, model)"]
            ),
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.set_weights([0 * weights for weights in model.get_weights()])
                    return copy
            """,
            also=(
                """
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.set_weights([np.random.random(w.shape) for w in model.get_weights()])
                    return copy
                """,
            ),
        ),
        Mistake(
            says="Your function gives nothing back. Whoever calls it waits for the new model: "
            "`return`.",
            when=lambda trial: trial.other_kind.startswith("nothing"),
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
            """,
        ),
    ),
    tolerance=1e-6,
)


RATIO = Exercise(
    number="2.2",
    name="weights_per_photo",
    cases=(
        Case(
            given="""
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
                photos = 7
            """,
            call="weights_per_photo(model, photos)",
            looks={"result": 15 / 7, "len(model.trainable_weights)": 2},
        ),
        Case(
            given="""
                model = keras.Sequential([
                    keras.Input((8, 8, 2)),
                    keras.layers.Conv2D(5, 3),
                    keras.layers.BatchNormalization(),
                    keras.layers.GlobalAveragePooling2D(),
                    keras.layers.Dense(4, trainable=False),
                    keras.layers.Dense(3),
                ])
                photos = 7
            """,
            call="weights_per_photo(model, photos)",
            looks={
                "result": (3 * 3 * 2 * 5 + 5 + 5 + 5 + 4 * 3 + 3) / 7,
                "len(model.trainable_weights)": 6,
            },
        ),
    ),
    wants=kinds.NUMBER,
    look_at="the shape of each array in `model.trainable_weights`",
    correct="So many numbers must be found for every photo that you have. Nothing forces them to "
    "be those that work on other photos.",
    hints=(
        "`model.trainable_weights` is a list of arrays, and each holds many numbers: go through "
        "the list.",
        "An array of shape (3, 3, 2, 5) holds 3 · 3 · 2 · 5 numbers. `np.prod` multiplies the "
        "numbers of a shape.",
        "Add up what the arrays hold; only then comes the division by `photos`.",
    ),
    mistakes=(
        Mistake(
            says="All weights of the model are in this number, also those that do not learn: the "
            "statistics of batch normalisations, and frozen layers. Count only "
            "`model.trainable_weights`.",
            code="""
                def weights_per_photo(model, photos):
                    return model.count_params() / photos
            """,
            also=(
                """
                def weights_per_photo(model, photos):
                    return sum(np.prod(weights.shape) for weights in model.weights) / photos
                """,
            ),
        ),
        Mistake(
            says="You counted arrays. One array holds many numbers; its shape says how many.",
            code="""
                def weights_per_photo(model, photos):
                    return len(model.trainable_weights) / photos
            """,
        ),
        Mistake(
            says="It is upside down: these are the photos for each weight.",
            code="""
                def weights_per_photo(model, photos):
                    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
                    return photos / count
            """,
        ),
        Mistake(
            says="This is how many weights learn in all. Divide by the number of photos.",
            code="""
                def weights_per_photo(model, photos):
                    return sum(np.prod(weights.shape) for weights in model.trainable_weights)
            """,
        ),
        Mistake(
            says="The result was cut or rounded to a whole number. Give back what the division "
            "gives: `/` keeps the fraction.",
            code="""
                def weights_per_photo(model, photos):
                    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
                    return count // photos
            """,
            also=(
                """
                def weights_per_photo(model, photos):
                    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
                    return round(count / photos)
                """,
            ),
        ),
        Mistake(
            says="The numbers of each shape were added. An array of shape (3, 2) holds 3 · 2 "
            "numbers: multiply them.",
            code="""
                def weights_per_photo(model, photos):
                    return sum(sum(weights.shape) for weights in model.trainable_weights) / photos
            """,
        ),
        Mistake(
            says="Only the first number of each shape was counted, as `len` gives it. An array of "
            "shape (3, 2) holds 3 · 2 numbers.",
            code="""
                def weights_per_photo(model, photos):
                    return sum(weights.shape[0] for weights in model.trainable_weights) / photos
            """,
        ),
        Mistake(
            says="Arrays with a single axis are missing, such as the biases. They learn, too.",
            code="""
                def weights_per_photo(model, photos):
                    return sum(
                        np.prod(weights.shape)
                        for weights in model.trainable_weights
                        if len(weights.shape) > 1
                    ) / photos
            """,
        ),
        Mistake(
            says="The values of the weights were added up. Asked for is how many weights there "
            "are, whatever their values.",
            when=lambda trial: same(
                trial.saw["result"] * trial.names["photos"],
                sum(np.asarray(w).sum() for w in trial.names["model"].trainable_weights),
                1e-4,
            ),
            code="""
                def weights_per_photo(model, photos):
                    return sum(np.sum(w.numpy()) for w in model.trainable_weights) / photos
            """,
        ),
        Mistake(
            says="This is a list. Asked for is a single number, for all arrays together.",
            when=lambda trial: trial.other_kind.startswith("a list: ["),
            code="""
                def weights_per_photo(model, photos):
                    return [np.prod(w.shape) / photos for w in model.trainable_weights]
            """,
        ),
    ),
)


def small_base(channels=5, size=(8, 8)):
    """Return a base model of two paths: photos to maps of half their height and width.

    Args:
        channels: How many maps it makes.
        size: (height, width) of its photos.
    """
    import keras

    inputs = keras.Input((*size, 3))
    paths = [
        keras.layers.Conv2D(
            channels,
            2,
            strides=2,
            kernel_initializer=keras.initializers.RandomNormal(0, 0.5, seed=seed),
        )(inputs)
        for seed in (0, 1)
    ]
    return keras.Model(inputs, keras.layers.Add()(paths), name="base")


def some_photos(photos, size=(8, 8)):
    """Return random photos, float32 (photos, height, width, 3) in [0, 1]."""
    return np.random.default_rng(0).random((photos, *size, 3), dtype=np.float32)


def added_weights(model, base_model):
    """Return the shapes of the weights that a model has beyond those of its base model."""
    base = {id(weight) for weight in base_model.weights}
    return [tuple(weight.shape) for weight in model.weights if id(weight) not in base]


def contains(model, base_model):
    """Return whether all weights of a base model are weights of the model."""
    own = {id(weight) for weight in model.weights}
    return all(id(weight) in own for weight in base_model.weights)


def steps_after_base(model, base_model, photos):
    """Return what comes out between the base model's maps and the answer, in words.

    Worked out with NumPy from the last `Dense` layer's weights.
    """
    maps, found = np.asarray(base_model(photos)), np.asarray(model(photos))
    [matrix] = [w for w in model.weights if tuple(w.shape) == (maps.shape[-1], found.shape[-1])]
    matrix = np.asarray(matrix)
    ways = {
        "average, Dense, softmax": _softmax(maps.mean(axis=(1, 2)) @ matrix),
        "average, Dense": maps.mean(axis=(1, 2)) @ matrix,
        "maximum, Dense, softmax": _softmax(maps.max(axis=(1, 2)) @ matrix),
        "Dense, softmax, average": _softmax(maps @ matrix).mean(axis=(1, 2)),
        "average, Dense, softmax, softmax": _softmax(_softmax(maps.mean(axis=(1, 2)) @ matrix)),
        "average, Dense, sigmoid": 1 / (1 + np.exp(-maps.mean(axis=(1, 2)) @ matrix)),
    }
    same = [way for way, output in ways.items() if np.allclose(output, found, atol=1e-4)]
    return same[0] if same else "something else"


def same_while_training(model, photos):
    """Return whether a model answers while it trains as it does when it predicts."""
    many = np.repeat(photos, 100, axis=0)  # Chance must show, if there is any.
    return bool(np.allclose(model(many, training=True), model(many), atol=1e-5))


def _softmax(sums):
    powers = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def classifier_case(photos, classes, channels, size):
    """Return a case for `build_classifier`."""
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_02 import (
                added_weights, contains, same_while_training, small_base, some_photos,
                steps_after_base)
            base_model = small_base(channels={channels}, size={size})
            photos = some_photos({photos}, size={size})
            before = base_model.get_weights()
        """,
        call=f"build_classifier(base_model, {classes})",
        looks={
            "np.asarray(result(photos)).shape": (photos, classes),
            "contains(result, base_model)": True,
            "added_weights(result, base_model)": [(channels, classes), (classes,)],
            "np.asarray(result(photos)).sum(axis=1)": np.ones(photos, np.float32),
            "steps_after_base(result, base_model, photos)": "average, Dense, softmax",
            "same_while_training(result, photos)": True,
            "len(result.trainable_weights)": 6,
            "all(map(np.array_equal, base_model.get_weights(), before))": True,
        },
    )


def _shape(trial):
    return tuple(trial.saw["np.asarray(result(photos)).shape"])


def _added(trial):
    return trial.saw["added_weights(result, base_model)"]


def _steps(trial):
    return trial.saw["steps_after_base(result, base_model, photos)"]


CLASSIFIER = Exercise(
    number="2.3",
    name="build_classifier",
    cases=(classifier_case(2, 3, 5, (8, 8)), classifier_case(3, 4, 7, (6, 10))),
    wants=kinds.MODEL,
    look_at="what lies between the feature maps (photos, rows, columns, channels) and the "
    "probabilities (photos, classes)",
    correct="The same three parts as in every classifier of photos: base model, average, last "
    "layer.",
    hints=(
        "The base model gives maps with rows and columns, but where a pot stands must not matter "
        "to its flavour. So the places are averaged away before anything is decided.",
        "A `keras.Sequential` takes a list, of models and layers alike, in the order in which a "
        "photo passes through them.",
        "Layers are made by calling their class: `GlobalAveragePooling2D()` with parentheses. "
        "The last one needs to know how many classes there are, and its activation.",
    ),
    mistakes=(
        Mistake(
            says="Your code stopped: Keras got the class of a layer in place of a layer. A layer "
            "is made by calling its class, with parentheses: `Layer()`.",
            when=lambda trial: (
                "Only instances of `keras.Layer`" in str(trial.error)
                and "(of type <class 'type'>)" in str(trial.error)
            ),
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D,
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="Each place of the feature maps gets outputs of its own: they still have rows "
            "and columns. Average over these before the last layer.",
            when=lambda trial: len(_shape(trial)) == 4,
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential(
                        [base_model, keras.layers.Dense(classes, activation="softmax")]
                    )
            """,
        ),
        Mistake(
            says="The last layer has a weight for every place of the maps: many more to learn, "
            "and it ties each flavour to a place in the photo. Average over rows and columns "
            "first.",
            when=lambda trial: _added(trial)[0] in ((80, 3), (105, 4)),
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.Flatten(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="The number of outputs for each photo is not `classes`. The last layer must have "
            "as many as it is told.",
            when=lambda trial: (
                len(_shape(trial)) == 2
                and _shape(trial)[1]
                != trial.case.expected()["np.asarray(result(photos)).shape"][1]
            ),
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(6, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="The base model that was handed over is not in your classifier, or not with its "
            "own weights. Put in `base_model` itself.",
            when=lambda trial: trial.saw["contains(result, base_model)"] is False,
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        keras.models.clone_model(base_model),
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="There are more layers with weights of their own than the one that is asked for. "
            "After the average comes a single `Dense` layer.",
            when=lambda trial: len(_added(trial)) > 2,
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(64, activation="relu"),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="The outputs for a photo do not sum to 1, so they are no probabilities. Look at "
            "the activation of the last layer.",
            when=lambda trial: (
                len(_shape(trial)) == 2
                and not np.allclose(trial.saw["np.asarray(result(photos)).sum(axis=1)"], 1)
            ),
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes),
                    ])
            """,
            also=(
                """
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes, activation="sigmoid"),
                    ])
                """,
            ),
        ),
        Mistake(
            says="Your model takes the highest value of each map. That works too, but here the "
            "average is asked for.",
            when=lambda trial: _steps(trial) == "maximum, Dense, softmax",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalMaxPooling2D(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="Each place of the maps gets probabilities, which are then averaged. Average the "
            "maps first, then comes the `Dense` layer.",
            when=lambda trial: _steps(trial) == "Dense, softmax, average",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.Dense(classes, activation="softmax"),
                        keras.layers.GlobalAveragePooling2D(),
                    ])
            """,
        ),
        Mistake(
            says="Softmax was applied twice, to probabilities that it had made. Then all come out "
            "nearly equal: once is enough.",
            when=lambda trial: _steps(trial) == "average, Dense, softmax, softmax",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes, activation="softmax"),
                        keras.layers.Softmax(),
                    ])
            """,
        ),
        Mistake(
            says="While it trains, your model gives other outputs than when it predicts, as with "
            "`Dropout`. Only the three parts are asked for.",
            when=lambda trial: trial.saw["same_while_training(result, photos)"] is False,
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dropout(0.5),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="Only the last layer can learn: the base model is frozen. It begins with weights "
            "that were only drawn, so here it must learn, too.",
            when=lambda trial: (
                len(trial.names["result"].trainable_weights) == 2
                and trial.names["base_model"].trainable_weights == []
            ),
            code="""
                def build_classifier(base_model, classes):
                    base_model.trainable = False
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
    ),
    tolerance=1e-4,
)


def train_case(classes, epochs):
    """Return a case for `train`."""
    return Case(
        given=f"""
            from exercise_lib.exercises import practice
            model, data = practice.small_classifier({classes}), practice.some_splits({classes})
        """,
        call=f"train(model, data, {epochs})",
        looks=training.looks(epochs, learning_rate=0.001),
    )


def training_answer(
    compiled='"adam", "sparse_categorical_crossentropy", metrics=["accuracy"]',
    inputs='*data["train"]',
    watched='validation_data=data["validation"], ',
    epochs="epochs=epochs, ",
    gives="return ",
    after="",
):
    """Return an answer to 2.4 as code, with one part other than it should be."""
    return (
        "def train(model, data, epochs):\n"
        f"    model.compile({compiled})\n"
        f"    {gives}model.fit({inputs}, {watched}{epochs}verbose=0){after}\n"
    )


TRAIN = Exercise(
    number="2.4",
    name="train",
    cases=(train_case(3, epochs=2), train_case(4, epochs=3)),
    wants=kinds.HISTORY,
    look_at="the arguments of `compile` and `fit`",
    correct="After each epoch Keras measures the accuracy on photos that the model does not learn "
    "from. That is the curve to watch.",
    hints=(
        "Two calls. The first says *how* the model is to learn: by which optimizer and loss, and "
        "what is reported. The second lets it learn, and says from *what*.",
        "`model.compile` takes optimizer, loss and metrics, all three as texts if you like. "
        "Metrics are a list, since there may be several.",
        "`model.fit` takes inputs and labels, then, by name, the photos to watch, the number of "
        "epochs, and `verbose=0`. What it returns is what your function gives back.",
    ),
    mistakes=(
        training.GAVE_A_PAIR(code=training_answer(inputs='data["train"]')),
        training.SWAPPED(code=training_answer(inputs='data["train"][1], data["train"][0]')),
        training.NOT_COMPILED(
            code="""
                def train(model, data, epochs):
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """
        ),
        training.WRONG_LOSS_STOPPED(
            code=training_answer('"adam", "categorical_crossentropy", metrics=["accuracy"]'),
            also=(
                training_answer(
                    '"adam", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"]'
                ),
            ),
        ),
        training.WRONG_METRIC(
            code=training_answer(
                '"adam", "sparse_categorical_crossentropy", metrics=[keras.metrics.Accuracy()]'
            ),
        ),
        training.NO_FIT(
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
            """
        ),
        training.GAVE_DICTIONARY(code=training_answer(after=".history")),
        training.LOST_HISTORY(code=training_answer(gives="")),
        training.TRAINED_ANOTHER(
            code="""
                def train(model, data, epochs):
                    model = keras.models.clone_model(model)
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """
        ),
        training.BEGAN_ANEW(
            code="""
                def train(model, data, epochs):
                    model.set_weights(keras.models.clone_model(model).get_weights())
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """
        ),
        training.LEARNT_FROM_TEST(code=training_answer(inputs='*data["test"]')),
        training.LEARNT_FROM_VALIDATION(code=training_answer(inputs='*data["validation"]')),
        training.OTHER_LABELS(
            code=training_answer(inputs='data["train"][0], np.sort(data["train"][1])')
        ),
        training.LEFT_SOME_OUT(code=training_answer(watched="validation_split=0.25, ")),
        training.REPEATED(
            code=training_answer(
                inputs="*(np.concatenate([part, part]) for part in data['train'])"
            )
        ),
        training.WEIGHED(
            code=training_answer(epochs="epochs=epochs, class_weight={0: 2, 1: 1, 2: 1}, ")
        ),
        training.FITTED_AGAIN(
            code=training_answer(gives="for _ in range(epochs):\n        history = ", epochs="")
            + "    return history\n"
        ),
        training.WATCHED_TEST(code=training_answer(watched='validation_data=data["test"], ')),
        training.WATCHED_TRAIN(code=training_answer(watched='validation_data=data["train"], ')),
        training.WATCHED_NONE(code=training_answer(watched="")),
        training.WATCHED_SOME(
            code=training_answer(
                watched='validation_data=data["validation"], validation_freq=2, '
            ),
        ),
        training.MEASURED_TEST(
            code=training_answer(gives="history = ")
            + '    model.evaluate(*data["test"], verbose=0)\n    return history\n'
        ),
        training.ONE_EPOCH(code=training_answer(epochs="")),
        training.OTHER_EPOCHS(code=training_answer(epochs="epochs=40, ")),
        training.STOPS_EARLY(
            code=training_answer(
                epochs="epochs=epochs, callbacks=[keras.callbacks.EarlyStopping(patience=5)], "
            )
        ),
        training.NO_LOSS(code=training_answer('"adam", metrics=["accuracy"]')),
        training.WRONG_LOSS(code=training_answer('"adam", "mse", metrics=["accuracy"]')),
        training.NO_ACCURACY(
            code=training_answer('"adam", "sparse_categorical_crossentropy"'),
        ),
        training.OTHER_OPTIMIZER(
            code=training_answer('"sgd", "sparse_categorical_crossentropy", metrics=["accuracy"]')
        ),
        training.FROZE_IT(
            code="""
                def train(model, data, epochs):
                    model.trainable = False
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """
        ),
        training.NOT_QUIET(
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs
                    )
            """
        ),
    ),
)


def curves_case(val_accuracy, val_loss, accuracy, loss, gives):
    """Return a case for `best_epoch`."""
    return Case(
        given=f"""
            curves = {{
                "accuracy": {accuracy},
                "loss": {loss},
                "val_accuracy": {val_accuracy},
                "val_loss": {val_loss},
            }}
        """,
        call="best_epoch(curves)",
        gives=gives,
    )


BEST = Exercise(
    number="2.5",
    name="best_epoch",
    # Every curve has its extremes in epochs of its own.
    cases=(
        curves_case(
            accuracy=[0.3, 0.2, 0.5, 0.6, 0.8, 1.0, 0.9],
            loss=[1.8, 1.5, 1.2, 0.9, 0.7, 0.5, 0.6],
            val_accuracy=[0.3, 0.25, 0.5, 0.4, 0.35, 0.2, 0.45],
            val_loss=[1.6, 1.2, 1.4, 1.5, 1.9, 1.8, 1.7],
            gives=3,
        ),
        curves_case(
            accuracy=[0.4, 0.9, 0.7, 0.8],
            loss=[1.0, 0.8, 0.3, 0.6],
            val_accuracy=[0.6, 0.3, 0.5, 0.2],
            val_loss=[1.1, 1.6, 1.2, 0.7],
            gives=1,
        ),
        curves_case(
            accuracy=[0.2, 0.1, 0.9, 0.5, 0.4],
            loss=[0.9, 0.4, 0.8, 0.6, 0.5],
            val_accuracy=[0.28, 0.31, 0.29, 0.3, 0.32],
            val_loss=[1.4, 1.6, 1.5, 1.3, 1.7],
            gives=5,
        ),
    ),
    wants=kinds.NUMBER,
    look_at='`curves["val_accuracy"]`, and the number with which epochs begin',
    correct="In all the epochs that you trained, the validation curve found no higher place.",
    hints=(
        "The training curve nearly always rises, whether or not anything useful is learnt. So "
        "choose by the curve of the photos that were held out.",
        "You need the *place* of the highest accuracy, not the accuracy itself. `np.argmax` "
        "gives the place.",
        "Mind the first place: for NumPy it is 0. Which number has the first epoch?",
    ),
    mistakes=(
        Mistake(
            says="The places were counted from 0, but the first epoch is number 1.",
            code="""
                def best_epoch(curves):
                    return np.argmax(curves["val_accuracy"])
            """,
        ),
        Mistake(
            says="This is the best epoch on the photos that the model learns from. There, longer "
            "nearly always looks better. Take the validation photos.",
            code="""
                def best_epoch(curves):
                    return np.argmax(curves["accuracy"]) + 1
            """,
        ),
        Mistake(
            says="This is the epoch with the lowest validation *loss*. People choose by that, "
            "too; here the highest validation accuracy is asked for.",
            code="""
                def best_epoch(curves):
                    return np.argmin(curves["val_loss"]) + 1
            """,
        ),
        Mistake(
            says="This is the epoch with the highest validation *loss*, the worst one by that "
            "curve. Look at the validation accuracy.",
            code="""
                def best_epoch(curves):
                    return np.argmax(curves["val_loss"]) + 1
            """,
        ),
        Mistake(
            says="This is the epoch with the *lowest* validation accuracy. Asked for is the "
            "highest.",
            code="""
                def best_epoch(curves):
                    return np.argmin(curves["val_accuracy"]) + 1
            """,
        ),
        Mistake(
            says="This is the last epoch. The best one is often earlier.",
            code="""
                def best_epoch(curves):
                    return len(curves["val_accuracy"])
            """,
        ),
        Mistake(
            says="This is the highest accuracy itself. Its place is asked for: in which epoch "
            "was it reached?",
            code="""
                def best_epoch(curves):
                    return max(curves["val_accuracy"])
            """,
        ),
    ),
)


def to_two_numbers(value):
    """Return two numbers, in a tuple, a list or an array, as a tuple of int or float."""
    first, second = kinds.to_list(value)
    return kinds.to_number(first), kinds.to_number(second)


def hours_case(photos, epochs, label_seconds, photos_per_second, gives):
    """Return a case for `hours_of_work`."""
    return Case(
        call=f"hours_of_work({photos}, {epochs}, {label_seconds}, {photos_per_second})",
        gives=gives,
    )


COST = Exercise(
    number="2.6",
    name="hours_of_work",
    cases=(
        hours_case(7200, 5, 10, 20.0, gives=(20.0, 0.5)),
        hours_case(1000, 3, 7, 64, gives=(7000 / 3600, 46.875 / 3600)),
        hours_case(90, 40, 30, 0.5, gives=(0.75, 2.0)),
    ),
    wants=kinds.Kind("two numbers, as in `return first, second`", to_two_numbers),
    look_at="which of the numbers each of the two times depends on",
    correct="Machines get faster every year; people who label do not.",
    hints=(
        "A person looks at each photo once, the computer looks at it in every epoch. So the two "
        "times depend on different numbers.",
        "Work in seconds first. How long do people take for one photo, and how long does the "
        "computer, if it does `photos_per_second` in one?",
        "An hour has 3,600 seconds, for people and for computers.",
    ),
    mistakes=(
        Mistake(
            says="These are seconds. Asked for are hours, of 3,600 seconds each.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return photos * label_seconds, photos * epochs / photos_per_second
            """,
        ),
        Mistake(
            says="These are minutes. Asked for are hours, of 3,600 seconds each.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return photos * label_seconds / 60, photos * epochs / photos_per_second / 60
            """,
        ),
        Mistake(
            says="The labelling is right. The computer looks at every photo once in each epoch: "
            "the training takes `epochs` times as long as you say.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return photos * label_seconds / 3600, photos / photos_per_second / 3600
            """,
        ),
        Mistake(
            says="The labelling is right. `photos_per_second` says how many are done in one "
            "second: the larger it is, the shorter the training must get.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return (
                        photos * label_seconds / 3600, photos * epochs * photos_per_second / 3600
                    )
            """,
        ),
        Mistake(
            says="Both times are right, but the other way round: labelling first.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return (
                        photos * epochs / photos_per_second / 3600, photos * label_seconds / 3600
                    )
            """,
        ),
        Mistake(
            says="The training is right. But people label each photo once, not once in each "
            "epoch.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    passes = photos * epochs
                    return passes * label_seconds / 3600, passes / photos_per_second / 3600
            """,
        ),
        Mistake(
            says="The hours of labelling are cut to whole hours. `/` keeps the fraction, `//` "
            "cuts it off.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return (
                        photos * label_seconds // 3600, photos * epochs / photos_per_second / 3600
                    )
            """,
        ),
        Mistake(
            says="The labelling is in hours, the training is still in seconds.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return photos * label_seconds / 3600, photos * epochs / photos_per_second
            """,
        ),
        Mistake(
            says="This is one number, the sum of both times. Give back the two: labelling, then "
            "training.",
            when=lambda trial: trial.other_kind in ("a float: 20.5", "a float64: 20.5"),
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    seconds = photos * label_seconds + photos * epochs / photos_per_second
                    return seconds / 3600
            """,
        ),
    ),
)

EXERCISES = (COPY, RATIO, CLASSIFIER, TRAIN, BEST, COST)
