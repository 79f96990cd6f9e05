"""Every small change of a function: what somebody may write who is nearly right.

A change is another operator, constant, bound, axis, name or argument; something
left out; two things swapped. `mutants_of` makes each of them once.
"""

import ast
import contextlib
import copy
import difflib
import itertools
from dataclasses import dataclass

AROUND = 30  # Signs of a line that are shown before and after a change.
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
ORDERS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot)
# Neither negated nor one more or less: no numbers.
UNSHIFTED = (ast.Constant, ast.Starred, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.ListComp)
UNSHIFTED += (ast.Compare, ast.BoolOp)
MEMBERSHIPS = (ast.In, ast.NotIn)
REDUCTIONS = ("mean", "sum", "max", "min", "median", "std", "var", "prod")
# Names and texts that are easily taken for each other.
SIBLINGS = (
    REDUCTIONS,
    ("argmax", "argmin", "max", "argsort"),
    ("argsort", "sort", "argmax", "unique"),
    ("log", "log2", "log10", "log1p", "exp", "sqrt"),
    ("maximum", "minimum", "add", "fmax"),
    ("stack", "hstack", "vstack", "concatenate", "array"),
    ("flatnonzero", "nonzero", "argwhere", "unique"),
    ("any", "all", "sum"),
    ("int", "float", "round", "str", "bool"),
    ("abs", "square", "sign", "sqrt"),
    ("keys", "values", "items"),
    ("get", "setdefault", "pop"),
    ("append", "extend", "remove"),
    ("read_bytes", "read_text", "stat", "resolve"),
    ("sha256", "md5", "sha1"),
    ("hexdigest", "digest", "block_size"),
    ("expand_dims", "squeeze"),
    ("resize", "crop_images", "pad_images"),
    ("clone_model", "load_model"),
    ("trainable_weights", "non_trainable_weights", "weights", "trainable_variables", "layers"),
    ("shape", "size", "ndim", "dtype"),
    ("model", "base_model"),
    ("predict", "call", "get_weights"),
    ("GlobalAveragePooling2D", "GlobalMaxPooling2D", "Flatten", "AveragePooling2D"),
    ("BatchNormalization", "LayerNormalization", "Dense", "Conv2D", "Layer"),
    ("Adam", "SGD", "RMSprop", "AdamW"),
    ("adam", "sgd", "rmsprop"),
    ("softmax", "sigmoid", "relu", "linear", "tanh"),
    (
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "binary_crossentropy",
        "mse",
    ),
    ("accuracy", "binary_accuracy", "mse"),
    ("train", "validation", "test"),
    ("accuracy", "loss", "val_accuracy", "val_loss"),
    ("test_accuracy", "val_accuracy", "shift_accuracy", "train_seconds"),
    ("mean", "lowest", "highest", "shift_mean", "seconds"),
    ("images_per_class", "seed", "seeds", "test_images"),
    ("approach", "model", "data"),
    ("a", "b", "c", "d"),
)


@dataclass(frozen=True)
class Mutant:
    """A changed function.

    Attributes:
        code: All of it.
        change: What was changed, in one line: the old lines, an arrow, the new ones.
    """

    code: str
    change: str


def mutants_of(source):
    """Return all mutants of the code of one function, as a list of Mutant."""
    tree = _without_docstring(ast.parse(source))
    original = ast.unparse(tree)
    names = _local_names(tree)
    known, found = {original}, []
    for parent, field, place in list(_places(tree)):
        node = getattr(parent, field) if place is None else getattr(parent, field)[place]
        for new in itertools.chain(_in_place_of(node), _in_context(node, parent, field, names)):
            with _replaced(parent, field, place, new):
                code = ast.unparse(ast.fix_missing_locations(tree))
            if code not in known:
                known.add(code)
                found.append(Mutant(code, change_between(original, code)))
    return found


def change_between(old, new):
    """Return in what two texts differ, as one line: before, an arrow, after."""
    differing = [
        line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"
    ]
    removed, added = (
        " ⏎ ".join(line[2:].strip() for line in differing if line[0] == sign) for sign in "-+"
    )
    removed, added = _without_common_ends(removed, added)
    return f"{removed or '(nothing)'} → {added or '(nothing)'}"


def _without_common_ends(one, other):
    """Return two lines without what is alike at their ends, but for some signs around."""
    begin = _alike_at_begin(one, other)
    most = min(len(one), len(other)) - begin
    end = min(most, _alike_at_begin(one[::-1], other[::-1]))
    begin, end = max(0, begin - AROUND), max(0, end - AROUND)
    return tuple(
        f"{'…' * (begin > 0)}{line[begin : len(line) - end]}{'…' * (end > 0)}"
        for line in (one, other)
    )


def _alike_at_begin(one, other):
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _local_names(tree):
    """Return the names that a function's code may use besides modules and builtins."""
    found = {node.arg: None for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_":
            found[node.id] = None
    return tuple(found)


def _without_docstring(tree):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree


def _places(tree):
    """Yield (parent, field, place in a list or None) of every node."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield parent, field, None
            elif isinstance(value, list):
                for place, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield parent, field, place


@contextlib.contextmanager
def _replaced(parent, field, place, new):
    if place is None:
        old = getattr(parent, field)
        setattr(parent, field, new)
        yield
        setattr(parent, field, old)
    else:
        values = getattr(parent, field)
        setattr(parent, field, [*values[:place], *_as_list(new), *values[place + 1 :]])
        yield
        setattr(parent, field, values)


def _as_list(new):
    return new if isinstance(new, list) else [new]


def _with(node, **fields):
    """Return a copy of a node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _number(value):
    return ast.Constant(value)


def _negated(node):
    return ast.UnaryOp(ast.USub(), node)


def _not(node):
    return ast.UnaryOp(ast.Not(), node)


def _is_read(node):
    return isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _in_place_of(node):
    """Yield what may stand in place of a node wherever it stands."""
    change = CHANGES.get(type(node))
    if change is not None:
        yield from change(node)


def _in_context(node, parent, field, names):
    """Yield what may stand in place of a node where it stands, among these names."""
    if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef):
        yield ast.Pass()
        yield from _moved_statements(node, parent, field)
    if isinstance(node, ast.Return):
        yield from (_with(node, value=ast.Name(name, ast.Load())) for name in names)
    if isinstance(node, ast.Name) and _is_read(node) and node.id in names:
        yield from (_with(node, id=name) for name in names if name != node.id)
    if field == "iter":
        yield from _other_turns(node)
    is_number = not isinstance(parent, ast.Attribute) and field not in ("func", "test", "ifs")
    if _is_read(node) and is_number and not isinstance(node, UNSHIFTED):
        yield from _shifted(node)


def _moved_statements(node, parent, field):
    """Yield a statement with the one after it swapped in, or taken into a loop."""
    body = getattr(parent, field)
    following = body[body.index(node) + 1 :]
    if following and isinstance(node, ast.For) and isinstance(following[0], ast.Return):
        yield _with(node, body=[*node.body, following[0]])


def _other_turns(node):
    """Yield other things to go through: all but the first, all but the last, backwards."""
    load = ast.Load()
    yield ast.Subscript(node, ast.Slice(_number(1), None), load)
    yield ast.Subscript(node, ast.Slice(None, _number(-1)), load)
    yield ast.Call(ast.Name("reversed", load), [node], [])


def _shifted(node):
    yield _negated(node)
    for operator in (ast.Add, ast.Sub):
        yield ast.BinOp(node, operator(), _number(1))


def _of_bin_op(node):
    yield from (_with(node, op=one()) for one in ARITHMETIC if type(node.op) is not one)
    yield _with(node, left=node.right, right=node.left)
    yield from (node.left, node.right)


def _of_aug_assign(node):
    yield from (_with(node, op=one()) for one in ARITHMETIC if type(node.op) is not one)
    yield ast.Assign([node.target], node.value)


def _of_compare(node):
    for place, operator in enumerate(node.ops):
        kin = MEMBERSHIPS if isinstance(operator, MEMBERSHIPS) else ORDERS
        for one in kin:
            if one is not type(operator):
                yield _with(node, ops=[*node.ops[:place], one(), *node.ops[place + 1 :]])
    if len(node.ops) == 1:
        yield _with(node, left=node.comparators[0], comparators=[node.left])
        yield from (node.left, node.comparators[0])
    yield from (_number(True), _number(False), _not(node))


def _of_bool_op(node):
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for place in range(len(node.values)):
        left = [*node.values[:place], *node.values[place + 1 :]]
        yield _with(node, values=left) if len(left) > 1 else left[0]
    yield _not(node)


def _of_unary_op(node):
    yield node.operand
    if not isinstance(node.op, ast.Not) and not isinstance(node.operand, ast.Constant):
        yield ast.Call(ast.Name("abs", ast.Load()), [node.operand], [])


def _of_constant(node):
    value = node.value
    if value is None:
        others = (0, -1)
    elif isinstance(value, bool):
        others = (not value, None)
    elif isinstance(value, int):
        others = (value + 1, value - 1, 0, 1, -value, 2 * value, 10 * value, value + 3, None)
    elif isinstance(value, float):
        others = (0.0, 1.0, -value, *(value * factor for factor in (0.1, 0.5, 0.99, 1.01, 2, 10)))
    elif isinstance(value, str):
        others = ("", value.upper(), *_siblings(value))
    else:
        others = ()
    yield from (_number(other) for other in others)


def _siblings(name):
    """Return the names that are easily taken for one, each once."""
    found = [one for group in SIBLINGS if name in group for one in group if one != name]
    return tuple(dict.fromkeys(found))


def _of_name(node):
    if _is_read(node):
        yield from (_with(node, id=name) for name in _siblings(node.id))


def _of_attribute(node):
    if _is_read(node):
        yield node.value
        yield from (_with(node, attr=name) for name in _siblings(node.attr))


def _of_subscript(node):
    if _is_read(node):
        yield node.value


def _of_slice(node):
    for field in ("lower", "upper", "step"):
        bound = getattr(node, field)
        if bound is None:
            yield from (_with(node, **{field: _number(value)}) for value in (1, -1, 2))
        else:
            yield _with(node, **{field: None})
    yield _with(node, lower=node.upper, upper=node.lower)


def _of_call(node):
    yield from (argument for argument in node.args if not isinstance(argument, ast.Starred))
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.expr):
        yield node.func.value
    yield from (_with(node, args=left) for left in _without_one(node.args))
    yield from (_with(node, keywords=left) for left in _without_one(node.keywords))
    yield from (_with(node, args=swapped) for swapped in _swaps(node.args))
    yield from _other_axes(node)


def _other_axes(node):
    """Yield a reduction with an axis, or with its axes kept, where it had none of these."""
    name = getattr(node.func, "attr", None)
    given = {keyword.arg for keyword in node.keywords}
    if name in (*REDUCTIONS, "argmax", "argmin", "norm") and "axis" not in given:
        for axis in (0, 1, -1):
            added = ast.keyword("axis", _number(axis))
            yield _with(node, keywords=[*node.keywords, added])
    if name in (*REDUCTIONS, "norm") and "keepdims" not in given:
        yield _with(node, keywords=[*node.keywords, ast.keyword("keepdims", _number(True))])


def _without_one(items):
    return [[*items[:place], *items[place + 1 :]] for place in range(len(items))]


def _swaps(items):
    for one, other in itertools.combinations(range(len(items)), 2):
        swapped = list(items)
        swapped[one], swapped[other] = items[other], items[one]
        yield swapped


def _of_elements(node):
    """Lists and tuples: one element less, two of them swapped."""
    if _is_read(node):
        yield from (_with(node, elts=left) for left in _without_one(node.elts))
    yield from (_with(node, elts=swapped) for swapped in _swaps(node.elts))


def _of_dict(node):
    for keys, values in zip(_without_one(node.keys), _without_one(node.values), strict=True):
        yield _with(node, keys=keys, values=values)


def _of_starred(node):
    if _is_read(node):
        yield node.value


def _of_comprehension(node):
    for place, condition in enumerate(node.ifs):
        others = [*node.ifs[:place], *node.ifs[place + 1 :]]
        yield _with(node, ifs=others)
        yield _with(node, ifs=[*others, _not(condition)])


def _of_list_comprehension(node):
    if len(node.generators) > 1:
        yield _with(node, generators=node.generators[::-1])


def _of_arguments(node):
    yield from (_with(node, args=swapped) for swapped in _swaps(node.args))


def _of_if(node):
    for test in (_number(True), _number(False), _not(node.test)):
        yield _with(node, test=test)
    yield node.body


def _of_for(node):
    yield node.body


def _of_if_expression(node):
    yield from (node.body, node.orelse, _with(node, body=node.orelse, orelse=node.body))


CHANGES = {
    ast.BinOp: _of_bin_op,
    ast.AugAssign: _of_aug_assign,
    ast.Compare: _of_compare,
    ast.BoolOp: _of_bool_op,
    ast.UnaryOp: _of_unary_op,
    ast.Constant: _of_constant,
    ast.Name: _of_name,
    ast.Attribute: _of_attribute,
    ast.Subscript: _of_subscript,
    ast.Slice: _of_slice,
    ast.Call: _of_call,
    ast.List: _of_elements,
    ast.Tuple: _of_elements,
    ast.Dict: _of_dict,
    ast.Starred: _of_starred,
    ast.comprehension: _of_comprehension,
    ast.ListComp: _of_list_comprehension,
    ast.arguments: _of_arguments,
    ast.If: _of_if,
    ast.For: _of_for,
    ast.IfExp: _of_if_expression,
}
