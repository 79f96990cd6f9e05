"""The library as a whole: quick, quiet, repeatable, and its imports point one way."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from unittest import mock

import exercise_lib
from exercise_lib import quiet_tensorflow

PACKAGE = Path(exercise_lib.__file__).parent

# A module imports only from rows above its own. Design, section 3.
ROWS = (
    {"paths", "errors", "quiet_tensorflow", "seeds", "spared_time"},
    {"files"},
    {"images", "downloads", "metrics", "freeze_meter", "optimizers"},
    {"archives", "checkpoints", "splits", "imagenet200", "model_catalog", "survey"},
    {"efficientnet_lite0", "torch_tensors"},
    {"class_folders"},
    {"datasets"},
    {"pretrained", "surgery"},
    {"features", "classifier"},
    {"as_is", "from_scratch", "feature_extraction"},
    {"fine_tuning", "framing"},
    {"advice"},
    {"approaches", "plots"},
    {"compare", "report"},
    {"exercises"},
    {"authoring", "doctor"},
    {"commands"},
    {"__main__"},
)


def module_of(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(file):
    """Return the modules of the library that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "exercise_lib":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("exercise_lib."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith("exercise_lib.")
            )


def test_imports_point_one_way():
    row_of = {module: row for row, modules in enumerate(ROWS) for module in modules}
    for file in sorted(PACKAGE.rglob("*.py")):
        module = module_of(file)
        if module == "__init__":
            continue
        assert module in row_of, f"{module} has no row: which modules may it import?"
        for imported in imported_modules(file):
            is_above = row_of[imported] < row_of[module]
            assert is_above or imported == module, f"{module} must not import {imported}"


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
        "from exercise_lib import datasets, exercises, images, metrics\n"
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
