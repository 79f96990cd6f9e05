"""Class folders to train, validation and test photos."""

import shutil

import numpy as np
import pytest
from PIL import Image

from exercise_lib import datasets, errors, images
from exercise_lib.datasets import splits

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def folder(tmp_path):
    """A data set of two classes: 10 + 5 training photos and 2 + 2 test photos."""
    for split, counts in {"train": (10, 5), "test": (2, 2)}.items():
        for class_name, count in zip(("lemon", "peach"), counts, strict=True):
            class_folder = tmp_path / split / class_name
            class_folder.mkdir(parents=True)
            for number in range(count):
                colour = (len(split), len(class_name) + ord(class_name[0]), number)
                Image.new("RGB", (2, 2), colour).save(class_folder / f"{number:02d}.png")
    return tmp_path


def test_validation_is_a_fifth_of_each_class_and_disjoint(folder):
    photos = datasets.load(str(folder))
    assert photos.class_names == ("lemon", "peach")
    assert np.bincount(photos.train.labels).tolist() == [8, 4]
    assert np.bincount(photos.validation.labels).tolist() == [2, 1]
    assert not set(photos.train.files) & set(photos.validation.files)
    assert len(photos.test) == 4


def test_the_split_is_the_same_each_time(folder):
    first, second = datasets.load(str(folder)), datasets.load(str(folder))
    assert first.validation.files == second.validation.files


def test_hidden_files_and_other_files_are_left_out(folder):
    for name in (".hidden.png", "lemon_000.xml", "notes.txt"):
        (folder / "test" / "lemon" / name).touch()
    (folder / "train" / ".ipynb_checkpoints").mkdir()
    (folder / "train" / "__MACOSX").mkdir()
    photos = datasets.load(str(folder))
    assert len(photos.test) == 4
    assert photos.class_names == ("lemon", "peach")


def test_photos_with_the_same_content_stay_on_one_side(folder):
    for number in range(5):
        lemon = folder / "train" / "lemon"
        shutil.copy(lemon / "03.png", lemon / f"copy_{number}.png")
    photos = datasets.load(str(folder))
    contents = [
        {file.read_bytes() for file in split.files} for split in (photos.train, photos.validation)
    ]
    assert not contents[0] & contents[1]
    assert len(photos.train) + len(photos.validation) == 20


def test_copies_of_drawn_photos_are_not_in_the_rest():
    contents = tuple("aabbccddee")
    split = splits.Split(tuple(map(str, range(10))), np.zeros(10, int), contents)
    for seed in range(5):
        drawn, rest = splits.draw(split, 5, seed)
        assert len(drawn) == 5
        assert not set(drawn.contents) & set(rest.contents)
        fewer, _ = splits.draw(split, 3, seed)
        assert set(fewer.files) <= set(drawn.files)


def test_only_copies_are_too_few_photos(folder):
    for name in ("lemon", "peach"):
        place = folder / "train" / name
        for file in list(place.iterdir()):
            shutil.copy(place / "00.png", file) if file.name != "00.png" else None
    with pytest.raises(errors.DatasetError, match="no usable class folder"):
        datasets.load(str(folder / "train"))


def test_a_class_may_be_called_train(folder):
    (folder / "test").rename(folder / "bus")
    (folder / "bus" / "lemon").rename(folder / "bus" / "1")
    assert datasets.load(str(folder)).class_names == ("bus", "train")


def test_a_folder_without_test_photos_is_split(folder):
    flat = folder / "train"
    photos = datasets.load(str(flat))
    splits = (photos.train, photos.validation, photos.test)
    assert np.bincount(photos.test.labels).tolist() == [2, 1]
    assert sum(map(len, splits)) == 15
    assert len({file for split in splits for file in split.files}) == 15


@pytest.mark.parametrize(
    ("classes", "says"), [(0, "no training photos"), (1, "has only one usable class folder")]
)
def test_fewer_than_two_classes_are_one_sentence(classes, says, folder):
    for name in ("peach", "lemon")[classes:]:
        shutil.rmtree(folder / "train" / name)
    with pytest.raises(errors.DatasetError, match=says):
        datasets.load(str(folder))


def test_flowers_are_unpacked_once_they_are_here(folder, tmp_path, monkeypatch):
    with pytest.raises(errors.DatasetError, match="download --dataset flowers"):
        datasets.load("flowers")
    (folder / "train").rename(folder / "flower_photos")
    place = datasets.DOWNLOADABLE["flowers"].path
    place.parent.mkdir(parents=True)
    shutil.make_archive(str(place.with_suffix("")), "gztar", folder, "flower_photos")
    place.with_suffix(".tar.gz").rename(place)
    photos = datasets.load("flowers")
    assert photos.class_names == ("lemon", "peach")
    assert len(photos.train) + len(photos.validation) + len(photos.test) == 15


def test_flowers_are_downloaded_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path))
    fetched = []

    def download(url, path, known_hash, size):
        fetched.append(url)
        path.parent.mkdir(parents=True)
        path.touch()

    monkeypatch.setattr(datasets.catalog.downloads, "download", download)
    datasets.download("flowers")
    datasets.download("flowers")
    assert len(fetched) == 1
    assert "already been downloaded" in capsys.readouterr().out
    with pytest.raises(errors.DatasetError, match="flowers"):
        datasets.download("trees")


def test_one_photo_of_a_class_stays_in_training(tmp_path):
    (tmp_path / "only.jpg").touch()
    one = splits.Split((tmp_path / "only.jpg",), np.array([0]))
    rest, held_out = splits.hold_out(one, 0.2)
    assert (len(rest), len(held_out)) == (1, 0)


def test_unknown_name_lists_the_names():
    with pytest.raises(errors.DatasetError, match="yoghurts"):
        datasets.load("yogurts")


def test_an_empty_folder_is_one_sentence(tmp_path):
    with pytest.raises(errors.DatasetError, match="has no usable class folder"):
        datasets.load(str(tmp_path))


def test_what_is_left_out_is_printed(folder, capsys):
    (folder / "train" / "cherry").mkdir()
    (folder / "train" / "lemon" / "letter.png").write_text("Dear all")
    photos = datasets.load(str(folder))
    assert photos.class_names == ("lemon", "peach")
    printed = capsys.readouterr().out
    assert "1 left out: not in a supported image format (letter.png)" in printed
    assert "(cherry)" in printed


def test_a_photo_in_train_and_test_is_a_test_photo(folder, capsys):
    shutil.copy(folder / "test" / "lemon" / "00.png", folder / "train" / "lemon" / "again.png")
    photos = datasets.load(str(folder))
    assert "again.png" not in {
        file.name for file in (*photos.train.files, *photos.validation.files)
    }
    assert len(photos.test) == 4
    assert "1 left out: also among the test or validation photos" in capsys.readouterr().out


def test_a_class_without_test_photos_is_told(folder, capsys):
    shutil.rmtree(folder / "test" / "lemon")
    photos = datasets.load(str(folder))
    assert np.bincount(photos.test.labels).tolist() == [0, 2]
    assert "There are no test photos of lemon." in capsys.readouterr().out


def test_test_photos_of_other_classes_only_are_one_sentence(folder):
    for name in ("lemon", "peach"):
        (folder / "test" / name).rename(folder / "test" / f"other {name}")
    with pytest.raises(errors.DatasetError, match="no usable photos of the classes lemon, peach"):
        datasets.load(str(folder))


def test_test_photos_of_an_unknown_class_are_left_out(folder, capsys):
    shutil.copytree(folder / "test" / "lemon", folder / "test" / "plum")
    for number, file in enumerate(sorted((folder / "test" / "plum").iterdir())):
        Image.new("RGB", (3, 3), (number, 9, 9)).save(file)
    photos = datasets.load(str(folder))
    assert len(photos.test) == 4
    assert "2 left out: in a class that has no training photos" in capsys.readouterr().out


def test_an_archive_holds_the_training_photos(folder, tmp_path, monkeypatch):
    shutil.make_archive(str(tmp_path / "many"), "zip", folder / "train")
    monkeypatch.setattr(datasets.catalog.paths, "DATA", tmp_path)
    monkeypatch.setattr(datasets.catalog, "BUNDLED", {"many": ("many.zip", "test")})
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "cache"))
    photos = datasets.load("many")
    assert len(photos.train) + len(photos.validation) == 15
    assert photos.train.files[0].is_relative_to(tmp_path / "cache")
    assert photos.test.files[0].is_relative_to(tmp_path / "test")


def test_sample_photos_are_photos(monkeypatch):
    monkeypatch.delenv("EXERCISE_PHOTOS", raising=False)
    samples = datasets.sample_photos()
    assert len(samples) == 4
    for file in samples.values():
        assert images.load_photo(file).ndim == 3


def test_sample_photos_of_a_folder(folder, monkeypatch):
    monkeypatch.setenv("EXERCISE_PHOTOS", str(folder / "train" / "lemon"))
    assert list(datasets.sample_photos(3)) == ["00", "04", "09"]
    monkeypatch.setenv("EXERCISE_PHOTOS", str(folder))
    with pytest.raises(errors.DatasetError, match="no photos"):
        datasets.sample_photos()


def test_a_photo_that_says_two_things_in_train_and_test_is_left_out_of_both(folder, capsys):
    shutil.copy(folder / "test" / "lemon" / "00.png", folder / "train" / "peach" / "again.png")
    photos = datasets.load(str(folder))
    used = {file.name for split in (photos.train, photos.validation) for file in split.files}
    assert "again.png" not in used
    assert len(photos.test) == 3
    assert capsys.readouterr().out.count("1 left out: the same photo in two classes") == 2


def test_a_photo_of_two_classes_does_not_judge_either(folder):
    for name in ("lemon", "peach"):
        shutil.copy(folder / "test" / "lemon" / "00.png", folder / "train" / name / "again.png")
    assert len(datasets.load(str(folder)).test) == 3


@pytest.mark.parametrize("name", ["~nosuchuser/photos", "x" * 300, "a\nb"])
def test_odd_names_are_one_sentence(name):
    with pytest.raises(errors.DatasetError, match="no data set or folder") as caught:
        datasets.load(name)
    assert len(str(caught.value).splitlines()) == 1
