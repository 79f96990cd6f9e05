"""Files that are there whole or not at all."""

import os
import subprocess
import sys

import numpy as np
import pytest

from exercise_lib.errors import WorkshopError
from exercise_lib.storage import atomic


def test_the_oldest_files_go_first(tmp_path):
    for age in (3, 1, 2):
        file = tmp_path / f"{age}.npz"
        file.write_bytes(bytes(100))
        os.utime(file, (1000 - age, 1000 - age))
    atomic.remove_oldest(tmp_path, "*.npz", 200)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["1.npz", "2.npz"]


def write_half(file):
    with atomic.replaced_whole(file) as part:
        part.write_bytes(b"half")
        raise RuntimeError


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "kept.txt"
    atomic.write_whole(file, b"old")
    with pytest.raises(RuntimeError):
        write_half(file)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_two_that_write_the_same_file_at_once_do_not_mix(tmp_path):
    file = tmp_path / "kept.txt"
    with atomic.replaced_whole(file) as first, atomic.replaced_whole(file) as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
        assert first.read_bytes() == b"first"
        assert not file.exists()
    assert file.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [file]


def test_a_kill_while_writing_leaves_the_old_file(tmp_path):
    file = tmp_path / "kept.npz"
    file.write_bytes(b"old")
    program = (
        "import os, pathlib, signal, sys\n"
        "from exercise_lib.storage import atomic\n"
        "with atomic.replaced_whole(pathlib.Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGTERM if os.name == 'nt' else signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(file)], check=False)
    assert killed.returncode != 0
    assert file.read_bytes() == b"old"
    [left_over] = set(tmp_path.iterdir()) - {file}
    os.utime(left_over, (0, 0))  # It goes with the other old files.
    atomic.remove_oldest(tmp_path, "*.npz", 3)
    assert list(tmp_path.iterdir()) == [file]


def test_a_large_array_lies_in_a_file_that_goes_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "MEMORY_BYTES", 100)
    small, large = (
        atomic.empty_array((rows, 10), np.uint8, tmp_path / "new") for rows in (10, 11)
    )
    assert not isinstance(small, np.memmap)
    assert isinstance(large, np.memmap)
    large[:] = 7
    assert large.sum() == 770
    del large
    assert list((tmp_path / "new").iterdir()) == []


def test_where_there_is_no_room_for_a_large_array_there_is_one_sentence(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "MEMORY_BYTES", 100)
    monkeypatch.setattr(atomic.tempfile, "TemporaryFile", full)
    with pytest.raises(WorkshopError, match="No space left"):
        atomic.empty_array((101,), np.uint8, tmp_path)


def test_a_checked_file_is_read_whole_or_not_at_all(tmp_path):
    path, content = tmp_path / "entry", np.random.default_rng(0).bytes(500)
    atomic.write_checked(path, content)
    assert atomic.read_checked(path) == content
    kept, random = path.read_bytes(), np.random.default_rng(1)
    for _ in range(1000):
        damaged = bytearray(kept)
        where = random.integers(len(damaged))
        how = random.integers(4)
        if how == 0:
            damaged[where] ^= 1 << random.integers(8)
        elif how == 1:
            del damaged[where:]
        elif how == 2:
            damaged[where : where + 9] = random.bytes(random.integers(20))
        else:
            damaged[where:] = bytes(len(damaged) - where)
        path.write_bytes(damaged)
        assert atomic.read_checked(path) is None or bytes(damaged) == kept
    path.unlink()
    assert atomic.read_checked(path) is None


def test_what_was_kept_without_a_checksum_is_not_used(tmp_path):
    for content in (b"", b"[1, 2]", bytes(16), bytes(100)):
        (tmp_path / "entry").write_bytes(content)
        assert atomic.read_checked(tmp_path / "entry") is None
