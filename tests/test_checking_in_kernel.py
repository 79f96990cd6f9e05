"""`check` in a real kernel: exits, stops, restarts and cells that were not run."""

import threading
import time

import pytest
from jupyter_client.manager import start_new_kernel

from exercise_lib import paths

pytestmark = pytest.mark.slow

IMPORT = "from exercise_lib.exercises import check, hint, progress\nimport numpy as np"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    progress = tmp_path_factory.mktemp("progress") / "progress.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXERCISE_PROGRESS", str(progress))
        patch.delenv("EXERCISE_STRICT", raising=False)
        manager, client = start_new_kernel(cwd=str(paths.NOTEBOOKS))
        run(client, IMPORT)
        yield manager, client
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, code):
    """Run a cell; return (status, [(kind of output, data or text)])."""
    outputs = []

    def collect(message):
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "stream":
            outputs.append((kind, content["text"]))
        elif kind in ("display_data", "execute_result"):
            outputs.append((kind, content["data"]))
        elif kind == "error":
            outputs.append((kind, content["ename"]))

    reply = client.execute_interactive(code, output_hook=collect, timeout=60)
    return reply["content"]["status"], outputs


def verdict_of(outputs):
    """Return the plain text of the single block that was shown."""
    [(kind, data)] = outputs
    assert kind == "display_data"
    assert data["text/html"].startswith('<div role="status"')
    return data["text/plain"]


def test_a_verdict_is_one_block_in_html_and_text(kernel):
    _, client = kernel
    status, outputs = run(client, 'f = check("1.4", lambda: "b")')
    assert status == "ok"
    assert verdict_of(outputs).startswith("✔ 1.4 Correct.")


@pytest.mark.parametrize(
    "leave", ["exit()", "quit()", "import sys; sys.exit()", "raise SystemExit"]
)
def test_exit_ends_nothing(kernel, leave):
    manager, client = kernel
    status, outputs = run(client, f"def top_k(*a):\n    {leave}\ntop_k = check('1.3', top_k)")
    assert status == "ok"
    assert "tried to end Python (line 2 of your cell)" in verdict_of(outputs)
    time.sleep(1)
    assert manager.is_alive()
    assert run(client, "print(top_k.__name__)") == ("ok", [("stream", "top_k\n")])


def test_input_is_refused(kernel):
    _, client = kernel
    _, outputs = run(client, "def top_k(*a):\n    return input()\ntop_k = check('1.3', top_k)")
    assert "input() cannot be used in exercises" in verdict_of(outputs)


def test_stop_gives_a_verdict(kernel):
    manager, client = kernel
    run(client, "def top_k(*a):\n    while True:\n        pass")
    threading.Timer(1.0, manager.interrupt_kernel).start()
    status, outputs = run(client, 'top_k = check("1.3", top_k)')
    assert status == "ok"
    assert "You stopped the check while your code was running" in verdict_of(outputs)


def test_a_name_that_is_not_there_is_a_sentence(kernel):
    _, client = kernel
    run(client, "del top_k")
    status, outputs = run(client, 'top_k = check("1.3", top_k)')
    assert status == "error"  # So that "run all" stops here.
    assert "`top_k` is not defined. The cell that defines it has not run" in verdict_of(outputs)
    assert run(client, "print(no_such_name)")[1] == [("error", "NameError")]


def test_after_a_syntax_error_the_reference_is_still_known(kernel):
    _, client = kernel
    run(client, 'top_k = check("1.3", ...)')
    assert run(client, "def top_k(:")[1] == [("error", "SyntaxError")]
    _, outputs = run(client, 'top_k = check("1.3", top_k)')
    assert "This is still the reference answer." in verdict_of(outputs)


def test_progress_survives_a_restart(kernel):
    manager, client = kernel
    run(client, 'check("1.4", lambda: "b"); None')
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    run(client, IMPORT)
    _, outputs = run(client, "progress()")
    assert "1.4  ✔ correct" in outputs[0][1]
