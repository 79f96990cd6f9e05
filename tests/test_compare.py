"""The comparison: the same photos for all approaches, the test set untouched, rows kept."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from exercise_lib import __main__ as command_line
from exercise_lib import (
    approaches,
    compare,
    datasets,
    errors,
    features,
    plots,
    pretrained,
    report,
    splits,
)
from exercise_lib.commands.arguments import APPROACHES


@pytest.fixture(autouse=True)
def cache_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "cache"))


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
    task = compare.draw_task(photos, 7, seed=0)
    assert np.bincount(task.train.labels).tolist() == [7, 7]
    assert np.bincount(task.validation.labels).tolist() == [3, 3]
    assert task.test is photos.test
    seen = set(task.train.files) | set(task.validation.files)
    assert len(seen) == 20
    assert not seen & set(photos.test.files)


def test_fewer_photos_are_part_of_more(photos):
    pool = splits.join(photos.train, photos.validation)
    few, many = (set(splits.draw(pool, count, seed=3)[0].files) for count in (2, 6))
    assert few < many
    assert few != set(splits.draw(pool, 2, seed=4)[0].files)


def test_too_few_photos_are_one_sentence(photos):
    with pytest.raises(errors.DatasetError, match="has 10 photos"):
        compare.draw_task(photos, 11, seed=0)


def test_where_all_photos_teach_none_validates(photos, small_pretrained):
    row = compare.measure(small_pretrained, photos, "feature_extraction", 10, seed=0)
    assert row.val_accuracy is None


def test_the_test_photos_are_not_looked_at_in_training(photos, small_pretrained, monkeypatch):
    seen = []

    def learn(pretrained, task, seed):
        seen.extend((*task.train.files, *task.validation.files))
        return approaches.Learnt(lambda files: np.zeros(len(files), int), 0)

    monkeypatch.setitem(compare.APPROACHES, "as_is", learn)
    row = compare.measure(small_pretrained, photos, "as_is", 5, seed=0)
    assert row.test_accuracy == 0.5
    assert row.shift_accuracy is None
    assert row.test_images == 8
    assert seen
    assert not set(seen) & set(photos.test.files)


@pytest.mark.parametrize("approach", ["feature_extraction", "fine_tuning"])
def test_the_approaches_tell_red_from_blue(approach, photos, small_pretrained):
    row = compare.measure(small_pretrained, photos, approach, 10, seed=0)
    assert row.test_accuracy == 1.0
    assert row.learnable_weights > 0


def test_the_same_seed_gives_the_same_row(photos, small_pretrained):
    rows = [compare.measure(small_pretrained, photos, "fine_tuning", 5, seed=1) for _ in range(2)]
    assert rows[0].test_accuracy == rows[1].test_accuracy


def test_a_stopped_run_goes_on(folder, small_pretrained):
    arguments = (small_pretrained, str(folder), ["feature_extraction"], [2, 5], 2)
    rows = list(compare.measure_all(*arguments))
    assert len(rows) == 4
    [last] = compare.measure_all(*arguments, done=rows[:3])
    assert last["images_per_class"] == 5
    assert not list(compare.measure_all(*arguments, done=rows))
    for other in ({"model": "other"}, {"data": "other"}, {"shift": "other"}):
        with pytest.raises(errors.WorkshopError, match="--out"):
            next(compare.measure_all(*arguments, done=[rows[0] | other]))


def test_rows_of_other_photos_or_weights_are_not_mixed_in(folder, small_pretrained, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    arguments = (small_pretrained, str(other), ["feature_extraction"], [2], 1)
    done = list(compare.measure_all(*arguments))
    with pytest.raises(errors.WorkshopError, match="other weights"):
        next(compare.measure_all(*arguments, done=[done[0] | {"weights": "0"}]))
    Image.new("RGB", (40, 40), "red").save(other / "train" / "red" / "new.png")
    with pytest.raises(errors.WorkshopError, match="other photos"):
        next(compare.measure_all(*arguments, done=done))


@pytest.mark.parametrize(
    ("wanted", "fitting"), [((5, 20), (5,)), ((5, 10), (5, 10)), ((20,), (10,))]
)
def test_sizes_that_nobody_asked_for_fit(wanted, fitting, photos):
    assert compare.fitting_sizes(photos, wanted) == fitting


def test_too_many_photos_asked_for_are_one_sentence_before_any_training(
    folder, small_pretrained, monkeypatch
):
    monkeypatch.setattr(compare, "APPROACHES", {})
    arguments = (small_pretrained, str(folder), ["feature_extraction"], [2, 50], 1)
    with pytest.raises(errors.DatasetError, match="has 10 photos"):
        next(compare.measure_all(*arguments))


def test_photos_to_judge_by_are_none_of_those_learnt_from(folder, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    for name in ("red", "blue"):
        Image.new("RGB", (40, 40), name).save(other / "test" / name / "new.png")
        first = sorted((folder / "train" / name).iterdir())[0]
        shutil.copy(first, other / "test" / name / "learnt.png")
    _, shifted = compare.load_both(str(folder), str(other))
    assert "learnt.png" not in {file.name for file in shifted.files}
    assert "new.png" in {file.name for file in shifted.files}


def test_results_are_kept_where_the_figure_fails(folder, tmp_path, monkeypatch):
    row = dict.fromkeys(report.FIELDS) | {"seed": 3}
    monkeypatch.setattr(report.plots, "draw_learning_curves", lambda *_: 1 / 0)
    row |= {"approach": "as_is", "images_per_class": 1, "test_accuracy": 1, "train_seconds": 1}
    with pytest.raises(ZeroDivisionError):
        report.write([row], tmp_path, "title")
    assert report.read(tmp_path) == [row]


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
    model = pretrained.load_pretrained("imagenet200")
    names = ["as_is", "feature_extraction", "fine_tuning"]
    arguments = (model, str(noise_folder), names, [4], 2)
    alone = list(compare.measure_all(*arguments))
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path
    )
    with cluster:
        with distributed.Client(cluster) as client:
            client.run(draw_all_the_time)
        spread = list(compare.measure_all(*arguments, scheduler=cluster.scheduler_address))

    def by_place(rows):
        rows = [row | {"train_seconds": 0} for row in rows]
        return sorted(rows, key=compare.place_of)

    assert by_place(spread) == by_place(alone)


def test_a_scheduler_that_is_not_there_is_one_sentence(folder, small_pretrained):
    pytest.importorskip("distributed")
    arguments = (small_pretrained, str(folder), ["as_is"], [4], 1)
    with pytest.raises(errors.WorkshopError, match="no Dask scheduler"):
        next(compare.measure_all(*arguments, scheduler="tcp://127.0.0.1:9"))


def test_a_shifted_test_set_is_judged_by_as_well(folder, small_pretrained, tmp_path):
    arguments = (small_pretrained, str(folder), ["feature_extraction"], [5], 1)
    [row] = compare.measure_all(*arguments, shift=str(folder))
    assert row["shift_accuracy"] == row["test_accuracy"]
    with pytest.raises(errors.WorkshopError, match="same folders"):
        next(compare.measure_all(*arguments, shift="yoghurts_night"))


def test_the_seconds_do_not_depend_on_the_cache(photos, small_pretrained, monkeypatch):
    monkeypatch.setattr(features.Store, "seconds_per_photo", lambda store: 100.0)
    first, second = (
        compare.measure(small_pretrained, photos, "feature_extraction", 5, seed=0)
        for _ in range(2)
    )
    assert first.train_seconds < 100
    assert second.train_seconds > 1000


def test_rows_measured_beforehand(tmp_path, monkeypatch):
    monkeypatch.setattr(report.paths, "RESULTS", tmp_path)
    for name in ("EfficientNetLite0-a", "EfficientNetLite0-b", "other-a"):
        (tmp_path / name).mkdir()
        row = dict.fromkeys(report.FIELDS) | {"model": name}
        (tmp_path / name / "results.json").write_text(json.dumps([row]))

    def measured(*arguments):
        return [row["model"] for row in report.read_measured(*arguments)]

    both = ["EfficientNetLite0-a", "EfficientNetLite0-b"]
    assert measured("EfficientNetLite0", "a", "b") == both
    assert measured("other", "a", "b") == ["other-a"]
    assert measured("other", "b") == ["EfficientNetLite0-b"]
    assert measured("third", "none") == []


def test_the_command_writes_rows_curve_and_page(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("EXERCISE_STRICT", "1")
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
    assert "2 rows are in" in capsys.readouterr().out
    assert (out / "curve.png").exists()


def test_a_row_that_another_run_has_written_meanwhile_is_there_once(folder, tmp_path, monkeypatch):
    arguments = ["compare", str(folder), "--model", "imagenet200", "--images-per-class", "3"]
    arguments += ["--seeds", "1", "--approach", "as_is", "--out", str(tmp_path / "out")]
    real = compare.measure_all

    def measured_by_another_meanwhile(*arguments, **options):
        for row in real(*arguments, **options):
            report.write([row], tmp_path / "out", "title")
            yield row

    monkeypatch.setattr(compare, "measure_all", measured_by_another_meanwhile)
    assert command_line.main(arguments) == 0
    assert len(report.read(tmp_path / "out")) == 1


def test_a_bad_folder_for_the_results_is_one_sentence_before_any_training(tmp_path, capsys):
    (tmp_path / "file").touch()
    arguments = ["compare", "yoghurts", "--model", "imagenet200", "--out"]
    assert command_line.main([*arguments, str(tmp_path / "file")]) == 1
    assert "--out" in capsys.readouterr().err
    for content in ("{", '[{"of": "another program"}]', "[1]"):
        (tmp_path / "results.json").write_text(content)
        assert command_line.main([*arguments, str(tmp_path)]) == 1
        assert "no results file" in capsys.readouterr().err
        assert (tmp_path / "results.json").read_text() == content


def test_the_approaches_of_the_command_line_are_all():
    assert tuple(compare.APPROACHES) == APPROACHES


def test_a_summary_is_the_mean_over_seeds():
    rows = [
        {"approach": "as_is", "images_per_class": 5, "test_accuracy": value, "train_seconds": 1}
        for value in (0.2, 0.4)
    ]
    [entry] = report.summarise(rows)
    assert entry["mean"] == pytest.approx(0.3)
    assert (entry["lowest"], entry["highest"], entry["seeds"]) == (0.2, 0.4, 2)


def test_a_summary_has_the_order_of_the_approaches_and_sizes():
    row = {"test_accuracy": 0.5, "train_seconds": 1}
    rows = [
        row | {"approach": approach, "images_per_class": size}
        for approach in reversed(compare.APPROACHES)
        for size in (20, 5)
    ]
    found = [(entry["approach"], entry["images_per_class"]) for entry in report.summarise(rows)]
    assert found == [(approach, size) for approach in compare.APPROACHES for size in (5, 20)]
