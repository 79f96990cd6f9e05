"""Arguments that several commands take."""

import argparse

CHOOSE = "choose"
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
    command.add_argument(
        "--model",
        metavar="M",
        help="EfficientNetLite0 (the default), imagenet200 (small and quick), MobileNetV2, ...",
    )


def positive(text):
    """Parse a whole number from 1 upwards."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def add_crop(command, default, of_default):
    """Add the option --crop.

    Args:
        command: Parser of the command.
        default: What is taken without it.
        of_default: That, in words.
    """
    command.add_argument(
        "--crop",
        metavar="C",
        type=crop,
        default=default,
        help="share of a photo's sides to look at, such as 0.7 for the middle alone, or "
        f"{CHOOSE} (default: {of_default})",
    )


def crop(text):
    """Parse a share above 0 and up to 1, or the word that leaves the choice to the photos."""
    if text == CHOOSE:
        return text
    share = float(text)
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
    return share
