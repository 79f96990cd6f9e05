"""The library as a whole: quick, quiet, repeatable, and its imports point one way."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from unittest import mock

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import exercise_lib
from exercise_lib import quiet_tensorflow

PACKAGE = Path(exercise_lib.__file__).parent


def test_imports_point_one_way():
    """What may import what stands in pyproject.toml."""
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_module_has_a_layer():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = project["tool"]["importlinter"]["contracts"]
    named = set(re.findall(r"exercise_lib\.(\w+)", " ".join(contract["layers"])))
    entries = {entry.stem for entry in PACKAGE.iterdir() if entry.name != "__pycache__"}
    assert named == entries - {"__init__"}


def test_every_package_is_installed():
    found = {
        ".".join(file.parent.relative_to(PACKAGE.parent).parts)
        for file in PACKAGE.rglob("__init__.py")
    }
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["setuptools"]["packages"]) == found


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )


def test_import_is_silent_and_does_not_load_tensorflow():
    result = run_python(
        "import sys, exercise_lib\n"
        "from exercise_lib import approaches, datasets, exercises, images\n"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    assert result.stdout == result.stderr == ""


def test_tensorflow_loads_silently_and_repeatably():
    code = (
        "import exercise_lib, keras, tensorflow as tf\n"
        "layer = keras.layers.Dense(3); layer.build((None, 2))\n"
        "print(layer.get_weights()[0].tolist(), tf.random.normal((2,)).numpy().tolist())"
    )
    first, second = run_python(code), run_python(code)
    assert first.stderr == ""
    assert first.stdout == second.stdout != ""


def test_op_determinism_is_switched_on():
    tensorflow = mock.Mock()
    quiet_tensorflow.make_repeatable(tensorflow)
    tensorflow.config.experimental.enable_op_determinism.assert_called_once_with()


def test_what_was_held_back_is_shown_when_the_import_fails():
    code = (
        "import os\n"
        "from exercise_lib.quiet_tensorflow import stderr_held_back\n"
        "with stderr_held_back():\n"
        "    os.write(2, b'library not found')\n"
        "    raise ImportError\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "library not found" in result.stderr


def test_nothing_in_the_library_can_run_code_from_a_file():
    for file in sorted(PACKAGE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        # Not pickletools, which only says what stands in a pickle.
        loaders = ("import pickle\n", "from pickle import", "Unpickler", "allow_pickle")
        for danger in (*loaders, "safe_mode=False", "eval("):
            is_case = danger == "eval(" and file.name == "trying.py"  # Of our own exercises.
            assert is_case or danger not in text, f"{file.name}: {danger}"
        if "tarfile" in text:
            assert text.count('extractall(part, filter="data")') == 1, file.name


def test_a_notebook_shows_an_error_for_people_without_a_traceback():
    code = "from exercise_lib import datasets; datasets.load('no such set')"
    command = [sys.executable, "-m", "IPython", "--no-confirm-exit", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    assert "There is no data set or folder 'no such set'" in shown
    assert "Traceback" not in shown
