"""`progress`: show how far a student has got in all notebooks."""

import argparse

from exercise_lib.commands.arguments import Commands


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "progress",
        help="show your progress in every exercise",
        description="Show the verdict, attempts and hints for every exercise, as recorded by "
        "`check` in notebooks/progress.json.",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the state of every exercise."""
    from exercise_lib.exercises import hinting

    print(hinting.as_text())
