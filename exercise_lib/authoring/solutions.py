"""Read and check solution notebooks before anything is made from them.

A file that is not a sound notebook is refused in one sentence that names it,
says what was found and what to do.
"""

import json
import re
import stat
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import nbformat

from exercise_lib import paths
from exercise_lib.authoring.errors import AuthoringError
from exercise_lib.authoring.look_alikes import as_seen
from exercise_lib.authoring.markers import is_name

SOLUTION_ONLY = "solution-only"
TAGS = (SOLUTION_ONLY, "nbval-check-output")
# Its number is checked where it is used, by the validation.
TOLERANCE = re.compile(r"((counts|percents)-)?within-\S+")
NAME = re.compile(r"(\d\d)_[\w-]+\.ipynb", re.ASCII)
FORMAT = (4, 5)
CONFLICT = re.compile(r"^\W*(?:<|&lt;){7} |^\W*(?:>|&gt;){7} ", re.MULTILINE)
STRANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")  # Some take them for line ends.
OF_JUPYTER = {"kernelspec", "language_info"}
RESTORE = "restore it from git or from a copy"


def solution_files(folder: Path = paths.SOLUTIONS) -> list[Path]:
    """Return the solution notebooks of a folder, by name.

    Raises:
        AuthoringError: one is not named like a solution notebook, or two have
            the same number.
    """
    files: list[Path] = []
    seen: dict[str, Path] = {}
    for file in sorted(folder.glob("[!.]*.ipynb")) if paths.is_folder(folder) else ():
        found = NAME.fullmatch(file.name)
        if not found:
            raise refusal(
                file,
                "is not named like a solution notebook (such as 01_pretrained_model.ipynb), "
                "and everything in its folder goes to students: rename it or move it away",
            )
        if found[1] in seen:
            raise refusal(file, f"has the same number as {seen[found[1]].name}: move one away")
        seen[found[1]] = file
        files.append(file)
    return files


def refusal(file: Path, found: str) -> AuthoringError:
    """Return the error for a file, with what was found and what to do."""
    return AuthoringError(f"{paths.shown(file)} {found}.")


def cell_name(file: Path, number: int, cell: Mapping[str, Any]) -> str:
    """Return the name of a cell for messages."""
    identity = f" ({cell['id']!r})" if isinstance(cell.get("id"), str) else ""
    return f"{paths.shown(file)}, cell {number}{identity}"


def read_solution(file: Path) -> tuple[nbformat.NotebookNode, bytes]:
    """Read a solution notebook.

    Args:
        file: pathlib.Path.

    Returns:
        (notebook, content): the nbformat notebook, which is valid and of
        format 4.5, and the bytes of the file.

    Raises:
        AuthoringError: it is not a sound notebook, or contains something that
            must not reach students unseen: attachments, unknown tags.
    """
    content = read_file(file)
    text = decode(file, content)
    book = parse(file, text)
    check_format(file, book)
    check_cells(file, book["cells"])
    try:
        nbformat.validate(book)
    except nbformat.ValidationError as error:
        found = f"{error.json_path[2:]}: {first_line(error)}"  # Such as "cells[2].metadata: ...".
        raise refusal(
            file, f"is not a valid notebook ({found}): fix it in JupyterLab or {RESTORE}"
        ) from error
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    check_metadata(paths.shown(file), notebook.metadata, OF_JUPYTER | {"tags"})
    if "tags" in notebook.metadata:
        raise refusal(file, "has tags for the whole notebook, which have no effect: tag its cells")
    for number, cell in enumerate(notebook.cells, start=1):
        where = cell_name(file, number, cell)
        check_tags(where, cell.metadata.get("tags", []))
        check_metadata(where, cell.metadata, {"tags"})
        check_source(where, cell)
    return notebook, content


def read_file(file: Path) -> bytes:
    """Return the bytes of a regular file."""
    try:
        kind = file.stat().st_mode
        if not stat.S_ISREG(kind):
            what = "a folder" if stat.S_ISDIR(kind) else "not a regular file"
            raise refusal(file, f"is {what}, where a notebook is expected: move it away")
        return file.read_bytes()
    except OSError as error:
        raise refusal(file, f"cannot be read ({error.strerror}): {RESTORE}") from error


def decode(file: Path, content: bytes) -> str:
    """Return the text of a notebook's bytes."""
    if not content.strip():
        raise refusal(file, f"is empty: {RESTORE}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        raise refusal(file, "begins with a byte order mark: save it as UTF-8 without one")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise refusal(file, f"is not text in UTF-8: {RESTORE}") from error
    if "\x00" in text:
        raise refusal(file, f"contains zero bytes, which UTF-8 text never does: {RESTORE}")
    return text


def parse(file: Path, text: str) -> dict[str, Any]:
    """Return the dict that a notebook's text holds as JSON."""
    try:
        book = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
        json.dumps(book, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise refusal(file, f"contains half a character (a lone surrogate): {RESTORE}") from error
    except (ValueError, RecursionError) as error:
        if CONFLICT.search(text):
            raise refusal(
                file, "contains the marks of a merge conflict: resolve it in git, then try again"
            ) from error
        raise refusal(file, f"is not JSON ({first_line(error)}): {RESTORE}") from error
    if not isinstance(book, dict):
        raise refusal(file, f"is JSON, but not a notebook (a {type(book).__name__}): {RESTORE}")
    return book


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(
            f"the key {next(key for key in keys if keys.count(key) > 1)!r} occurs twice"
        )
    return dict(pairs)


def check_format(file: Path, book: Mapping[str, Any]) -> None:
    """Raise AuthoringError unless the notebook has the one supported format."""
    found = (book.get("nbformat"), book.get("nbformat_minor"))
    if not all(type(number) is int for number in found):
        raise refusal(file, f"is JSON, but not a notebook (it names no format): {RESTORE}")
    if found != FORMAT:
        todo = "open it in JupyterLab and save it" if found < FORMAT else "save it as 4.5"
        raise refusal(
            file, f"is a notebook in format {found[0]}.{found[1]}, but 4.5 is expected: {todo}"
        )
    if not isinstance(book.get("cells"), list):
        raise refusal(file, f"is JSON, but not a notebook (it has no cells): {RESTORE}")


def check_cells(file: Path, cells: Iterable[Any]) -> None:
    """Raise AuthoringError if a cell has an unknown type, no unique id, or attachments."""
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            raise refusal(file, f"has a cell {number} that is not a cell: {RESTORE}")
        where = cell_name(file, number, cell)
        if cell.get("cell_type") not in ("code", "markdown", "raw"):
            raise AuthoringError(
                f"{where} has the unknown type {cell.get('cell_type')!r}: make it code, "
                "markdown or raw."
            )
        identity = cell.get("id")
        if not isinstance(identity, str):
            raise AuthoringError(
                f"{where} has no id: open the notebook in JupyterLab and save it."
            )
        if identity in seen:
            raise AuthoringError(
                f"{where} has the same id as cell {seen[identity]}: give it another one."
            )
        seen[identity] = number
        if cell.get("attachments"):
            raise AuthoringError(
                f"{where} has pictures pasted into it ({', '.join(cell['attachments'])}), which "
                "nobody can read or compare: put each in a file in data/, or let a code cell draw "
                "it."
            )
        if cell["cell_type"] != "code" and cell.get("outputs"):
            raise AuthoringError(
                f"{where} has outputs, which only a code cell may have: remove them."
            )


def check_tags(where: str, tags: Iterable[str]) -> None:
    """Raise AuthoringError if a cell has a tag that is not known."""
    for tag in tags:
        if tag not in TAGS and not TOLERANCE.fullmatch(tag):
            known = ", ".join((*TAGS, "within-..., counts-within-... and percents-within-..."))
            raise AuthoringError(f"{where} has the unknown tag {tag!a}: use one of {known}.")


def check_metadata(where: str, metadata: Mapping[str, Any], but: Container[str]) -> None:
    """Raise AuthoringError if metadata mentions tags or solutions where it has no effect."""
    other = {key: value for key, value in metadata.items() if key not in but}
    for word in re.findall("[A-Za-z]+", as_seen(json.dumps(other, ensure_ascii=False))):
        if word.lower() in {"tag", "tags", "nbgrader"} or is_name(word):
            raise AuthoringError(
                f"{where} has the word {word!r} in its metadata, where it has no effect: use "
                f"`tags` only, such as {SOLUTION_ONLY!r}."
            )


def check_source(where: str, cell: nbformat.NotebookNode) -> None:
    """Raise AuthoringError if a source contains conflict marks or strange line ends."""
    if CONFLICT.search(cell.source):
        raise AuthoringError(f"{where} contains the marks of a merge conflict: resolve it.")
    cell.source = cell.source.replace("\r\n", "\n")
    if found := STRANGE.search(cell.source):
        raise AuthoringError(
            f"{where} contains the control character U+{ord(found[0]):04X}: remove it."
        )


def first_line(error: object) -> str:
    """Return the first line of an error message, shortened to fit in a sentence."""
    line = str(error).strip().partition("\n")[0].rstrip(".")
    return line if len(line) <= 120 else f"{line[:117]}..."
