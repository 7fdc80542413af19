"""Front matter of a topic's note -> the item's fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from roadmap.notes import links, vocabulary
from roadmap.notes.items import Requirement, Resource
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.values import is_empty, says, says_yes, usable

KNOWN: Final = frozenset({"id", "title", "aliases", "alias", "summary", "description", "optional", "hours"}) | {
    "prerequisites",
    "requires",
    "depends_on",
    "after",
    "resources",
}
"""What has a place of its own in a topic; all else is kept as it is."""
_LINK: Final = re.compile(r"\[([^\[\]]{1,300})\]\(([^()\s]{1,2000})\)")
_WIKI: Final = re.compile(r"\[\[([^\[\]]{1,300})\]\]")


def named(meta: Mapping[str, Any]) -> dict[str, str]:
    """Key as it is written -> the key Pathnotes reads it as, for each field that is called otherwise than in English
    and has a value to go by. A field that is given twice counts once, in English first."""
    found: dict[str, str] = {}
    for key, value in meta.items():
        name = "" if key in KNOWN else vocabulary.field_of(key)
        if name and usable(name, value):
            name = "hours" if name == "duration" else name
            if name not in meta and name not in found.values() and not (name == "summary" and "description" in meta):
                found[key] = name
    return found


def known(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, those with a name in another language under the English one too."""
    return {**meta, **{name: meta[key] for key, name in named(meta).items()}}


def set_meta(item: Draft, written: Mapping[str, Any]) -> None:
    """The known fields of a topic's front matter into the item; the rest is kept as it is."""
    names, meta = named(written), known(written)
    item.id = text_of(meta.get("id"))
    item.summary = text_of(meta.get("summary")) or text_of(meta.get("description"))
    item.aliases += strings(meta.get("aliases")) + strings(meta.get("alias"))
    hours = meta.get("hours")
    item.hours = links.hours_in(hours) if isinstance(hours, str) else None
    if isinstance(meta.get("optional"), str):
        item.optional = says_yes(meta["optional"])
    for key in ("requires", "prerequisites", "depends_on", "after"):
        item.requires += requirements(meta.get(key))
    item.resources += resources(meta.get("resources"))
    if isinstance(done := meta.get("done"), str):
        item.done = says(done)
    item.meta += [(key, value) for key, value in written.items() if not _taken(names.get(key, key), value)]


def _taken(name: str, value: Any) -> bool:
    """Whether a value found its place, or says nothing: no text of the notes is lost for being no number of hours."""
    return name in KNOWN and (name not in {"hours", "optional"} or not value or usable(name, value))


def requirements(value: Any) -> list[Requirement]:
    """Of a front matter field: titles, `[[links]]: reason`, maps; a list within the list is an any-of group."""
    if isinstance(value, str):
        wikis = _WIKI.findall(value)
        if len(wikis) > 1:
            return [_requirement(f"[[{w}]]", "") for w in wikis]
        value = [value]
    found: list[Requirement] = []
    for at, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, list):
            found += [_requirement(alternative, f"any-{at}") for alternative in entry]
        else:
            found.append(_requirement(entry, ""))
    return [r for r in found if not is_empty(r.title)]


def _requirement(entry: Any, group: str) -> Requirement:
    if isinstance(entry, dict):
        title = text_of(entry.get("topic") or entry.get("title") or entry.get("name"))
        reason = text_of(entry.get("reason") or entry.get("why"))
        if not title and entry:
            title, reason = next((str(k), text_of(v)) for k, v in entry.items())
        return Requirement(_unlinked(title), reason, group)
    text = text_of(entry)
    if link := _WIKI.match(text):
        return Requirement(_unlinked(link[0]), text[link.end() :].strip(" :—–-"), group)
    for mark in (" — ", " – "):
        title, found, reason = text.partition(mark)
        if found:
            return Requirement(title.strip(), reason.strip(), group)
    return Requirement(text, "", group)


def _unlinked(text: str) -> str:
    link = _WIKI.search(text)
    return links.wiki_target(link[1].split("|")[0]) if link else text.strip()


def resources(value: Any) -> list[Resource]:
    """Of a front matter field: maps with title, url and kind; Markdown links; bare addresses; titles."""
    found = []
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            url, kind = text_of(entry.get("url") or entry.get("link")), text_of(entry.get("kind") or entry.get("type"))
            title = text_of(entry.get("title") or entry.get("name")) or url
            if title:
                found.append(Resource(title, url, links.resource_kind(url, kind)))
        elif isinstance(entry, str) and entry.strip():
            link = _LINK.search(entry)
            if link:
                found.append(Resource(link[1], link[2], links.resource_kind(link[2])))
            elif links.is_external(entry):
                found.append(Resource(entry, entry, links.resource_kind(entry)))
            else:
                found.append(Resource(entry, ""))
    return found


def strings(value: Any) -> list[str]:
    """A field that may be one text, with commas, or a list of texts."""
    if isinstance(value, str):
        return [part.strip() for part in value.strip("[]").split(",") if part.strip()]
    return [v for v in value if isinstance(v, str) and v.strip()] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
