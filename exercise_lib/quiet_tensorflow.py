"""Load TensorFlow quietly and repeatably, whoever imports it first.

TensorFlow's C++ part writes to file descriptor 2 while it is imported, even
with TF_CPP_MIN_LOG_LEVEL=3. In a notebook these lines look like errors, and
nbval compares them. So the first `import tensorflow` (Keras does it too) runs
with that descriptor redirected; then seeds and op determinism are set.
"""

import importlib.util
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

SEED = 2018  # The year of the lecture.


@contextmanager
def stderr_held_back() -> Iterator[None]:
    """Hold back what is written to file descriptor 2; show it only if the body fails."""
    sys.stderr.flush()
    original = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except BaseException:
            held_back.seek(0)
            os.write(original, held_back.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)


def make_repeatable(tensorflow: ModuleType) -> None:
    """Set all seeds and op determinism: the same machine gives the same numbers."""
    import numpy

    random.seed(SEED)  # Keras draws the seeds of its layers from here.
    numpy.random.seed(SEED)
    tensorflow.random.set_seed(SEED)
    tensorflow.config.experimental.enable_op_determinism()
    # Its advice on tracing is for runs that take days; here it would look like an error.
    tensorflow.get_logger().setLevel("ERROR")


class QuietLoader:
    """Run the real loader of the tensorflow package with its chatter held back."""

    def __init__(self, loader: "Loader | None") -> None:
        self.loader: Any = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def exec_module(self, module: ModuleType) -> None:
        with stderr_held_back():
            self.loader.exec_module(module)
            make_repeatable(module)
            module.constant(0) + 1  # The first operation starts the devices: more chatter.


class QuietFinder:
    """An import finder that answers once, for tensorflow, and then steps aside."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> "ModuleSpec | None":
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            spec.loader = cast("Loader", QuietLoader(spec.loader))
        return spec


def install() -> None:
    """Make the first import of TensorFlow quiet; does nothing once it is loaded."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, QuietFinder())
