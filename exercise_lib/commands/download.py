"""`download`: download weights and photos, to work offline afterwards."""

import argparse

from exercise_lib.commands.arguments import Commands


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "download",
        help="download ImageNet weights and photos, to work offline afterwards",
        description="Download ImageNet weights into Keras's cache, and data sets. The hash of "
        "each file is checked, and files that you already have are not downloaded again.",
    )
    command.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="a model of keras.applications, such as MobileNetV2; may be repeated",
    )
    command.add_argument(
        "--dataset",
        action="append",
        metavar="NAME",
        help="flowers: photos of five flowers, about 229 MB; may be repeated",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Download models' weights and data sets into their caches."""
    from exercise_lib import datasets
    from exercise_lib.models import pretrained

    if not options.model and not options.dataset:
        print(
            "Nothing to download: the models and data for the notebooks come with the workshop. "
            "Name others with --model or --dataset."
        )
    for name in options.model or []:
        pretrained.download_model(name)
    for name in options.dataset or []:
        datasets.download(name)
