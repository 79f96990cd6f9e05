"""Messages from the library while it works: logged, and shown where somebody reads them.

Library code calls `tell`. Notebooks and the command line `show` the messages; your own
script sees nothing unless it sets up the logger "exercise_lib".
"""

import logging
import sys

_logger = logging.getLogger("exercise_lib")
_logger.addHandler(logging.NullHandler())


def tell(text: str) -> None:
    """Log one line for the reader."""
    _logger.info(text)


def show(to_stderr: bool = False) -> None:
    """Print every message from now on.

    Args:
        to_stderr: Print to stderr, because stdout carries output for other programs.
    """
    for handler in _logger.handlers[:]:
        _logger.removeHandler(handler)
    _logger.addHandler(_Printing(to_stderr))
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


class _Printing(logging.Handler):
    """Prints to the current stdout or stderr, which Jupyter and pytest replace."""

    def __init__(self, to_stderr: bool) -> None:
        super().__init__()
        self.to_stderr = to_stderr

    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), file=sys.stderr if self.to_stderr else sys.stdout, flush=True)
