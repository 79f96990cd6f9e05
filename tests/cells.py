"""Cells of a notebook, run as a notebook runs them but without a kernel."""

import itertools
import linecache
import textwrap

_numbers = itertools.count()


def typed(exercise, code, namespace=None):
    """Run a cell and return the object of the exercise; tracebacks know the cell's lines.

    Args:
        exercise: The Exercise.
        code: The cell's source.
        namespace: The notebook's names; they are changed.
    """
    source = textwrap.dedent(code)
    name = f"<cell {next(_numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {} if namespace is None else namespace
    exec(exercise.setup, namespace)
    exec(compile(source, name, "exec"), namespace)
    return namespace[exercise.name]
