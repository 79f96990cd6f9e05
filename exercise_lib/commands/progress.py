"""`progress`: how far a student is in all notebooks."""


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "progress",
        help="show the state of every exercise",
        description="Show the verdict, the attempts and the hints of every exercise, as `check` "
        "keeps them in notebooks/progress.json.",
    )
    command.set_defaults(run=run)


def run(options):
    """Print the state of every exercise."""
    from exercise_lib.exercises import hinting

    print(hinting.as_text())
