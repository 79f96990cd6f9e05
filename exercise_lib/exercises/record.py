"""The student's progress: verdicts, attempts and hints of each exercise, in a small file.

It is beside the student's notebooks, in plain JSON, and contains only exercise
numbers, verdicts and counts. Validation runs (EXERCISE_STRICT=1) keep it in
memory only.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exercise_lib import paths
from exercise_lib.exercises.verdicts import CORRECT, NOT_ATTEMPTED, NOT_YET
from exercise_lib.storage import atomic

NAME = "progress.json"
VERDICTS = (CORRECT, NOT_YET, NOT_ATTEMPTED)
MOST = 1_000_000  # A larger count is not ours.
MOST_BYTES = 1_000_000


@dataclass
class Entry:
    """What is known about one exercise.

    Attributes:
        verdict: The last one, or "" if it has not been checked yet.
        attempts: How many answers were judged.
        hints: How many hints were given.
        saw_answer: Whether the reference answer was shown.
    """

    verdict: str = ""
    attempts: int = 0
    hints: int = 0
    saw_answer: bool = False


_entries: dict[str, Entry] = {}  # What this process recorded: number to Entry.
_begun: set[str] = set()  # The notebooks, such as "1", in which this process checked something.
_trouble: list[str] = []  # Why the file cannot be used; reported once.


def path() -> Path:
    """Return where the file is: EXERCISE_PROGRESS, or beside the student's notebooks."""
    named = os.environ.get("EXERCISE_PROGRESS")
    return Path(named) if named else paths.NOTEBOOKS / NAME


def entries() -> dict[str, Entry]:
    """Return {number: Entry} of all exercises, from the file and from this process."""
    if os.environ.get("EXERCISE_STRICT"):
        return dict(_entries)
    return _read() | _entries


def entry(number: str) -> Entry:
    """Return the Entry of one exercise."""
    return entries().get(number, Entry())


def begun() -> set[str]:
    """Return the notebooks in which this process checked something, as {"1", "2"}."""
    return set(_begun)


def note(
    number: str, verdict: str | None = None, hint: bool = False, saw_answer: bool = False
) -> str:
    """Record a verdict, a hint, or that the reference answer was shown.

    An attempted exercise does not become "not attempted" again.

    Args:
        number: Such as "1.2".
        verdict: One of VERDICTS, or None.
        hint: Whether one more hint was given.
        saw_answer: Whether the reference answer was shown.

    Returns:
        A sentence if the file could not be written or was damaged, else "".
        It is returned only once.
    """
    _begun.add(number.split(".")[0])
    new = entry(number)
    if verdict is not None and (verdict != NOT_ATTEMPTED or not new.verdict):
        new.verdict = verdict
    new.attempts += verdict in (CORRECT, NOT_YET)
    new.hints += hint
    new.saw_answer = new.saw_answer or saw_answer
    _entries[number] = new
    return "" if os.environ.get("EXERCISE_STRICT") else _write()


def _read() -> dict[str, Entry]:
    try:
        content = _content()
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        return {}
    return {
        number: parsed
        for number, fields in content.items()
        if (parsed := _parsed(fields)) is not None
    }


def _content() -> dict[str, Any]:
    file = path()
    if file.stat().st_size > MOST_BYTES:
        raise ValueError
    content = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError
    return content


def _parsed(fields: Any) -> Entry | None:
    """Return an Entry, or None if the fields are not ours."""
    if not isinstance(fields, dict) or fields.keys() != asdict(Entry()).keys():
        return None
    counts = (fields["attempts"], fields["hints"])
    if not all(type(count) is int and 0 <= count <= MOST for count in counts):
        return None
    if fields["verdict"] not in ("", *VERDICTS) or not isinstance(fields["saw_answer"], bool):
        return None
    return Entry(**fields)


def _write() -> str:
    file = path()
    kept = _keep_damaged(file)
    content = {number: asdict(one) for number, one in sorted(entries().items(), key=_by_number)}
    lines = [f"  {json.dumps(number)}: {json.dumps(fields)}" for number, fields in content.items()]
    try:
        atomic.write_whole(file, ("{\n" + ",\n".join(lines) + "\n}\n").encode())
    except OSError as error:
        trouble = f"Your progress is kept only until the kernel stops: {paths.shown(file)} cannot "
        return _once(f"{trouble}be written ({error.strerror or error}).")
    return _once(kept)


def _keep_damaged(file: Path) -> str:
    """Rename a file that is not a progress file; return a sentence about it, or ""."""
    try:
        _content()
    except FileNotFoundError:
        return ""
    except OSError:
        return ""  # Reported at the next write.
    except (ValueError, RecursionError):
        kept = file.with_suffix(".damaged.json")
        try:
            file.replace(kept)
        except OSError:
            return ""
        return (
            f"{paths.shown(file)} could not be read and was started again; its old content "
            f"is in {kept.name}."
        )
    return ""


def _by_number(item: tuple[str, object]) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in item[0].split(".")]


def _once(sentence: str) -> str:
    if not sentence or sentence in _trouble:
        return ""
    _trouble.append(sentence)
    return sentence
