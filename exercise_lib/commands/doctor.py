"""`doctor`: check this machine."""

from exercise_lib.errors import WorkshopError


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "doctor",
        help="check this machine: versions, memory, models, data, how long it will take",
        description="Check this machine and classify one photo. Takes less than half a minute.",
    )
    command.set_defaults(run=run)


def run(options):
    """Check this machine."""
    from exercise_lib.commands import machine_check

    problems = machine_check.report()
    if problems:
        raise WorkshopError("\n".join(problems))
    print("All is well: the workshop will run here.")
