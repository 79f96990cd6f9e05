"""`doctor`: check this machine."""

import argparse

from exercise_lib.commands.arguments import Commands
from exercise_lib.errors import WorkshopError


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "doctor",
        help="check this machine: versions, memory, models, data and running times",
        description="Check this machine and classify one photo. Takes less than half a minute.",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Check this machine."""
    from exercise_lib.commands import machine_check

    problems = machine_check.report()
    if problems:
        raise WorkshopError("\n".join(problems))
    print("All is well: the workshop will run on this machine.")
