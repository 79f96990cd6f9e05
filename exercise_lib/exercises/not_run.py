"""A sentence instead of a traceback if a check meets a name that no cell has defined.

After a restart of the kernel, or where the student's cell did not compile,
`name = check("1.1", name)` ends in a NameError before `check` is called.
"""

import re
from types import TracebackType
from typing import Any, cast

from exercise_lib.exercises.guarding import running_shell
from exercise_lib.exercises.verdicts import NOT_ATTEMPTED, Block, show

CALL = re.compile(r"""check\(\s*["']?([\w.]+)["']?\s*,\s*(\w+)\s*\)""")


def install() -> None:
    """Let IPython's shell, if there is one, report such an error in a sentence."""
    shell = running_shell()
    if shell is not None:
        shell.set_custom_exc((NameError,), _tell)


def _tell(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    traceback: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    history = shell.user_ns.get("In") or [""]
    sentence = sentence_about(error, history[-1])
    if sentence is None:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return
    number = cast(re.Match[str], CALL.search(history[-1])).group(1)
    show(Block(NOT_ATTEMPTED, f"{number} Nothing was checked.", (sentence,)))


def sentence_about(error: NameError, cell: str) -> str | None:
    """Return what to say about a NameError in a cell that checks, or None if unrelated."""
    call = CALL.search(cell)
    if call is None or error.name != call.group(2):
        return None
    return (
        f"`{error.name}` is not defined. The cell that defines it has not run since the kernel "
        "started, or it stopped with an error. Run it (after a restart, all cells from the top), "
        "then this one."
    )
