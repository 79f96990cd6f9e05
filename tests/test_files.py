"""Files that are there whole or not at all."""

import os

import pytest

from exercise_lib import files


def test_the_oldest_files_go_first(tmp_path):
    for age in (3, 1, 2):
        file = tmp_path / f"{age}.npz"
        file.write_bytes(bytes(100))
        os.utime(file, (1000 - age, 1000 - age))
    files.remove_oldest(tmp_path, "*.npz", 200)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["1.npz", "2.npz"]


def write_half(file):
    with files.replaced_whole(file) as part:
        part.write_bytes(b"half")
        raise RuntimeError


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "kept.txt"
    files.write_whole(file, b"old")
    with pytest.raises(RuntimeError):
        write_half(file)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
