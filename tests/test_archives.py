"""Archives: unpacked once, atomically, and never outside their folder."""

import io
import shutil
import stat
import tarfile
import zipfile

import numpy as np
import pytest

from exercise_lib.storage import archives


def make_zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def archive(tmp_path):
    return make_zip(tmp_path / "set.zip", {"lemon/1.jpg": b"one", "peach/2.jpg": b"two"})


def test_the_members_are_there(archive, tmp_path):
    folder = archives.unpack_once(archive, tmp_path / "cache")
    assert (folder / "lemon" / "1.jpg").read_bytes() == b"one"
    assert (folder / "peach" / "2.jpg").read_bytes() == b"two"


def make_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_a_tar_archive_is_unpacked(tmp_path):
    archive = make_tar(tmp_path / "set.tgz", {"lemon/1.jpg": b"one"})
    folder = archives.unpack_once(archive, tmp_path / "cache")
    assert (folder / "lemon" / "1.jpg").read_bytes() == b"one"


@pytest.mark.parametrize("name", ["../out.jpg", "a/../../out.jpg"])
def test_a_tar_member_outside_is_refused(name, tmp_path):
    archive = make_tar(tmp_path / "set.tgz", {"fine.jpg": b"", name: b"bad"})
    with pytest.raises(archives.ArchiveError, match="outside"):
        archives.unpack_once(archive, tmp_path / "cache")
    assert not list(tmp_path.rglob("out.jpg"))


def test_a_damaged_tar_archive_is_one_sentence(tmp_path):
    content = np.random.default_rng(0).bytes(50_000)
    archive = make_tar(tmp_path / "set.tgz", {"lemon/1.jpg": content})
    archive.write_bytes(archive.read_bytes()[:-20_000])
    with pytest.raises(archives.ArchiveError, match="damaged"):
        archives.unpack_once(archive, tmp_path / "cache")
    assert not list(tmp_path.glob("cache/*"))


def test_it_is_unpacked_once(archive, tmp_path):
    folder = archives.unpack_once(archive, tmp_path / "cache")
    (folder / "lemon" / "1.jpg").write_bytes(b"ONE")  # As large as before.
    assert archives.unpack_once(archive, tmp_path / "cache") == folder
    assert (folder / "lemon" / "1.jpg").read_bytes() == b"ONE"
    assert {entry.stem for entry in (tmp_path / "cache").iterdir()} == {folder.name}


def test_another_version_gets_another_folder(archive, tmp_path):
    first = archives.unpack_once(archive, tmp_path / "cache")
    make_zip(archive, {"lemon/1.jpg": b"new"})
    second = archives.unpack_once(archive, tmp_path / "cache")
    assert second != first
    assert (second / "lemon" / "1.jpg").read_bytes() == b"new"


def test_two_notebooks_at_once_are_no_error(archive, tmp_path, monkeypatch):
    real = zipfile.ZipFile.extractall

    def slow(self, part):
        real(self, part)
        part.rename(tmp_path / "cache" / f"set-{archives.downloads.hash_of(archive)[:16]}")
        real(self, part)

    monkeypatch.setattr(zipfile.ZipFile, "extractall", slow)
    folder = archives.unpack_once(archive, tmp_path / "cache")
    assert (folder / "lemon" / "1.jpg").exists()
    assert {entry.stem for entry in (tmp_path / "cache").iterdir()} == {folder.name}


def test_a_failure_leaves_nothing(archive, tmp_path, monkeypatch):
    def full(self, part):
        part.mkdir(parents=True)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)
    with pytest.raises(archives.ArchiveError, match="No space left"):
        archives.unpack_once(archive, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("name", ["../out.jpg", "/out.jpg", "a/../../out.jpg", "C:\\out.jpg"])
def test_a_member_outside_is_refused(name, tmp_path):
    archive = make_zip(tmp_path / "set.zip", {"fine.jpg": b"", name: b"bad"})
    with pytest.raises(archives.ArchiveError, match="outside"):
        archives.unpack_once(archive, tmp_path / "cache")
    assert not list(tmp_path.rglob("out.jpg"))


def test_a_link_is_refused(tmp_path):
    member = zipfile.ZipInfo("link")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(archives.ArchiveError, match="outside"):
        archives.unpack_once(tmp_path / "set.zip", tmp_path / "cache")


def test_a_bomb_is_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 5)
    with pytest.raises(archives.ArchiveError, match="GB"):
        archives.unpack_once(archive, tmp_path / "cache")


def test_missing_and_damaged_archives_are_one_sentence(archive, tmp_path):
    with pytest.raises(archives.ArchiveError, match="no archive"):
        archives.unpack_once(tmp_path / "none.zip", tmp_path / "cache")
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(archives.ArchiveError, match="damaged"):
        archives.unpack_once(archive, tmp_path / "cache")


@pytest.mark.parametrize("damage", ["deleted", "cut", "emptied", "manifest gone", "no manifest"])
def test_what_a_cleaner_left_of_it_is_unpacked_again(damage, archive, tmp_path):
    folder = archives.unpack_once(archive, tmp_path / "cache")
    [manifest] = (tmp_path / "cache").glob("*.json")
    if damage == "deleted":
        (folder / "lemon" / "1.jpg").unlink()
    elif damage == "cut":
        (folder / "lemon" / "1.jpg").write_bytes(b"o")
    elif damage == "emptied":
        shutil.rmtree(folder / "peach")
    elif damage == "manifest gone":
        manifest.unlink()
    else:
        manifest.write_text("[1]")
    assert archives.unpack_once(archive, tmp_path / "cache") == folder
    assert (folder / "lemon" / "1.jpg").read_bytes() == b"one"
    assert (folder / "peach" / "2.jpg").read_bytes() == b"two"


def test_an_encrypted_archive_is_one_sentence(archive, tmp_path):
    content = bytearray(archive.read_bytes())
    for place in range(len(content)):  # The bit that says so, of each member, in both lists.
        if content[place : place + 4] == b"PK\x03\x04":
            content[place + 6] |= 1
        elif content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1
    archive.write_bytes(content)
    with pytest.raises(archives.ArchiveError, match="is encrypted, or compressed"):
        archives.unpack_once(archive, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*.part*"))
