"""The exercises of notebook 06, Does it work on mine?"""

import functools
import itertools
import os
import tempfile
import zlib
from pathlib import Path

import numpy as np

from exercise_lib.exercises import kinds
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, Mistake, array_code

SETUP = """
import hashlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
"""


@functools.cache
def _folder():
    return tempfile.TemporaryDirectory(prefix="exercise_6_1_")  # Gone when Python ends.


def write_files(contents):
    """Write small files to a temporary folder; all get the same time, as a copying program does.

    Args:
        contents: {path inside the folder: bytes}.

    Returns:
        list of Path, in the order of `contents`.
    """
    folder = Path(_folder().name) / f"{zlib.crc32(repr(contents).encode()):08x}"
    files = []
    for name, content in contents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (1e9, 1e9))
        files.append(file)
    return files


def short_name(file):
    """Return the name of a file with that of its folder, "lemon/1.jpg"."""
    return f"{file.parent.name}/{file.name}"


def by_name(groups):
    """Return groups of files as sorted lists of their short names."""
    return sorted(sorted(map(short_name, group)) for group in groups)


def read_back(files):
    """Return {short name: bytes} of the files that are still there."""
    return {short_name(file): file.read_bytes() for file in files if file.is_file()}


def to_groups(value):
    """Return a list of lists of paths, in whatever style, as lists of Path."""
    if not isinstance(value, list | tuple):
        raise kinds.OtherKindError
    for group in value:
        if not isinstance(group, list | tuple) or not all(isinstance(f, Path) for f in group):
            raise kinds.OtherKindError
    return [list(group) for group in value]


def copies_case(contents, groups):
    """Return a case for `same_content`.

    Args:
        contents: {path: bytes}, as code.
        groups: The short names of the files in each group.
    """
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_06 import by_name, read_back, write_files
            contents = {contents}
            files = write_files(contents)
        """,
        call="same_content(files)",
        looks={
            "by_name(result)": sorted(map(sorted, groups)),
            "read_back(files) == contents": True,
        },
    )


def holds_texts(trial):
    """Return whether groups of texts came back where groups of paths were asked for."""
    groups = trial.came_back
    return isinstance(groups, list | tuple) and any(
        isinstance(item, str) for group in groups for item in group
    )


def has_single_files(fits):
    """Return a function that tells whether there are groups of one file of a certain sort.

    Args:
        fits: Takes the file's short name and those of all files that have copies.
    """

    def proves(trial):
        copies = set(itertools.chain(*trial.case.looks["by_name(result)"]))
        groups = trial.saw["by_name(result)"]
        return any(len(group) == 1 and fits(group[0], copies) for group in groups)

    return proves


SAME_NAME = """{
                "lemon/1.jpg": b"yellow",
                "peach/1.jpg": b"orange",
                "lemon/copy.jpg": b"yellow",
            }"""
THREE_COPIES = """{
                "peach/3.jpg": b"\\xffpurple",
                "lemon/7.jpg": b"\\xffrepulp",
                "lemon/2.jpg": b"\\xffpurple",
                "fig/2.jpg": b"pur\\nple",
                "fig/1.jpg": b"\\xffpurple",
                "fig/3.jpg": b"pur\\r\\nple",
                "lemon/5.jpg": b"",
                "peach/5.jpg": b"",
            }"""
NO_COPIES = """{
                "lemon/2.jpg": 70_000 * b"x" + b"1",
                "lemon/1.jpg": 70_000 * b"x" + b"2",
                "lemon/3.jpg": b"1" + 70_000 * b"x",
                "lemon/4.jpg": b"2" + 70_000 * b"x",
            }"""

GROUPS = Exercise(
    number="6.1",
    name="same_content",
    cases=(
        copies_case(SAME_NAME, [["lemon/1.jpg", "lemon/copy.jpg"]]),
        copies_case(
            THREE_COPIES,
            [["peach/3.jpg", "lemon/2.jpg", "fig/1.jpg"], ["lemon/5.jpg", "peach/5.jpg"]],
        ),
        copies_case(NO_COPIES, []),
    ),
    wants=kinds.Kind("a list of groups, each of them a list of paths", to_groups),
    look_at="what you group by: it must be the same for equal bytes, and only for these",
    correct="A hash is a fingerprint of the bytes. A copy has the same one, whatever its name.",
    hints=(
        "Comparing every file with every other takes long, and a group of three comes out in "
        "pairs. So think of drawers: each content has one, and each file goes into the drawer of "
        "its content.",
        "The drawers are a dictionary: the key is the fingerprint of the bytes, the value the "
        "list of files with it. `setdefault(key, [])` opens a drawer where there is none yet, "
        "and gives it back.",
        "At the end most drawers hold a single file, which has no copy. They are not asked for.",
    ),
    mistakes=(
        Mistake(
            says="Your groups hold texts. Give back the paths themselves, as they stand in "
            "`files`: the next cells open them.",
            when=holds_texts,
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.read_bytes(), []).append(str(file))
                    return [group for group in groups.values() if len(group) > 1]
            """,
            also=(
                """
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.read_bytes(), []).append(file.name)
                    return [group for group in groups.values() if len(group) > 1]
                """,
            ),
        ),
        Mistake(
            says="Your code reads the files as text, and a photo is none: there are bytes that "
            "stand for no letter. Read the bytes.",
            when=lambda trial: isinstance(trial.error, UnicodeDecodeError),
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.read_text(encoding="utf-8"), []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
        ),
        Mistake(
            says="These files have the same name, not the same bytes. A phone counts anew in "
            "every folder, and a copy mostly has another name.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.name, []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
        ),
        Mistake(
            says="These files have the same size, not the same bytes. Different photos may be "
            "equally large.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.stat().st_size, []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
            also=(
                """
                import filecmp
                def same_content(files):
                    groups = []
                    for file in files:
                        for group in groups:
                            if filecmp.cmp(file, group[0]):
                                group.append(file)
                                break
                        else:
                            groups.append([file])
                    return [group for group in groups if len(group) > 1]
                """,
            ),
        ),
        Mistake(
            says="Files that have no copy are among your groups. A group has two or more.",
            when=has_single_files(lambda name, copies: name not in copies),
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
            says="A group came back with a single file in it, which has a copy all the same. All "
            "files with the same bytes belong in one group, the first one, too.",
            when=has_single_files(lambda name, copies: name in copies),
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.read_bytes(), []).append(file)
                    return [group[1:] for group in groups.values() if len(group) > 1]
            """,
        ),
        Mistake(
            says="Three equal files came back as pairs. They are one group of three.",
            when=lambda trial: (
                len(trial.case.looks["by_name(result)"][0]) == 3
                and [sorted(pair) for pair in trial.saw["by_name(result)"]]
                == [
                    ["fig/1.jpg", "lemon/2.jpg"],
                    ["fig/1.jpg", "peach/3.jpg"],
                    ["lemon/2.jpg", "peach/3.jpg"],
                    ["lemon/5.jpg", "peach/5.jpg"],
                ]
            ),
            code="""
                import itertools
                def same_content(files):
                    pairs = itertools.combinations(files, 2)
                    return [[a, b] for a, b in pairs if a.read_bytes() == b.read_bytes()]
            """,
        ),
        Mistake(
            says="Copies in one folder are found, copies in different folders are not. Most "
            "harm is done by a photo that lies in two classes.",
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault((file.parent, file.read_bytes()), []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
        ),
        Mistake(
            says="No group came back, though there are files with the same bytes. Two things to "
            "look at: is it the *bytes* that are compared, and does the function go through all "
            "files before it gives something back?",
            when=lambda trial: (
                trial.saw["by_name(result)"] == [] and trial.case.looks["by_name(result)"] != []
            ),
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        content = hashlib.sha256(str(file).encode()).hexdigest()
                        groups.setdefault(content, []).append(file)
                    return [group for group in groups.values() if len(group) > 1]
            """,
            also=(
                """
                def same_content(files):
                    groups = []
                    for file in files:
                        return groups
                """,
            ),
        ),
        Mistake(
            says="The groups are right, but a file is no longer what it was. This exercise only "
            "looks: which copy may go is for you to decide, not for a program.",
            when=lambda trial: (
                trial.failing_look(0)[0] == "read_back(files) == contents"
                and trial.saw["read_back(files) == contents"] is False
            ),
            code="""
                def same_content(files):
                    groups = {}
                    for file in files:
                        groups.setdefault(file.read_bytes(), []).append(file)
                    groups = [group for group in groups.values() if len(group) > 1]
                    for group in groups:
                        for file in group[1:]:
                            file.unlink()
                    return groups
            """,
        ),
    ),
    setup=SETUP,
)


def to_two_lists(value):
    """Return two lists, in whatever style, as a pair of list."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise kinds.OtherKindError
    if not all(isinstance(part, list | tuple) for part in value):
        raise kinds.OtherKindError
    return [list(part) for part in value]


def split_case(groups, count):
    """Return a case for `split_groups`."""
    learning = [file for group in groups[count:] for file in group]
    held_out = [file for group in groups[:count] for file in group]
    return Case(
        given=f"groups = {groups}",
        call=f"split_groups(groups, {count})",
        gives=[learning, held_out],
    )


def shares_files(trial):
    """Return whether two lists of files came back that have files in common."""
    learning, held_out = map(set, trial.saw["result"])
    files = set(itertools.chain(*trial.names["groups"]))
    return learning | held_out <= files and learning & held_out


SPLIT = Exercise(
    number="6.2",
    name="split_groups",
    cases=(
        split_case([["1.jpg", "1 copy.jpg"], ["2.jpg"], ["3.jpg"]], 1),
        split_case([["a.jpg"], ["b.jpg", "b2.jpg"], ["c.jpg"], ["d.jpg", "d2.jpg", "d3.jpg"]], 2),
        split_case([["e.jpg"], ["f.jpg", "f2.jpg"], ["g.jpg"], ["h.jpg"], ["i.jpg"]], 4),
        split_case([["j.jpg"], ["k.jpg", "k2.jpg"]], 0),
    ),
    wants=kinds.Kind("two lists, the files to learn from and those held out", to_two_lists),
    look_at="the order: first choose groups, then take the files out of them",
    correct="A photo and its copy stay together: nothing that you learn from is asked for again.",
    hints=(
        "Whoever cuts a list of *files* may cut between a photo and its copy. So cut the list of "
        "*groups*, and only then take the files out.",
        "A slice such as `[:3]` is the first three; `[3:]` is the rest.",
        "To take the files out, two loops in one line do: for each group, for each file in it. "
        "The two lists come back side by side, first those to learn from.",
    ),
    mistakes=(
        Mistake(
            says="A photo is on one side and its copy on the other: `count` files are held out, "
            "not `count` groups. Cut the list of groups.",
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
            says="The files to learn from are a flat list, those held out are still in groups. "
            "Both are to be flat.",
            code="""
                def split_groups(groups, count):
                    return [file for group in groups[count:] for file in group], groups[:count]
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
        Mistake(
            says="The last groups are held out. Asked for are the first.",
            code="""
                def split_groups(groups, count):
                    cut = len(groups) - count
                    return (
                        [file for group in groups[:cut] for file in group],
                        [file for group in groups[cut:] for file in group],
                    )
            """,
            also=(),
        ),
        Mistake(
            says="One group too many is held out. A slice `[:n]` stops before place n.",
            code="""
                def split_groups(groups, count):
                    return (
                        [file for group in groups[count + 1:] for file in group],
                        [file for group in groups[:count + 1] for file in group],
                    )
            """,
        ),
        Mistake(
            says="Two generators came back. They can be gone through once, and `len` does not "
            "know them: make lists.",
            when=lambda trial: (
                len(trial.came_back) == 2
                and all(type(part).__name__ == "generator" for part in trial.came_back)
            ),
            code="""
                def split_groups(groups, count):
                    return (
                        (file for group in groups[count:] for file in group),
                        (file for group in groups[:count] for file in group),
                    )
            """,
        ),
        Mistake(
            says="All files came back in one list. Asked for are two, side by side.",
            when=lambda trial: (
                isinstance(trial.came_back, list | tuple)
                and sorted(trial.came_back) == sorted(itertools.chain(*trial.names["groups"]))
            ),
            code="""
                def split_groups(groups, count):
                    return (
                        [file for group in groups[count:] for file in group]
                        + [file for group in groups[:count] for file in group]
                    )
            """,
        ),
        Mistake(
            says="The files held out are among those to learn from, too. Each file belongs on "
            "one side.",
            when=shares_files,
            code="""
                def split_groups(groups, count):
                    return (
                        [file for group in groups for file in group],
                        [file for group in groups[:count] for file in group],
                    )
            """,
        ),
    ),
    setup=SETUP,
)


def slopes_case(rows, columns, channels):
    """Return a case for `channel_weights`."""
    numbers = 10 * np.sin(np.arange(rows * columns * channels)).reshape(rows, columns, channels)
    shape = f"({rows}, {columns}, {channels})"
    return Case(
        given=f"slopes = 10 * np.sin(np.arange({numbers.size}.0)).reshape{shape}",
        call="channel_weights(slopes)",
        looks={"result.shape": (channels,), "result": numbers.mean(axis=(0, 1))},
    )


WEIGHTS = Exercise(
    number="6.3",
    name="channel_weights",
    cases=(slopes_case(2, 3, 4), slopes_case(4, 2, 3), slopes_case(1, 5, 2)),
    wants=kinds.NUMBERS,
    look_at="the axes that you average over: (rows, columns, channels)",
    correct="A large weight says: the more of what this channel looks for, the higher the score.",
    hints=(
        "A channel has a slope at every place of the photo. How much the channel counts as a "
        "whole is one number, so the places must go and the channels stay.",
        "The places are rows and columns, the first two axes. `mean` takes several axes as a "
        "tuple, or can be used twice.",
    ),
    mistakes=(
        Mistake(
            says="The channels are averaged away. They are what you want to weigh: average over "
            "the places.",
            code="""
                def channel_weights(slopes):
                    return slopes.mean(axis=-1)
            """,
        ),
        Mistake(
            says="This is one number for everything. Keep one for each channel.",
            code="""
                def channel_weights(slopes):
                    return np.array(slopes.mean())
            """,
            also=(
                """
                def channel_weights(slopes):
                    return slopes.mean()
                """,
            ),
        ),
        Mistake(
            says="The rows are averaged away, the columns are still there. Columns are places, "
            "too.",
            code="""
                def channel_weights(slopes):
                    return slopes.mean(axis=0)
            """,
        ),
        Mistake(
            says="The columns are averaged away, the rows are still there. Rows are places, too.",
            code="""
                def channel_weights(slopes):
                    return slopes.mean(axis=1)
            """,
        ),
        Mistake(
            says="These are the largest slopes of each channel. The method takes the average.",
            code="""
                def channel_weights(slopes):
                    return slopes.max(axis=(0, 1))
            """,
        ),
        Mistake(
            says="These are the sums over the places, which grow with the size of the map. Asked "
            "for is the average.",
            code="""
                def channel_weights(slopes):
                    return slopes.sum(axis=(0, 1))
            """,
        ),
        Mistake(
            says="The slopes went in without their signs. A slope below zero speaks against the "
            "class: keep the sign.",
            code="""
                def channel_weights(slopes):
                    return np.abs(slopes).mean(axis=(0, 1))
            """,
        ),
        Mistake(
            says="Slopes below zero count as zero here. They speak against the class, and the "
            "average needs them.",
            code="""
                def channel_weights(slopes):
                    return np.maximum(slopes, 0).mean(axis=(0, 1))
            """,
        ),
        Mistake(
            says="Weights below zero are set to zero. Such a channel speaks against the class: "
            "keep its weight.",
            code="""
                def channel_weights(slopes):
                    return np.maximum(slopes.mean(axis=(0, 1)), 0)
            """,
        ),
        Mistake(
            says="The numbers are right, but rows and columns are still there as axes of length "
            "1. Asked for is (channels,).",
            code="""
                def channel_weights(slopes):
                    return slopes.mean(axis=(0, 1), keepdims=True)
            """,
        ),
    ),
    setup=SETUP,
    tolerance=1e-4,
)


def heat_case(maps, weights):
    """Return a case for `heat`."""
    values = np.maximum(np.array(maps) @ np.array(weights), 0)
    return Case(
        given=f"""
            maps = {array_code(maps)}
            weights = np.array({weights})
        """,
        call="heat(maps, weights)",
        looks={"result.shape": values.shape, "result": values / values.max()},
    )


HEAT = Exercise(
    number="6.4",
    name="heat",
    cases=(
        heat_case(
            [
                [[1.0, 2.0], [3.0, 0.0], [5.0, 2.0]],
                [[0.0, 9.0], [2.0, 1.0], [1.0, 1.0]],
            ],
            [2.0, -1.0],
        ),
        heat_case(
            [
                [[1.0, 0.0, 4.0], [2.0, 5.0, 0.0]],
                [[3.0, -3.0, 0.0], [8.0, 1.0, 1.0]],
                [[0.0, 7.0, 2.0], [0.0, -2.0, 6.0]],
            ],
            [-3.0, 1.0, 2.0],
        ),
        heat_case([[[2.0, 1.0, 0.0, 1.0], [4.0, 0.0, 1.0, 0.0]]], [0.05, 0.1, -0.1, 0.3]),
    ),
    wants=kinds.NUMBERS,
    look_at="the three steps: weigh the channels, cut off below zero, divide by the largest",
    correct="1 where the class is seen the most, 0 where nothing speaks for it.",
    hints=(
        "A place is bright if what the channels see there speaks for the class *on the whole*: "
        "one channel may speak for it and another one against. So first add up, then cut off.",
        "The product of (rows, columns, channels) and (channels,) is (rows, columns): each "
        "channel times its weight, added up.",
        "Photos differ in how large their values are. With 1 for the largest, all can be shown "
        "on one scale.",
    ),
    mistakes=(
        Mistake(
            says="There are values below zero: they speak *against* the class, and the map shows "
            "what speaks for it.",
            code="""
                def heat(maps, weights):
                    values = maps @ weights
                    return values / values.max()
            """,
        ),
        Mistake(
            says="The largest value is not 1. Divide by it in the end, so that all photos can be "
            "shown on one scale.",
            code="""
                def heat(maps, weights):
                    return np.maximum(maps @ weights, 0)
            """,
        ),
        Mistake(
            says="Each channel was cut off by itself. First add up the weighted channels: they "
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
        Mistake(
            says="The lowest value became 0 and the largest 1, by stretching. Then 0 no longer "
            "means that nothing speaks for the class: cut off below zero instead.",
            code="""
                def heat(maps, weights):
                    values = maps @ weights
                    return (values - values.min()) / (values.max() - values.min())
            """,
        ),
        Mistake(
            says="What is below zero was turned round, and is bright now. It speaks against the "
            "class: it should be 0.",
            code="""
                def heat(maps, weights):
                    values = np.abs(maps @ weights)
                    return values / values.max()
            """,
        ),
        Mistake(
            says="The values sum to 1. Here the *largest* is to be 1: divide by that.",
            code="""
                def heat(maps, weights):
                    values = np.maximum(maps @ weights, 0)
                    return values / values.sum()
            """,
        ),
        Mistake(
            says="Each row was divided by its own largest value, and rows cannot be compared any "
            "more. Divide by the largest of all.",
            code="""
                def heat(maps, weights):
                    values = np.maximum(maps @ weights, 0)
                    return values / values.max(axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="Rows and columns are swapped: the map lies on its side.",
            code="""
                def heat(maps, weights):
                    values = np.maximum(maps @ weights, 0)
                    return (values / values.max()).T
            """,
        ),
        Mistake(
            says="The channels are still there. Add them up, each times its weight.",
            when=lambda trial: trial.saw["result.shape"] == trial.names["maps"].shape,
            code="""
                def heat(maps, weights):
                    values = np.maximum(maps * weights, 0)
                    return values / values.max()
            """,
        ),
    ),
    setup=SETUP,
    tolerance=1e-4,
)


def agree_case(first, second, gives):
    """Return a case for `agree`."""
    return Case(
        given=f"""
            first = {array_code(first)}
            second = {array_code(second)}
        """,
        call="agree(first, second)",
        gives=gives,
    )


SURE, LESS_SURE = [0.9999, 0.00005, 0.00005], [0.999916, 0.000042, 0.000042]
SOME = [[0.2, 0.8], [0.6, 0.4]]

AGREE = Exercise(
    number="6.5",
    name="agree",
    cases=(
        agree_case(SOME, SOME, True),
        agree_case([[0.200000001, 0.799999999], [0.6, 0.4]], SOME, True),
        agree_case([[0.123454, 0.876546]], [[0.123456, 0.876544]], True),
        agree_case(SOME, [[0.2, 0.8], [0.7, 0.3]], False),
        agree_case(SOME, [[0.7, 0.3], [0.6, 0.4]], False),
        agree_case([SURE], [LESS_SURE], False),
        agree_case([LESS_SURE], [SURE], False),
        agree_case(
            [[0.3, 0.3, 0.4]] * 4, [[0.300007, 0.299993, 0.4], [0.3, 0.300008, 0.399992]] * 2, True
        ),
        agree_case([[0.3, 0.7]], [[0.30000995, 0.69999005]], True),
        agree_case([[0.3, 0.7]], [[0.30001005, 0.69998995]], False),
        agree_case([[0.5, 0.5]] * 6, [[0.5, 0.5]] * 5 + [[0.50002, 0.49998]], False),
    ),
    wants=kinds.TRUTH,
    look_at="which difference you compare with 0.00001: the largest, whatever its sign",
    correct="Whoever loads the file gets what you saw in the notebook, preprocessing and all.",
    hints=(
        "Two programs add up in another order and round differently, so equal to the last digit "
        "is too much to ask. But one number that is really another must not hide among many "
        "that agree.",
        "Where the second number is the larger one, the difference is below zero. How large is "
        "it without its sign?",
        "If the largest of all differences is small enough, all are.",
    ),
    mistakes=(
        Mistake(
            says="The answer is `False` where numbers differ by 0.000000001. Such small ones come "
            "from rounding; asked for is 0.00001.",
            code="""
                def agree(first, second):
                    return (first == second).all()
            """,
        ),
        Mistake(
            says="The answer is always `True`, also where a probability is 0.2 here and 0.7 "
            "there. (If you add up differences: the signs cancel. Take them away first.)",
            code="""
                def agree(first, second):
                    return abs((first - second).sum()) < 1e-5
            """,
            also=(
                """
                def agree(first, second):
                    return (first - second).mean() < 1e-5
                """,
                """
                def agree(first, second):
                    return True
                """,
            ),
        ),
        Mistake(
            says="`agree(a, b)` and `agree(b, a)` give different answers here: it counts only "
            "where the number of `first` is the larger one. Take the sign away first.",
            code="""
                def agree(first, second):
                    return (first - second).max() < 1e-5
            """,
            also=(
                """
                def agree(first, second):
                    return np.abs((first - second).max()) < 1e-5
                """,
            ),
        ),
        Mistake(
            says="`agree(a, b)` and `agree(b, a)` give different answers here: it counts only "
            "where the number of `second` is the larger one. Take the sign away first.",
            code="""
                def agree(first, second):
                    return (second - first).max() < 1e-5
            """,
        ),
        Mistake(
            says="The answer is `True` where 0.6 and 0.7 meet, in the second photo, for which "
            "both name the same class. Every number of every photo is to be compared.",
            code="""
                def agree(first, second):
                    return (first.argmax(axis=1) == second.argmax(axis=1)).all()
            """,
        ),
        Mistake(
            says="The answer is `True` where numbers differ by 0.00002 or 0.000016. Asked for is "
            "0.00001.",
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
        Mistake(
            says="The answer is `True` where 0.9999 and 0.999916 meet, which differ by 0.000016. "
            "`np.allclose` and `np.isclose` allow a share of the number beside `atol`; look at "
            "`rtol`.",
            code="""
                def agree(first, second):
                    return np.allclose(first, second, atol=1e-5)
            """,
        ),
        Mistake(
            says="The answer is `False` where no two numbers differ by more than 0.000008. The "
            "limit is 0.00001, and each difference counts for itself: they do not add up.",
            code="""
                def agree(first, second):
                    return np.abs(first - second).sum() < 1e-5
            """,
            also=(
                """
                def agree(first, second):
                    return np.linalg.norm(first - second) < 1e-5
                """,
            ),
        ),
        Mistake(
            says="The answer is `True` where most numbers are equal and two differ by 0.00002. A "
            "single one that differs is enough for `False`.",
            code="""
                def agree(first, second):
                    return np.abs(first - second).mean() < 1e-5
            """,
        ),
        Mistake(
            says="The answer is `False` where 0.123454 and 0.123456 meet, which differ by "
            "0.000002 only. The limit is 0.00001, and the *difference* counts: not whether both "
            "round to the same number, nor a share of the number, which `np.allclose` looks at "
            "unless it is told otherwise.",
            code="""
                def agree(first, second):
                    return (np.round(first, 5) == np.round(second, 5)).all()
            """,
        ),
        Mistake(
            says="The answer is upside down: `True` where the numbers differ, `False` where they "
            "agree.",
            code="""
                def agree(first, second):
                    return np.abs(first - second).max() > 1e-5
            """,
        ),
        Mistake(
            says="These are several truth values. Asked for is a single one for all numbers "
            "together.",
            when=lambda trial: (
                kinds.to_array(trial.came_back).dtype.kind == "b"
                and kinds.to_array(trial.came_back).size > 1
            ),
            code="""
                def agree(first, second):
                    return np.abs(first - second) < 1e-5
            """,
        ),
        Mistake(
            says="This is the largest difference. Asked for is whether it is small enough.",
            when=lambda trial: same(
                trial.came_back, np.abs(trial.names["first"] - trial.names["second"]).max(), 1e-9
            ),
            code="""
                def agree(first, second):
                    return np.abs(first - second).max()
            """,
        ),
    ),
    setup=SETUP,
)

EXERCISES = (GROUPS, SPLIT, WEIGHTS, HEAT, AGREE)
