"""A folder of photos as it comes: used correctly, or left out and named, one reason each."""

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from exercise_lib import errors, images
from exercise_lib.datasets import survey

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def folder(tmp_path):
    """Two classes of three photos each."""
    for label, name in enumerate(("lemon", "peach")):
        for number in range(3):
            save(tmp_path / "photos" / name / f"{number}.png", seed=10 * label + number)
    return tmp_path / "photos"


def save(path, seed=0, size=(24, 20), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return path


def names(files):
    return sorted(file.name for file in files)


def left_out(found):
    return {reason: names(files) for reason, files in found.left_out.items() if files}


def remarks(found):
    return {remark: names(files) for remark, files in found.remarks.items() if files}


def test_good_photos_are_used_without_a_word(folder):
    found = survey.survey(folder)
    assert {name: names(photos) for name, photos in found.classes.items()} == {
        "lemon": ["0.png", "1.png", "2.png"],
        "peach": ["0.png", "1.png", "2.png"],
    }
    assert survey.as_text(found) == ""


def make_bad(kind, path):
    """Write a file that is left out; returns the reason."""
    if kind == "empty":
        path.touch()
        return images.EMPTY
    if kind == "text":
        path.write_text("Dear all")
        return images.NO_PHOTO
    if kind == "cut":
        save(path, size=(300, 300), quality=95)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return images.CUT
    if kind == "huge":
        Image.new("1", (9000, 9000)).save(path, "PNG")
        return images.TOO_LARGE
    if kind == "gigantic":
        Image.new("1", (20000, 20000)).save(path, "PNG")
        return images.TOO_LARGE
    if kind == "heic":
        path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
        return images.CUT
    if kind == "link to nowhere":
        path.symlink_to(path.with_name("nowhere.jpg"))
        return images.UNREADABLE
    path.symlink_to(path.name)  # A link to itself.
    return images.UNREADABLE


KINDS = (
    *("empty", "text", "cut", "huge", "gigantic", "heic"),
    *("link to nowhere", "link in a circle"),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_file_that_cannot_be_used_is_left_out_and_named(kind, folder):
    reason = make_bad(kind, folder / "lemon" / "bad.jpg")
    found = survey.survey(folder)
    assert left_out(found) == {reason: ["bad.jpg"]}
    assert names(found.classes["lemon"]) == ["0.png", "1.png", "2.png"]
    assert survey.as_text(found) == f"1 left out: {reason} (bad.jpg)"


def test_files_and_folders_without_permission_are_left_out(folder):
    save(folder / "lemon" / "locked" / "deep.png", seed=41)
    (folder / "lemon" / "0.png").chmod(0)
    (folder / "lemon" / "locked").chmod(0)
    if os.access(folder / "lemon" / "0.png", os.R_OK):
        pytest.skip("root reads all files, and Windows knows no such permissions")
    found = survey.survey(folder)
    (folder / "lemon" / "locked").chmod(0o700)
    assert left_out(found) == {images.UNREADABLE: ["0.png", "locked"]}


def test_what_cannot_be_read_is_left_out_and_looked_at_again(folder, monkeypatch):
    """As above, also for root: the file system refuses one photo and one folder."""
    save(folder / "lemon" / "locked" / "deep.png", seed=41)
    opened, listed = Image.open, os.scandir

    def refuse(what, place):
        def call(path, *arguments, **options):
            if os.fspath(path).endswith(place):
                raise PermissionError(13, "Permission denied", path)
            return what(path, *arguments, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Image, "open", refuse(opened, "0.png"))
        patch.setattr(os, "scandir", refuse(listed, "locked"))
        found = survey.survey(folder)
    assert left_out(found) == {images.UNREADABLE: ["0.png", "0.png", "locked"]}
    assert left_out(survey.survey(folder)) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_left_out_and_not_waited_for(folder):
    os.mkfifo(folder / "lemon" / "pipe.jpg")
    assert left_out(survey.survey(folder)) == {images.UNREADABLE: ["pipe.jpg"]}


@pytest.mark.parametrize("kind", ["WEBP", "TIFF", "AVIF", "BMP"])
def test_other_formats_are_used_without_a_word(kind, folder):
    save(folder / "lemon" / f"other.{kind.lower()}", seed=80)
    found = survey.survey(folder)
    assert len(found.classes["lemon"]) == 4
    assert survey.as_text(found) == ""


def test_photos_without_class_folders_are_no_class(tmp_path):
    for number in range(3):
        save(tmp_path / "photos" / f"{number}.png", seed=number)
    found = survey.survey(tmp_path / "photos")
    assert found.classes == {}
    assert left_out(found) == {survey.NO_CLASS: ["0.png", "1.png", "2.png"]}


@pytest.mark.parametrize("size", [(1, 1), (3, 300)])
def test_tiny_photos_are_used(size, folder):
    save(folder / "lemon" / "tiny.jpg", size=size)
    assert len(survey.survey(folder).classes["lemon"]) == 4


@pytest.mark.parametrize("place", range(12, 120, 7))
def test_damaged_bytes_are_left_out_or_load(place, folder):
    """Whatever `inspect` lets through, `load_photo` reads as well."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(folder / "lemon" / "bad.jpg", exif=exif)
    content = bytearray(path.read_bytes())
    content[place : place + 5] = b"\xff\x00\x01\xfe\x10"
    path.write_bytes(content)
    if path in survey.survey(folder).classes["lemon"]:
        images.load_photo(path)


def test_a_link_to_the_folder_itself_is_no_class(folder):
    (folder / "again").symlink_to(folder, target_is_directory=True)
    found = survey.survey(folder)
    assert list(found.classes) == ["lemon", "peach"]
    assert left_out(found) == {survey.CIRCLE: ["again"]}


def test_a_cache_that_cannot_be_written_is_no_trouble(folder, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "file"))
    assert len(survey.survey(folder).classes) == 2


def test_what_is_used_in_a_special_way_is_said(folder):
    save(folder / "lemon" / "png.jpg", seed=20, format="PNG")
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green")]
    frames[0].save(folder / "lemon" / "moving.gif", save_all=True, append_images=frames[1:])
    deep = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
    Image.fromarray(deep).save(folder / "lemon" / "deep.png")
    Image.new("RGBA", (9, 9), (1, 2, 3, 4)).save(folder / "lemon" / "glass.png")
    found = survey.survey(folder)
    assert remarks(found) == {
        images.OTHER_FORMAT: ["png.jpg"],
        images.ANIMATION: ["moving.gif"],
        images.SIXTEEN_BITS: ["deep.png"],
        images.TRANSPARENT: ["glass.png"],
    }
    assert len(found.classes["lemon"]) == 7
    assert left_out(found) == {}


def test_hidden_files_and_files_beside_the_classes_are_left_out(folder):
    for name in (".hidden.png", "lemon/.DS_Store", "lemon/Thumbs.db", "__MACOSX/x.png"):
        save(folder / "__MACOSX" / "x.png")
        (folder / name).touch()
    save(folder / "alone.png", seed=30)
    found = survey.survey(folder)
    assert left_out(found) == {
        survey.HIDDEN: [".DS_Store", ".hidden.png", "Thumbs.db", "__MACOSX"],
        survey.NO_CLASS: ["alone.png"],
    }
    assert list(found.classes) == ["lemon", "peach"]


def test_folders_inside_a_class_belong_to_it_and_links_in_a_circle_end(folder):
    save(folder / "lemon" / "2024" / "summer" / "deep.png", seed=40)
    (folder / "lemon" / "2024" / "again").symlink_to(folder, target_is_directory=True)
    found = survey.survey(folder)
    assert names(found.classes["lemon"]) == ["0.png", "1.png", "2.png", "deep.png"]
    assert left_out(found) == {survey.LINK: ["again"]}


def test_hidden_folders_inside_a_class_are_named(folder):
    save(folder / "lemon" / ".thumbnails" / "small.png", seed=42)
    assert left_out(survey.survey(folder)) == {survey.HIDDEN: [".thumbnails"]}


def test_a_photo_in_two_classes_is_left_out_of_both(folder):
    content = (folder / "lemon" / "1.png").read_bytes()
    (folder / "peach" / "copy.png").write_bytes(content)
    found = survey.survey(folder)
    assert left_out(found) == {survey.TWO_CLASSES: ["1.png", "copy.png"]}
    assert len(found.classes["lemon"]) == 2


def test_of_a_photo_that_is_left_out_nothing_else_is_said(folder):
    save(folder / "plum" / "only.jpg", seed=50, format="PNG")
    found = survey.survey(folder)
    assert left_out(found) == {survey.SMALL_CLASS: ["only.jpg"]}
    assert remarks(found) == {}
    assert "only.jpg" not in names(found.hashes)


def test_a_photo_twice_in_a_class_is_used(folder):
    (folder / "lemon" / "copy.png").write_bytes((folder / "lemon" / "1.png").read_bytes())
    found = survey.survey(folder)
    assert len(found.classes["lemon"]) == 4
    assert len({found.hashes[photo] for photo in found.classes["lemon"]}) == 3


def test_empty_classes_and_classes_of_one_photo_are_left_out(folder):
    (folder / "cherry").mkdir()
    save(folder / "plum" / "only.png", seed=50)
    found = survey.survey(folder)
    assert list(found.classes) == ["lemon", "peach"]
    assert left_out(found) == {survey.EMPTY_CLASS: ["cherry"], survey.SMALL_CLASS: ["only.png"]}


def test_names_with_spaces_emoji_and_broken_bytes_can_be_shown(folder):
    save(folder / "lemon" / "my photo 🍋.png", seed=60)
    broken = os.fsdecode(os.fsencode(folder / "lemon") + b"/\xff.png")
    try:
        with open(broken, "wb"):  # noqa: PTH123
            pass
    except OSError:
        pytest.skip("this file system takes no such names")
    for byte in (b"/\xfe", b"/\xfd"):  # Two classes whose names look the same.
        for number in range(2):
            place = Path(os.fsdecode(os.fsencode(folder) + byte))
            save(place / f"{number}.png", seed=number + 100 * byte[-1])
    found = survey.survey(folder)
    assert "my photo 🍋.png" in names(found.classes["lemon"])
    survey.as_text(found).encode("utf-8")
    assert "\ufffd.png" in survey.as_text(found)
    assert list(found.classes) == ["lemon", "peach", "\ufffd", "\ufffd (2)"]


def test_many_files_are_one_line(folder):
    for number in range(9):
        (folder / "lemon" / f"empty_{number}.jpg").touch()
    found = survey.survey(folder)
    assert survey.as_text(found) == (
        f"9 left out: {images.EMPTY} (empty_0.jpg, empty_1.jpg, empty_2.jpg and 6 more)"
    )
    assert survey.has_more(found)
    assert len(survey.as_list(found).splitlines()) == 10


def test_a_second_look_decodes_nothing_and_a_changed_file_is_seen(folder, monkeypatch):
    first = survey.survey(folder)
    decoded = []
    real = images.inspect
    monkeypatch.setattr(images, "inspect", lambda file: decoded.append(file) or real(file))
    again = survey.survey(folder)
    assert decoded == []
    assert again == first
    save(folder / "lemon" / "0.png", seed=70)
    changed = survey.survey(folder)
    assert names(decoded) == ["0.png"]
    assert changed.hashes != first.hashes


def test_nothing_in_the_folder_is_changed(folder):
    def state():
        return {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for path in folder.rglob("*")
        }

    before = state()
    survey.survey(folder)
    assert state() == before


def test_a_link_that_leads_nowhere_is_left_out(folder):
    (folder / "gone").symlink_to(folder / "x" / "y", target_is_directory=True)
    (folder / "long").symlink_to("x" * 300)
    found = survey.survey(folder)
    assert list(found.classes) == ["lemon", "peach"]
    assert left_out(found) == {images.UNREADABLE: ["gone", "long"]}


def test_a_folder_that_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(errors.DatasetError, match="cannot be read"):
        survey.survey(tmp_path / "none")


def test_a_photo_and_its_copy_are_no_class(folder):
    for name in ("one.png", "copy.png"):
        save(folder / "plum" / name, seed=50)
    found = survey.survey(folder)
    assert list(found.classes) == ["lemon", "peach"]
    assert left_out(found) == {survey.SMALL_CLASS: ["copy.png", "one.png"]}


def test_a_look_that_was_stopped_goes_on(folder, monkeypatch):
    real, decoded = images.inspect, []

    def stop_at_the_last(file):
        if file.parent.name == "peach" and file.name == "2.png":
            raise KeyboardInterrupt
        decoded.append(file)
        return real(file)

    monkeypatch.setattr(images, "inspect", stop_at_the_last)
    with pytest.raises(KeyboardInterrupt):
        survey.survey(folder)
    again = []
    monkeypatch.setattr(images, "inspect", lambda file: again.append(file) or real(file))
    survey.survey(folder)
    assert len(decoded) == 5
    assert names(again) == ["2.png"]


def test_folders_of_the_same_name_are_two(folder, tmp_path, monkeypatch):
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
    folder.rename(tmp_path / "here" / "photos")
    monkeypatch.chdir(tmp_path / "here")
    survey.survey(Path("photos"))
    shutil.copytree(tmp_path / "here" / "photos", tmp_path / "there" / "photos")
    one = tmp_path / "there" / "photos" / "lemon" / "0.png"
    stamp = one.stat()
    content = save(one, seed=99).read_bytes()
    os.utime(one, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    monkeypatch.chdir(tmp_path / "there")
    found = survey.survey(Path("photos"))
    [photo] = [photo for photo in found.classes["lemon"] if photo.name == "0.png"]
    assert found.hashes[photo] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("content", ["[]", "null", "{"])
def test_a_cache_of_another_kind_is_no_trouble(content, folder, own_cache):
    survey.survey(folder)
    [place] = (own_cache / "surveys").iterdir()
    place.write_text(content)
    assert len(survey.survey(folder).classes) == 2
