"""The exercises of notebook 06, Does it work on mine?"""

import tempfile
from pathlib import Path

import numpy as np

from exercise_lib.exercises.exercise import Exercise, Mistake

SETUP = """
import hashlib

import numpy as np
"""


def of_grouping(same_content):
    """Return the groups that an answer finds among six small files, by their names."""
    contents = {
        "lemon/1.jpg": b"yellow",
        "lemon/2.jpg": b"purple",
        "lemon/copy.jpg": b"yellow",
        "peach/1.jpg": b"orange",
        "peach/3.jpg": b"purple",
        "peach/4.jpg": b"purple and more",
    }
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, content in contents.items():
            file = Path(folder) / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            files.append(file)
        groups = same_content(files)
        if groups is None:
            return None
        return sorted(
            " ".join(sorted(str(file.relative_to(folder)) for file in group)) for group in groups
        )


GROUPS = Exercise(
    number="6.1",
    name="same_content",
    probe=of_grouping,
    expected=lambda: ["lemon/1.jpg lemon/copy.jpg", "lemon/2.jpg peach/3.jpg"],
    expects="two groups of two files each, for six files of which two and two have equal bytes",
    look_at="what you group by: it must be the same for equal bytes, and only for these",
    correct="A hash is a fingerprint of the bytes. A copy has the same one, whatever its name.",
    hints=(
        "Go through the files and keep a dictionary from fingerprint to a list of files.",
        "`hashlib.sha256(file.read_bytes()).hexdigest()` is the fingerprint; "
        "`groups.setdefault(fingerprint, []).append(file)` puts the file into its list.",
        "In the end: `return [group for group in groups.values() if len(group) > 1]`.",
    ),
    mistakes=(
        Mistake(
            says="You grouped by file name. A phone counts anew in every folder, and a copy "
            "mostly has another name: compare the bytes.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.name, []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
        ),
        Mistake(
            says="You grouped by size. Different photos may be equally large: compare the bytes.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.stat().st_size, []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
        ),
        Mistake(
            says="Files that have no copy are among your groups. Keep the groups of two or more.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        content = hashlib.sha256(file.read_bytes()).hexdigest()
                        groups.setdefault(content, []).append(file)
                    return list(groups.values())
            """,
        ),
        Mistake(
            says="You took the fingerprint of the *name*. Read the file: `file.read_bytes()`.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        content = hashlib.sha256(str(file).encode()).hexdigest()
                        groups.setdefault(content, []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
        ),
    ),
    setup=SETUP,
)


def some_groups():
    return [["a"], ["b", "b copy"], ["c"], ["d", "d copy", "d again"], ["e"]]


SPLIT = Exercise(
    number="6.2",
    name="split_groups",
    probe=lambda split_groups: split_groups(some_groups(), 2),
    expected=lambda: (["c", "d", "d copy", "d again", "e"], ["a", "b", "b copy"]),
    expects="two flat lists of files: those of the last three groups, then of the first two",
    look_at="the order: first choose groups, then take the files out of them",
    correct="A photo and its copy stay together: nothing that you learn from is asked for again.",
    hints=(
        "`groups[:count]` are the groups to hold out, `groups[count:]` the others.",
        "`[file for group in some_groups for file in group]` takes the files out of the groups.",
        "Give back two such lists: first those to learn from, then those held out.",
    ),
    mistakes=(
        Mistake(
            says="You took the files out of the groups first, and cut then: a photo is on one "
            "side and its copy on the other. Cut the list of groups.",
            code="""
                def split_groups(groups, count):
                    files = [file for group in groups for file in group]
                    return files[count:], files[:count]
            """,
        ),
        Mistake(
            says="The two lists are the other way round: first the files to learn from.",
            code="""
                def split_groups(groups, count):
                    return (
                        [file for group in groups[:count] for file in group],
                        [file for group in groups[count:] for file in group],
                    )
            """,
        ),
        Mistake(
            says="These are lists of groups. Take the files out of them, into two flat lists.",
            code="""
                def split_groups(groups, count):
                    return groups[count:], groups[:count]
            """,
        ),
        Mistake(
            says="Only one file of each group is left. Copies may be used, on one side.",
            code="""
                def split_groups(groups, count):
                    return (
                        [group[0] for group in groups[count:]],
                        [group[0] for group in groups[:count]],
                    )
            """,
        ),
    ),
    setup=SETUP,
)


def slopes():
    """A gradient over maps of 2 x 3 places and 3 channels, float (2, 3, 3)."""
    return np.arange(18, dtype=np.float32).reshape(2, 3, 3) ** 1.5 - 20


WEIGHTS = Exercise(
    number="6.3",
    name="channel_weights",
    probe=lambda channel_weights: channel_weights(slopes()),
    expected=lambda: slopes().mean(axis=(0, 1)),
    expects="one number for each of the 3 channels",
    look_at="the axes that you average over: (rows, columns, channels)",
    correct="A large weight says: the more of what this channel looks for, the higher the score.",
    hints=(
        "Each channel has a slope at every place of the map. Average over the places.",
        "Rows are axis 0, columns axis 1.",
        "`return slopes.mean(axis=(0, 1))`.",
    ),
    mistakes=(
        Mistake(
            says="You averaged over the channels. They are what you want to weigh: average over "
            "rows and columns.",
            code="""
                def channel_weights(slopes):
                    return slopes.mean(axis=-1)
            """,
        ),
        Mistake(
            says="This is one number for everything. Keep one for each channel: `axis=(0, 1)`.",
            code="""
                def channel_weights(slopes):
                    return slopes.mean()
            """,
        ),
        Mistake(
            says="You averaged over the rows only. Columns are places, too: `axis=(0, 1)`.",
            code="""
                def channel_weights(slopes):
                    return slopes.mean(axis=0)
            """,
        ),
        Mistake(
            says="You took the steepest slope of each channel. The method takes the average.",
            code="""
                def channel_weights(slopes):
                    return slopes.max(axis=(0, 1))
            """,
        ),
    ),
    setup=SETUP,
)


def some_maps():
    return np.array([[[1.0, 2.0], [3.0, 0.0]], [[0.0, 4.0], [2.0, 1.0]]], np.float32)


HEAT = Exercise(
    number="6.4",
    name="heat",
    probe=lambda heat: heat(some_maps(), np.array([2.0, -1.0], np.float32)),
    expected=lambda: np.array([[0.0, 1.0], [0.0, 0.5]]),
    expects="an array of shape (2, 2): [[0, 1], [0, 0.5]]",
    look_at="the three steps: weigh the channels, cut off below zero, divide by the largest",
    correct="1 where the class is seen the most, 0 where nothing speaks for it.",
    hints=(
        "`(maps * weights).sum(axis=-1)`, or `maps @ weights`, adds up the weighted channels.",
        "`np.maximum(values, 0)` cuts off what speaks against the class.",
        "Divide by `values.max()` in the end.",
    ),
    mistakes=(
        Mistake(
            says="Negative values are left: they speak *against* the class. Cut them off with "
            "`np.maximum(..., 0)`.",
            code="""
                def heat(maps, weights):
                    values = maps @ weights
                    return values / values.max()
            """,
        ),
        Mistake(
            says="The largest value is not 1. Divide by it in the end, so that all photos can be "
            "shown with one scale.",
            code="""
                def heat(maps, weights):
                    return np.maximum(maps @ weights, 0)
            """,
        ),
        Mistake(
            says="You cut off each channel by itself. First add up the weighted channels: they "
            "may cancel.",
            code="""
                def heat(maps, weights):
                    values = np.maximum(maps * weights, 0).sum(axis=-1)
                    return values / values.max()
            """,
        ),
        Mistake(
            says="The weights have no part in it. Multiply each channel by its weight first.",
            code="""
                def heat(maps, weights):
                    values = np.maximum(maps.sum(axis=-1), 0)
                    return values / values.max()
            """,
        ),
    ),
    setup=SETUP,
)


def of_agreeing(agree):
    first = np.array([[0.2, 0.8], [0.6, 0.4]])
    changes = {
        "equal": [[0, 0], [0, 0]],
        "rounded": [[4e-6, -4e-6], [0, 0]],
        "another answer": [[0.7, 0], [0, 0]],
        "the same answer": [[0, 0], [0.1, 0]],
        "a little": [[0, 0], [3e-5, 0]],
    }
    return {name: bool(agree(first, first + np.array(c))) for name, c in changes.items()}


AGREE = Exercise(
    number="6.5",
    name="agree",
    probe=of_agreeing,
    expected=lambda: {
        "equal": True,
        "rounded": True,
        "another answer": False,
        "the same answer": False,
        "a little": False,
    },
    expects="True for equal arrays and for a difference of 0.000004, False as soon as one number "
    "differs by 0.00003",
    look_at="which difference you compare with 0.00001: the largest, whatever its sign",
    correct="Whoever loads the file gets what you saw in the notebook, preprocessing and all.",
    hints=(
        "`first - second` has a sign. `np.abs` takes it away.",
        "Every number must agree, so the largest difference counts.",
        "`return np.abs(first - second).max() < 1e-5`.",
    ),
    mistakes=(
        Mistake(
            says="You ask for exactly equal numbers. Computers round; 0.000004 is no difference.",
            code="""
                def agree(first, second):
                    return (first == second).all()
            """,
        ),
        Mistake(
            says="A difference has a sign: where the second is larger, yours is below zero and "
            "passes. Take `np.abs`.",
            code="""
                def agree(first, second):
                    return (first - second).sum() < 1e-5
            """,
            also=(
                """
                def agree(first, second):
                    return (first - second).mean() < 1e-5
                """,
            ),
        ),
        Mistake(
            says="You compare the answers only. Their probabilities may differ much all the same.",
            code="""
                def agree(first, second):
                    return (first.argmax(axis=1) == second.argmax(axis=1)).all()
            """,
        ),
        Mistake(
            says="You compare in thousandths. 0.00001 is asked for.",
            code="""
                def agree(first, second):
                    return np.abs(first - second).max() < 1e-3
            """,
            also=(
                """
                def agree(first, second):
                    return np.allclose(first, second, atol=1e-3)
                """,
            ),
        ),
    ),
    setup=SETUP,
)

EXERCISES = (GROUPS, SPLIT, WEIGHTS, HEAT, AGREE)
