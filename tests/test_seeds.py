"""What is learnt hangs on the model, the photos and the seed: on nothing else in the process.

All of these compare weights bit by bit.
"""

import dataclasses
import functools
import itertools
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import keras
import numpy as np
import pytest
import tensorflow as tf

from exercise_lib import approaches, seeds
from exercise_lib.approaches import (
    feature_extraction,
    fine_tuning,
    from_scratch,
    frozen_parts,
)
from exercise_lib.datasets import splits
from exercise_lib.models import surgery

pytestmark = pytest.mark.slow

LEARNING = approaches.NAMES[1:]  # All but as_is, which learns nothing.


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    """Let a training take seconds, with several batches in each of its epochs."""
    monkeypatch.setattr(from_scratch, "choose_epochs", lambda photos: 4)
    monkeypatch.setattr(from_scratch, "GROWTH", ((1.0, 1.0),))  # Each size is traced anew.
    monkeypatch.setattr(fine_tuning, "choose_epochs", lambda photos: 4)
    for module in (from_scratch, fine_tuning):
        monkeypatch.setattr(module, "BATCH", 5)


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def learn(tiny_pretrained, noise_photos):
    """A function: the name of an approach and a seed to all weights that it came to."""

    def learn(approach, seed=1):
        fitted = approaches.fit(approach, tiny_pretrained, noise_photos, seed)
        return [*fitted.base_model.get_weights(), *fitted.head.get_weights()]

    return learn


@pytest.fixture(scope="module")
def learnt_alone(learn):
    """As `learn`, with nothing else going on; each is learnt once."""
    return functools.cache(learn)


def same(first, second):
    return all(itertools.starmap(np.array_equal, zip(first, second, strict=True)))


def draw_from_everything(number):
    """Draw from every generator that a process has only one of, and now and then seed them."""
    if number % 50 == 0:
        random.seed(number)
        np.random.seed(number)
    random.random()
    np.random.random(3)
    keras.random.uniform((2,))
    tf.random.normal((2,))
    keras.layers.Dropout(0.5)  # Draws its seed, and takes a name and a number of the process.
    keras.initializers.GlorotUniform()


@pytest.fixture
def noise():
    """Another thread that draws random numbers all the time; a list of how many times it did."""
    stop, rounds = threading.Event(), []

    def draw():
        for number in itertools.count():
            if stop.is_set():
                return
            draw_from_everything(number)
            rounds.append(number)
            stop.wait(1e-4)

    thread = threading.Thread(target=draw)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    thread.start()
    yield rounds
    stop.set()
    thread.join()
    sys.setswitchinterval(before)


@pytest.mark.parametrize("approach", LEARNING)
def test_what_another_thread_draws_changes_nothing(
    approach, learn, learnt_alone, request, monkeypatch, tmp_path
):
    expected = learnt_alone(approach)
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "empty"))  # So that each part takes time.
    frozen_parts._folded.cache_clear()
    rounds = request.getfixturevalue("noise")
    before = len(rounds)
    assert same(learn(approach), expected)
    assert len(rounds) > before + 20


def another_training(learn):
    learn("fine_tuning", seed=5)


def another_seed(learn):
    keras.utils.set_random_seed(7)


def other_draws(learn):
    for number in range(60):
        draw_from_everything(number)


def other_layers(learn):
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 3)(inputs)
    x = keras.layers.Dense(2, name="head")(keras.layers.Flatten()(x))
    model = keras.Model(inputs, keras.layers.Dropout(0.5)(x), name="from_scratch")
    model.compile("adam", "mse")
    model.fit(np.ones((4, 8, 8, 3)), np.ones((4, 2)), verbose=0)


def cleared_session(learn):
    keras.backend.clear_session()


def all_of_it(learn):
    for one in BEFORE:
        one(learn)


BEFORE = [another_training, another_seed, other_draws, other_layers, cleared_session]


@pytest.mark.parametrize(
    ("approach", "before"),
    [("from_scratch", all_of_it), *itertools.product(LEARNING[1:], BEFORE)],
)
def test_what_ran_before_changes_nothing(approach, before, learn, learnt_alone):
    expected = learnt_alone(approach)
    before(learn)
    assert same(learn(approach), expected)


@pytest.mark.parametrize("approach", LEARNING[1:])
@pytest.mark.parametrize("kept", [1, 11])
def test_a_part_of_it_in_the_cache_changes_nothing(
    approach, kept, learn, learnt_alone, noise_photos, tiny_pretrained
):
    expected = learnt_alone(approach)
    few = splits.Split(noise_photos.train.files[:kept], noise_photos.train.labels[:kept])
    approaches.fit(approach, tiny_pretrained, dataclasses.replace(noise_photos, train=few))
    assert same(learn(approach), expected)


@pytest.mark.parametrize("missing", [1, 2, 7])
def test_a_frozen_part_runs_on_as_many_photos_whatever_is_missing(
    missing, noise_photos, tiny_pretrained, monkeypatch
):
    """Batches of another size, of one most of all, are rounded otherwise on some processors."""
    part, sizes = frozen_parts.pooled_base(tiny_pretrained), []
    frozen_parts.extract(part, noise_photos.train.files[missing:])
    predict = frozen_parts.folded(part).predict_on_batch
    watched = mock.Mock(predict_on_batch=lambda batch: sizes.append(len(batch)) or predict(batch))
    monkeypatch.setattr(frozen_parts, "folded", lambda part: watched)
    frozen_parts.extract(part, noise_photos.train.files)
    assert sizes == [frozen_parts.BATCH]


@pytest.mark.parametrize("approach", LEARNING)
@pytest.mark.parametrize("other_seed", [1, 2])
def test_two_trainings_at_once_give_what_each_gives_alone(
    approach, other_seed, learn, learnt_alone
):
    """Also twice the same one, where both keep how far they are under the same name."""
    expected = [learnt_alone(approach, seed) for seed in (1, other_seed)]
    begin = threading.Barrier(2)

    def at_once(seed):
        begin.wait()
        return learn(approach, seed)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(at_once, (1, other_seed)))
    assert same(found[0], expected[0])
    assert same(found[1], expected[1])


@pytest.mark.parametrize("approach", LEARNING)
def test_no_generator_of_the_process_is_touched(approach, learn, learnt_alone):
    """So the cells of a notebook draw the same, whichever of ours lie between them."""
    expected = learnt_alone(approach)
    keras.utils.set_random_seed(4)
    before = random.getstate(), np.random.get_state()[1].tolist()
    assert same(learn(approach), expected)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    drawn = keras.random.uniform((3,)), tf.random.normal((3,))
    keras.utils.set_random_seed(4)
    assert same(drawn, (keras.random.uniform((3,)), tf.random.normal((3,))))


@pytest.mark.parametrize("approach", ["from_scratch", "fine_tuning"])
def test_another_seed_gives_other_weights(approach, learnt_alone):
    first, second = learnt_alone(approach, 1), learnt_alone(approach, 2)
    assert not np.array_equal(first[-2], second[-2])


def test_a_head_hangs_on_no_seed(learnt_alone):
    assert same(*(learnt_alone("feature_extraction", seed) for seed in (1, 2)))


def test_fine_tuning_drops_by_its_seed(tiny_pretrained, noise_photos):
    kernel = np.random.default_rng(0).normal(size=(32, 2))
    head = feature_extraction.build_head(np.zeros(32), kernel, np.zeros(2))
    boundary = fine_tuning.choose_boundary(tiny_pretrained.base_model)
    maps = fine_tuning.boundary_features(tiny_pretrained, boundary, noise_photos.train.files[:4])[
        0
    ]

    def dropped(seed):
        upper = fine_tuning.build_upper(tiny_pretrained, head, boundary, seed)
        return keras.ops.convert_to_numpy(upper(maps.astype("float32"), training=True))

    assert np.array_equal(dropped(1), dropped(1))
    assert not np.array_equal(dropped(1), dropped(2))


def test_a_structure_begins_as_keras_would_draw_it(small_pretrained):
    keras.utils.set_random_seed(2)
    base_model = surgery.clone_fresh(small_pretrained.base_model, (None, None))
    changes = from_scratch.augmentation(itertools.repeat(None))
    dropout = keras.layers.Dropout(0.2)
    dense = keras.layers.Dense(2)
    dense.build((None, 256))
    ours = from_scratch.build_model(small_pretrained, classes=2, seed=2)
    assert same(ours.get_layer("small_base").get_weights(), base_model.get_weights())
    assert same(ours.get_layer("head").get_weights(), dense.get_weights())

    def states(model):
        return [v.numpy() for v in model.variables if "seed_generator" in v.path]

    [in_ours] = [layer for layer in ours.layers if isinstance(layer, keras.layers.Dropout)]
    assert same(states(ours.get_layer("augmentation")), states(changes))
    assert same(states(in_ours), states(dropout))
    assert len(states(changes)) == 5


def test_each_seed_in_a_config_is_a_number_of_its_own():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dropout(0.5)])
    layers = [inner, keras.layers.SeparableConv2D(2, 3), keras.layers.GaussianNoise(1.0, seed=3)]
    found = [
        seeds.put_into(layer.get_config(), numbers)
        for numbers in [seeds.stream(0)]
        for layer in layers
    ]
    expected = list(itertools.islice(seeds.stream(0), 4))
    text = repr(found)
    assert [text.count(str(number)) for number in expected] == [1, 1, 1, 1]
    assert "'seed': None" not in text
    for layer, config in zip(layers, found, strict=True):
        layer.__class__.from_config(config)
