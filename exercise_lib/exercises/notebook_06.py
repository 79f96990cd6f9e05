"""The exercises of notebook 06, Does it work on mine?"""

import functools
import hashlib
import itertools
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exercise_lib.exercises import kinds
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, array_code
from exercise_lib.exercises.trying import Trial

SETUP = """
import hashlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
"""


@functools.cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="exercise_6_1_")  # Gone when Python ends.


def write_files(contents: Mapping[str, bytes]) -> list[Path]:
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


def short_name(file: Path) -> str:
    """Return the name of a file with that of its folder, "lemon/1.jpg"."""
    return f"{file.parent.name}/{file.name}"


def by_name(groups: Iterable[Iterable[Path]]) -> list[list[str]]:
    """Return groups of files as sorted lists of their short names."""
    return sorted(sorted(map(short_name, group)) for group in groups)


def read_back(files: Iterable[Path]) -> dict[str, bytes]:
    """Return {short name: bytes} of the files that are still there."""
    return {short_name(file): file.read_bytes() for file in files if file.is_file()}


def to_groups(value: object) -> list[list[Path]]:
    """Return a list of lists of paths, in whatever style, as lists of Path."""
    if not isinstance(value, list | tuple):
        raise kinds.OtherKindError
    for group in value:
        if not isinstance(group, list | tuple) or not all(isinstance(f, Path) for f in group):
            raise kinds.OtherKindError
    return [list(group) for group in value]


def copies_case(contents: str, groups: Iterable[Iterable[str]]) -> Case:
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


def holds_texts(trial: Trial) -> bool:
    """Return whether groups of texts came back where groups of paths were asked for."""
    groups = trial.came_back
    return isinstance(groups, list | tuple) and any(
        isinstance(item, str) for group in groups for item in group
    )


def has_single_files(fits: Callable[[str, set[str]], object]) -> Callable[[Trial], bool]:
    """Return a function that tells whether there are groups of one file of a certain sort.

    Args:
        fits: Takes the file's short name and those of all files that have copies.
    """

    def proves(trial: Trial) -> bool:
        copies = set(itertools.chain(*trial.case.expected()["by_name(result)"]))
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
    look_at="what you group by: it must be the same for equal bytes, and only for those",
    correct="A hash is a fingerprint of the bytes. A copy has the same hash, whatever its name.",
    hints=(
        "Comparing every file with every other one takes a long time, and a group of three comes "
        "out as pairs. So think of drawers: each content has one, and each file goes into the "
        "drawer of its content.",
        "The drawers are a dictionary: the key is the fingerprint of the bytes, the value is the "
        "list of files that have it. `setdefault(key, [])` opens a drawer where there is none "
        "yet, and returns it.",
        "At the end, most drawers hold a single file, which has no copy. Leave those drawers out.",
    ),
    setup=SETUP,
)


@GROUPS.mistake(when=holds_texts)
def texts_instead_of_paths(files):
    """Your groups hold strings. Return the paths themselves, as they are in `files`: the next
    cells open them.
    """
    groups = {}
    for file in files:
        groups.setdefault(file.read_bytes(), []).append(str(file))
    return [group for group in groups.values() if len(group) > 1]


@texts_instead_of_paths.also
def file_names_instead_of_paths(files):
    groups = {}
    for file in files:
        groups.setdefault(file.read_bytes(), []).append(file.name)
    return [group for group in groups.values() if len(group) > 1]


@GROUPS.mistake(when=lambda trial: isinstance(trial.error, UnicodeDecodeError))
def read_as_text(files):
    """Your code reads the files as text, but a photo is not text: some of its bytes do not stand
    for any character. Read the bytes.
    """
    groups = {}
    for file in files:
        groups.setdefault(file.read_text(encoding="utf-8"), []).append(file)
    return [group for group in groups.values() if len(group) > 1]


@GROUPS.mistake
def grouped_by_name(files):
    """These files have the same name, not the same bytes. A phone starts counting again in every
    folder, and a copy usually has another name.
    """
    groups = {}
    for file in files:
        groups.setdefault(file.name, []).append(file)
    return [group for group in groups.values() if len(group) > 1]


@GROUPS.mistake
def grouped_by_size(files):
    """These files have the same size, but not the same bytes. Different photos may well be the
    same size.
    """
    groups = {}
    for file in files:
        groups.setdefault(file.stat().st_size, []).append(file)
    return [group for group in groups.values() if len(group) > 1]


@grouped_by_size.also
def grouped_by_size_with_filecmp(files):
    import filecmp

    groups = []
    for file in files:
        for group in groups:
            if filecmp.cmp(file, group[0]):
                group.append(file)
                break
        else:
            groups.append([file])
    return [group for group in groups if len(group) > 1]


@GROUPS.mistake(when=has_single_files(lambda name, copies: name not in copies))
def single_files_kept(files):
    """Your groups include files that have no copy. A group has two or more files."""
    groups = {}
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        groups.setdefault(content, []).append(file)
    return list(groups.values())


@GROUPS.mistake(when=has_single_files(lambda name, copies: name in copies))
def first_file_missing(files):
    """A group with a single file was returned, although that file has a copy. All files with the
    same bytes belong in one group, including the first one.
    """
    groups = {}
    for file in files:
        groups.setdefault(file.read_bytes(), []).append(file)
    return [group[1:] for group in groups.values() if len(group) > 1]


@GROUPS.mistake(
    when=lambda trial: (
        len(trial.case.expected()["by_name(result)"][0]) == 3
        and [sorted(pair) for pair in trial.saw["by_name(result)"]]
        == [
            ["fig/1.jpg", "lemon/2.jpg"],
            ["fig/1.jpg", "peach/3.jpg"],
            ["lemon/2.jpg", "peach/3.jpg"],
            ["lemon/5.jpg", "peach/5.jpg"],
        ]
    )
)
def pairs_not_groups(files):
    """Three identical files were returned as pairs. They are one group of three."""
    import itertools

    pairs = itertools.combinations(files, 2)
    return [[a, b] for a, b in pairs if a.read_bytes() == b.read_bytes()]


@GROUPS.mistake
def only_within_folders(files):
    """Copies in the same folder are found, but copies in different folders are not. A photo that
    is in two classes does the most harm.
    """
    groups = {}
    for file in files:
        groups.setdefault((file.parent, file.read_bytes()), []).append(file)
    return [group for group in groups.values() if len(group) > 1]


@GROUPS.mistake(
    when=lambda trial: (
        trial.saw["by_name(result)"] == [] and trial.case.expected()["by_name(result)"] != []
    )
)
def no_group_found(files):
    """No groups were returned, although some files have the same bytes. Check two things: is it
    the *bytes* that are compared, and does the function go through all the files before it
    returns?
    """
    groups = {}
    for file in files:
        content = hashlib.sha256(str(file).encode()).hexdigest()
        groups.setdefault(content, []).append(file)
    return [group for group in groups.values() if len(group) > 1]


@no_group_found.also
def no_group_found_in_first_round(files):
    groups = []
    for file in files:
        return groups


@GROUPS.mistake(
    when=lambda trial: (
        (trial.failing_look(0) or ("",))[0] == "read_back(files) == contents"
        and trial.saw["read_back(files) == contents"] is False
    )
)
def copies_deleted(files):
    """The groups are right, but a file is no longer what it was. This exercise only looks at
    files: which copy to delete is for you to decide, not for a program.
    """
    groups = {}
    for file in files:
        groups.setdefault(file.read_bytes(), []).append(file)
    groups = [group for group in groups.values() if len(group) > 1]
    for group in groups:
        for file in group[1:]:
            file.unlink()
    return groups


def to_two_lists(value: object) -> list[list[Any]]:
    """Return two lists, in whatever style, as a pair of list."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise kinds.OtherKindError
    if not all(isinstance(part, list | tuple) for part in value):
        raise kinds.OtherKindError
    return [list(part) for part in value]


def split_case(groups: Sequence[Sequence[str]], count: int) -> Case:
    """Return a case for `split_groups`."""
    learning = [file for group in groups[count:] for file in group]
    held_out = [file for group in groups[:count] for file in group]
    return Case(
        given=f"groups = {groups}",
        call=f"split_groups(groups, {count})",
        gives=[learning, held_out],
    )


def shares_files(trial: Trial) -> Any:
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
    look_at="the order: choose the groups first, then take the files out of them",
    correct="A photo and its copy stay together: no model is tested on what it learned from.",
    hints=(
        "If you cut a list of *files*, you may cut between a photo and its copy. So cut the list "
        "of *groups*, and only then take the files out.",
        "A slice such as `[:3]` takes the first three items; `[3:]` takes the rest.",
        "To take the files out, two loops in one line are enough: for each group, for each file "
        "in it. Return the two lists side by side, the files to learn from first.",
    ),
    setup=SETUP,
)


@SPLIT.mistake
def cut_between_files(groups, count):
    """A photo is on one side and its copy on the other: `count` files are held out, not `count`
    groups. Cut the list of groups.
    """
    files = [file for group in groups for file in group]
    return files[count:], files[:count]


@SPLIT.mistake
def sides_swapped(groups, count):
    """The two lists are the wrong way round: the files to learn from come first."""
    return (
        [file for group in groups[:count] for file in group],
        [file for group in groups[count:] for file in group],
    )


@SPLIT.mistake
def groups_not_flattened(groups, count):
    """These are lists of groups. Take the files out of the groups, to make two flat lists."""
    return groups[count:], groups[:count]


@SPLIT.mistake
def held_out_not_flattened(groups, count):
    """The files to learn from are in a flat list, but those held out are still in groups. Both
    lists must be flat.
    """
    return [file for group in groups[count:] for file in group], groups[:count]


@SPLIT.mistake
def one_file_per_group(groups, count):
    """Only one file of each group is left. Copies may be used, as long as they are on the same
    side.
    """
    return [group[0] for group in groups[count:]], [group[0] for group in groups[:count]]


@SPLIT.mistake
def last_groups_held_out(groups, count):
    """The last groups are held out. Hold out the first ones."""
    cut = len(groups) - count
    return (
        [file for group in groups[:cut] for file in group],
        [file for group in groups[cut:] for file in group],
    )


@SPLIT.mistake
def one_group_too_many(groups, count):
    """One group too many is held out. A slice `[:n]` stops before position n."""
    return (
        [file for group in groups[count + 1 :] for file in group],
        [file for group in groups[: count + 1] for file in group],
    )


@SPLIT.mistake(
    when=lambda trial: (
        len(trial.came_back) == 2
        and all(type(part).__name__ == "generator" for part in trial.came_back)
    )
)
def generators_returned(groups, count):
    """Two generators were returned. You can go through them only once, and `len` does not work on
    them: make lists.
    """
    return (
        (file for group in groups[count:] for file in group),
        (file for group in groups[:count] for file in group),
    )


@SPLIT.mistake(
    when=lambda trial: (
        isinstance(trial.came_back, list | tuple)
        and sorted(trial.came_back) == sorted(itertools.chain(*trial.names["groups"]))
    )
)
def one_joined_list(groups, count):
    """All files were returned in one list. Return two lists, side by side."""
    return [file for group in groups[count:] for file in group] + [
        file for group in groups[:count] for file in group
    ]


@SPLIT.mistake(when=shares_files)
def held_out_also_learned(groups, count):
    """The files held out are also among those to learn from. Each file belongs on one side."""
    return (
        [file for group in groups for file in group],
        [file for group in groups[:count] for file in group],
    )


def slopes_case(rows: int, columns: int, channels: int) -> Case:
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
    correct="A large weight means: the more of what this channel looks for, the higher the score.",
    hints=(
        "A channel has a slope at every place in the photo. How much the channel counts overall "
        "is one number, so the places must go and the channels must stay.",
        "The places are rows and columns, the first two axes. `mean` takes several axes as a "
        "tuple, or you can use it twice.",
    ),
    setup=SETUP,
    tolerance=1e-4,
)


@WEIGHTS.mistake
def channels_averaged(slopes):
    """The channels are averaged away, but you want a weight for each of them: average over the
    places.
    """
    return slopes.mean(axis=-1)


@WEIGHTS.mistake
def one_number(slopes):
    """This is a single number for everything. Keep one for each channel."""
    return np.array(slopes.mean())


@one_number.also
def one_number_as_scalar(slopes):
    return slopes.mean()


@WEIGHTS.mistake
def columns_left(slopes):
    """The rows are averaged away, but the columns are still there. Columns are places, too."""
    return slopes.mean(axis=0)


@WEIGHTS.mistake
def rows_left(slopes):
    """The columns are averaged away, but the rows are still there. Rows are places, too."""
    return slopes.mean(axis=1)


@WEIGHTS.mistake
def largest_slopes(slopes):
    """This is the largest slope of each channel. The method takes the average."""
    return slopes.max(axis=(0, 1))


@WEIGHTS.mistake
def sums_of_slopes(slopes):
    """These are sums over the places, which grow with the size of the map. Take the average."""
    return slopes.sum(axis=(0, 1))


@WEIGHTS.mistake
def signs_dropped(slopes):
    """The slopes were used without their signs. A slope below zero counts against the class: keep
    the sign.
    """
    return np.abs(slopes).mean(axis=(0, 1))


@WEIGHTS.mistake
def negative_slopes_zeroed(slopes):
    """Slopes below zero are treated as zero here. They count against the class, and the average
    needs them.
    """
    return np.maximum(slopes, 0).mean(axis=(0, 1))


@WEIGHTS.mistake
def negative_weights_zeroed(slopes):
    """Weights below zero are set to zero. Such a channel counts against the class: keep its
    weight.
    """
    return np.maximum(slopes.mean(axis=(0, 1)), 0)


@WEIGHTS.mistake
def places_kept_as_axes(slopes):
    """The numbers are right, but rows and columns are still there as axes of length 1. The shape
    must be (channels,).
    """
    return slopes.mean(axis=(0, 1), keepdims=True)


def heat_case(maps: Sequence[object], weights: Sequence[float]) -> Case:
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
    look_at="the three steps: weight the channels, cut off below zero, divide by the maximum",
    correct="1 where the class shows most clearly, 0 where nothing counts for it.",
    hints=(
        "A place is bright if what the channels see there counts for the class *overall*: one "
        "channel may count for it and another against it. So add up first, then cut off.",
        "The product of (rows, columns, channels) and (channels,) is (rows, columns): each "
        "channel times its weight, added up.",
        "Photos differ in how large their values are. If the largest is 1, all photos can be "
        "shown on one scale.",
    ),
    setup=SETUP,
    tolerance=1e-4,
)


@HEAT.mistake
def below_zero_kept(maps, weights):
    """There are values below zero: they count *against* the class, and the map shows what counts
    for it.
    """
    values = maps @ weights
    return values / values.max()


@HEAT.mistake
def not_divided(maps, weights):
    """The largest value is not 1. Divide by it at the end, so that all photos can be shown on one
    scale.
    """
    return np.maximum(maps @ weights, 0)


@HEAT.mistake
def channels_cut_off(maps, weights):
    """Each channel was cut off by itself. Add up the weighted channels first: they may cancel."""
    values = np.maximum(maps * weights, 0).sum(axis=-1)
    return values / values.max()


@HEAT.mistake
def weights_unused(maps, weights):
    """The weights play no part here. Multiply each channel by its weight first."""
    values = np.maximum(maps.sum(axis=-1), 0)
    return values / values.max()


@HEAT.mistake
def stretched(maps, weights):
    """The values were stretched: the lowest became 0 and the largest 1. Then 0 no longer means
    that nothing counts for the class: cut off below zero instead.
    """
    values = maps @ weights
    return (values - values.min()) / (values.max() - values.min())


@HEAT.mistake
def below_zero_turned_positive(maps, weights):
    """Values below zero had their sign reversed, and are bright now. They count against the class:
    they should be 0.
    """
    values = np.abs(maps @ weights)
    return values / values.max()


@HEAT.mistake
def divided_by_sum(maps, weights):
    """The values sum to 1. Here the *largest* value must be 1: divide by that."""
    values = np.maximum(maps @ weights, 0)
    return values / values.sum()


@HEAT.mistake
def divided_by_row(maps, weights):
    """Each row was divided by its own largest value, so rows can no longer be compared. Divide by
    the largest value of all.
    """
    values = np.maximum(maps @ weights, 0)
    return values / values.max(axis=1, keepdims=True)


@HEAT.mistake
def transposed(maps, weights):
    """Rows and columns are swapped: the map lies on its side."""
    values = np.maximum(maps @ weights, 0)
    return (values / values.max()).T


@HEAT.mistake(when=lambda trial: trial.saw["result.shape"] == trial.names["maps"].shape)
def channels_not_added(maps, weights):
    """The channels are still there. Add them up, each times its weight."""
    values = np.maximum(maps * weights, 0)
    return values / values.max()


def agree_case(first: Sequence[object], second: Sequence[object], gives: float) -> Case:
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
    correct="Anyone who loads the file gets what you saw in the notebook, preprocessing included.",
    hints=(
        "Two programs add up in a different order and round differently, so equality to the last "
        "digit is too much to ask. But one number that really differs must not hide among many "
        "that agree.",
        "Where the second number is the larger one, the difference is below zero. How large is "
        "it without its sign?",
        "If the largest difference is small enough, all of them are.",
    ),
    setup=SETUP,
)


@AGREE.mistake
def exactly_equal(first, second):
    """The answer is `False` where numbers differ by 0.000000001. Such small differences come from
    rounding; the limit is 0.00001.
    """
    return (first == second).all()


@AGREE.mistake
def signs_cancel(first, second):
    """The answer is always `True`, even where a probability is 0.2 in one array and 0.7 in the
    other. (If you add up differences: positive and negative ones cancel out. Remove the signs
    first.)
    """
    return abs((first - second).sum()) < 1e-5


@signs_cancel.also
def signs_cancel_in_mean(first, second):
    return (first - second).mean() < 1e-5


@signs_cancel.also
def always_true(first, second):
    return True


@AGREE.mistake
def only_first_larger(first, second):
    """`agree(a, b)` and `agree(b, a)` give different answers here: a difference counts only where
    the number in `first` is the larger one. Remove the sign first.
    """
    return (first - second).max() < 1e-5


@only_first_larger.also
def only_first_larger_abs_last(first, second):
    return np.abs((first - second).max()) < 1e-5


@AGREE.mistake
def only_second_larger(first, second):
    """`agree(a, b)` and `agree(b, a)` give different answers here: a difference counts only where
    the number in `second` is the larger one. Remove the sign first.
    """
    return (second - first).max() < 1e-5


@AGREE.mistake
def only_classes_compared(first, second):
    """The answer is `True` although the second photo has 0.6 in one array and 0.7 in the other:
    both name the same class. Every number of every photo must be compared.
    """
    return (first.argmax(axis=1) == second.argmax(axis=1)).all()


@AGREE.mistake
def limit_too_large(first, second):
    """The answer is `True` where numbers differ by 0.00002 or 0.000016. The limit is 0.00001."""
    return np.abs(first - second).max() < 1e-3


@limit_too_large.also
def limit_too_large_with_allclose(first, second):
    return np.allclose(first, second, atol=1e-3)


@AGREE.mistake
def relative_tolerance_left(first, second):
    """The answer is `True` for 0.9999 and 0.999916, which differ by 0.000016. `np.allclose` and
    `np.isclose` allow a fraction of the number in addition to `atol`; look at `rtol`.
    """
    return np.allclose(first, second, atol=1e-5)


@AGREE.mistake
def differences_added_up(first, second):
    """The answer is `False` where no two numbers differ by more than 0.000008. The limit is
    0.00001, and it applies to each difference on its own, not to all together.
    """
    return np.abs(first - second).sum() < 1e-5


@differences_added_up.also
def differences_added_up_as_norm(first, second):
    return np.linalg.norm(first - second) < 1e-5


@AGREE.mistake
def mean_difference(first, second):
    """The answer is `True` where most numbers are equal and two differ by 0.00002. A single number
    that differs is enough for `False`.
    """
    return np.abs(first - second).mean() < 1e-5


@AGREE.mistake
def rounded_then_compared(first, second):
    """The answer is `False` for 0.123454 and 0.123456, which differ by only 0.000002. The limit is
    0.00001, and the *difference* counts: not whether both round to the same number, nor a fraction
    of the number, which `np.allclose` uses unless it is told otherwise.
    """
    return (np.round(first, 5) == np.round(second, 5)).all()


@AGREE.mistake
def answer_reversed(first, second):
    """The answer is the wrong way round: `True` where the numbers differ, `False` where they
    agree.
    """
    return np.abs(first - second).max() > 1e-5


@AGREE.mistake(
    when=lambda trial: (
        kinds.to_array(trial.came_back).dtype.kind == "b"
        and kinds.to_array(trial.came_back).size > 1
    )
)
def answer_per_number(first, second):
    """These are several truth values. Return a single one for all numbers together."""
    return np.abs(first - second) < 1e-5


@AGREE.mistake(
    when=lambda trial: same(
        trial.came_back, np.abs(trial.names["first"] - trial.names["second"]).max(), 1e-9
    )
)
def difference_returned(first, second):
    """This is the largest difference. Return whether it is small enough."""
    return np.abs(first - second).max()


EXERCISES = (GROUPS, SPLIT, WEIGHTS, HEAT, AGREE)
