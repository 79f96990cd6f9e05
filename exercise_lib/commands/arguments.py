"""Arguments that several commands share."""

import argparse
from typing import TypeAlias

# Where the commands are added.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
CHOOSE = "choose"
WHEN_STOPPED = "Stopped. Run the same command again to resume; finished work is kept."


def add_data(command: argparse.ArgumentParser) -> None:
    """Add the argument DATA."""
    command.add_argument(
        "data",
        metavar="DATA",
        help="yoghurts, yoghurts_large, flowers, or a folder with one subfolder of photos per "
        "class, or one whose train/ and test/ are laid out that way",
    )


def add_model(command: argparse.ArgumentParser) -> None:
    """Add the option --model."""
    command.add_argument(
        "--model",
        metavar="M",
        help="EfficientNetLite0 (the default), imagenet200 (small and fast), MobileNetV2, ...",
    )


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} must be at least 1")
    return number


def add_crop(command: argparse.ArgumentParser, default: float | str, of_default: str) -> None:
    """Add the option --crop.

    Args:
        command: Parser of the command.
        default: The value without the option.
        of_default: The default in words.
    """
    command.add_argument(
        "--crop",
        metavar="C",
        type=crop,
        default=default,
        help="share of a photo's sides to use, such as 0.7 for the middle only, or "
        f"{CHOOSE} (default: {of_default})",
    )


def crop(text: str) -> float | str:
    """Parse a share above 0 and at most 1, or the word CHOOSE."""
    if text == CHOOSE:
        return text
    share = float(text)
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} must be above 0 and at most 1")
    return share
