"""The command line: `python -m exercise_lib COMMAND`."""

import argparse
import os
import sys
from collections.abc import Sequence

from exercise_lib import notices
from exercise_lib.commands import (
    advise,
    compare,
    doctor,
    download,
    export,
    predict,
    progress,
    survey,
    train,
)
from exercise_lib.errors import WorkshopError

COMMANDS = (doctor, download, survey, advise, compare, train, predict, export, progress)
EPILOG = """\
Begin with `python -m exercise_lib doctor`; every command has a --help of its own.

Which model: the one named by EXERCISE_MODEL, else EfficientNetLite0, whose weights are
installed with the workshop; imagenet200 is smaller and quicker. EXERCISE_WEIGHTS names a
folder (a USB stick) with weights of others, KERAS_HOME names Keras's own folder."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m exercise_lib",
        description="The helper of the transfer-learning workshop.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, or 1 if it failed. Wrong use exits with 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # A name may have letters that a terminal has not.
            stream.reconfigure(errors="replace")
    options = build_parser().parse_args(arguments)
    notices.show(to_stderr=getattr(options, "json", False))
    try:
        options.run(options)
    except BrokenPipeError:  # As in `... | head`: whoever read the lines has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print(getattr(options, "when_stopped", "Stopped."), file=sys.stderr)
        return 1
    except WorkshopError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
