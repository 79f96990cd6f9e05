"""The mark of a generated notebook, which shows whether anybody changed it.

It is in the notebook's own metadata: the name under which the notebook was
written, and a hash of its content. A program may save the notebook in another
layout, or record its kernel or folded cells: that does not count as a change.
Everything else does: text, code, order, outputs, counts, tags.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import nbformat

KEY = "exercise_lib"
# What programs record when they show or save a notebook; below, what they record in a cell.
OF_PROGRAMS = re.compile(
    r"kernelspec|language_info|orig_nbformat|widgets|toc(-\w+)?|varInspector|vscode|colab"
)
OF_VIEWS = re.compile(
    "collapsed|scrolled|trusted|execution|ExecuteTime|jupyter|editable|deletable|hidden|"
    "heading_collapsed|jp-MarkdownHeadingCollapsed|vscode|pycharm|colab|outputId"
)


def marked(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Return a generated notebook with the mark.

    Args:
        notebook: nbformat notebook. Not changed.
        name: Name of its file.
    """
    mark = {"file": name, "unchanged": fingerprint(notebook)}
    return nbformat.from_dict({**notebook, "metadata": {**notebook["metadata"], KEY: mark}})


def parsed(content: bytes | None) -> dict[str, Any] | None:
    """Return the notebook in bytes as a dict, or None if it is not one."""
    try:
        book = json.loads(content or b"")
        fingerprint(book)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return book


def is_generated(book: Mapping[str, Any], name: str) -> bool:
    """Return whether we wrote a notebook under this name; it may have changed since."""
    mark = book["metadata"].get(KEY)
    return isinstance(mark, dict) and mark.get("file") == name


def is_unchanged(book: Mapping[str, Any], name: str) -> bool:
    """Return whether a notebook is exactly as we wrote it under this name."""
    return is_generated(book, name) and book["metadata"][KEY].get("unchanged") == fingerprint(book)


def fingerprint(book: Mapping[str, Any]) -> str:
    """Return the hash of everything that a person may have put into a notebook."""
    text = json.dumps(content_of(book), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(book: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook without what programs record, as dicts and lists."""
    metadata = {
        key: value
        for key, value in book["metadata"].items()
        if key != KEY and not OF_PROGRAMS.fullmatch(key)
    }
    rest = {key: value for key, value in book.items() if key != "nbformat_minor"}
    return {**rest, "metadata": metadata, "cells": [cell_content(c) for c in book["cells"]]}


def cell_content(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell without what programs record."""
    metadata = {
        key: value for key, value in cell["metadata"].items() if not OF_VIEWS.fullmatch(key)
    }
    return {**cell, "metadata": metadata, "source": "".join(cell["source"])}
