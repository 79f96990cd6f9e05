"""Cuts and copies of models against the models themselves."""

import keras
import numpy as np
import pytest

from exercise_lib.models import imagenet200, surgery

pytestmark = pytest.mark.slow


def awake(model, seed=0):
    """Give a model weights and statistics that no layer would start with."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return model


def build_mobile():
    model = keras.applications.MobileNetV2(weights=None, input_shape=(64, 64, 3), alpha=0.35)
    return keras.Model(model.input, model.get_layer("out_relu").output)


MODELS = {
    "imagenet200": imagenet200.build_imagenet200,
    "MobileNetV2": build_mobile,
}


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    keras.utils.set_random_seed(1)
    return awake(MODELS[request.param]())


@pytest.fixture(scope="module")
def photos(model):
    shape = (3, *model.input_shape[1:])
    return np.random.default_rng(2).normal(0, 1, shape).astype("float32")


def test_folding_changes_nothing_but_rounding(model, photos):
    folded = surgery.fold_batch_norm(model)
    kinds = [type(layer) for layer in folded.layers]
    assert keras.layers.BatchNormalization not in kinds
    expected = model.predict(photos, verbose=0)
    found = folded.predict(photos, verbose=0)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def with_dropout(model):
    outputs = keras.layers.Dropout(0.5)(model.output)
    return keras.Model(model.input, outputs)


def test_copies_draw_no_weights(model):
    """So that what is trained next does not depend on whether something was folded before."""

    def first_weights(copy_it):
        keras.utils.set_random_seed(5)
        copy_it(model)
        layer = keras.layers.Dense(3)
        layer.build((1, 4))
        return layer.get_weights()[0]

    expected = first_weights(lambda model: None)
    assert np.ptp(expected) > 0
    assert np.array_equal(first_weights(surgery.fold_batch_norm), expected)
    assert np.array_equal(first_weights(surgery.clone_with_weights), expected)
    dropping = with_dropout(model)
    assert np.array_equal(first_weights(lambda _: surgery.fold_batch_norm(dropping)), expected)


def test_a_copy_for_another_size_has_the_same_weights(model):
    shape = (96, 64, 3)
    other = surgery.clone_with_weights(model, shape)
    assert other.input_shape == (None, *shape)
    for ours, theirs in zip(other.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    photo = np.random.default_rng(2).normal(0, 1, (1, *shape)).astype("float32")
    any_size = surgery.clone_with_weights(model, (None, None, 3))
    np.testing.assert_allclose(any_size(photo), other(photo), atol=1e-5)
    own = np.resize(photo, (1, *model.input_shape[1:]))
    np.testing.assert_allclose(any_size(own), model(own), atol=1e-5)


def test_a_shared_convolution_is_not_folded():
    inputs = keras.Input((8, 8, 3))
    shared = keras.layers.Conv2D(4, 3, padding="same", name="shared")(inputs)
    normal = keras.layers.BatchNormalization(name="normal")(shared)
    model = awake(keras.Model(inputs, keras.layers.Add()([shared, normal])))
    assert surgery.foldable_pairs(model) == {}
    photos = np.random.default_rng(0).normal(0, 1, (2, 8, 8, 3)).astype("float32")
    folded = surgery.fold_batch_norm(model)
    np.testing.assert_allclose(
        folded.predict(photos, verbose=0), model.predict(photos, verbose=0), atol=1e-5
    )


def test_every_cut_gives_the_same_in_two_steps(model, photos):
    points = surgery.cut_points(model)
    assert len(points) >= 5
    expected = model.predict(photos, verbose=0)
    for name in (points[0], points[len(points) // 2], points[-1]):
        lower, upper = surgery.split_at(model, name)
        boundary = lower.predict(photos, verbose=0)
        np.testing.assert_allclose(upper.predict(boundary, verbose=0), expected, atol=1e-5)


def test_there_is_no_cut_inside_a_residual_block():
    model = imagenet200.build_imagenet200()
    points = surgery.cut_points(model)
    assert "stage3_relu" in points
    assert "stage3_a_relu" not in points
    with pytest.raises(ValueError, match="stage3_relu"):
        surgery.split_at(model, "stage3_a_relu")


def test_the_parts_share_their_weights(model):
    lower, upper = surgery.split_at(model, surgery.cut_points(model)[-2])
    assert len(lower.weights) + len(upper.weights) == len(model.weights)
    assert {id(w) for w in lower.weights + upper.weights} == {id(w) for w in model.weights}


def test_a_fresh_copy_keeps_the_structure_and_no_weight(model):
    copy = surgery.clone_fresh(model)
    assert [w.shape for w in copy.weights] == [w.shape for w in model.weights]
    for ours, theirs in zip(copy.layers, model.layers, strict=True):
        if isinstance(ours, keras.layers.BatchNormalization):
            assert ours.momentum == 0.9
            assert np.all(ours.get_weights()[2] == 0)
        elif isinstance(ours, keras.layers.Conv2D):
            assert np.abs(ours.get_weights()[0] - theirs.get_weights()[0]).max() > 1e-3
