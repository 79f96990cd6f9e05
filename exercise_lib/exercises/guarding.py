"""Run a student's code so that whatever it does ends in a verdict.

It may loop for ever, exit, ask for input, print megabytes or raise anything.
None of that reaches the notebook: the code is stopped at a time limit, and
whatever it raised and printed is returned.
"""

import builtins
import contextlib
import ctypes
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

SECONDS = 30.0  # For all cases of one check; correct answers take less than 3 on two cores.
PRINTED = 1000  # Characters of the code's output that are kept.


class TimeUpError(BaseException):
    """The code runs for too long. Not an Exception: `except Exception` must not catch it."""


class AskedForInputError(Exception):
    """The code calls `input`, which an exercise never needs."""


@dataclass
class Ran:
    """The outcome of running some code.

    Attributes:
        value: What it returned; None if it raised.
        error: What it raised, or None.
        printed: The beginning of what it printed.
    """

    value: object
    error: BaseException | None
    printed: str


def run_guarded(
    function: Callable[..., object], *arguments: object, seconds: float | None = None
) -> Ran:
    """Run a function and return its outcome as a `Ran`; never raises."""
    printed = _Beginning()
    error: BaseException | None = None
    value: object = None
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            _without_exit(),
            _without_input(),
            time_limit(SECONDS if seconds is None else seconds),
        ):
            value = function(*arguments)
    except BaseException as caught:  # Also SystemExit, KeyboardInterrupt, TimeUpError.
        error = caught
    return Ran(value, error, printed.text())


class _Beginning(io.TextIOBase):
    """A stream that keeps the beginning of what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self._kept, self._written = "", 0

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._kept += text[: max(0, PRINTED - len(self._kept))]
        self._written += len(text)
        return len(text)

    def close(self) -> None:
        """Stay open: a student's code may try to close it."""

    def text(self) -> str:
        """Return what was kept, with a remark if that is not everything."""
        left_out = self._written - len(self._kept)
        return self._kept + (f"\n… and {left_out:,} more characters" if left_out else "")


@contextlib.contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Set an attribute, and restore it at the end."""
    missing = object()
    before = vars(owner).get(name, missing)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is missing:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


@contextlib.contextmanager
def _without_exit() -> Iterator[None]:
    """Make every way to end the process raise SystemExit; IPython's `exit` stops the kernel."""

    def leave(*_: object) -> NoReturn:
        raise SystemExit

    with contextlib.ExitStack() as stack:
        for name in ("_exit", "abort"):
            stack.enter_context(replaced(os, name, leave))
        shell = running_shell()
        if shell is not None:
            stack.enter_context(replaced(shell, "ask_exit", leave))
        yield


def running_shell() -> Any:
    """Return IPython's shell, or None outside IPython."""
    if "IPython" not in sys.modules:
        return None
    return sys.modules["IPython"].get_ipython()


def _without_input() -> AbstractContextManager[None]:
    def refuse(*_: object) -> NoReturn:
        raise AskedForInputError("input() cannot be used in exercises: all you need is passed in")

    return replaced(builtins, "input", refuse)


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Return a context manager that raises TimeUpError in its body when time is up."""
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and hasattr(signal, "setitimer"):
        return _alarm(seconds)
    return _raised_from_outside(seconds)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Limit the time with a signal, which also wakes code that sleeps."""

    def time_is_up(signal_number: int, frame: FrameType | None) -> NoReturn:
        _raise_on_next_lines(frame)  # In case the code swallows this one.
        raise TimeUpError

    tracing = sys.gettrace()
    before = signal.signal(signal.SIGALRM, time_is_up)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.settrace(tracing)


def _raise_on_next_lines(frame: FrameType | None) -> None:
    """Make every running function of the student raise TimeUpError when it continues."""

    def raise_time_up(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            raise TimeUpError
        return raise_time_up

    sys.settrace(lambda *_: None)
    while frame is not None and frame.f_code is not run_guarded.__code__:
        if not is_ours(frame.f_code.co_filename):
            frame.f_trace = raise_time_up
        frame = frame.f_back


def is_ours(filename: str) -> bool:
    """Return whether a file belongs to the library or to Python's own context managers."""
    return filename.startswith(str(Path(__file__).parent)) or filename == contextlib.__file__


@contextlib.contextmanager
def _raised_from_outside(seconds: float) -> Iterator[None]:
    """Limit the time from another thread, between two Python steps, without signals (Windows)."""
    thread = ctypes.c_ulong(threading.get_ident())
    over = threading.Event()

    def watch() -> None:
        while not over.wait(seconds):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeUpError))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)  # Cancel one that is on its way.
