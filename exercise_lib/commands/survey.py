"""`survey`: report which files of a folder can be used, and why others cannot."""

import argparse

from exercise_lib.commands.arguments import Commands
from exercise_lib.errors import WorkshopError


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "survey",
        help="list every unusable photo in a folder, with the reason",
        description="Decode every photo in a folder once, and list those that are left out and "
        "those that need special treatment. Nothing in the folder is changed.",
    )
    command.add_argument(
        "folder",
        metavar="FOLDER",
        help="a folder with one subfolder of photos per class, or one whose train/ and test/ are "
        "laid out that way",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List what can be used in a folder and what cannot."""
    from exercise_lib import datasets, paths
    from exercise_lib.datasets import survey

    if options.folder in datasets.BUNDLED:
        raise WorkshopError(
            f"{options.folder} comes with the workshop, and all of it can be used: name one of "
            "your own folders."
        )
    for role, found in survey.survey_all(datasets.folders_of(options.folder)).items():
        print(f"{paths.shown(found.folder)} ({role} photos)")
        counts = {name: len(photos) for name, photos in found.classes.items()}
        for name, count in counts.items():
            print(f"  {name}: {count} usable photo{'s' if count != 1 else ''}")
        if len(set(counts.values())) > 1:
            largest = max(counts, key=counts.__getitem__)
            share = counts[largest] / sum(counts.values())
            print(f"  Always answering {largest!r} would be right for {share:.0%} of them.")
        print(survey.as_list(found))
