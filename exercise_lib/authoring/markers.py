"""The two lines around a solution, and lines that only look like one of them.

A misspelt marker would give the solution away, so anything that a reader could
take for a marker is an error. Prose and code that merely mention a solution are
not: what counts is where the words are (after `#`, in a comment, alone on their
line) and whether they are in capitals.
"""

import functools
import io
import itertools
import re
import tokenize
from collections.abc import Iterable

from exercise_lib.authoring.errors import AuthoringError
from exercise_lib.authoring.look_alikes import DIGITS, UNKNOWN, as_seen
from exercise_lib.exercises.reference import BEGIN, END

STUB = ("# YOUR CODE HERE", "...")

EDGES = ("begin", "end", "start", "stop")
NAMES = ("solution", "solutions", "soln")
# nbgrader's other delimiters, which mean nothing here, and a word that others use.
FOREIGN = re.compile(
    r"(begin|end|start|stop) (hidden tests?|mark scheme|answers?)|answers? (begin|end|start|stop)"
)
# Ordinary words that are as close to EDGES or NAMES as a misspelling.
ORDINARY = re.compile(
    "ablution|absolution|dilution|elution|evolution|isolation|locution|pollution|resolution|"
    "revolution|salutation|solitons?|volition|volution|"
    "2nd|and|[bflmstv]end|shop|slop|star|stark|step|top"
)
FILLER = re.compile("a|the|of|my|your|here|now")
BESIDE = re.compile(r"\d+|cells?|code|block|only|lines?|exercise|region|no|prompt|title")

WORD = re.compile(rf"[a-z0-9{UNKNOWN}]+", re.IGNORECASE)
COMMENT = re.compile(r"#+|<!--|<summary>|<h\d>")
END_OF_HTML = re.compile("-->|</")
CAPITALS = re.compile(rf"[^a-z]*[A-Z{UNKNOWN}][^a-z]*")
# In code, a line without `#`: only words, no call, assignment or attribute.
BARE = re.compile(r"[^\w(\[{=.'\"]*\w+(?:[ \t:-]+\w+)*[^\w(\[{=.'\"]*")
ALLOWED = {"begin": 1, "end": 1, "start": 1, "stop": 1, "soln": 0}  # Typos in a word; else 2.
MANY = 9  # Typos: a different word.
MOST_WORDS = 14  # In one marker, if each letter is a word.
LONGEST = 18  # Letters in one marker, with a few extra.
LONGEST_LINE = 1000  # Characters that are checked: a marker comes early in its line.


def replace_solutions(source: str, where: str) -> str:
    """Replace each solution in a cell's source with a stub of the same indent.

    Args:
        source: Source of a code cell.
        where: Name of the cell, for errors.

    Returns:
        The source with `# YOUR CODE HERE` and `...` in place of each solution.

    Raises:
        AuthoringError: a marker is stray, nested, unclosed or misspelt, is in a
            string, or has nothing to replace.
    """
    lines: list[str] = []
    body: list[str] | None = None
    for number, line in enumerate(source.split("\n")):
        kind = marker(line, where, inside=body is not None)
        if kind == BEGIN and body is not None:
            raise AuthoringError(f"{where}: {BEGIN!r} is inside a solution: close that one first.")
        if kind == END and body is None:
            raise AuthoringError(f"{where}: {END!r} is alone: put {BEGIN!r} before the solution.")
        if kind is not None:
            check_comment(source, number, where)
        if kind == BEGIN:
            body = []
            lines += [line[: line.index("#")] + text for text in STUB]
        elif kind == END:
            check_body(body or (), where)
            body = None
        else:
            (lines if body is None else body).append(line)
    if body is not None:
        raise AuthoringError(f"{where}: {BEGIN!r} has no {END!r}: close the solution.")
    return "\n".join(lines)


def split(source: str) -> tuple[list[str], list[str]]:
    """Return (lines outside, lines inside) the solutions of a code cell with valid markers."""
    outside: list[str] = []
    inside: list[str] = []
    lines = outside
    for line in source.split("\n"):
        if line.strip() in (BEGIN, END):
            lines = inside if line.strip() == BEGIN else outside
        else:
            lines.append(line)
    return outside, inside


def marker(line: str, where: str, inside: bool = False) -> str | None:
    """Return which marker a line of code is, or None; a near miss is an error."""
    if line.strip() in (BEGIN, END):
        return line.strip()
    if looks_like_a_marker(line, in_code=True, inside=inside):
        raise AuthoringError(
            f"{where}: {shortened(line)} looks like a marker of a solution, but is not: write "
            f"{BEGIN!r} or {END!r} alone on a line, or use other words."
        )
    return None


def check_text(source: str, where: str) -> None:
    """Raise AuthoringError if a cell that is not code has a marker or something like it."""
    for line in source.split("\n"):
        if looks_like_a_marker(line, in_code=False):
            raise AuthoringError(
                f"{where}: {shortened(line)} looks like a marker of a solution, which only a code "
                "cell may have: use other words, or tag the cell `solution-only`."
            )


def shortened(line: str) -> str:
    """Return a line for a message, with non-ASCII look-alikes escaped."""
    line = line.strip()
    return ascii(line if len(line) <= 60 else f"{line[:57]}...")


def check_comment(source: str, number: int, where: str) -> None:
    """Raise AuthoringError if the marker in a line of the source is not a Python comment."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError):
        return  # The student's cell will not compile; compile_cell reports that.
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    if number + 1 not in comments:
        raise AuthoringError(
            f"{where}: a marker of a solution is in a string: put the whole string between "
            f"{BEGIN!r} and {END!r}."
        )


def check_body(body: Iterable[str], where: str) -> None:
    """Raise AuthoringError if there is no code between two markers."""
    if not any(line.strip() and not line.strip().startswith("#") for line in body):
        raise AuthoringError(
            f"{where}: there is nothing between {BEGIN!r} and {END!r}: write the answer there, or "
            "remove the markers."
        )


def looks_like_a_marker(line: str, *, in_code: bool, inside: bool = False) -> bool:
    """Return whether a reader could take a line for a marker of a solution.

    Args:
        line: One line of a cell.
        in_code: Whether the cell is code, where words without `#` are names.
        inside: Whether it is inside a solution and removed with it, so that a
            mere remark such as `# Solution` does no harm.
    """
    text = as_seen(line)[:LONGEST_LINE]
    for sign in COMMENT.finditer(text):
        piece = text[sign.end() :]
        if sign[0][0] == "<":
            piece = END_OF_HTML.split(piece)[0]
        if starts_with_marker(piece, loud=len(sign[0]) > 1, in_comment=True):
            return True
        if (in_code and len(sign[0]) > 1 and is_edge(piece)) or (not inside and is_remark(piece)):
            return True
    if not in_code or BARE.fullmatch(text):
        if starts_with_marker(text):
            return True
        if not in_code and is_label(text):
            return True
    return (not in_code or not is_name_only(text)) and has_marker_in_capitals(text)


def starts_with_marker(piece: str, loud: bool = False, in_comment: bool = False) -> bool:
    """Return whether a text begins with a marker's words, in either order.

    Args:
        piece: Text from `as_seen`.
        loud: Whether it comes after more than one `#`.
        in_comment: Whether it comes after a comment sign.
    """
    words = [
        match
        for place, match in enumerate(itertools.islice(WORD.finditer(piece), 2 * MOST_WORDS))
        if place == 0 or not FILLER.fullmatch(match[0].lower())
    ]
    for count in range(1, min(len(words), MOST_WORDS) + 1):
        found = [match[0] for match in words[:count]]
        if not are_marker(found):
            continue
        exact = "".join(found).lower() in {"beginsolution", "endsolution"}
        told = piece[words[count - 1].end() :].lstrip()[:1]
        if (
            count == len(words)
            or loud
            or (in_comment and exact)
            or CAPITALS.fullmatch("".join(found))
            or (told and not told.isalnum() and told not in "'`")
        ):
            return True
    return False


def are_marker(words: Iterable[str]) -> bool:
    """Return whether words together form an edge and a name, or nearly so."""
    words = [word.lower() for word in words]
    if FOREIGN.fullmatch(" ".join(words)):
        return True
    if any(map(ORDINARY.fullmatch, words)):
        return False
    joined = "".join(words)
    if len(joined) > LONGEST:
        return False
    ends_of_words = set(itertools.accumulate(map(len, words)))
    return any(
        min(
            mistakes(joined[:cut], EDGES) + mistakes(joined[cut:], NAMES),
            mistakes(joined[:cut], NAMES) + mistakes(joined[cut:], EDGES),
        )
        <= (3 if cut in ends_of_words else 2)
        for cut in range(2, min(len(joined) - 1, 12))
    )


@functools.lru_cache(10_000)
def mistakes(word: str, known: tuple[str, ...]) -> int:
    """Return the distance from a word to the nearest known one, or MANY."""
    if ORDINARY.fullmatch(word):
        return MANY
    if not word.isdigit():
        word = word.translate(DIGITS)
    return min(
        (far for right in known if (far := distance(word, right)) <= ALLOWED.get(right, 2)),
        default=MANY,
    )


def is_name(word: str) -> bool:
    """Return whether a word is "solution" or "solutions", or a misspelling of it."""
    return mistakes(word.lower(), NAMES[:2]) < MANY


def distance(word: str, other: str) -> int:
    """Return how many letters are missing, added, changed or swapped between two words."""
    if abs(len(word) - len(other)) > 2 or len(set(word) ^ set(other)) > 4:
        return MANY
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(word, start=1):
        last_but_one, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
            if i > 1 and j > 1 and (a, b) == (other[j - 2], word[i - 2]):
                row[j] = min(row[j], last_but_one[j - 2] + 1)
    return row[-1]


def is_remark(piece: str) -> bool:
    """Return whether a comment or heading announces a solution, as in `# Solution: ...`."""
    words = [word for word in WORD.finditer(piece) if not BESIDE.fullmatch(word[0].lower())]
    named = [word for word in words if is_name(word[0])]
    if not named:
        return False
    if len(words) <= 4 and CAPITALS.fullmatch(piece):
        return True
    if named[0] is not words[0]:
        return False
    if len(words) == 1:
        return not re.fullmatch(r"\s*[a-z]+\.\s*", piece)  # The end of a sentence.
    after = piece[named[0].end() :]
    return bool(CAPITALS.fullmatch(named[0][0]) or re.match(r"\W*:|\s+[-=]+\s", after))


def is_edge(piece: str) -> bool:
    """Return whether a text after `##` is BEGIN or END, in capitals or with a near name."""
    words = [word[0].lower() for word in WORD.finditer(piece)]
    if not words or {"begin", "end"}.isdisjoint((words[0], words[-1])):
        return False
    in_capitals = len(words) == 2 and bool(CAPITALS.fullmatch(piece))
    return len(words) == 1 or in_capitals or any(map(is_name, words[1:4]))


def is_label(text: str) -> bool:
    """Return whether a line of prose is just the word, in bold or capitals: **Solution:** ..."""
    found = re.match(r"\W*?(\*\*|__)?\s?(\w+) ?(:? ?(?:\*\*|__)? ?:?)", text)
    if not found or not is_name(found[2]):
        return False
    alone = found.end() >= len(text.rstrip(" .:-=*_>"))
    bold = bool(found[1]) and found[3] != ""
    return bold or (bool(CAPITALS.fullmatch(found[2])) and (alone or ":" in found[3]))


def is_name_only(text: str) -> bool:
    """Return whether a line of code has neither a comment nor a string: only names."""
    return not any(sign in text for sign in "#'\"")


def has_marker_in_capitals(text: str) -> bool:
    """Return whether a marker's words occur anywhere in a line, in capitals."""
    words = list(WORD.finditer(text))
    for first in range(len(words)):
        for last in range(first, min(first + MOST_WORDS, len(words))):
            found = [match[0] for match in words[first : last + 1]]
            if not CAPITALS.fullmatch("".join(found)):
                break
            if are_marker(found):
                return True
    return False
