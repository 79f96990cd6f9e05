"""What the library has to say on the way: logged, and shown where somebody reads along.

Library code calls `tell`. Notebooks and the command line `show` it; a script of
somebody's own sees nothing, or sets up the logger "exercise_lib" as it likes.
"""

import logging
import sys

_logger = logging.getLogger("exercise_lib")
_logger.addHandler(logging.NullHandler())


def tell(text: str) -> None:
    """Log one line for people."""
    _logger.info(text)


def show(to_stderr: bool = False) -> None:
    """Print what is told from now on.

    Args:
        to_stderr: Not on stdout, where output for other programs goes.
    """
    for handler in _logger.handlers[:]:
        _logger.removeHandler(handler)
    _logger.addHandler(_Printing(to_stderr))
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


class _Printing(logging.Handler):
    """Prints on what is stdout or stderr at that moment: Jupyter and pytest put theirs there."""

    def __init__(self, to_stderr: bool) -> None:
        super().__init__()
        self.to_stderr = to_stderr

    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), file=sys.stderr if self.to_stderr else sys.stdout, flush=True)
