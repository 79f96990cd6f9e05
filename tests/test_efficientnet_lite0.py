"""The default model: its structure, its weights, and what it knows."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from exercise_lib import datasets, images, paths
from exercise_lib.comparison import metrics
from exercise_lib.models import catalog, efficientnet_lite0, pretrained, surgery, torch_tensors

pytestmark = pytest.mark.slow

PHOTOS = paths.REPOSITORY.parent / "shared" / "photos" / "imagenet_samples"
BLOCKS = [
    (number, letter)
    for number, count in enumerate((1, 2, 2, 3, 3, 4, 1), 1)
    for letter in "abcd"[:count]
]
STAGE_SHAPES = {
    "stem": (112, 112, 32),
    "stage1_a": (112, 112, 16),
    "stage2_b": (56, 56, 24),
    "stage3_b": (28, 28, 40),
    "stage4_c": (14, 14, 80),
    "stage5_c": (14, 14, 112),
    "stage6_d": (7, 7, 192),
    "stage7_a": (7, 7, 320),
    "top": (7, 7, 1280),
}


@pytest.fixture(scope="module")
def loaded():
    return pretrained.load_pretrained("EfficientNetLite0")


@pytest.fixture(scope="module")
def tensors():
    return torch_tensors.read_tensors(catalog.check_packaged())


@pytest.fixture
def untrained():
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    return efficientnet_lite0.build_efficientnet_lite0()


@pytest.fixture(scope="module")
def samples(loaded):
    """The four photos of notebook 01, prepared."""
    photos = images.load_photos(list(datasets.sample_photos().values()), loaded.image_size)
    return loaded.preprocess(photos)


# Structure


def test_number_of_weights(loaded):
    """timm's table says 4.65 million, which leaves the statistics out."""
    trained = sum(weight.numpy().size for weight in loaded.model.trainable_weights)
    assert trained == 4_652_008
    assert loaded.model.count_params() == 4_694_024
    assert loaded.base_model.count_params() == 4_694_024 - 1280 * 1000 - 1000


def test_names_tell_the_stage(untrained):
    names = [layer.name for layer in untrained.layers[1:]]
    starts = ["stem_", *(f"stage{number}_{letter}_" for number, letter in BLOCKS), "top_"]
    where = [next((s for s in starts if name.startswith(s)), name) for name in names]
    assert list(dict.fromkeys(where)) == [*starts, "features", "dropout", "predictions"]


def test_shapes(untrained):
    assert untrained.input_shape == (None, 224, 224, 3)
    assert untrained.output_shape == (None, 1000)
    last = {layer.name.rpartition("_")[0]: layer.output.shape[1:] for layer in untrained.layers}
    for start, shape in STAGE_SHAPES.items():
        of_stage = [found for name, found in last.items() if name.startswith(start)]
        assert of_stage[-1] == shape
    assert untrained.get_layer("features").output.shape == (None, 1280)


def test_photos_become_probabilities(untrained):
    photos = np.random.default_rng(0).uniform(-1, 1, (2, 224, 224, 3)).astype(np.float32)
    probabilities = untrained.predict(photos, verbose=0)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_what_is_loaded(loaded):
    assert loaded.name == "EfficientNetLite0"
    assert loaded.image_size == (224, 224)
    assert loaded.base_model.output_shape == (None, 7, 7, 1280)
    assert len(set(loaded.class_names)) == 1000
    assert all(weight.dtype == "float32" for weight in loaded.model.weights)


# Preprocessing


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_preprocessing_of_arrays_keeps_its_input(dtype):
    photos = np.array([0, 127, 255]).reshape(1, 1, 1, 3).astype(dtype)
    prepared = efficientnet_lite0.preprocess_input(photos)
    assert isinstance(prepared, np.ndarray)
    assert prepared.dtype == np.float32
    np.testing.assert_array_equal(prepared.ravel(), [-127 / 128, 0, 1])
    np.testing.assert_array_equal(photos.ravel(), [0, 127, 255])


def test_preprocessing_of_tensors_equals_that_of_arrays():
    photos = np.random.default_rng(0).integers(0, 256, (4, 8, 9, 3)).astype("uint8")
    expected = efficientnet_lite0.preprocess_input(photos)
    prepare = efficientnet_lite0.preprocess_input
    [prepared] = list(tf.data.Dataset.from_tensor_slices(photos).batch(4).map(prepare))
    assert prepared.dtype == tf.float32
    np.testing.assert_array_equal(prepared, expected)
    inputs = keras.Input((8, 9, 3), dtype="uint8")
    model = keras.Model(inputs, prepare(inputs))
    np.testing.assert_array_equal(model.predict(photos, verbose=0), expected)


# Weights


def test_weights_are_put_where_they_belong(untrained, tensors, loaded):
    efficientnet_lite0.put_weights(untrained, tensors)
    for weight, expected in zip(untrained.weights, loaded.model.weights, strict=True):
        np.testing.assert_array_equal(weight, expected)
    stem = untrained.get_layer("stem_convolution").kernel.numpy()
    assert stem[0, 1, 2, 3] == tensors["_conv_stem.weight"][3, 2, 0, 1]
    depthwise = untrained.get_layer("stage1_a_depthwise_convolution").kernel.numpy()
    assert depthwise[0, 1, 2, 0] == tensors["_blocks.0._depthwise_conv.weight"][2, 0, 0, 1]
    classifier = untrained.get_layer("predictions").kernel.numpy()
    assert classifier[2, 3] == tensors["_fc.weight"][3, 2]


def without(tensors, *names):
    return {name: values for name, values in tensors.items() if name not in names}


def turned(tensors):
    return dict(reversed(tensors.items()))


def with_fewer_classes(tensors):
    return tensors | {"_fc.weight": tensors["_fc.weight"][:10], "_fc.bias": np.zeros(10)}


OTHERS = {
    "none": lambda tensors: {},
    "without the last": lambda tensors: without(tensors, "_fc.bias"),
    "without the first": lambda tensors: without(tensors, "_conv_stem.weight"),
    "without one in between": lambda tensors: without(tensors, "_bn1.weight"),
    "in another order": turned,
    "of ten classes": with_fewer_classes,
    "one more": lambda tensors: tensors | {"more": np.zeros(3)},
    "of numbers alone": lambda tensors: dict.fromkeys(tensors, np.array(1.0)),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_tensors_of_another_network_are_refused(untrained, tensors, change):
    with pytest.raises(ValueError, match="EfficientNetLite0"):
        efficientnet_lite0.put_weights(untrained, change(tensors))


# Surgery


@pytest.mark.parametrize("image_size", [(128, 96), (160, 160), (33, 65)])
def test_other_sizes(untrained, image_size):
    base_model = untrained.get_layer("top_relu").output
    copy = surgery.clone_fresh(keras.Model(untrained.input, base_model), image_size)
    rows, columns = (-(-side // 32) for side in image_size)
    assert copy.output_shape == (None, rows, columns, 1280)
    photos = np.zeros((1, *image_size, 3), np.float32)
    assert copy.predict(photos, verbose=0).shape == (1, rows, columns, 1280)


def test_cut_points_are_the_ends_of_blocks_and_what_has_no_shortcut(loaded):
    names = surgery.cut_points(loaded.base_model)
    assert len(names) == 67
    for number, letter in BLOCKS:
        start = f"stage{number}_{letter}"
        has_shortcut = letter != "a"
        assert (f"{start}_add" in names) == has_shortcut
        assert (f"{start}_depthwise_relu" in names) != has_shortcut


@pytest.mark.parametrize("name", ["stem_relu", "stage4_c_add", "stage7_a_project_batch_norm"])
def test_both_parts_of_a_cut_give_the_whole(loaded, samples, name):
    lower, upper = surgery.split_at(loaded.base_model, name)
    expected = loaded.base_model.predict(samples, verbose=0)
    parts = upper.predict(lower.predict(samples, verbose=0), verbose=0)
    np.testing.assert_allclose(parts, expected, atol=1e-4)


def test_folding_changes_no_probability(loaded, samples):
    folded = surgery.fold_batch_norm(loaded.model)
    kinds = [type(layer) for layer in folded.layers]
    assert keras.layers.BatchNormalization not in kinds
    expected = loaded.model.predict(samples, verbose=0)
    np.testing.assert_allclose(folded.predict(samples, verbose=0), expected, atol=1e-4)


# What it knows


def test_it_knows_the_sample_photos(loaded, samples):
    probabilities = loaded.model.predict(samples, verbose=0)
    best = pretrained.decode_top(probabilities, loaded.class_names, top=1)
    first = dict(zip(datasets.sample_photos(), (name for [(name, _)] in best), strict=True))
    assert first["cat"] in ("Egyptian cat", "tabby", "tiger cat")
    assert first["coffee"] == "espresso"


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="../shared with photos of ImageNet is not there")
def test_it_knows_photos_of_imagenet(loaded):
    classes = json.loads(catalog.classes_of("EfficientNetLite0").read_text(encoding="utf-8"))
    label_of = {entry["wnid"]: label for label, entry in enumerate(classes)}
    files = sorted(PHOTOS.glob("*.jpg"))
    labels = [label_of[file.name.split("_")[0]] for file in files]
    photos = loaded.preprocess(images.load_photos(files, loaded.image_size))
    probabilities = loaded.model.predict(photos, verbose=0)
    top_1 = metrics.accuracy(probabilities.argmax(axis=1), labels)
    top_5 = metrics.top_k_accuracy(probabilities, labels)
    print(f"top-1 {top_1:.2f}, top-5 {top_5:.2f} on {len(files)} photos")
    assert len(files) == 100
    assert top_1 >= 0.80
    assert top_5 >= 0.95
