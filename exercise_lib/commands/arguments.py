"""Arguments that several commands take."""

import argparse

APPROACHES = ("as_is", "from_scratch", "feature_extraction", "fine_tuning")
WHEN_STOPPED = "Stopped. Start the same command again: what was finished is not done again."


def add_data(command):
    """Add the argument DATA."""
    command.add_argument(
        "data",
        metavar="DATA",
        help="yoghurts, yoghurts_large, flowers, or a folder with a subfolder of photos for each "
        "class, or with train/ and test/ of that kind",
    )


def add_model(command):
    """Add the option --model."""
    command.add_argument("--model", metavar="M", help="imagenet200, MobileNetV2, ...")


def positive(text):
    """Parse a whole number from 1 upwards."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number
