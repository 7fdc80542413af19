"""A roadmap as notes in the house dialect: path -> bytes. Pure; `roadmap.notes.house` reads it back word for word."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from roadmap.exporting.told import Told
from roadmap.notes.house import front
from roadmap.notes.house.reading import README, usual_kind
from roadmap.notes.house.text import escaped, label, plain
from roadmap.notes.items import Resource
from roadmap.plan.arranging import lists_of
from roadmap.plan.curriculum import Need, Section, Topic
from roadmap.plan.keys import key, link_key, loose

FORMAT = "1"
HEADINGS = 6
FOLDER = "topics"
LONGEST = 60
"""Characters of a file's name: at most 240 bytes, which every file system takes."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|readme|index|home)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[^\W_](?:[^,;()—]*[^\W_])?")


@dataclass(frozen=True, slots=True)
class Ticks:
    """What somebody has done."""

    topics: Collection[UUID] = ()
    steps: Collection[UUID] = ()


def files_of(export: Told, ticks: Ticks | None = None) -> dict[str, bytes]:
    """Path (with `/`) -> what the file holds: the README, and a note for each topic with a text or unknown fields."""
    return _Writing(export, ticks).files()


class _Writing:
    def __init__(self, export: Told, ticks: Ticks | None) -> None:
        self.roadmap, self.ticks = export.roadmap, ticks
        self.topics = export.curriculum.topic_by_uid()
        self.sections = {section.uid: section for section in self.roadmap.sections}
        self.lists = lists_of(self.roadmap.sections)
        self.seats = {seat.topic: seat for section in self.roadmap.sections for seat in section.seats}
        noted = {uid: topic for uid, topic in self.topics.items() if topic.body or topic.meta}
        self.names = _file_names(noted)
        called = {name for topic in self.topics.values() for name in (topic.title, *topic.aliases, topic.origin.id)}
        self.called_so = {told for name in called for told in (key(name), loose(name), f"^{key(name)}")}

    def files(self) -> dict[str, bytes]:
        files = {README: self.readme()}
        for uid, name in self.names.items():
            files[f"{FOLDER}/{name}.md"] = self.note(self.topics[uid])
        return {path: text.encode("utf-8", "replace") for path, text in files.items()}

    def readme(self) -> str:
        roadmap = self.roadmap
        named = [("id", roadmap.origin.id), ("title", roadmap.title), ("summary", roadmap.summary)]
        fields = [(name, text) for name, text in named if text and front.says(name, text)]
        fields.append(("locking", roadmap.locking))
        kept = {name: value for name, value in roadmap.meta.items() if name != "locking"}
        block = front.written({"format": FORMAT, "roadmap": str(roadmap.uid)}, fields, kept)
        lines = [f"# {escaped(roadmap.title)}"]
        if roadmap.summary and ("summary", roadmap.summary) not in fields:
            lines.append(f"> {escaped(roadmap.summary)}")
        for uid, _ in self.lists[None]:
            lines += self.section(self.sections[uid])
        return block + "\n".join(lines) + "\n"

    def note(self, topic: Topic) -> str:
        named = [("id", topic.origin.id), ("title", topic.title)]
        fields = [(name, text) for name, text in named if front.says(name, text)]
        block = front.written({"topic": str(topic.uid)}, fields, topic.meta)
        return f"{block}# {escaped(topic.title)}\n\n{topic.body}\n"

    # Sections

    def section(self, section: Section) -> Iterator[str]:
        """The lines of a section and of all that stands in it. Without recursion: sections may be deep."""
        waiting: list[tuple[Section, int]] = [(section, 2)]
        while waiting:
            section, depth = waiting.pop()
            children = [uid for uid, _ in self.lists[section.uid]]
            inner = [uid for uid in children if uid in self.sections]
            yield from self.head(section, depth, holds=bool(inner))
            after = ""
            topics: list[str] = []
            for uid in children:
                if uid in self.sections:
                    after = self.sections[uid].origin.id
                else:
                    topics += self.topic(self.topics[uid], after)
            yield from ["", *topics] if topics else []
            waiting.extend((self.sections[uid], depth + 1) for uid in reversed(inner))

    def head(self, section: Section, depth: int, *, holds: bool) -> Iterator[str]:
        number = f"{section.number}. " if section.number is not None else ""
        yield from ("", f"{'#' * min(depth, HEADINGS)} {number}{escaped(section.title)} ^{section.origin.id}")
        if section.summary:
            yield f"> {escaped(section.summary)}"
        fields = []
        if depth > HEADINGS and section.parent is not None:
            fields.append(f"under:: ^{self.sections[section.parent].origin.id}")
        if section.kind != usual_kind(section.title, holds=holds, top=depth == 2):
            fields.append(f"kind:: {section.kind}")
        fields += ["optional:: yes"] if section.optional else []
        fields += [f"choose:: {section.choose}"] if section.choose is not None else []
        fields += ["ordered:: yes"] if section.ordered else []
        fields += map(_resource, section.resources)
        if fields and section.summary:
            yield ""
        yield from fields

    # Topics

    def topic(self, topic: Topic, after: str) -> Iterator[str]:
        box = "" if self.ticks is None else "[x] " if topic.uid in self.ticks.topics else "[ ] "
        name = self.names.get(topic.uid)
        title = f"[[{FOLDER}/{name}|{label(topic.title)}]]" if name else f"**{escaped(topic.title)}**"
        inline = bool(topic.details) and all(_IN_BRACKETS.fullmatch(d) and escaped(d) == d for d in topic.details)
        details = f" ({', '.join(topic.details)})" if inline else ""
        summary = f" — {escaped(topic.summary)}" if topic.summary else ""
        yield f"- {box}{title}{details}{summary} ^{topic.origin.id}"
        for line in self.below(topic, inline=inline, after=after):
            yield f"  - {line}"

    def below(self, topic: Topic, *, inline: bool, after: str) -> Iterator[str]:
        yield from () if inline else map(escaped, topic.details)
        if topic.hours is not None:
            yield f"hours:: {topic.hours:g}" if float(f"{topic.hours:g}") == topic.hours else f"hours:: {topic.hours}"
        if self.seats[topic.uid].optional:
            yield "optional:: yes"
        yield from (f"aliases:: {escaped(alias)}" for alias in topic.aliases)
        yield from self.requires(topic)
        for title in topic.unmet:
            yield f"{'unmet' if self.called(title) else 'requires'}:: {escaped(title)}"
        yield from (f"related:: {escaped(name)}" for name in topic.related)
        if topic.planned:
            yield "planned:: yes"
        if after:
            yield f"after:: ^{after}"
        yield from map(_resource, topic.resources)
        for step in topic.steps:
            yield f"[{'x' if self.ticks and step.uid in self.ticks.steps else ' '}] {escaped(step.title)}"

    def requires(self, topic: Topic) -> Iterator[str]:
        implied = [need for need in topic.needs if need.source == "chain"]
        stated = [need for need in topic.needs if need not in implied]
        for _, needs in groupby(enumerate(stated), lambda entry: entry[1].group or str(entry[0])):
            told = [need for _, need in needs]
            name = "guessed" if told[0].source == "guess" else "requires"
            yield f"{name}:: {' | '.join(map(self.need, told))}"

    def called(self, title: str) -> bool:
        """Whether a topic here is called so, though it is not the one that is meant, or " | " would part the title."""
        return " | " in escaped(title) or not self.called_so.isdisjoint({key(title), link_key(title), loose(title)})

    def need(self, need: Need) -> str:
        other = self.topics[need.topic]
        reason = f" — {escaped(need.reason)}" if need.reason else ""
        return f"[[#^{other.origin.id}|{label(other.title)}]]{reason}"


def _resource(resource: Resource) -> str:
    if not resource.url:
        return f"{resource.kind}:: {escaped(resource.title)}"
    url = resource.url
    if not plain(url) or re.search(r"[<>]", url):
        url = _as_json(url)
    elif re.search(r"[\s()`]", url):
        url = f"<{url}>"
    return f"{resource.kind}:: [{escaped(resource.title)}]({url})"


def _as_json(text: str) -> str:
    """A text in JSON within a code span, whatever it holds."""
    return escaped(f"\n{text}").replace("\\n", "", 1)


def _file_names(topics: Mapping[UUID, Topic]) -> dict[UUID, str]:
    """A name for the note of each topic: from its id, safe on every system, and the same in every export."""
    names = {uid: _file_name(topic.origin.id) for uid, topic in topics.items()}
    counted = Counter(unicodedata.normalize("NFC", name).casefold() for name in names.values())
    return {
        uid: name
        if counted[unicodedata.normalize("NFC", name).casefold()] == 1 and not _RESERVED.fullmatch(name)
        else f"{name}-{uid.hex[:12]}"
        for uid, name in names.items()
    }


def _file_name(id_: str) -> str:
    kept = "".join(c if c in "-_+" or unicodedata.category(c)[0] in "LNM" else "-" for c in id_)
    return unicodedata.normalize("NFC", kept)[:LONGEST].strip("-") or "topic"
