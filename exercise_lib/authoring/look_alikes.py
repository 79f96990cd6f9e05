"""Text as a reader sees it: letters that look alike become the same letter."""

import functools
import html
import re
import unicodedata

# Look-alikes, then their letters; those that Unicode names after a Latin letter need no row.
LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԀԌԚԜБИПГЦЛЬЯДЗ"
    "авеѕіјкмнорстухԁɡԛԝбипгцльядз"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΓΣΛΠΔ"
    "αβεζηικμνορτυχγσςλπδω"
    "ՏՕՍԵՆԼ"
    "տօսոնլեց"
    "ᎬᏴᏀᏞᏚᎢᏟᎠΟᎥ",
    "ABESIJKMHOPCTYXDGQWBNNGULBRDE"
    "abesijkmhopctyxdgqwbnngulbrde"
    "ABEZHIKMNOPTYXGSLND"
    "abeznikmvoptuxgsslndw"
    "SOUENL"
    "souniieg"
    "EBGLSTCDOI",
)
NUMBER_SIGNS = dict.fromkeys(map(ord, "♯⌗⋕＃﹟"), "#")
LATIN = re.compile(r"\bLETTER (?:[A-Z]+ )*?([A-Z])(?: WITH .*)?$")
UNKNOWN = "\ufffd"  # A letter of which only the position is known.
DIGITS = str.maketrans("0134578", "oieastb")


def as_seen(text: str) -> str:
    """Return text in ASCII as far as it can be read that way, letter by letter.

    Accents, invisible characters and HTML escapes are removed; letters of other
    scripts become the Latin ones that they look like, or UNKNOWN.
    """
    return "".join(map(_as_seen, unicodedata.normalize("NFKD", html.unescape(text))))


@functools.lru_cache(4096)
def _as_seen(character: str) -> str:
    """Return the text, usually one character, that a character looks like."""
    if character.isascii():
        return character
    character = character.translate(LOOK_ALIKES).translate(NUMBER_SIGNS)
    category, name = unicodedata.category(character), unicodedata.name(character, "")
    if character.isascii():
        return character
    if category in {"Mn", "Me", "Cf", "Cc"} or "FILLER" in name:
        return ""
    if category[0] == "Z" or "BLANK" in name:
        return " "
    if category in {"Pd", "Pc"} or "MINUS" in name or "HYPHEN" in name:
        return "-"
    if found := LATIN.search(name):
        return found[1].lower() if "SMALL LETTER" in name else found[1]
    return UNKNOWN if character.isalpha() else character
