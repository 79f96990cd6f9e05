"""The exercises of notebook 01, What does an ImageNet model know?"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

from exercise_lib.exercises import kinds
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, choice
from exercise_lib.exercises.trying import Trial

if TYPE_CHECKING:
    from exercise_lib.models.pretrained import Pretrained

PHOTO = """
    rows, columns = np.mgrid[0:90, 0:120]
    photo = np.stack([2 * columns, 2 * rows, 128 + 0 * rows], axis=-1).astype(np.uint8)
"""
GREY_LEVELS = 5  # Ways of resizing differ by a few.


def expected_batch(
    photo_height: int = 90, photo_width: int = 120, height: int = 30, width: int = 50
) -> np.ndarray:
    """Return what `to_batch` makes of PHOTO, (1, height, width, 3), to a few grey levels."""
    tall, wide = photo_height / height, photo_width / width
    rows, columns = np.mgrid[0:height, 0:width]
    red = 2 * (wide * columns + (wide - 1) / 2)
    green = 2 * (tall * rows + (tall - 1) / 2)
    return np.stack([red, green, np.full_like(red, 128)], axis=-1)[np.newaxis]


def cropped_batch() -> np.ndarray:
    """Return a batch like `expected_batch` of PHOTO without its first and last nine rows."""
    return expected_batch(photo_height=72) + np.array([0, 18, 0])


def is_alike(found: object, expected: object) -> bool:
    """Return whether two batches of photos are the same to a few grey levels."""
    return same(found, expected, GREY_LEVELS)


TO_BATCH = Exercise(
    number="1.1",
    name="to_batch",
    cases=(
        Case(
            given=PHOTO,
            call="to_batch(photo, (30, 50))",
            looks={
                "result.shape": (1, 30, 50, 3),
                "float(np.max(result))": lambda: float(expected_batch().max()),
                "result[0, 0, 49]": lambda: expected_batch()[0, 0, 49],
                "result[0, 20, 10]": lambda: expected_batch()[0, 20, 10],
                "result": expected_batch,
            },
        ),
        Case(
            given=PHOTO + "    photo = photo[:60]\n",
            call="to_batch(photo, (20, 30))",
            looks={
                "result.shape": (1, 20, 30, 3),
                "result": lambda: expected_batch(60, 120, 20, 30),
            },
        ),
        Case(
            given="photo = np.full((40, 30, 3), 255, np.uint8)",
            call="to_batch(photo, (8, 6))",
            looks={"result.shape": (1, 8, 6, 3), "np.allclose(result, 255, atol=0.6)": True},
        ),
    ),
    wants=kinds.Kind("an array (a tensor will do)", kinds.to_array),
    look_at="the order of the axes, (batch, height, width, channels), and whether your result "
    "holds the whole photo, with every part in its place",
    correct="This is the shape that every Keras image model takes: (batch, height, width, 3).",
    hints=(
        "A model is built for one size and for many photos at once, so two things must happen: "
        "the photo gets the model's size, and it gets one more axis.",
        "`keras.ops.image.resize` takes a photo and (height, width), in the same order as "
        "`image_size`. Pass `antialias=True`, so that the small photo is an average of the large "
        "one and not just every tenth pixel.",
        "The new axis says how many photos there are. It comes first, as axis 0.",
    ),
    tolerance=GREY_LEVELS,
)


@TO_BATCH.mistake(when=lambda trial: trial.saw["result.shape"] == (30, 50, 3))
def no_batch_axis(photo, image_size):
    """Your result is a single photo, (height, width, 3). A Keras model takes a batch, even a batch
    of one: add an axis in front.
    """
    return keras.ops.image.resize(photo, image_size, antialias=True)


@no_batch_axis.also
def no_batch_axis_with_tensorflow(photo, image_size):
    import tensorflow as tf

    return tf.image.resize(photo, image_size)


@TO_BATCH.mistake(when=lambda trial: trial.saw["result.shape"] == (1, 50, 30, 3))
def height_width_swapped(photo, image_size):
    """Height and width come out swapped. Keras uses (height, width), as arrays do; Pillow uses
    (width, height).
    """
    height, width = image_size
    resized = keras.ops.image.resize(photo, (width, height), antialias=True)
    return keras.ops.expand_dims(resized, 0)


@height_width_swapped.also
def height_width_swapped_with_pillow(photo, image_size):
    from PIL import Image

    return np.asarray(Image.fromarray(photo).resize(image_size))[np.newaxis]


@TO_BATCH.mistake(
    when=lambda trial: (
        trial.saw["result.shape"] == (1, 30, 50, 3)
        and 0.5 < trial.saw["float(np.max(result))"] < 1
    )
)
def scaled_below_one(photo, image_size):
    """The largest value in your result is below 1. Keep the values in [0, 255]; the model's own
    preprocessing comes next.
    """
    resized = keras.ops.image.resize(photo / 255.0, image_size, antialias=True)
    return keras.ops.expand_dims(resized, 0)


@scaled_below_one.also
def divided_after_resizing(photo, image_size):
    resized = keras.ops.image.resize(photo, image_size)
    return np.asarray(resized)[np.newaxis] / 255


@TO_BATCH.mistake(when=lambda trial: trial.saw["result.shape"] == (1, 90, 120, 3))
def not_resized(photo, image_size):
    """The photo still has its original size. Resize it to `image_size` before you add the batch
    axis.
    """
    return photo[np.newaxis]


@TO_BATCH.mistake(when=lambda trial: trial.saw["result.shape"] == (30, 50, 3, 1))
def batch_axis_last(photo, image_size):
    """The new axis is at the end. The batch axis comes first: (batch, height, width, channels)."""
    resized = keras.ops.image.resize(photo, image_size, antialias=True)
    return keras.ops.expand_dims(resized, -1)


@TO_BATCH.mistake(when=lambda trial: is_alike(trial.saw["result"][:, ::-1], expected_batch()))
def upside_down(photo, image_size):
    """The values are those of the photo, but not where they belong: the first row of the photo is
    not the first row of your result.
    """
    resized = keras.ops.image.resize(photo, image_size, antialias=True)
    return np.asarray(resized)[np.newaxis, ::-1]


@TO_BATCH.mistake(when=lambda trial: is_alike(trial.saw["result"], cropped_batch()))
def cropped_to_fit(photo, image_size):
    """Part of the photo is cut off, so the rest keeps its proportions. The exercise asks for the
    whole photo, even if it is squeezed.
    """
    resized = keras.preprocessing.image.smart_resize(photo, image_size)
    return np.expand_dims(resized, 0)


@cropped_to_fit.also
def cropped_with_keras_ops(photo, image_size):
    resized = keras.ops.image.resize(photo, image_size, crop_to_aspect_ratio=True)
    return resized[None]


@TO_BATCH.mistake(when=lambda trial: is_alike(trial.saw["result"][..., ::-1], expected_batch()))
def colours_reversed(photo, image_size):
    """The colours are not in the order of the photo, which is red, green, blue."""
    resized = keras.ops.image.resize(photo[..., ::-1], image_size, antialias=True)
    return keras.ops.expand_dims(resized, 0)


def tiny_pretrained(classes: int = 3) -> "Pretrained":
    """Return a Pretrained for photos of 8 x 8 pixels with 3 or 4 colours as its classes.

    Its preprocessing shifts and scales by numbers of its own. Its batch
    normalisation changes nothing, unless the model is called as in training.
    """
    import keras

    from exercise_lib.models.pretrained import Pretrained

    inputs = keras.Input((8, 8, 3))
    base_model = keras.Model(inputs, keras.layers.AveragePooling2D(4)(inputs))
    pooled = keras.layers.GlobalAveragePooling2D()(base_model.output)
    features = keras.layers.BatchNormalization(epsilon=0, center=False, scale=False)(pooled)
    head = keras.layers.Dense(classes, activation="softmax")
    model = keras.Model(inputs, head(features))
    head.set_weights([tiny_kernel(classes), tiny_bias(classes)])
    for one in (model, base_model):
        one.compile(run_eagerly=True)  # Quicker for a single step.
    return Pretrained(
        model=model,
        base_model=base_model,
        preprocess=functools.partial(tiny_preprocess, classes=classes),
        class_names=("red", "green", "blue", "grey")[:classes],
        image_size=(8, 8),
        name="tiny",
    )


def tiny_kernel(classes: int) -> np.ndarray:
    """Return the weights of the last layer of `tiny_pretrained`, (3, classes).

    They are small, so that not even raw pixels make a class certain, and no two
    classes weigh brightness alike: otherwise other inputs might give the same.
    """
    return (0.01 * np.eye(3, classes) + 0.002 * np.outer([1, 2, 3], range(classes))).astype("f")


def tiny_bias(classes: int) -> np.ndarray:
    """Return the biases of the last layer of `tiny_pretrained`, (classes,)."""
    return np.arange(classes, dtype=np.float32) / 10


def tiny_preprocess(images: np.ndarray, classes: int) -> np.ndarray:
    """Return photos with a mean subtracted and divided by a spread, as the tiny model wants."""
    return (np.asarray(images, np.float32) - 100 - classes) / (40 + 5 * classes)


def colour_batch(photos: int = 2) -> np.ndarray:
    """Return photos of one colour each, float32 (photos, 8, 8, 3) in [0, 255]."""
    colours = np.array([[200, 100, 120], [30, 160, 90], [80, 90, 240]], np.float32)[:photos]
    return np.broadcast_to(colours[:, np.newaxis, np.newaxis], (photos, 8, 8, 3)).copy()


def probabilities_of(inputs: np.ndarray, classes: int) -> np.ndarray:
    """Return what the tiny model says of colours (photos, 3), worked out with NumPy."""
    sums = inputs.astype(np.float64) @ tiny_kernel(classes) + tiny_bias(classes)
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def expected_probabilities(photos: int = 2, classes: int = 3) -> np.ndarray:
    """Return what the tiny model says of `colour_batch`."""
    return probabilities_of(tiny_preprocess(colour_batch(photos)[:, 0, 0], classes), classes)


def model_got(
    change: Callable[[np.ndarray, Callable[[np.ndarray], np.ndarray]], object],
) -> Callable[[Trial], bool]:
    """Return a function that tells whether the tiny model got other inputs than it should.

    Args:
        change: From colours in [0, 255] and the model's preprocessing to the inputs.
    """

    def proves(trial: Trial) -> bool:
        pretrained, colours = trial.names["pretrained"], trial.names["batch"][:, 0, 0]
        inputs = np.asarray(change(colours, pretrained.preprocess))
        expected = probabilities_of(inputs, len(pretrained.class_names))
        return same(trial.saw["result"], expected, 1e-5)

    return proves


def is_other_output(other: Callable[[np.ndarray, int], object]) -> Callable[[Trial], bool]:
    """Return a function that tells whether something else than the probabilities came out.

    Args:
        other: From preprocessed colours, (photos, 3), and the number of classes to what came out.
    """

    def proves(trial: Trial) -> bool:
        pretrained, colours = trial.names["pretrained"], trial.names["batch"][:, 0, 0]
        expected = other(pretrained.preprocess(colours), len(pretrained.class_names))
        return same(trial.saw["result"], expected, 1e-5)

    return proves


def as_in_training(inputs: np.ndarray, classes: int) -> np.ndarray:
    """Return what the tiny model says if its batch normalisation takes the batch's own mean."""
    normalised = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    return probabilities_of(normalised, classes)


def classify_case(photos: int, classes: int) -> Case:
    """Return a case for `classify`."""
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_01 import colour_batch, tiny_pretrained
            batch, pretrained = colour_batch(photos={photos}), tiny_pretrained(classes={classes})
        """,
        call="classify(batch, pretrained)",
        looks={
            "result.shape": (photos, classes),
            "result": functools.partial(expected_probabilities, photos, classes),
        },
    )


CLASSIFY = Exercise(
    number="1.2",
    name="classify",
    cases=(classify_case(2, 3), classify_case(3, 4)),
    wants=kinds.Kind("an array of probabilities (a tensor will do)", kinds.to_array),
    look_at="what goes into the model, and whether you return exactly what comes out of it",
    correct="Resize, preprocess, predict: these three steps are the same for every model, and "
    "only `pretrained.preprocess` knows what its model was trained on.",
    hints=(
        "The weights were learned for a different range of numbers than [0, 255]. Whoever "
        "trained the model knows which one, and the record `pretrained` carries that knowledge "
        "as a function.",
        "There are two steps: `pretrained.preprocess` prepares the batch, and the result goes "
        "into the model.",
        "`pretrained.model` is a Keras model; its `predict` returns the probabilities.",
    ),
    tolerance=1e-5,
)


@CLASSIFY.mistake(when=model_got(lambda colours, preprocess: colours))
def not_preprocessed(batch, pretrained):
    """The model got raw pixels, 0 to 255. It was trained on preprocessed ones: use what
    `pretrained.preprocess` returns.
    """
    return pretrained.model.predict(batch, verbose=0)


@not_preprocessed.also
def preprocessed_result_unused(batch, pretrained):
    pretrained.preprocess(batch)  # The result is thrown away.
    return pretrained.model.predict(batch, verbose=0)


@CLASSIFY.mistake(when=model_got(lambda colours, preprocess: colours / 255))
def divided_by_255(batch, pretrained):
    """The model got pixels divided by 255. That is right for some other models; this one has its
    own preprocessing: `pretrained.preprocess`.
    """
    return pretrained.model.predict(batch / 255, verbose=0)


@CLASSIFY.mistake(when=model_got(lambda colours, preprocess: preprocess(colours / 255)))
def divided_then_preprocessed(batch, pretrained):
    """The photos were scaled twice: divided by 255, and then preprocessed. `pretrained.preprocess`
    takes pixels in [0, 255].
    """
    inputs = pretrained.preprocess(batch / 255)
    return pretrained.model.predict(inputs, verbose=0)


@CLASSIFY.mistake(when=model_got(lambda colours, preprocess: preprocess(preprocess(colours))))
def preprocessed_twice(batch, pretrained):
    """The preprocessing was applied twice. Once is enough: its result goes into the model."""
    inputs = pretrained.preprocess(pretrained.preprocess(batch))
    return pretrained.model.predict(inputs, verbose=0)


@CLASSIFY.mistake(when=model_got(lambda colours, preprocess: colours / 127.5 - 1))
def minus_one_to_one(batch, pretrained):
    """The model got pixels from -1 to 1, as MobileNet expects them. This one has its own
    preprocessing: `pretrained.preprocess`.
    """
    return pretrained.model.predict(batch / 127.5 - 1, verbose=0)


@minus_one_to_one.also
def scaled_by_mobilenet_v2(batch, pretrained):
    inputs = keras.applications.mobilenet_v2.preprocess_input(np.array(batch))
    return pretrained.model.predict(inputs, verbose=0)


@CLASSIFY.mistake(
    when=is_other_output(lambda inputs, classes: probabilities_of(inputs, classes).argmax(axis=1))
)
def class_numbers_only(batch, pretrained):
    """This is one class number per photo. Return all the probabilities, (photos, classes): the
    next exercise needs them.
    """
    inputs = pretrained.preprocess(batch)
    return pretrained.model.predict(inputs, verbose=0).argmax(axis=1)


@CLASSIFY.mistake(
    when=is_other_output(lambda inputs, classes: probabilities_of(inputs, classes)[0])
)
def first_photo_only(batch, pretrained):
    """These are the probabilities of the first photo only. Return those of all photos, (photos,
    classes).
    """
    inputs = pretrained.preprocess(batch)
    return pretrained.model.predict(inputs, verbose=0)[0]


@CLASSIFY.mistake(when=is_other_output(as_in_training))
def called_in_training_mode(batch, pretrained):
    """Your result is what the model returns in training mode. To predict, call `predict` (or the
    model without `training=True`).
    """
    return pretrained.model(pretrained.preprocess(batch), training=True)


@CLASSIFY.mistake(
    when=is_other_output(lambda inputs, classes: np.repeat(inputs, 4, axis=0).reshape(-1, 2, 2, 3))
)
def base_model_features(batch, pretrained):
    """These are the feature maps of `base_model`, the network without its classifier. The
    probabilities come from `pretrained.model`.
    """
    inputs = pretrained.preprocess(batch)
    return pretrained.base_model.predict(inputs, verbose=0)


def to_pairs(value: object) -> list[tuple[str, float]]:
    """Return pairs of a name and a number, in whatever style, as [(str, float), ...]."""
    pairs = [kinds.to_list(pair) for pair in kinds.to_list(value)]
    if not all(len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        raise kinds.OtherKindError
    return [(str(name), float(kinds.to_number(number))) for name, number in pairs]


def top_k_case(numbers: Sequence[float], names: Sequence[str], k: int) -> Case:
    """Return a case for `top_k`."""
    best = sorted(zip(names, numbers, strict=True), key=lambda pair: -pair[1])
    return Case(
        given=f"""
            probabilities = np.array({numbers})
            names = {names}
        """,
        call=f"top_k(probabilities, names, {k})",
        gives=best[:k],
    )


FRUIT = ("apple", "pear", "plum", "fig", "kiwi")
TOP_K = Exercise(
    number="1.3",
    name="top_k",
    cases=(
        top_k_case([0.10, 0.40, 0.05, 0.30, 0.15], FRUIT, 3),
        top_k_case([0.2046, 0.6725, 0.1229], ("cat", "dog", "cow"), 2),
        top_k_case([0.02, 0.28, 0.04, 0.06, 0.1, 0.5], (*FRUIT, "date"), 5),
    ),
    wants=kinds.Kind("a list of pairs (name as text, probability as a number)", to_pairs),
    look_at="the order that `np.argsort` returns, and which part of it you take",
    correct="Keras offers this for its own models: `decode_predictions(probabilities, top=5)`.",
    hints=(
        "Sorting the probabilities alone would separate them from their names. So ask for the "
        "*order*: the class numbers, sorted by probability. That is what `np.argsort` returns.",
        "The order begins with the least probable class. `[::-1]` reverses an array; then take "
        "the first k.",
        "The number `i` of a class leads to both its name and its probability. `[(..., ...) for "
        "i in best]` builds a list of pairs.",
    ),
)


@TOP_K.mistake
def least_probable(probabilities, class_names, k):
    """These are the k least probable classes: `np.argsort` sorts in ascending order. Reverse its
    result first.
    """
    best = np.argsort(probabilities)[:k]
    return [(class_names[i], probabilities[i]) for i in best]


@TOP_K.mistake
def most_probable_last(probabilities, class_names, k):
    """These are the right classes, but the most probable one is last. Reverse the order."""
    best = np.argsort(probabilities)[-k:]
    return [(class_names[i], probabilities[i]) for i in best]


@TOP_K.mistake
def not_sorted(probabilities, class_names, k):
    """These are the first k classes of the list, not the most probable ones. Sort by probability
    first.
    """
    return list(zip(class_names, probabilities))[:k]


@TOP_K.mistake
def numbers_not_names(probabilities, class_names, k):
    """The pairs contain class numbers. Look up the names: `class_names[i]`."""
    best = np.argsort(probabilities)[::-1][:k]
    return [(i, probabilities[i]) for i in best]


@TOP_K.mistake
def names_only(probabilities, class_names, k):
    """These are only the names. The figure below needs the probability beside each name."""
    return [class_names[i] for i in np.argsort(probabilities)[::-1][:k]]


@TOP_K.mistake
def pairs_swapped(probabilities, class_names, k):
    """Name and probability are swapped: the name comes first."""
    best = np.argsort(probabilities)[::-1][:k]
    return [(probabilities[i], class_names[i]) for i in best]


@TOP_K.mistake
def always_three(probabilities, class_names, k):
    """Your result has three pairs, whatever `k` is. Return `k` pairs."""
    best = np.argsort(probabilities)[::-1][:3]
    return [(class_names[i], probabilities[i]) for i in best]


@TOP_K.mistake
def most_probable_skipped(probabilities, class_names, k):
    """The most probable class is missing. Positions start at 0: `[:k]` begins with the first."""
    best = np.argsort(probabilities)[::-1][1 : k + 1]
    return [(class_names[i], probabilities[i]) for i in best]


WHY_255 = choice(
    number="1.4",
    name="why_255_fails",
    answer="b",
    because={
        "a": "The division loses nothing here: multiply by 255 and you have the photo again. Ask "
        "instead what the weights expect.",
        "c": "The model works with decimal numbers throughout; its own preprocessing returns "
        "decimals too. Ask instead which range they are in.",
        "d": "The model knows nothing about the brightness of a file, and the size of the photo "
        "did not change. Ask instead which numbers the weights were trained on.",
    },
    correct="The weights fit the numbers that they were trained on. With other numbers, the same "
    "photo is a different picture to the model. Nothing raises an error: you just get a worse "
    "model.",
    hints=(
        "Compare the printed ranges: what the model was trained on, and what it got. A weight is "
        "a factor, so it matters what it multiplies.",
        "How far apart are black and white in one range, and in the other?",
    ),
)


def to_mapping(value: object) -> dict[int, int]:
    """Return a dict from whole numbers to whole numbers with plain int."""
    if not isinstance(value, dict):
        raise kinds.OtherKindError
    return {
        kinds.to_whole_number(key): kinds.to_whole_number(label) for key, label in value.items()
    }


def mapping_case(
    predicted: Sequence[int], labels: Sequence[int], gives: Mapping[int, int]
) -> Case:
    """Return a case for `learn_mapping`."""
    return Case(
        given=f"""
            predicted_classes = np.array({predicted})
            labels = np.array({labels})
        """,
        call="learn_mapping(predicted_classes, labels)",
        gives=gives,
    )


LEARN_MAPPING = Exercise(
    number="1.5",
    name="learn_mapping",
    cases=(
        mapping_case([7, 7, 7, 9, 9, 9, 9, 4], [2, 1, 1, 0, 2, 2, 3, 3], {7: 1, 9: 2, 4: 3}),
        # Equally frequent: once the smallest comes last, once first, once in the middle.
        mapping_case([5, 5, 8, 8, 8, 8, 8], [4, 1, 0, 3, 5, 3, 0], {5: 1, 8: 0}),
        mapping_case([2, 6, 6, 6, 6, 2, 2], [5, 4, 1, 4, 1, 5, 0], {2: 5, 6: 1}),
        # The most frequent is neither the first, the last, the smallest nor in the middle.
        mapping_case([3] * 9, [6, 1, 5, 0, 5, 2, 5, 3, 4], {3: 5}),
        mapping_case([9, 9, 9, 9, 9, 2, 2, 2], [0, 1, 4, 4, 5, 6, 6, 6], {9: 4, 2: 6}),
    ),
    wants=kinds.Kind("a dict from whole numbers to whole numbers", to_mapping),
    look_at="what is counted: for one ImageNet class, how often each label occurs",
    correct="This is all the training in approach 1: no weight has changed, the classes only got "
    "new names.",
    hints=(
        "Each ImageNet class is translated on its own, so go through them one at a time. "
        "`np.unique(predicted_classes)` lists each of them once.",
        "`predicted_classes == predicted` is true for the photos that got this class. Used as an "
        "index, it selects their labels.",
        "`np.bincount` counts whole numbers: position 0 holds how often 0 occurs, position 1 how "
        "often 1 does. The *position* of the highest count is the label that you want; if counts "
        "are equal, `argmax` takes the first position.",
    ),
)


@LEARN_MAPPING.mistake
def last_photo_wins(predicted_classes, labels):
    """The last photo of each class wins here: a later one overwrites an earlier one. Count the
    labels and take the most frequent.
    """
    return {int(p): int(l) for p, l in zip(predicted_classes, labels)}


@last_photo_wins.also
def last_photo_wins_in_loop(predicted_classes, labels):
    mapping = {}
    for predicted, label in zip(predicted_classes, labels):
        mapping[predicted] = label
    return mapping


@LEARN_MAPPING.mistake
def first_photo_wins(predicted_classes, labels):
    """The first photo of each class wins here. Count the labels and take the most frequent."""
    mapping = {}
    for predicted, label in zip(predicted_classes, labels):
        mapping.setdefault(int(predicted), int(label))
    return mapping


@LEARN_MAPPING.mistake
def flavour_to_class(predicted_classes, labels):
    """The mapping goes the wrong way: from flavour to ImageNet class. You will be given an
    ImageNet class and need a flavour.
    """
    mapping = {}
    for label in np.unique(labels):
        called = predicted_classes[labels == label]
        mapping[int(label)] = int(np.bincount(called).argmax())
    return mapping


@LEARN_MAPPING.mistake
def count_not_label(predicted_classes, labels):
    """These are counts: how often the most frequent label occurs. You need the label itself:
    `argmax`, not `max`.
    """
    mapping = {}
    for predicted in np.unique(predicted_classes):
        meant = labels[predicted_classes == predicted]
        mapping[int(predicted)] = int(np.bincount(meant).max())
    return mapping


@LEARN_MAPPING.mistake
def most_frequent_overall(predicted_classes, labels):
    """Every class got the label that is most frequent overall. Count the labels of one ImageNet
    class at a time.
    """
    most = int(np.bincount(labels).argmax())
    return {int(predicted): most for predicted in np.unique(predicted_classes)}


@LEARN_MAPPING.mistake
def tie_to_first_seen(predicted_classes, labels):
    """Where two labels are equally frequent, yours is the one that occurs first (as with
    `Counter.most_common`). The exercise asks for the smallest.
    """
    from collections import Counter

    return {
        int(p): int(Counter(labels[predicted_classes == p]).most_common(1)[0][0])
        for p in np.unique(predicted_classes)
    }


@LEARN_MAPPING.mistake
def tie_to_largest(predicted_classes, labels):
    """Where two labels are equally frequent, yours is the largest. The exercise asks for the
    smallest.
    """
    mapping = {}
    for predicted in np.unique(predicted_classes):
        meant = labels[predicted_classes == predicted].tolist()
        mapping[predicted] = max(meant, key=lambda l: (meant.count(l), l))
    return mapping


@LEARN_MAPPING.mistake
def least_frequent(predicted_classes, labels):
    """These are the *least* frequent labels. You need the most frequent ones: `argmax`, not
    `argmin`.
    """
    mapping = {}
    for predicted in np.unique(predicted_classes):
        meant = labels[predicted_classes == predicted]
        mapping[int(predicted)] = int(np.bincount(meant).argmin())
    return mapping


def accuracy_case(
    mapping: Mapping[int, int], predicted: Sequence[int], labels: Sequence[int], gives: float
) -> Case:
    """Return a case for `as_is_accuracy`."""
    return Case(
        given=f"""
            mapping = {mapping}
            predicted_classes = np.array({predicted})
            labels = np.array({labels})
        """,
        call="as_is_accuracy(mapping, predicted_classes, labels)",
        gives=gives,
    )


ACCURACY = Exercise(
    number="1.6",
    name="as_is_accuracy",
    cases=(
        accuracy_case({7: 1, 9: 2, 4: 3}, [7, 9, 9, 4, 5], [1, 2, 0, 3, 0], 0.6),
        # Unknown classes whose number is the label itself; two classes that mean the same.
        accuracy_case(
            {7: 1, 9: 2, 4: 0, 6: 2},
            [7, 9, 2, 4, 3, 7, 0, 4, 6, 9],
            [1, 0, 2, 3, 3, 2, 0, 0, 2, 2],
            4 / 10,
        ),
        accuracy_case({11: 0}, [11, 12, 11, 11, 13, 12, 11], [0, 4, 0, 1, 1, 5, 0], 3 / 7),
    ),
    wants=kinds.NUMBER,
    look_at="the photos whose ImageNet class is not in the mapping, and what you divide by",
    correct="A class that the mapping does not know counts as wrong: on the production line, "
    "too, every pot needs an answer.",
    hints=(
        "ImageNet classes and labels are numbered differently. So first translate each ImageNet "
        "class, then compare the translations with the labels.",
        "Not every class is in the mapping. For one that is missing, `mapping.get(key, default)` "
        "returns the default: choose a number that is not a label, so that it never counts as "
        "right.",
        "The mean of truth values is the share of those that are true. Compare two *arrays*: a "
        "list compared with an array may give a single truth value.",
    ),
)


@ACCURACY.mistake
def unknown_left_out(mapping, predicted_classes, labels):
    """The photos that the mapping has no answer for are left out. They count as wrong answers:
    divide by the number of all photos.
    """
    right = [mapping[p] == l for p, l in zip(predicted_classes, labels) if p in mapping]
    return float(np.mean(right))


@ACCURACY.mistake
def count_not_share(mapping, predicted_classes, labels):
    """This is a number of photos. Divide it by the number of all photos: accuracy is a share,
    between 0 and 1.
    """
    answers = [mapping.get(int(p), -1) for p in predicted_classes]
    return int(np.sum(np.array(answers) == labels))


@ACCURACY.mistake
def in_percent(mapping, predicted_classes, labels):
    """This is in percent. Keep accuracy between 0 and 1, as Keras does."""
    answers = [mapping.get(int(p), -1) for p in predicted_classes]
    return 100 * float(np.mean(np.array(answers) == labels))


@ACCURACY.mistake
def not_translated(mapping, predicted_classes, labels):
    """The ImageNet classes were compared directly with the labels, but the two are numbered
    differently. Translate the classes with the mapping first.
    """
    return float(np.mean(predicted_classes == labels))


@ACCURACY.mistake
def unknown_as_label_zero(mapping, predicted_classes, labels):
    """A class that the mapping does not know was taken for label 0, which is a flavour. Use a
    value that is not a label, such as -1.
    """
    answers = [mapping.get(int(p), 0) for p in predicted_classes]
    return float(np.mean(np.array(answers) == labels))


@ACCURACY.mistake
def unknown_keeps_number(mapping, predicted_classes, labels):
    """A class that the mapping does not know kept its own number, which may be that of a flavour.
    Use a value that is not a label, such as -1.
    """
    answers = [mapping.get(int(p), int(p)) for p in predicted_classes]
    return float(np.mean(np.array(answers) == labels))


@ACCURACY.mistake(
    when=lambda trial: type(trial.error) is KeyError and str(trial.error) in ("5", "np.int64(5)")
)
def unknown_raises_key_error(mapping, predicted_classes, labels):
    """Your code stopped with `KeyError: 5`: the mapping does not know class 5. Such a photo counts
    as a wrong answer; `mapping.get` takes a default for it.
    """
    answers = [mapping[int(p)] for p in predicted_classes]
    return float(np.mean(np.array(answers) == labels))


@ACCURACY.mistake
def share_of_wrong(mapping, predicted_classes, labels):
    """This is the share of wrong answers. Accuracy is the share of right ones."""
    answers = [mapping.get(int(p), -1) for p in predicted_classes]
    return float(np.mean(np.array(answers) != labels))


@ACCURACY.mistake
def share_in_mapping(mapping, predicted_classes, labels):
    """This is the share of photos that have an answer at all, right or wrong. Compare the answers
    with the labels.
    """
    return float(np.mean([int(p) in mapping for p in predicted_classes]))


EXERCISES = (TO_BATCH, CLASSIFY, TOP_K, WHY_255, LEARN_MAPPING, ACCURACY)
