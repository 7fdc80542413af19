"""Navigation in the settings of programs: `mkdocs.yml`, Jupyter Book's `_toc.yml`, Docusaurus' `sidebars.json`."""

from __future__ import annotations

import re
from typing import Any, Final

from roadmap.notes.jsontext import Object, text_in
from roadmap.notes.navigation.entries import Entry, Navigation, Told, page
from roadmap.notes.note import Note
from roadmap.notes.yamltree import Alias, Map, Text
from roadmap.sentences import sentence

MKDOCS: Final = frozenset({"mkdocs.yml", "mkdocs.yaml"})
TOC: Final = frozenset({"_toc.yml", "_toc.yaml"})
SIDEBARS: Final = frozenset({"sidebars.json"})
_PREFIX: Final = re.compile(r"^\d{1,6}\s*[-_.]+\s*(?=[^\d\s]|\d+[^\d.])")
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_]+")


def folder_of(source: str) -> str:
    return source.rpartition("/")[0]


# mkdocs.yml


def mkdocs(value: Any, told: Told) -> list[Navigation]:
    """`nav:` of MkDocs, nested as it is; nothing where there is none."""
    if not isinstance(value, Map) or not isinstance(value.get("nav"), list):
        return []
    given = value.get("docs_dir")
    docs = page("", given if isinstance(given, str) and given else "docs", 0, folder_of(told.source))
    if docs is None or docs.url:
        return []
    entries = _nav(value["nav"], docs.target, told, value.lines["nav"])
    name = value.get("site_name")
    return [Navigation(told.source, text_in(str(name)) if isinstance(name, Text) else "", docs.target, entries)]


def _nav(values: list[Any], folder: str, told: Told, line: int) -> list[Entry]:
    found: list[Entry] = []
    for value in values:
        if isinstance(value, Text):
            found += _page("", value, value.line, folder, told)
        elif isinstance(value, Map):
            for title, inner in value.items():
                at = value.lines[title]
                if isinstance(inner, list):
                    found.append(Entry(text_in(title), at, items=_nav(inner, folder, told, at)))
                elif isinstance(inner, Text) and inner:
                    found += _page(text_in(title), inner, at, folder, told)
                elif isinstance(inner, Text):
                    found.append(Entry(text_in(title), at))
                else:
                    told.warn(
                        at,
                        sentence(
                            "The entry %(title)s is neither a page nor a list of pages; it is left out.",
                            title=repr(title[:60]),
                        ),
                    )
        else:
            at = value.line if isinstance(value, Alias) else line
            told.warn(at, sentence("An entry is neither a page nor a list of pages; it is left out."))
    return found


def _page(title: str, address: str, line: int, folder: str, told: Told) -> list[Entry]:
    entry = page(title, address, line, folder)
    if entry is None:
        told.warn(
            line, sentence("%(address)s leads out of the folder; the entry is left out.", address=repr(address[:80]))
        )
        return []
    if address.endswith("/") and not entry.url:
        return [Entry(title, line, folder=entry.target)]
    return [entry]


# _toc.yml


def toc(value: Any, told: Told) -> list[Navigation]:
    """Parts, chapters and sections of Jupyter Book, of its first format too."""
    folder = folder_of(told.source)
    if isinstance(value, list):
        return [Navigation(told.source, "", folder, _chapters(value, folder, told))]
    if not isinstance(value, Map):
        return []
    entries: list[Entry] = []
    if isinstance(root := value.get("root"), Text):
        entries += _page("", root, value.lines["root"], folder, told)
    entries += _below(value, folder, told)
    for number, part in enumerate(_list(value.get("parts")), start=1):
        if isinstance(part, Map):
            caption = part.get("caption")
            title = text_in(str(caption)) if isinstance(caption, Text) else f"Part {number}"
            entries.append(Entry(title, part.line, items=_below(part, folder, told)))
    return [Navigation(told.source, "", folder, entries)]


def _below(value: Map, folder: str, told: Told) -> list[Entry]:
    return [entry for key in ("chapters", "sections") for entry in _chapters(_list(value.get(key)), folder, told)]


def _chapters(values: list[Any], folder: str, told: Told) -> list[Entry]:
    found: list[Entry] = []
    part: Entry | None = None
    for value in values:
        holder = part.items if part is not None else found
        if not isinstance(value, Map):
            told.warn(getattr(value, "line", 1), sentence("A chapter without `file:` is left out."))
            continue
        name = value.get("title", value.get("caption"))
        title = text_in(str(name)) if isinstance(name, Text) else ""
        address = next((value[key] for key in ("file", "url") if isinstance(value.get(key), Text)), None)
        if address is not None:
            entries = _page(title, address, value.line, folder, told)
            for entry in entries:
                entry.items = _below(value, folder, told)
            holder += entries
        elif isinstance(value.get("part"), Text):  # of the first format: a part goes on to the next one
            part = Entry(text_in(str(value["part"])), value.line, items=_below(value, folder, told))
            found.append(part)
        elif inner := _below(value, folder, told):
            holder.append(Entry(title, value.line, items=inner)) if title else holder.extend(inner)
        elif not {"header", "glob", "divider"} & value.keys():
            told.warn(value.line, sentence("A chapter without `file:` is left out."))
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# sidebars.json


def sidebars(value: Any, told: Told, notes: list[Note]) -> list[Navigation]:
    """A navigation for each sidebar of Docusaurus. Its pages are named by ids, in `docs` or beside the file."""
    if not isinstance(value, Object):
        return []
    home = folder_of(told.source)
    docs = "/".join(filter(None, [home, "docs"]))
    folder = docs if any(note.source.startswith(f"{docs}/") for note in notes) else home
    ids = ids_of(notes, folder)
    many = sum(1 for given in value.values() if isinstance(given, list | Object)) > 1
    found = []
    for name, given in value.items():
        if isinstance(given, list | Object):
            entries = _sidebar(given, folder, ids, told, value.line)
            title = _readable(text_in(name)) if many else ""
            found.append(Navigation(told.source, title, folder, entries))
    return found


def ids_of(notes: list[Note], folder: str) -> dict[str, str]:
    """Id of a page -> its path: without ending and number prefixes, its last part by front matter `id:`."""
    found: dict[str, str] = {}
    start = f"{folder}/" if folder else ""
    for note in notes:
        if note.source.startswith(start):
            plain = note.source.removeprefix(start).rpartition(".")[0].split("/")
            parts = [_PREFIX.sub("", part) or part for part in plain]
            for name in (note.id, parts[-1]):
                if name:
                    found.setdefault("/".join([*parts[:-1], name]), note.source)
            found.setdefault("/".join(plain), note.source)
    return found


def _sidebar(given: Any, folder: str, ids: dict[str, str], told: Told, line: int) -> list[Entry]:
    if isinstance(given, Object) and "type" not in given:  # {"Title": [pages]}
        return [
            Entry(text_in(title), given.line, items=_sidebar(inner, folder, ids, told, given.line))
            for title, inner in given.items()
        ]
    found: list[Entry] = []
    for value in given if isinstance(given, list) else [given]:
        if isinstance(value, str):
            found.append(_doc("", value, folder, ids, line))
        elif isinstance(value, Object) and "type" not in value:
            found += _sidebar(value, folder, ids, told, value.line)
        elif isinstance(value, Object):
            found += _typed(value, folder, ids, told)
        else:
            told.warn(line, sentence("An entry of a sidebar is neither a page nor a category; it is left out."))
    return found


def _typed(value: Object, folder: str, ids: dict[str, str], told: Told) -> list[Entry]:
    kind, title = value["type"], text_in(value.get("label"))
    if kind in {"doc", "ref"}:
        return [_doc(title, text_in(value.get("id")), folder, ids, value.line)] if text_in(value.get("id")) else []
    if kind == "category":
        entry = Entry(title, value.line, items=_sidebar(value.get("items") or [], folder, ids, told, value.line))
        link = value.get("link")
        if isinstance(link, Object) and text_in(link.get("id")) and link.get("type") == "doc":
            entry.target = _doc("", text_in(link["id"]), folder, ids, value.line).target
        return [entry]
    if kind == "autogenerated":
        inside = page("", text_in(value.get("dirName")) or ".", value.line, folder)
        return [Entry("", value.line, folder=inside.target)] if inside is not None and not inside.url else []
    if kind == "link" and text_in(value.get("href")):
        return [Entry(title, value.line, url=text_in(value["href"]))]
    if kind not in {"html", "link"}:
        told.warn(
            value.line,
            sentence("An entry of the type %(it)s is not known; it is left out.", it=repr(text_in(kind)[:40])),
        )
    return []


def _doc(title: str, name: str, folder: str, ids: dict[str, str], line: int) -> Entry:
    """The entry of a page by its id; one that no page has stays as a path that leads nowhere yet."""
    return Entry(title, line, target=ids.get(name.strip("/")) or "/".join(filter(None, [folder, name.strip("/")])))


def _readable(name: str) -> str:
    words = " ".join(_WORDS.sub(" ", name).split())
    return words[:1].upper() + words[1:]
