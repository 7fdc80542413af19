"""The catalogues of translated words: collected from the sources, kept up to date, compiled. `make translations`.

Babel does it, GNU gettext is not needed. Django says what of a template is marked (`templatize`). The files say
nothing of when or by whom they were made, so the same words give the same bytes.
"""

from __future__ import annotations

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
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
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
        if path.suffix != ".py":
            # Only the calls that Django made of the tags are left; blanks in front would be read as indentation.
            text = "\n".join(line.strip() for line in templatize(text, origin=name).splitlines())
        found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS, comment_tags=("Translators:",))
        for _line, message, comments, context in found:
            catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


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
