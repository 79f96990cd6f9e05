"""The approaches that learn: what moves, what does not, and the fast way against the slow one."""

import keras
import numpy as np
import pytest

from exercise_lib import approaches, images, plots
from exercise_lib.approaches import (
    feature_extraction,
    fine_tuning,
    from_scratch,
    frozen_parts,
    registry,
    training,
)
from exercise_lib.models import surgery

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]

BOUNDARY = "stage3_relu"


@pytest.fixture
def head(small_pretrained, photo_files, photo_labels):
    values = feature_extraction.features_of(small_pretrained, photo_files)
    return feature_extraction.train_head(values, photo_labels, classes=2)


def test_the_head_learns_and_the_base_does_not_move(
    small_pretrained, photo_files, photo_labels, head
):
    before = [weights.copy() for weights in small_pretrained.base_model.get_weights()]
    values = feature_extraction.features_of(small_pretrained, photo_files)
    assert head.predict(values, verbose=0).argmax(axis=1).tolist() == photo_labels.tolist()
    for old, new in zip(before, small_pretrained.base_model.get_weights(), strict=True):
        assert np.array_equal(old, new)


def test_from_scratch_keeps_nothing_and_learns(small_pretrained, photo_files, photo_labels):
    model = from_scratch.build_model(small_pretrained, classes=2)
    kernel = model.get_layer("small_base").get_layer("stem_convolution").get_weights()[0]
    theirs = small_pretrained.base_model.get_layer("stem_convolution").get_weights()[0]
    assert np.abs(kernel - theirs).max() > 1e-3
    curves = from_scratch.train(model, photo_files, photo_labels, (32, 32))
    assert len(curves["loss"]) == from_scratch.MAX_EPOCHS
    assert curves["loss"][-1] < 0.5 * curves["loss"][0]


@pytest.fixture
def unsure_head():
    """A head that has much to learn; one that is sure of these photos would stay as it is."""
    kernel = np.random.default_rng(0).normal(size=(256, 2))
    return feature_extraction.build_head(np.full(256, 0.5), kernel, np.zeros(2))


def test_fine_tuning_moves_the_upper_part_of_a_copy(
    small_pretrained, photo_files, photo_labels, unsure_head
):
    before = [weights.copy() for weights in small_pretrained.base_model.get_weights()]
    maps = fine_tuning.boundary_features(small_pretrained, BOUNDARY, photo_files, views=2)
    model = fine_tuning.build_upper(small_pretrained, unsure_head, BOUNDARY)
    start = model.get_weights()
    losses = fine_tuning.train(model, maps, photo_labels, epochs=20)
    assert np.mean(losses[-4:]) < np.mean(losses[:4])
    moved = [np.abs(a - b).max() > 0 for a, b in zip(start, model.get_weights(), strict=True)]
    assert any(moved)
    for old, new in zip(before, small_pretrained.base_model.get_weights(), strict=True):
        assert np.array_equal(old, new)


def test_batch_norm_statistics_stay_in_fine_tuning(
    small_pretrained, photo_files, photo_labels, head
):
    maps = fine_tuning.boundary_features(small_pretrained, BOUNDARY, photo_files)
    model = fine_tuning.build_upper(small_pretrained, head, BOUNDARY)
    statistics = [w for w in model.non_trainable_weights if "moving" in w.path]
    start = [keras.ops.convert_to_numpy(w).copy() for w in statistics]
    fine_tuning.train(model, maps, photo_labels, epochs=2)
    assert len(statistics) == 6
    for old, new in zip(start, statistics, strict=True):
        assert np.array_equal(old, keras.ops.convert_to_numpy(new))


@pytest.mark.parametrize(("photos", "epochs"), [(12, 80), (720, 78), (3000, 30)])
def test_the_structure_sees_few_photos_often(photos, epochs):
    assert from_scratch.choose_epochs(photos) == epochs


def test_the_learning_rate_rises_and_falls_to_zero():
    optimizer = training.warm_cosine(0.1, 0.0, 100)
    rates = []
    weights = keras.Variable(1.0)
    for _ in range(101):
        rates.append(float(optimizer.learning_rate))
        optimizer.apply([keras.ops.convert_to_tensor(0.0)], [weights])
    assert max(rates) == pytest.approx(0.1)
    assert rates.index(max(rates)) == 10
    assert rates[100] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("photos", "epochs"), [(1, 16), (100, 16), (400, 8), (3000, 6)])
def test_many_photos_need_fewer_epochs(photos, epochs):
    assert fine_tuning.choose_epochs(photos) == epochs


@pytest.mark.parametrize(
    ("size", "smaller"), [((224, 224), (192, 192)), ((96, 96), (96, 96)), ((64, 331), (64, 288))]
)
def test_views_to_learn_from_are_smaller(size, smaller):
    assert fine_tuning.choose_learning_size(size) == smaller


def test_what_learnt_from_smaller_views_predicts_on_whole_photos(
    small_pretrained, photo_files, photo_labels, head
):
    maps = fine_tuning.boundary_features(small_pretrained, BOUNDARY, photo_files, 2, (64, 64))
    model = fine_tuning.build_upper(small_pretrained, head, BOUNDARY)
    fine_tuning.train(model, maps, photo_labels, epochs=20)
    [whole] = fine_tuning.boundary_features(small_pretrained, BOUNDARY, photo_files)
    assert maps.shape[2] < whole.shape[1]
    assert (fine_tuning.predict(model, whole).argmax(axis=1) == photo_labels).mean() > 0.9


@pytest.mark.parametrize(("photos", "views"), [(1, 8), (200, 8), (400, 4), (3000, 2)])
def test_many_photos_need_fewer_views(photos, views):
    assert fine_tuning.choose_views(photos) == views


@pytest.mark.parametrize("photos", [1, 10, 60, 120, 3000])
def test_the_fewer_the_photos_the_nearer_to_the_start(photos):
    share = fine_tuning.choose_share(photos)
    assert 0 < share < 1
    assert share < fine_tuning.choose_share(photos + 1)
    assert (share == 0.5) == (photos == fine_tuning.PHOTOS_HALF_WAY)


def test_the_weights_are_put_back(small_pretrained, photo_files, photo_labels, unsure_head):
    maps = fine_tuning.boundary_features(small_pretrained, BOUNDARY, photo_files)

    def weights_after(share):
        model = fine_tuning.build_upper(small_pretrained, unsure_head, BOUNDARY)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fine_tuning, "choose_share", lambda photos: share)
            fine_tuning.train(model, maps, photo_labels, epochs=2)
        return model.get_weights()

    start, half, end = (weights_after(share) for share in (0.0, 0.5, 1.0))
    assert any(np.abs(last - first).max() > 0 for first, last in zip(start, end, strict=True))
    for first, middle, last in zip(start, half, end, strict=True):
        np.testing.assert_allclose(middle, (first + last) / 2, rtol=1e-4, atol=1e-6)


def test_weights_between():
    start, end = [np.zeros(2), np.ones((1, 1))], [np.ones(2), np.full((1, 1), 3.0)]
    found = fine_tuning.between(start, end, 0.25)
    assert [values.tolist() for values in found] == [[0.25, 0.25], [[1.5]]]


def whole_model_frozen_below(pretrained, head, boundary):
    """Build what Keras's guide would: the whole base with its lower layers frozen, and a head."""
    base_model = keras.models.clone_model(pretrained.base_model)
    base_model.set_weights(pretrained.base_model.get_weights())
    above = False
    for layer in base_model.layers:
        layer.trainable = above and not isinstance(layer, keras.layers.BatchNormalization)
        above = above or layer.name == boundary
    head_copy = keras.models.clone_model(head)
    head_copy.set_weights(head.get_weights())
    x = keras.layers.GlobalAveragePooling2D()(base_model.output)
    return base_model, keras.Model(base_model.input, head_copy(x))


def test_from_the_boundary_is_the_same_mathematics(
    small_pretrained, photo_files, photo_labels, unsure_head, monkeypatch
):
    """In single precision, without augmentation: the same weights as with the whole model.

    With plain gradient descent: Adam would blow up rounding where a slope is nearly zero.
    """
    monkeypatch.setattr(
        fine_tuning.training, "warm_cosine", lambda *_: keras.optimizers.SGD(0.05, momentum=0.9)
    )
    monkeypatch.setattr(fine_tuning, "BATCH", 5)
    part = frozen_parts.lower_part(small_pretrained, BOUNDARY, dtype="float32")
    fast = fine_tuning.build_upper(small_pretrained, unsure_head, BOUNDARY)
    fine_tuning.train(fast, frozen_parts.extract(part, photo_files), photo_labels, epochs=4)

    base_model, naive = whole_model_frozen_below(small_pretrained, unsure_head, BOUNDARY)
    photos = images.load_photos(photo_files, (96, 96))
    fine_tuning.train(naive, small_pretrained.preprocess(photos)[None], photo_labels, epochs=4)

    upper = fast.get_layer(fine_tuning.UPPER)
    kernels = [layer.name for layer in upper.layers if layer.trainable_weights]
    assert kernels
    for name in kernels:
        [start], [ours], [theirs] = (
            model.get_layer(name).get_weights()
            for model in (small_pretrained.base_model, upper, base_model)
        )
        moved = np.abs(theirs - start).max()
        assert moved > 1e-3
        assert np.abs(ours - theirs).max() < 1e-3 * moved


def test_the_boundary_leaves_the_share_of_weights_that_is_asked_for(small_pretrained):
    base = small_pretrained.base_model
    name = fine_tuning.choose_boundary(base, share=0.5)
    _, upper = surgery.split_at(base, name)
    assert upper.count_params() >= 0.5 * base.count_params()
    assert name == "stage3_relu"


def test_every_approach_is_known_everywhere():
    assert tuple(registry.APPROACHES) == approaches.NAMES
    assert tuple(plots.APPROACH_STYLES) == approaches.NAMES
    assert approaches.NAMES[0] == "as_is"  # What `train` leaves out.
