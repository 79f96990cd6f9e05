"""The head in closed form: leaving a photo out gives what a new fit without it would give."""

import keras
import numpy as np
import pytest

from exercise_lib.approaches import feature_extraction
from exercise_lib.models import surgery

pytestmark = pytest.mark.slow


def noisy_features(photos, dim, classes=3, views=1, seed=0):
    """Return features (views, photos, dim), none below zero, and the labels (photos,)."""
    random = np.random.default_rng(seed)
    labels = np.arange(photos) % classes
    middles = random.gamma(1.0, 1.0, (classes, dim))
    values = middles[labels] + random.gamma(1.0, 0.7, (views, photos, dim))
    return values, labels


def refitted(solver, place):
    """Return the residuals of a photo's views, from a regression on all other photos alone."""
    rows = np.arange(len(solver.values)).reshape(solver.views, -1)
    own, others = rows[:, place], np.delete(rows, place, axis=1).ravel()
    x, y = solver.values[others], solver.targets[others]
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    square = (x - x_mean).T @ (x - x_mean) + solver.penalty * np.eye(x.shape[1])
    kernel = np.linalg.solve(square, (x - x_mean).T @ (y - y_mean))
    return solver.targets[own] - (solver.values[own] - x_mean) @ kernel - y_mean


@pytest.mark.parametrize("dim", [4, 200], ids=["more rows than features", "fewer rows"])
@pytest.mark.parametrize("views", [1, 2, 3])
@pytest.mark.parametrize("penalty", [1e-3, 0.1, 10.0])
def test_leaving_one_out_is_what_a_new_fit_would_say(dim, views, penalty):
    """Without the part that a photo has in the mean, it is far off at small penalties."""
    values, labels = noisy_features(18, dim, views=views)
    values = values.reshape(-1, dim)
    targets = np.tile(np.eye(3)[labels], (views, 1))
    solver = feature_extraction._Ridge(
        values - values.mean(axis=0), targets - targets.mean(axis=0), views
    )
    solver.penalty = penalty * solver.scale
    found = solver.residuals(penalty).reshape(views, 18, 3)
    for place in range(18):
        np.testing.assert_allclose(found[:, place], refitted(solver, place), atol=1e-6)


def test_the_penalty_is_the_one_with_the_smallest_error():
    values, labels = noisy_features(40, 30)
    chosen = feature_extraction.fit_head(values, labels, 3).penalty
    assert chosen in feature_extraction.PENALTIES
    assert min(feature_extraction.PENALTIES) < chosen  # Noise as strong as this wants some.


@pytest.mark.parametrize("photos", [3, 5, 6, 60])
@pytest.mark.parametrize("views", [1, 4])
def test_few_photos_and_many_give_probabilities(photos, views):
    values, labels = noisy_features(photos, 12, views=views)
    fitted = feature_extraction.fit_head(values, labels, 3)
    for found in (fitted.left_out, fitted.model.predict(values[0], verbose=0)):
        assert found.shape == (photos, 3)
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    if photos < 3 * feature_extraction.FEW:
        assert fitted.temperature == feature_extraction.TEMPERATURE_OF_FEW


def test_the_order_of_photos_does_not_matter():
    values, labels = noisy_features(30, 20, views=2)
    order = np.random.default_rng(1).permutation(30)
    first = feature_extraction.fit_head(values, labels, 3)
    second = feature_extraction.fit_head(values[:, order], labels[order], 3)
    np.testing.assert_allclose(first.left_out[order], second.left_out, atol=1e-6)
    answers = (fitted.model.predict(values[0], verbose=0) for fitted in (first, second))
    np.testing.assert_allclose(*answers, atol=1e-4)


def test_one_view_may_come_without_its_axis():
    values, labels = noisy_features(12, 8)
    first = feature_extraction.fit_head(values, labels, 3)
    second = feature_extraction.fit_head(values[0], labels, 3)
    assert np.array_equal(first.left_out, second.left_out)


def test_it_is_surer_where_it_can_be():
    noisy, labels = noisy_features(60, 40)
    clear = noisy + 4 * np.eye(3)[labels].repeat(14, axis=1)[:, :40]
    temperatures = [feature_extraction.fit_head(v, labels, 3).temperature for v in (noisy, clear)]
    assert temperatures[0] <= temperatures[1]


def test_features_of_zero_and_below_have_finite_slopes():
    """Fine-tuning goes through the head; some base models give numbers below zero."""
    values, labels = noisy_features(12, 8)
    model = feature_extraction.train_head(values - 1.0, labels, 3)
    import tensorflow as tf

    inputs = tf.concat([tf.zeros((2, 8)), -tf.ones((1, 8))], axis=0)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        score = tf.math.log(model(inputs))[:, 0]
    assert np.isfinite(tape.gradient(score, inputs).numpy()).all()


def test_it_is_saved_and_copied_whole(tmp_path):
    values, labels = noisy_features(12, 8)
    model = feature_extraction.train_head(values, labels, 3)
    model.save(tmp_path / "head.keras")
    loaded = keras.saving.load_model(tmp_path / "head.keras", safe_mode=True)
    expected = model.predict(values[0], verbose=0)
    for same in (loaded, surgery.clone_with_weights(model)):
        np.testing.assert_allclose(same.predict(values[0], verbose=0), expected, atol=1e-6)


@pytest.mark.parametrize(("photos", "views"), [(1, 8), (120, 8), (400, 2), (3000, 1)])
def test_many_photos_need_fewer_views(photos, views):
    assert feature_extraction.choose_views(photos) == views
