"""Other settings of rounding: the jitter acts, and the table says what it showed."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from exercise_lib import paths
from tests import rounding, rounding_table

pytestmark = pytest.mark.slow

# A process prepares photos, and so does one that it starts.
PROBE = """
import subprocess, sys
import numpy as np
from exercise_lib.models import pretrained
inputs = pretrained.load_pretrained("imagenet200").preprocess(np.full((2, 8, 8, 3), 100.0))
sys.stdout.buffer.write(inputs.tobytes())
"""
OUTER = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', sys.argv[1]]))"


def prepared(seed=None, outer=False):
    """Return what a fresh process feeds to the bundled model, with a draw of the jitter."""
    environment = {**os.environ, **(rounding.jitter(seed) if seed is not None else {})}
    code = [OUTER, PROBE] if outer else [PROBE]
    command = [sys.executable, "-c", *code]
    result = subprocess.run(
        command, env=environment, cwd=paths.REPOSITORY, capture_output=True, check=True
    )
    return np.frombuffer(result.stdout, "float32").reshape(2, 8, 8, 3)


def test_the_jitter_is_small_differs_from_draw_to_draw_and_reaches_every_process():
    plain, first, other = (prepared(seed) for seed in (None, 1, 2))
    np.testing.assert_allclose(first, plain, rtol=1.2e-6)
    assert np.mean(first != plain) > 0.5
    assert np.mean(first != other) > 0.5
    np.testing.assert_array_equal(first, prepared(1, outer=True))
    np.testing.assert_array_equal(first[0], first[1])  # The same photo, wherever it lies.


def test_each_draw_is_a_run_of_its_own_and_drawn_anew(tmp_path):
    runs, again = (rounding.plan(["sse41", "jitter"], 3, tmp_path) for _ in range(2))
    assert [run.name.partition("-")[0] for run in runs] == ["sse41", *["jitter"] * 3]
    assert len({run.environment["WORKSHOP_JITTER"] for run in [*runs[1:], *again[1:]]}) > 3
    assert len({run.outputs for run in runs}) == 4


def test_all_settings_unless_some_are_named():
    assert rounding.names() == [
        *("default", "one-thread", "without-onednn", "avx2", "sse41", "jitter"),
    ]
    with pytest.raises(SystemExit, match="2"):
        rounding.parse(["jiter"])


def write_run(folder, name, cells, green=True):
    (folder / name).mkdir(parents=True)
    lines = [
        json.dumps({"cell": cell, "tags": tags, "outputs": [["stdout", stored, found]]})
        for cell, tags, stored, found in cells
    ]
    (folder / name / "04_fine_tuning.jsonl").write_text("\n".join(lines), encoding="utf-8")
    verdict = {"green": green, "status": int(not green), "seconds": 12.3}
    (folder / name / rounding_table.VERDICT).write_text(json.dumps(verdict), encoding="utf-8")


def test_the_table_shows_every_number_with_a_tolerance_and_whatever_else_differed(tmp_path):
    tagged, plain = ("train", ["within-0.05"], "after 3: 0.50, 1.0\n"), ("name", [], "cat\n")
    write_run(tmp_path, "default", [(*tagged, "after 3: 0.50, 1.0\n"), (*plain, "cat\n")])
    write_run(tmp_path, "jitter-5", [(*tagged, "after 3: 0.53, 1.0\n"), (*plain, "dog\n")], False)
    write_run(tmp_path, "jitter-7", [(*tagged, "after 3: 0.48, 1.0\n"), (*plain, "cat\n")])
    write_run(tmp_path, "sse41", [(*tagged, "after 4: 0.50, 1.0\n"), (*plain, "cat\n")])
    path = tmp_path / "table.md"
    rounding_table.write(tmp_path, path)
    text = path.read_text(encoding="utf-8")
    assert "| train | after 3: …, 1.0 | 0.50 | 0.50 |  | 0.48 to 0.53 | 0.05 | 0.05 |" in text
    assert "| train | after 3: 0.50, … | 1.0 | 1.0 |  | 1.0 | 0.0 | 0.05 |" in text
    assert "| jitter-5 | 12 | red |" in text
    assert "- 04_fine_tuning, cell `name`: jitter-5\n" in text
    assert "- 04_fine_tuning, cell `train`: sse41\n" in text


def test_nothing_else_differed(tmp_path):
    write_run(tmp_path, "default", [("train", ["within-0.05"], "0.50\n", "0.51\n")])
    rounding_table.write(tmp_path, tmp_path / "table.md")
    assert (
        (tmp_path / "table.md").read_text("utf-8").endswith("## What else differed\n\nNothing.\n")
    )
