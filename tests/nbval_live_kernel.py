"""A pytest plugin: nbval notices within seconds that a kernel has died.

By itself nbval waits for a dead kernel until the cell's time limit is over.
Load it with `-p tests.nbval_live_kernel`.
"""

import time
from queue import Empty

from nbval.kernel import RunningKernel

POLL_SECONDS = 1

_get_message = RunningKernel.get_message


def get_message_from_live_kernel(kernel, stream, timeout=None):
    """Wait for a message as nbval does, but ask once a second whether the kernel lives."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        left = POLL_SECONDS if deadline is None else deadline - time.monotonic()
        try:
            return _get_message(kernel, stream, timeout=max(0.0, min(POLL_SECONDS, left)))
        except Empty:
            if not kernel.is_alive():
                raise RuntimeError("The notebook's kernel has died.") from None
            if deadline is not None and time.monotonic() >= deadline:
                raise


RunningKernel.get_message = get_message_from_live_kernel
