"""A verdict as a readable block: HTML in a notebook, the same words as plain text elsewhere."""

import html
import re
from dataclasses import dataclass
from typing import TypeAlias, cast

CORRECT, NOT_YET, NOT_ATTEMPTED = "correct", "not yet", "not attempted"
REFERENCE, HINT = "reference", "hint"
SIGNS = {CORRECT: "✔", NOT_YET: "✘", NOT_ATTEMPTED: "…", REFERENCE: "↺", HINT: "?"}
# Okabe and Ito (2008): distinct for people with any kind of colour vision.
COLOURS = {
    CORRECT: "#009E73",
    NOT_YET: "#D55E00",
    NOT_ATTEMPTED: "#999999",
    REFERENCE: "#999999",
    HINT: "#0072B2",
}
EMPHASIS = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")


@dataclass(frozen=True)
class Code:
    """A part of a block that is code, to read or to paste."""

    text: str


Part: TypeAlias = str | Code
Parts: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True)
class Block:
    """A title and some parts, each a paragraph or `Code`.

    Attributes:
        state: One of the states above; sets the sign and the colour.
        title: For example "1.1 Correct."
        parts: Strings and Codes. A string may contain
            `code` between backticks and *emphasis* between asterisks.
    """

    state: str
    title: str
    parts: Parts = ()

    def __repr__(self) -> str:
        """Return the block as plain text; IPython uses it where HTML cannot be shown."""
        first = f"{SIGNS[self.state]} {self.title}"
        rest = list(self.parts)
        if rest and isinstance(rest[0], str):
            first = f"{first} {rest.pop(0)}"
        return "\n".join([first, *map(_as_plain, rest)])

    def _repr_html_(self) -> str:
        first = f"<strong>{SIGNS[self.state]} {html.escape(self.title)}</strong>"
        rest = list(self.parts)
        if rest and isinstance(rest[0], str):
            first = f"{first} {_inline(cast(str, rest.pop(0)))}"
        inner = "\n".join([f"<p>{first}</p>", *map(_as_html, rest)])
        style = f"border-left: 4px solid {COLOURS[self.state]}; padding: 0 1em"
        return f'<div role="status" style="{style}">\n{inner}\n</div>'


def show(block: Block) -> None:
    """Show a block: as HTML in a notebook, else as text."""
    from exercise_lib.exercises.guarding import running_shell

    if getattr(running_shell(), "kernel", None) is not None:
        from IPython.display import display

        display(block)
    else:
        print(repr(block))


def _as_plain(part: Part) -> str:
    if isinstance(part, Code):
        return "\n".join(f"    {line}".rstrip() for line in part.text.splitlines())
    return part


def _as_html(part: Part) -> str:
    if isinstance(part, Code):
        return f"<pre>{html.escape(part.text)}</pre>"
    return f"<p>{_inline(part)}</p>"


def _inline(text: str) -> str:
    pieces = re.split(r"`([^`\n]+)`", html.escape(text, quote=False))
    pieces[::2] = [
        EMPHASIS.sub(r"<em>\1</em>", piece).replace("\n", "<br>\n") for piece in pieces[::2]
    ]
    pieces[1::2] = [f"<code>{piece}</code>" for piece in pieces[1::2]]
    return "".join(pieces)
