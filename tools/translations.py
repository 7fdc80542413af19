"""The catalogues of translated words: collected from the sources, kept up to date, compiled. `make translations`.

Babel does it, GNU gettext is not needed. Django says what of a template is marked (`templatize`). The files say
nothing of when or by whom they were made, so the same words give the same bytes.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "locale"
DOMAIN = "django"
CODE = ("config", "tracker", "roadmap")
LANGUAGES = ("es", "pt", "ar", "zh_Hans")
"""The folder of each language, as Django and Babel call it. How many forms a plural has is Babel's to know."""

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
"""As Django writes the tags of a template for Babel."""
CALLS = {
    "_": (False, False),
    "_lazy": (False, False),
    "ngettext": (False, True),
    "ngettext_lazy": (False, True),
    "pgettext": (True, False),
    "pgettext_lazy": (True, False),
    "npgettext": (True, True),
    "sentence": (False, False),
    "nsentence": (False, True),
    "wording": (False, False),
    "nwording": (False, True),
}
"""As modules write it: whether a context comes first, whether there is a plural."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LEFT_OUT = ("migrations", "management")
"""Folders whose words no page shows."""
_DATES = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By'
    r"|Project-Id-Version): .*\n",
    re.M,
)


def sources() -> Iterator[Path]:
    """Modules and templates that may hold words for people."""
    for app in CODE:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not set(path.relative_to(ROOT).parts) & set(LEFT_OUT):
                yield path
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"} and "admin" not in path.relative_to(ROOT).parts:
            yield path


def collected() -> Catalog:
    """Every marked message, with the files it is in."""
    catalog = _empty(None)
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        for message, context in marked_in_code(text) if path.suffix == ".py" else marked_in_template(text, name):
            catalog.add(message, None, [(name, 0)], context=context)
    return catalog


Marked = tuple[str | tuple[str, str], str | None]
"""A message, or its singular and plural; and its context."""


def marked_in_code(text: str) -> Iterator[Marked]:
    """Calls with literal words, those inside f-strings too. Raise TypeError for words that nobody could translate."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            has_context, has_plural = CALLS[node.func.id]
            words = []
            for argument in node.args[: 1 + has_context + has_plural]:
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    raise TypeError(f"line {node.lineno}: what is marked has to be a plain text: {ast.unparse(node)}")
                words.append(argument.value)
            context = words.pop(0) if has_context else None
            yield (words[0], words[1]) if has_plural else words[0], context


def marked_in_template(text: str, name: str) -> Iterator[Marked]:
    # Only the calls that Django made of the tags are left; blanks in front would be read as indentation.
    calls = "\n".join(line.strip() for line in templatize(text, origin=name).splitlines())
    for _line, message, _comments, context in extract("python", BytesIO(calls.encode()), keywords=KEYWORDS):
        yield (message[0], message[1]) if isinstance(message, tuple) else message, context


def _empty(folder: str | None) -> Catalog:
    catalog = Catalog(
        folder, domain=DOMAIN, project="Pathnotes", charset="utf-8", creation_date=LONG_AGO, revision_date=LONG_AGO,
        fuzzy=False,
    )  # fmt: skip
    catalog.header_comment = "# What Pathnotes says. Brought up to date by `make translations`."
    return catalog


def read(folder: str, *, root: Path = LOCALES) -> Catalog:
    """The translations of a language as they are kept; empty where none are."""
    path = root / folder / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return _empty(folder)
    with path.open("rb") as file:
        return read_po(file, locale=folder, domain=DOMAIN)


def updated(kept: Catalog, found: Catalog, folder: str) -> Catalog:
    """What is marked now, with the translations there are. What resembles an old message gets its words, marked fuzzy;
    those of messages that are gone are dropped."""
    kept.update(found, no_fuzzy_matching=False, update_header_comment=False)
    made = _empty(folder)
    for message in kept:
        if message.id:
            if not any(_strings(message)):
                message.flags.discard("fuzzy")  # it resembles one that had no words either
            made[message.id] = _fitting(message, made.num_plurals)
    return made


def _fitting(message: Message, forms: int) -> Message:
    """With as many forms as the language has, files without lines, and no memory of what it was before."""
    string = message.string
    if message.pluralizable:
        known = list(_strings(message))
        string = tuple((known + [""] * forms)[:forms])
    places = sorted({name for name, _line in message.locations})
    return Message(
        message.id, string, [(name, 0) for name in places], message.flags, message.auto_comments,
        message.user_comments, context=message.context,
    )  # fmt: skip


def po_bytes(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_po(
        out, catalog, width=110, include_lineno=False, sort_output=True, include_previous=False, ignore_obsolete=True
    )
    return _DATES.sub("", out.getvalue().decode()).encode()


def mo_bytes(po: bytes, folder: str) -> bytes:
    """What a page reads: without fuzzy messages and those that are not translated yet."""
    catalog = read_po(BytesIO(po), locale=folder, domain=DOMAIN)
    catalog.creation_date = catalog.revision_date = LONG_AGO
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> int:
    """Bring every language up to date, and say what is left to translate."""
    found = collected()
    for folder in LANGUAGES:
        home = LOCALES / folder / "LC_MESSAGES"
        home.mkdir(parents=True, exist_ok=True)
        catalog = updated(read(folder), found, folder)
        po = po_bytes(catalog)
        (home / f"{DOMAIN}.po").write_bytes(po)
        (home / f"{DOMAIN}.mo").write_bytes(mo_bytes(po, folder))
        messages = [message for message in catalog if message.id]
        fuzzy = sum(message.fuzzy for message in messages)
        empty = sum(not all(_strings(message)) for message in messages)
        print(f"{folder}: {len(messages)} messages, {empty} to translate, {fuzzy} to look at (fuzzy)")
    return 0


def _strings(message: Message) -> tuple[str, ...]:
    """Its forms; one, for what has no plural."""
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return tuple(string or "" for string in strings)


if __name__ == "__main__":
    sys.exit(main())
