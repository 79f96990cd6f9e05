"""The command line of authoring."""

import argparse
import sys
from collections.abc import Sequence

from exercise_lib import paths
from exercise_lib.authoring import running, writing
from exercise_lib.authoring.solutions import solution_files
from exercise_lib.errors import WorkshopError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m exercise_lib.authoring",
        description="Generate the student notebooks from the solution notebooks.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="write nothing; print a diff")
    choice.add_argument("--run", action="store_true", help="first run the solutions again")
    options = parser.parse_args(arguments)
    try:
        return check_notebooks() if options.check else write_notebooks(options.run)
    except WorkshopError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        where = paths.shown(error.filename) if error.filename else "a notebook"
        print(f"{where} cannot be read or written: {error.strerror}.", file=sys.stderr)
    return 1


def write_notebooks(run_first: bool) -> int:
    """Write the student notebooks, running the solutions first if requested; return 0."""
    if run_first:
        writing.plan(paths.NOTEBOOKS, writing.derive_all(paths.SOLUTIONS))  # Is everything sound?
        for said in running.run_all(solution_files(paths.SOLUTIONS)):
            print(said, flush=True)
    print(*writing.write_all(paths.NOTEBOOKS, paths.SOLUTIONS), sep="\n")
    return 0


def check_notebooks() -> int:
    """Print how `notebooks/` differs from what it should be; return the exit status."""
    lines = writing.differences(paths.NOTEBOOKS, paths.SOLUTIONS)
    if lines:
        print(*lines, sep="\n")
        print(
            "notebooks/ does not match solutions/: run `make notebooks`, which keeps a copy of "
            "everything that was changed by hand.",
            file=sys.stderr,
        )
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
