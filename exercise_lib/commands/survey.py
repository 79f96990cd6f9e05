"""`survey`: say of every file of a folder whether it can be used, and why not."""

from exercise_lib.errors import WorkshopError


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "survey",
        help="name every photo that is left out of a folder, with the reason",
        description="Decode every photo of a folder once, and name those that are left out of it "
        "and those that are used with care. Nothing in the folder is changed.",
    )
    command.add_argument(
        "folder",
        metavar="FOLDER",
        help="a folder with a subfolder of photos for each class, or with train/ and test/ of "
        "that kind",
    )
    command.set_defaults(run=run)


def run(options):
    """Name what can be used in a folder and what cannot."""
    from exercise_lib import datasets, paths
    from exercise_lib.datasets import survey

    if options.folder in datasets.BUNDLED:
        raise WorkshopError(
            f"{options.folder} comes with the workshop, and all of it can be used: name a folder "
            "of yours."
        )
    for found in survey.survey_both(*datasets.folders_of(options.folder)):
        print(paths.shown(found.folder))
        for name, photos in found.classes.items():
            print(f"  {name}: {len(photos)} photos can be used")
        print(survey.as_list(found))
