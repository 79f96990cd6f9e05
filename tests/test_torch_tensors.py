"""The reader of PyTorch's first format: what it reads, and all that it must refuse."""

import copyreg
import io
import os
import pickle
import struct
import sys
import tracemalloc
import types
import zipfile
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pytest

from exercise_lib.models import catalog, torch_tensors
from exercise_lib.models.torch_tensors import BadTensorsError, read_tensors

MAGIC, PROTOCOL, NOTES, VIEWS, KEYS, NUMBERS = range(6)
DEEP = 150_000  # Python crashes where it hashes tuples that lie so deep in each other.
FEW_BYTES = 2**24  # No small file may need more memory.
KINDS = {"float32": "FloatStorage", "int64": "LongStorage"}


# A writer, as PyTorch's _legacy_save: two modules that look like PyTorch, and Python's pickle


@dataclass
class Storage:
    """What `torch` keeps numbers in; the file knows it by a tuple."""

    said: tuple


@dataclass
class Tensor:
    """What a file says of a tensor."""

    storage: object
    offset: object
    shape: object
    strides: object


class Writer(pickle.Pickler):
    def persistent_id(self, thing):
        return thing.said if isinstance(thing, Storage) else None

    def reducer_override(self, thing):
        if not isinstance(thing, Tensor):
            return NotImplemented
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        view = (thing.storage, thing.offset, thing.shape, thing.strides)
        return rebuild, (*view, False, OrderedDict())


def pickled(thing, protocol=2):
    """Return the pickle of anything, in which Storage and Tensor are as PyTorch writes them."""
    content = io.BytesIO()
    Writer(content, protocol).dump(thing)
    return content.getvalue()


@pytest.fixture(autouse=True)
def fake_torch(monkeypatch):
    """Make the names of PyTorch that `pickle` wants to see before it writes them."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def rebuild():
        raise AssertionError("Nothing in a file may be called.")

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = rebuild
    for name in (*KINDS.values(), "HalfStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def storage(size, key="1", kind="FloatStorage"):
    return Storage(("storage", getattr(sys.modules["torch"], kind), key, "cpu", size, None))


def counted(values):
    return struct.pack("<q", values.size) + values.tobytes()


def parts_of(arrays):
    """Return the parts of the file that holds arrays: five pickles, and the numbers."""
    keys = [str(number) for number in range(len(arrays))]
    views = OrderedDict()
    for key, (name, values) in zip(keys, arrays.items(), strict=True):
        kept = storage(values.size, key, KINDS[str(values.dtype)])
        strides = tuple(step // values.itemsize for step in values.strides)
        views[name] = Tensor(kept, 0, values.shape, strides)
    views._metadata = OrderedDict({"": {"version": 1}})
    notes = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    pickles = [torch_tensors.MAGIC_NUMBER, torch_tensors.PROTOCOL, notes, views, sorted(keys)]
    numbers = b"".join(counted(arrays[list(arrays)[int(key)]]) for key in sorted(keys))
    return [*map(pickled, pickles), numbers]


def parts_with(views, numbers=None):
    """Return the parts of a file with other views of one storage, of six numbers unless given."""
    parts = parts_of({"a": np.arange(6, dtype=np.float32) if numbers is None else numbers})
    parts[VIEWS] = views if isinstance(views, bytes) else pickled(views)
    parts[KEYS] = pickled(["1"])
    return parts


@pytest.fixture
def write(tmp_path):
    """Return a function that writes parts into a file and returns its path."""

    def write(parts):
        (tmp_path / "some.pth").write_bytes(b"".join(parts))
        return tmp_path / "some.pth"

    return write


def refuse(path, match=None):
    """Assert that a file is refused in one sentence and with little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(BadTensorsError, match=match) as caught:
            read_tensors(path)
        assert tracemalloc.get_traced_memory()[1] < FEW_BYTES
    finally:
        tracemalloc.stop()
    assert_one_sentence(path, str(caught.value))


def refuse_quickly(path):
    """Assert that a file of many instructions is refused; to count its memory would take long."""
    with pytest.raises(BadTensorsError) as caught:
        read_tensors(path)
    assert_one_sentence(path, str(caught.value))


def assert_one_sentence(path, message):
    assert message.startswith(f"{path.name} contains no readable tensors: ")
    assert message.endswith(".")
    assert ". " not in message
    assert message.isprintable()
    assert len(message) < 200


# What is read


def example():
    random = np.random.default_rng(0)
    return {
        "kernel": random.normal(size=(2, 3, 4)).astype(np.float32),
        "seen": np.array(7),
        "empty": np.zeros((0, 3), np.float32),
        "bias": random.normal(size=300).astype(np.float32),
        "long": np.arange(70_000),
    }


def test_what_was_written_is_read(write):
    arrays = example()
    found = read_tensors(write(parts_of(arrays)))
    assert list(found) == list(arrays)
    for name, values in arrays.items():
        assert (found[name].dtype, found[name].shape) == (values.dtype, values.shape)
        np.testing.assert_array_equal(found[name], values)
        assert found[name].flags.writeable


def test_many_tensors_in_the_order_of_the_file(write):
    arrays = {f"layer {number}": np.full(2, number) for number in range(400)}
    found = read_tensors(write(parts_of(arrays)))
    assert [(name, values[1]) for name, values in found.items()] == [
        (name, values[1]) for name, values in arrays.items()
    ]


def test_parts_and_other_orders_of_a_storage(write):
    one = storage(6)
    views = {"turned": Tensor(one, 0, (3, 1), (1, 3)), "end": Tensor(one, 3, (3,), (1,))}
    found = read_tensors(write(parts_with(views)))
    np.testing.assert_array_equal(found["turned"], [[0], [1], [2]])
    np.testing.assert_array_equal(found["end"], [3, 4, 5])
    found["turned"][:] = 9  # Each is an array of its own.
    np.testing.assert_array_equal(found["end"], [3, 4, 5])


def test_a_file_with_no_tensors(write):
    assert read_tensors(write(parts_of({}))) == {}


def test_the_real_file():
    found = read_tensors(catalog.check_packaged())
    assert found["_fc.weight"].shape == (1000, 1280)
    assert found["_fc.bias"].shape == (1000,)
    assert found["_conv_stem.weight"].shape == (32, 3, 3, 3)
    kinds = {name.endswith("batches_tracked"): str(values.dtype) for name, values in found.items()}
    assert kinds == {False: "float32", True: "int64"}
    floats = [values for values in found.values() if values.dtype == np.float32]
    assert len(floats) == 247
    assert sum(values.size for values in floats) == 4_694_024
    assert all(np.isfinite(values).all() for values in floats)


# What would run something


class Hostile:
    """Something whose pickle asks for a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("place", [MAGIC, PROTOCOL, NOTES, VIEWS, KEYS])
def test_no_command_is_run(write, tmp_path, place, protocol):
    marker = tmp_path / "was_run"
    parts = parts_of(example())
    parts[place] = pickled(Hostile(os.system, f'echo > "{marker}"'), protocol)
    refuse(write(parts))
    assert not marker.exists()
    pickle.loads(parts[place])  # It would have been.
    assert marker.exists()


@pytest.mark.parametrize("function", [eval, exec, print, __import__, getattr, open])
def test_no_function_is_known(write, function):
    name = getattr(function, "__name__", "open")
    refuse(write(parts_with({"a": Hostile(function, "1")})), match=f"asks for '.*{name}'")


@pytest.mark.parametrize(
    "name",
    [
        "collections OrderedDict.fromkeys",
        "collections OrderedDict.__init__.__globals__",
        "torch._utils _rebuild_tensor_v2.__globals__",
        "torch.nn Linear",
        "torch HalfStorage",
        "torch ",
        "collections  OrderedDict",
        "exercise_lib.models.torch_tensors _read",
    ],
)
def test_names_that_only_resemble_known_ones(write, name):
    asked = b"\x80\x02c" + name.replace(" ", "\n", 1).encode() + b"\n."
    refuse(write(parts_with(asked)), match="asks for")


def test_a_long_and_odd_name_is_told_in_short(write):
    name = b"os\r\x1b[31m" * 10_000
    refuse(write(parts_with(b"\x80\x02c" + name + b"\nsystem\n.")), match="asks for")
    refuse(write(parts_with(b"\x80\x02c" + "\N{SNOWMAN}".encode() + b"\nsystem\n.")))


ORDERED_DICT = b"ccollections\nOrderedDict\n"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


@pytest.mark.parametrize(
    ("content", "instruction"),
    [
        (b"(icollections\nOrderedDict\n.", "INST"),
        (b"(" + ORDERED_DICT + b"o.", "OBJ"),
        (ORDERED_DICT + b")\x81.", "NEWOBJ"),
        (ORDERED_DICT + b")}\x92.", "NEWOBJ_EX"),
        (b"\x8c\x02os\x8c\x06system\x93.", "SHORT_BINUNICODE"),
        (b"X\x02\0\0\0osX\x06\0\0\0system\x93.", "STACK_GLOBAL"),
        (b"\x82\x01.", "EXT1"),
        (b"\x83\x01\x01.", "EXT2"),
        (b"\x84\x01\x01\x01\x01.", "EXT4"),
        (b"P1\n.", "PERSID"),
        (b"\x97.", "NEXT_BUFFER"),
        (b"\x8f.", "EMPTY_SET"),
        (b"(\x91.", "FROZENSET"),
        (b"}2.", "DUP"),
        (b"(l.", "LIST"),
        (b"F1.5\n.", "FLOAT"),
        (b"I1\n.", "INT"),
    ],
)
def test_instructions_that_tensors_do_not_need(write, content, instruction):
    refuse(write(parts_with(content)), match=f"the instruction {instruction},")


def test_extensions_of_this_process_are_not_reached(write, tmp_path):
    """Python's unpickler takes them from a memory of its own, past `find_class`."""
    marker = tmp_path / "was_run"
    copyreg.add_extension(os.system.__module__, "system", 77)
    try:
        call = b"\x82\x4d" + pickle.dumps((f'echo > "{marker}"',), 2)[2:-1] + b"R."
        assert pickle.loads(call) == 0
        marker.unlink()
        refuse(write(parts_with(call)), match="EXT1")
        assert not marker.exists()
    finally:
        copyreg.remove_extension(os.system.__module__, "system", 77)


@pytest.mark.parametrize("made", [ORDERED_DICT, REBUILD, b"ctorch\nFloatStorage\n"])
def test_no_attribute_is_set(write, made):
    state = b"N" + pickle.dumps({"__defaults__": (1,), "__doc__": "changed"}, 2)[2:-1]
    refuse(write(parts_with(b"\x80\x02" + made + state + b"\x86b.")))
    test_what_was_written_is_read(write)


@pytest.mark.parametrize(
    "content",
    [
        ORDERED_DICT + b"]\x85R.",  # OrderedDict([])
        b"ctorch\nFloatStorage\n)R.",
        ORDERED_DICT + b")R)R.",  # OrderedDict()()
        b"X\x04\0\0\0eval)R.",
    ],
)
def test_calls_that_no_tensor_needs(write, content):
    refuse(write(parts_with(b"\x80\x02" + content)), match="makes something that is not a tensor")


@pytest.mark.parametrize("arguments", [b")", b"}", b"N", b"(NNNNt"])
def test_tensors_made_of_nothing(write, arguments):
    refuse(write(parts_with(b"\x80\x02" + REBUILD + arguments + b"R.")))


# What would take all memory, for ever, or the whole process with it


def test_a_place_in_the_memo_is_no_size(write):
    refuse(
        write(parts_with(b"\x80\x02Nr\xff\xff\xff\x7f.")), match="something that is not a tensor"
    )
    refuse(write(parts_with(b"\x80\x02Np1000000000000\n.")))


@pytest.mark.parametrize(
    "content",
    [
        b"X\xff\xff\xff\xffa",
        b"\x8d\0\0\0\0\0\1\0\0a",
        b"\x8b\xff\xff\xff\x7fa",
        b"B\xff\xff\xff\xffa",
        b"\x96\0\0\0\0\0\1\0\0a",
        b"\x95\0\0\0\0\0\1\0\0a",
    ],
)
def test_sizes_of_texts_are_not_believed(write, content):
    refuse(write(parts_with(b"\x80\x02" + content)))


def nested(depth):
    """Return the instructions that lay an empty tuple into tuples."""
    return b")" + b"\x85" * depth


def doubled(depth):
    """Return the instructions of a small tuple that anybody who goes through it never leaves."""
    return b")" + b"q\x01h\x01\x86" * depth


# {"a": a tensor whose storage has such a key}
WITH_KEY = (
    b"}X\1\0\0\0a" + REBUILD + b"((X\7\0\0\0storagectorch\nFloatStorage\n%sX\3\0\0\0cpuK\6NtQ"
    b"K\0K\6\x85K\1\x85tRs."
)


@pytest.mark.parametrize("strange", [nested(DEEP), doubled(200)])
@pytest.mark.parametrize(
    "around",
    [
        b"%s.",
        b"}%sNs.",
        b"}(%sNu.",
        b"%sQ.",
        b"(X\7\0\0\0storagectorch\nFloatStorage\n%sX\3\0\0\0cpuK\6NtQ.",
        b"(X\7\0\0\0storage%sX\1\0\0\0001X\3\0\0\0cpuK\6NtQ.",
        b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0001X\3\0\0\0cpu%sNtQ.",
        b"(%sctorch\nFloatStorage\nX\1\0\0\0001X\3\0\0\0cpuK\6NtQ.",
        WITH_KEY,
        b"%s)R.",
        ORDERED_DICT + b"%sR.",
        REBUILD + b"%sR.",
        REBUILD + b"(NK\0%s)tR.",
        b"%s)b.",
    ],
)
def test_tuples_in_tuples_anywhere(write, around, strange):
    refuse_quickly(write(parts_with(b"\x80\x02" + around % strange)))


@pytest.mark.parametrize("place", [MAGIC, PROTOCOL, KEYS])
@pytest.mark.parametrize("strange", [nested(DEEP), doubled(200)])
def test_tuples_in_tuples_in_place_of_numbers_and_keys(write, place, strange):
    for around in (b"%s", b"](%s%se"):
        parts = parts_of(example())
        parts[place] = b"\x80\x02" + around.replace(b"%s", strange) + b"."
        refuse_quickly(write(parts))


def test_lists_and_dicts_that_hold_themselves(write):
    refuse(write(parts_with(b"\x80\x02]q\0h\0a.")), match="something that is not a tensor")
    refuse(
        write(parts_with(b"\x80\x02}q\0X\1\0\0\0ah\0s.")), match="something that is not a tensor"
    )


def test_a_thousand_tensors_of_the_same_numbers(write):
    one, numbers = storage(500_000), np.zeros(500_000, np.float32)
    views = {str(number): Tensor(one, 0, (500_000,), (1,)) for number in range(1000)}
    refuse(write(parts_with(views, numbers)), match="larger than its numbers")


def test_a_large_file_of_another_kind(tmp_path):
    with (tmp_path / "large.pth").open("wb") as file:
        file.truncate(2**28)
    refuse(tmp_path / "large.pth")


def test_pickles_of_more_than_a_megabyte(write):
    refuse(write(parts_with(b"\x80\x02" + b"0" * 2**21 + b".")))
    refuse(write(parts_with(pickled({"a" * 2**21: 1}))))


# What no tensor says of itself


@pytest.mark.parametrize("count", [-1, True, 1.5, "1", None, (1,), -(10**100)])
def test_counts_that_are_none(write, count):
    one = storage(6)
    for view in ((0, (count, 2), (1, 1)), (0, (2, 1), (count, 1)), (count, (1,), (1,))):
        match = None if type(count) is float else "shape of a tensor is not a shape"
        refuse(write(parts_with({"a": Tensor(one, *view)})), match)
    match = None if type(count) is float else "of an unknown kind"
    said = ("storage", sys.modules["torch"].FloatStorage, "1", "cpu", count, None)
    refuse(write(parts_with({"a": Tensor(Storage(said), 0, (1,), (1,))})), match)


@pytest.mark.parametrize("count", [7, 2**31, 2**62, 2**63, 2**64, 10**600])
def test_counts_that_are_too_large(write, count):
    one = storage(6)
    for view in ((0, (count, 2), (1, 1)), (0, (2, 1), (count, 1)), (count, (1,), (1,))):
        match = "larger than its numbers" if count < 10**600 else None
        refuse(write(parts_with({"a": Tensor(one, *view)})), match)
    refuse(write(parts_with({"a": Tensor(storage(count), 0, (6,), (1,))})))


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (0, (7,), (1,)),
        (1, (6,), (1,)),
        (6, (), ()),
        (0, (2, 3), (4, 1)),
        (0, (3,), (3,)),
        (0, (1000, 1000, 1000, 1000), (0, 0, 0, 0)),
        (0, (7,), (0,)),
        (-1, (2,), (1,)),
        (5, (2,), (-1,)),
        (0, (2, 3), (1,)),
        (0, (2,), (1, 1)),
        (0, (1,) * 9, (1,) * 9),
        (0, (1,) * 9999, (1,) * 9999),
        (0, [2, 3], [3, 1]),
        (0, "ab", "ab"),
        (0, None, None),
        (0, {2: 3}, {1: 1}),
        (0, (0, 2**62), (1, 2**62)),
    ],
)
def test_tensors_that_are_larger_than_their_numbers_or_no_tensors(write, offset, shape, strides):
    refuse(write(parts_with({"a": Tensor(storage(6), offset, shape, strides)})))


def test_a_tensor_without_numbers_reaches_none(write):
    view = Tensor(storage(6), 2**40, (0, 2**40), (2**40, 1))
    assert read_tensors(write(parts_with({"a": view})))["a"].shape == (0, 2**40)


@pytest.mark.parametrize(
    "said",
    [
        ("storage", "torch", "1", "cpu", 6, None),
        ("storage", ("torch", "FloatStorage"), "1", "cpu", 6, None),
        ("storage", None, "1", "cpu", 6, None),
        ("storage", "torch FloatStorage", 1, "cpu", 6, None),
        ("storage", "torch FloatStorage", ["1"], "cpu", 6, None),
        ("storage", "torch FloatStorage", "1", "cpu", -6, None),
        ("storage", "torch FloatStorage", "1", "cpu", True, None),
        ("storage", "torch FloatStorage", "1", "cpu", 2**63, None),
        ("storage", "torch FloatStorage", "1", "cpu", 2**62, None),
        ("storage", "torch FloatStorage", "1", "cpu", 7, None),
        ("module", "torch FloatStorage", "1", "cpu", 6, None),
        ("storage",),
        (),
        "storage",
        "stored",
        6,
        ["storage"] * 6,
        {"storage": 6},
    ],
)
def test_storages_that_are_none(write, said):
    refuse(write(parts_with({"a": Tensor(Storage(said), 0, (6,), (1,))})))


def test_a_storage_of_two_kinds(write):
    views = {
        "a": Tensor(storage(3), 0, (1,), (1,)),
        "b": Tensor(storage(3, kind="LongStorage"), 0, (1,), (1,)),
    }
    refuse(write(parts_with(views)), match="list of storages")


@pytest.mark.parametrize("keys", [[], ["0"], ["1", "1"], ["1", "2"], [1], "1", ("1",), None])
def test_keys_that_are_not_those_of_the_tensors(write, keys):
    parts = parts_with({"a": Tensor(storage(6), 0, (6,), (1,))})
    parts[KEYS] = pickled(keys)
    refuse(write(parts), match="list of storages")


@pytest.mark.parametrize("views", [[], (), None, 3, "text", {"a": 3}, {"a": None}, {"a": {}}])
def test_views_that_are_none(write, views):
    refuse(write(parts_with(views)), match="something that is not a tensor")


@pytest.mark.parametrize("name", [1, None, True, ("a",)])
def test_names_that_are_no_text(write, name):
    refuse(write(parts_with({name: Tensor(storage(6), 0, (6,), (1,))})), match="not text")


def test_a_bare_tensor_and_a_bare_storage(write):
    refuse(
        write(parts_with(Tensor(storage(6), 0, (6,), (1,)))),
        match="something that is not a tensor",
    )
    refuse(write(parts_with({"a": storage(6)})), match="something that is not a tensor")
    refuse(write(parts_with({"a": Tensor(6, 0, (6,), (1,))})))


# Damage


def test_every_cut(write):
    arrays = {"a": np.arange(6, dtype=np.float32), "b": np.array(3)}
    content = b"".join(parts_of(arrays))
    assert len(read_tensors(write([content]))) == 2
    for length in range(len(content)):
        with pytest.raises(BadTensorsError):
            read_tensors(write([content[:length]]))


def test_cut_numbers_are_told(write):
    parts = parts_of({"a": np.arange(6, dtype=np.float32)})
    refuse(write([*parts[:NUMBERS], parts[NUMBERS][:-1]]), match="it is truncated")
    refuse(
        write([*parts[:NUMBERS], struct.pack("<q", -6), parts[NUMBERS][8:]]),
        match="it is truncated",
    )
    refuse(write(parts[:NUMBERS]), match="it is truncated")


# From pickletools, for odd escapes in instructions that are then refused.
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
def test_every_changed_byte_gives_arrays_or_one_error(write):
    """Changed numbers cannot be noticed here: for them there is the file's hash."""
    arrays = {"a": np.arange(2, dtype=np.float32), "b": np.array(3)}
    content = b"".join(parts_of(arrays))
    random = np.random.default_rng(0)
    for place in range(len(content)):
        for value in random.integers(0, 256, 6):
            changed = content[:place] + bytes([value]) + content[place + 1 :]
            try:
                found = read_tensors(write([changed]))
            except BadTensorsError:
                continue
            assert all(type(values) is np.ndarray for values in found.values())


def test_wrong_magic_number_and_protocol(write):
    for place, value in ((MAGIC, 1), (MAGIC, (1, 2)), (PROTOCOL, 1002), (PROTOCOL, None)):
        parts = parts_of(example())
        parts[place] = pickled(value)
        refuse(write(parts), match="not saved by PyTorch in its first format")


def test_missing_and_swapped_pickles(write):
    parts = parts_of(example())
    for place in range(NUMBERS):
        refuse(write(parts[:place] + parts[place + 1 :]))
        refuse(write([*parts[:place], *parts[place : place + 2][::-1], *parts[place + 2 :]]))


def test_files_of_other_kinds(tmp_path):
    with zipfile.ZipFile(tmp_path / "new.pth", "w") as archive:
        archive.writestr("archive/data.pkl", pickled({}))
    np.save(tmp_path / "array.npy", np.arange(10))
    others = {
        "empty.pth": b"",
        "text.txt": b"Dear all,\nhere are the weights.\n" * 100,
        "page.html": b"<html>log in</html>",
        "zeros.pth": b"\0" * 10_000,
        "noise.pth": np.random.default_rng(0).bytes(10_000),
        "hdf5.h5": b"\x89HDF\r\n\x1a\n" + b"\0" * 1000,
        "pickle.pth": pickle.dumps({"a": 1}),
    }
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    for name in ("new.pth", "array.npy", *others):
        refuse(tmp_path / name)


def test_folders_and_files_that_are_not_there(tmp_path):
    refuse(tmp_path)
    refuse(tmp_path / "nothing.pth", match="not readable")
