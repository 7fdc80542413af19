"""Resources and prerequisites: in a note's front matter, as lines under a topic, in its own line, in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import yaml

from roadmap.notes import meta
from roadmap.notes.blocks import Block
from roadmap.notes.items import Requirement, Resource
from roadmap.notes.links import resource_kind
from roadmap.notes.writing.escaping import link, one_line, scalar
from roadmap.notes.writing.front import set_list
from roadmap.notes.writing.glyphs import Run, of_block
from roadmap.notes.writing.lists import TAB, bullets, put_under
from roadmap.notes.writing.page import Edit, Page
from roadmap.notes.writing.places import Place
from roadmap.notes.writing.words import changed, put_behind, taken_out

Edits = tuple[Edit, ...]
_LABELS: Final = {
    "course": "Courses", "book": "Books", "video": "Videos", "article": "Articles", "paper": "Papers",
    "project": "Projects", "tool": "Tools", "link": "Resources",
}  # fmt: skip
_REQUIRES: Final = ("requires", "prerequisites", "depends_on", "after")
_STATED: Final = re.compile(
    r"[ \t]?[\[(]requires::[ \t]*([^\[\]()\n]*)[\])]|[ \t]?[(（][^()（）\n]*[)）]", re.IGNORECASE
)
Need = tuple[str, str, str]
"""(title, reason, group), as `proof.value` has a requirement."""


def aliases(place: Place, old: Sequence[str], new: Sequence[str]) -> Iterator[Edits]:
    """Other names: `aliases:` of the note, or a field behind the title."""
    names = ("aliases", "alias")
    entries = [(text, next(iter(scalar(text)))) for text in new]
    if place.own:
        yield from set_list(place.page, names, entries, lambda node: str(node.value).strip())
        return
    text = place.page.text[: place.end]
    for match in re.finditer(r"[ \t]?[\[(]alias(?:es)?::[ \t]*([^\[\]()\n]*)[\])]", text[place.start :], re.IGNORECASE):
        at = place.start
        if new:
            yield (Edit(at + match.start(1), at + match.end(1), ", ".join(new)),)
        else:
            yield (Edit(at + match.start(), at + match.end(), ""),)
    if place.first_line and new and not old:
        yield from put_behind(place.first_line, place.title, (f" [aliases:: {', '.join(new)}]",))
    for run in place.lines if len(old) == 1 else ():
        if len(new) == 1:
            yield from changed(run, old[0], new[0])
        elif not new:
            yield from taken_out(run, f"({old[0]})")


def resources(place: Place, old: Sequence[Resource], new: Sequence[Resource]) -> Iterator[Edits]:
    if place.own:
        entries = [(r, _as_map(r)) for r in new]
        yield from set_list(place.page, ("resources",), entries, _resource_told)
        return
    if not all(one_line(r.title) for r in new):
        return
    yield from bullets(place, _resource_line, _keys(old), _keys(new), _link_line, _other_link)
    if list(new[: len(old)]) == list(old):
        added = new[len(old) :]
        for way in range(2):
            yield from put_under(place, [f"- {_link_line((r.title, r.url), way)}" for r in added])
            yield from put_under(place, _labelled(added, way))
    changes = [(o, n) for o, n in zip(old, new, strict=False) if o != n]
    for was, is_ in changes if len(changes) == 1 and len(old) == len(new) else ():
        for run in [*place.lines, *(of_block(place.page, block) for block in place.items)]:
            yield from _in_line(run, was, is_)


def _keys(given: Sequence[Resource]) -> list[tuple[str, str]]:
    return [(r.title, r.url) for r in given]


def _as_map(resource: Resource) -> str:
    told = [f"title: {_quoted(resource.title)}"]
    if resource.url:
        told.append(f"url: {_quoted(resource.url)}")
    if resource.kind != resource_kind(resource.url):
        told.append(f"kind: {resource.kind}")
    return "{" + ", ".join(told) + "}"


def _quoted(text: str) -> str:
    return next(way for way in scalar(text, like='"'))


def _resource_told(node: yaml.Node) -> Any:
    found = meta.resources([_plain(node)])
    return found[0] if len(found) == 1 else None


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        inner = [_plain(each) for each in node.value]
        single = node.flow_style and len(inner) == 1 and isinstance(inner[0], list) and len(inner[0]) == 1
        return f"[[{inner[0][0]}]]" if single else inner
    return str(node.value)


def _resource_line(place: Place, block: Block) -> tuple[str, str] | None:
    run = of_block(place.page, block)
    urls = [around for around in run.around if around.kind == "Link"]
    if len(urls) != 1:
        return (run.text.strip(" .*"), "") if not urls and run.text.strip() else None
    shown = "".join(g.char for g in run.glyphs if urls[0].start <= g.start and g.end <= urls[0].end)
    return " ".join(shown.split()).strip(" :") or urls[0].target, urls[0].target


def _link_line(told: tuple[str, str], way: int) -> str:
    title, url = told
    ways = list(link(title, url)) if url else [title]
    return ways[min(way, len(ways) - 1)] if ways else title


def _labelled(added: Sequence[Resource], way: int) -> list[str]:
    lines: list[str] = []
    for resource in added:
        label = f"- {_LABELS[resource.kind]}:"
        if label not in lines:
            lines.append(label)
        lines.append(f"{TAB}- {_link_line((resource.title, resource.url), way)}")
    return lines


def _other_link(page: Page, block: Block, old: tuple[str, str], new: tuple[str, str]) -> Iterator[Edits]:
    run = of_block(page, block)
    kind = resource_kind(new[1])
    yield from _in_line(run, Resource(*old), Resource(new[0], new[1], kind))


def _in_line(run: Run, old: Resource, new: Resource) -> Iterator[Edits]:
    """The words or the address of a link in a line."""
    if old.url != new.url and old.title == new.title:
        source = run.page.text[run.start : run.end]
        at = source.find(old.url) if old.url and source.count(old.url) == 1 else -1
        if at >= 0 and not re.search(r"[\s<>]", new.url):
            yield (Edit(run.start + at, run.start + at + len(old.url), new.url),)
    elif old.url == new.url:
        yield from changed(run, old.title, new.title)
    for around in run.around:
        if around.kind == "Link" and around.target == old.url:
            for text in link(new.title, new.url, cell=run.cell) if new.url else ():
                yield (Edit(around.start, around.end, text),)


# Prerequisites.


def requires(place: Place, old: Sequence[Need], new: Sequence[Need]) -> Iterator[Edits]:
    """Prerequisites put in or taken out; those that stay, and alternatives, are left as they are written."""
    gone, added = [n for n in old if n not in new], [n for n in new if n not in old]
    if any(group for _, _, group in added):
        return
    if place.own:
        entries = [((t, r), next(iter(scalar(f"{t} — {r}" if r else t)))) for t, r, group in new if not group]
        yield from set_list(place.page, _REQUIRES, entries, _need_told)
        return
    if added and not gone:
        yield from put_under(place, [f"- requires:: {_wiki(t)}{f' — {r}' if r else ''}" for t, r, _ in added])
        if place.first_line and not any(r for _, r, _ in added):
            listed = ", ".join(t for t, _, _ in added)
            yield from put_behind(place.first_line, place.title, (f" (depends on {listed})", f" [requires:: {listed}]"))
    if gone and not added:
        yield from _without(place, gone)
    if len(gone) == len(added) == 1 and gone[0][1] == added[0][1]:
        for run in [*place.lines, *(of_block(place.page, block) for block in place.items)]:
            yield from changed(run, gone[0][0], added[0][0])


def _without(place: Place, gone: Sequence[Need]) -> Iterator[Edits]:
    names = [title.casefold() for title, _, _ in gone]
    blocks = [b for b in place.items if any(name in of_block(place.page, b).text.casefold() for name in names)]
    if len(blocks) == len(gone):
        edits = []
        for block in blocks:
            start = place.page.line_start(place.page.at(block.start))
            end = start + len(place.page.text[start : place.page.at(block.end)].rstrip())
            last = end >= len(place.page.text)
            edits.append(Edit(max(start - 1, 0) if last else start, end if last else place.page.line_end(end) + 1, ""))
        yield tuple(edits)
    text = place.page.text[: place.end]
    for match in _STATED.finditer(text, place.start):
        if any(name in match[0].casefold() for name in names):
            yield (Edit(match.start(), match.end(), ""),)
    for run in place.lines if len(gone) == 1 else ():
        told = run.text
        for pattern in (
            rf"[,;，；、]\s*{re.escape(gone[0][0])}",
            rf"{re.escape(gone[0][0])}\s*[,;，；、]\s*",
            re.escape(gone[0][0]),
        ):
            for match in list(re.finditer(pattern, told, re.IGNORECASE))[:2]:
                yield (Edit(*run.span(match.start(), match.end()), ""),)
                if place.is_row and run.cell:
                    yield (Edit(*run.whole(*run.span(match.start(), match.end())), ""),)


def _wiki(title: str) -> str:
    return title if re.search(r"[\[\]|#^]", title) else f"[[{title}]]"


def _need_told(node: yaml.Node) -> Any:
    found = meta.requirements([_plain(node)])
    if len(found) != 1:
        return None
    told: Requirement = found[0]
    return told.title, told.reason
