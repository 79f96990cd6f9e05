"""The comparison: the same photos for all approaches, the test set untouched, rows kept."""

import json
import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from PIL import Image

from exercise_lib import __main__ as command_line
from exercise_lib import approaches, datasets, errors, plots
from exercise_lib.approaches import as_is, frozen_parts
from exercise_lib.comparison import protocol, report, results, runs
from exercise_lib.comparison.results import Results
from exercise_lib.datasets import splits
from exercise_lib.models import pretrained

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Reddish and bluish noise: 10 + 10 photos to learn from, 4 + 4 to test."""
    root, random = tmp_path_factory.mktemp("set"), np.random.default_rng(0)
    for split, count in (("train", 10), ("test", 4)):
        for channel, name in ((0, "red"), (2, "blue")):
            place = root / split / name
            place.mkdir(parents=True)
            for number in range(count):
                pixels = random.integers(0, 120, (40, 40, 3))
                pixels[..., channel] += 120
                Image.fromarray(pixels.astype(np.uint8)).save(place / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def photos(folder):
    return datasets.load(str(folder))


def test_what_is_not_learnt_from_validates(photos):
    drawn = protocol.draw(photos, 7, seed=0)
    assert np.bincount(drawn.train.labels).tolist() == [7, 7]
    assert np.bincount(drawn.validation.labels).tolist() == [3, 3]
    assert drawn.test is photos.test
    seen = set(drawn.train.files) | set(drawn.validation.files)
    assert len(seen) == 20
    assert not seen & set(photos.test.files)


def test_fewer_photos_are_part_of_more(photos):
    pool = splits.join(photos.train, photos.validation)
    few, many = (set(splits.draw(pool, count, seed=3)[0].files) for count in (2, 6))
    assert few < many
    assert few != set(splits.draw(pool, 2, seed=4)[0].files)


def test_too_few_photos_are_one_sentence(photos):
    with pytest.raises(errors.DatasetError, match="has 10 training photos"):
        protocol.draw(photos, 11, seed=0)


def test_where_all_photos_teach_none_validates(photos, small_pretrained):
    row = protocol.measure(small_pretrained, photos, "feature_extraction", 10, seed=0)
    assert row.val_accuracy is None


def test_only_the_drawn_photos_teach(photos, small_pretrained, monkeypatch):
    seen = []

    def learn(predicted, labels):
        seen.append(len(labels))
        return {}

    monkeypatch.setattr(as_is, "learn_mapping", learn)
    row = protocol.measure(small_pretrained, photos, "as_is", 5, seed=0)
    assert row.test_accuracy == 0.0  # No class has a translation.
    assert row.shift_accuracy is None
    assert row.test_images == 8
    assert seen == [10]


@pytest.mark.parametrize("approach", approaches.NAMES[2:])
def test_the_approaches_tell_red_from_blue(approach, photos, small_pretrained):
    row = protocol.measure(small_pretrained, photos, approach, 10, seed=0)
    assert row.test_accuracy == 1.0
    assert row.learnable_weights > 0


def test_the_same_seed_gives_the_same_row(photos, small_pretrained):
    rows = [protocol.measure(small_pretrained, photos, "fine_tuning", 5, seed=1) for _ in range(2)]
    assert rows[0].test_accuracy == rows[1].test_accuracy


@pytest.fixture
def compared(small_pretrained, folder):
    """A function: a folder and another one with shifted photos to a runs.Comparison."""

    def compared(data=folder, shift=None):
        shift = shift and str(shift)
        names = runs.names_of(small_pretrained.name, str(data), shift)
        return runs.Comparison(small_pretrained, *protocol.load_both(str(data), shift), names)

    return compared


def test_a_stopped_run_resumes(compared, tmp_path):
    kept = Results(tmp_path)
    wanted = (["feature_extraction"], [2, 5], 2)
    assert len(kept.missing(*wanted)) == 4
    for row in compared().measure_all(kept.missing(*wanted)[:3]):
        kept.add(row)
    assert Results(tmp_path).missing(*wanted) == [("feature_extraction", 5, 1)]


def test_results_of_something_else_are_refused(compared, folder, tmp_path):
    kept, comparison = Results(tmp_path), compared()
    [row] = comparison.measure_all([("feature_extraction", 2, 0)])
    kept.add(row)
    kept.refuse_other(comparison.identity)
    for other in ({"model": "other"}, {"data": "other"}, {"shift": "other"}, {"framing": 0.7}):
        with pytest.raises(errors.WorkshopError, match="--out"):
            kept.refuse_other(comparison.identity | other)


def test_results_of_other_photos_or_weights_are_refused(compared, folder, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    kept = Results(tmp_path / "out")
    [row] = compared(other).measure_all([("feature_extraction", 2, 0)])
    kept.add(row)
    with pytest.raises(errors.WorkshopError, match="different weights"):
        kept.refuse_other({"weights": "0"})
    Image.new("RGB", (40, 40), "red").save(other / "train" / "red" / "new.png")
    with pytest.raises(errors.WorkshopError, match="different photos"):
        kept.refuse_other(compared(other).identity)


@pytest.mark.parametrize(
    ("wanted", "fitting"), [((5, 20), (5,)), ((5, 10), (5, 10)), ((20,), (10,))]
)
def test_sizes_that_nobody_asked_for_fit(wanted, fitting, photos):
    assert protocol.fitting_sizes(photos, wanted) == fitting


def test_too_many_photos_asked_for_are_one_sentence_before_any_training(compared, monkeypatch):
    monkeypatch.setattr(protocol, "measure", None)
    keys = [("feature_extraction", size, 0) for size in (2, 50)]
    with pytest.raises(errors.DatasetError, match="has 10 training photos"):
        next(compared().measure_all(keys))


def test_photos_to_judge_by_are_none_of_those_learnt_from(folder, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    for name in ("red", "blue"):
        Image.new("RGB", (40, 40), name).save(other / "test" / name / "new.png")
        first = sorted((folder / "train" / name).iterdir())[0]
        shutil.copy(first, other / "test" / name / "learnt.png")
    _, shifted = protocol.load_both(str(folder), str(other))
    assert "learnt.png" not in {file.name for file in shifted.files}
    assert "new.png" in {file.name for file in shifted.files}


def test_results_are_kept_where_the_figure_fails(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(report.plots, "draw_learning_curves", lambda *_: 1 / 0)
    arguments = ["compare", str(folder), "--model", "imagenet200", "--images-per-class", "3"]
    with pytest.raises(ZeroDivisionError):
        command_line.main([*arguments, "--approach", "as_is", "--out", str(tmp_path)])
    assert len(Results(tmp_path).rows) == 1


def test_a_title_with_signs_of_mathematics_is_drawn():
    plots.plt.close(plots.draw_learning_curves([], "photos$_$, $\\foo"))


@pytest.fixture
def noise_folder(tmp_path):
    """Two classes of mere noise: how many are called right hangs on every weight."""
    random = np.random.default_rng(0)
    for place in (f"{split}/{name}" for split in ("train", "test") for name in ("one", "two")):
        (tmp_path / "noise" / place).mkdir(parents=True)
        for number in range(20):
            pixels = random.integers(0, 256, (40, 40, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "noise" / place / f"{number}.png")
    return tmp_path / "noise"


def draw_all_the_time():
    """Let another thread of this process draw random numbers until the process ends."""
    import random
    import threading
    import time

    def draw():
        while True:
            random.random()
            np.random.random()
            time.sleep(1e-4)

    threading.Thread(target=draw, daemon=True).start()


def test_dask_workers_give_the_same_numbers(noise_folder, tmp_path):
    """Also where a worker's other threads draw random numbers, as Dask's own now and then do.

    Skipped where Dask is not installed: pip install distributed.
    """
    distributed = pytest.importorskip("distributed")
    model, data = pretrained.load_pretrained("imagenet200"), str(noise_folder)
    both = protocol.load_both(data, None)
    comparison = runs.Comparison(model, *both, runs.names_of(model.name, data))
    names = [name for name in approaches.NAMES if name != "from_scratch"]  # It takes long.
    keys = [(name, 4, seed) for name in names for seed in range(2)]
    alone = list(comparison.measure_all(keys))
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path
    )
    with cluster:
        with distributed.Client(cluster) as client:
            client.run(draw_all_the_time)
        spread = list(comparison.measure_all(keys, cluster.scheduler_address))

    def by_key(rows):
        return sorted((row | {"train_seconds": 0} for row in rows), key=results.run_key)

    assert by_key(spread) == by_key(alone)


def test_a_scheduler_that_is_not_there_is_one_sentence(compared):
    pytest.importorskip("distributed")
    with pytest.raises(errors.WorkshopError, match="no Dask scheduler"):
        next(compared().measure_all([("as_is", 4, 0)], "tcp://127.0.0.1:9"))


def test_a_shifted_test_set_is_tested_on_as_well(compared, folder):
    [row] = compared(shift=folder).measure_all([("feature_extraction", 5, 0)])
    assert row["shift_accuracy"] == row["test_accuracy"]
    with pytest.raises(errors.WorkshopError, match="same folders"):
        compared(shift="yoghurts_night")


def test_the_seconds_do_not_depend_on_the_cache(photos, small_pretrained, monkeypatch):
    monkeypatch.setattr(frozen_parts.Store, "seconds_per_photo", lambda store: 100.0)
    first, second = (
        protocol.measure(small_pretrained, photos, "feature_extraction", 5, seed=0)
        for _ in range(2)
    )
    assert first.train_seconds < 100
    assert second.train_seconds > 1000


ROW = {
    "approach": "as_is",
    "images_per_class": 5,
    "seed": 0,
    "val_accuracy": None,
    "test_accuracy": 0.5,
    "test_images": 8,
    "shift_accuracy": None,
    "train_seconds": 1.5,
    "learnable_weights": 0,
    "model": "imagenet200",
    "data": "yoghurts",
    "shift": None,
}


def test_rows_measured_beforehand(tmp_path, monkeypatch):
    monkeypatch.setattr(results.paths, "RESULTS", tmp_path)
    for name in ("EfficientNetLite0-a", "EfficientNetLite0-b", "other-a"):
        Results(tmp_path / name).add(ROW | {"model": name})

    def measured(*arguments):
        return [row["model"] for row in results.read_measured(*arguments)]

    both = ["EfficientNetLite0-a", "EfficientNetLite0-b"]
    assert measured("EfficientNetLite0", "a", "b") == both
    assert measured("other", "a", "b") == ["other-a"]
    assert measured("other", "b") == ["EfficientNetLite0-b"]
    assert measured("third", "none") == []


def without(field):
    return json.dumps([{name: value for name, value in ROW.items() if name != field}])


DAMAGED = {
    "half": "[{",
    "empty": "",
    "null": "null",
    "number": "7",
    "text": '"rows"',
    "dict": json.dumps(ROW),
    "of numbers": "[1]",
    "of lists": "[[]]",
    "of null": "[null]",
    "deep": "[" * 100_000,
    "binary": "\x00\x01",
    "of another program": '[{"of": "another program"}]',
    "twice": json.dumps([ROW, ROW]),
    **{f"without {field}": without(field) for field in ROW},
    **{
        f"{field} {value}": json.dumps([ROW | {field: value}])
        for field, value in [
            ("approach", "magic"),
            ("approach", ["as_is"]),
            ("images_per_class", -5),
            ("images_per_class", 2.5),
            ("images_per_class", True),
            ("seed", -1),
            ("seed", "0"),
            ("val_accuracy", "good"),
            ("test_accuracy", 7.0),
            ("test_accuracy", None),
            ("test_accuracy", float("nan")),
            ("test_images", 0),
            ("shift_accuracy", -0.1),
            ("train_seconds", float("inf")),
            ("train_seconds", -1),
            ("learnable_weights", 1.5),
            ("model", ""),
            ("data", None),
            ("shift", 3),
            ("crop", 0),
            ("framing", "some"),
            ("weights", 1),
            ("colour", "red"),
        ]
    },
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_results_file_is_one_sentence_before_anything_is_measured(
    content, tmp_path, capsys
):
    (tmp_path / "results.json").write_text(content)
    assert command_line.main(["compare", "yoghurts", "--out", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "is not a results file" in err
    assert len(err.splitlines()) == 1
    assert (tmp_path / "results.json").read_text() == content


def test_reading_makes_no_folder(tmp_path):
    assert Results(tmp_path / "none").rows == []
    assert not (tmp_path / "none").exists()


def add_rows(folder, seeds):
    for seed in seeds:
        Results(folder).add(ROW | {"seed": seed})


def test_two_processes_on_one_folder_lose_nothing(tmp_path):
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(add_rows, tmp_path, range(start, 40, 2)) for start in (0, 1)]
        for job in jobs:
            job.result()
    assert sorted(row["seed"] for row in Results(tmp_path).rows) == list(range(40))


def test_the_command_writes_rows_curve_and_page(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("EXERCISE_QUIET", "1")
    out = tmp_path / "out"
    arguments = ["compare", str(folder), "--model", "imagenet200", "--images-per-class", "3"]
    arguments += ["--seeds", "2", "--approach", "as_is", "--out", str(out)]
    assert command_line.main(arguments) == 0
    rows = json.loads((out / "results.json").read_text())
    fields = "approach images_per_class seed val_accuracy test_accuracy test_images"
    assert {*fields.split(), "train_seconds", "learnable_weights"} <= set(rows[0])
    assert [row["seed"] for row in rows] == [0, 1]
    assert (out / "curve.png").read_bytes().startswith(b"\x89PNG")
    page = (out / "report.html").read_text()
    assert "as_is" in page
    assert "http" not in page.replace('charset="utf-8"', "")
    assert "as_is" in capsys.readouterr().out
    (out / "curve.png").unlink()
    (out / "results.json").write_text(json.dumps(rows[:1]))
    assert command_line.main(arguments) == 0
    assert command_line.main(arguments) == 0
    assert "2 runs are already in" in capsys.readouterr().out
    assert (out / "curve.png").exists()


def test_a_run_that_another_process_has_added_meanwhile_is_there_once(tmp_path):
    first, second = Results(tmp_path), Results(tmp_path)
    first.add(ROW)
    second.add(ROW | {"test_accuracy": 0.25})
    assert second.rows == first.rows == Results(tmp_path).rows == [ROW]


def test_a_bad_folder_for_the_results_is_one_sentence_before_any_training(tmp_path, capsys):
    (tmp_path / "file").touch()
    arguments = ["compare", "yoghurts", "--model", "imagenet200", "--out"]
    assert command_line.main([*arguments, str(tmp_path / "file")]) == 1
    assert "--out" in capsys.readouterr().err


def test_a_summary_is_the_mean_over_seeds():
    rows = [
        {"approach": "as_is", "images_per_class": 5, "test_accuracy": value, "train_seconds": 1}
        for value in (0.2, 0.4)
    ]
    [entry] = results.summarise(rows)
    assert entry["mean"] == pytest.approx(0.3)
    assert (entry["lowest"], entry["highest"], entry["seeds"]) == (0.2, 0.4, 2)


def test_a_summary_has_the_order_of_the_approaches_and_sizes():
    row = {"test_accuracy": 0.5, "train_seconds": 1}
    rows = [
        row | {"approach": approach, "images_per_class": size}
        for approach in reversed(approaches.NAMES)
        for size in (20, 5)
    ]
    found = [(entry["approach"], entry["images_per_class"]) for entry in results.summarise(rows)]
    assert found == [(approach, size) for approach in approaches.NAMES for size in (5, 20)]
