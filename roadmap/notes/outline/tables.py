"""Rule 4: a table's body rows are topics; its columns say what else is known of each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import STRONG, Block
from roadmap.notes.items import Resource
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.numbers import number_of, take_number
from roadmap.notes.outline.sections import names_resources
from roadmap.notes.outline.titles import describe, state
from roadmap.notes.outline.values import is_empty, next_group, required, says_yes, take_fields

_BOX: Final = re.compile(r"(?:[-*] )?\[[ xX]?\]|[☐☑✅✓✔❌⬜☒🔲✗-]\ufe0f?|")
_TICKED: Final = re.compile(r"(?:[-*] )?\[[xX]\]|[☑✅✓✔☒]\ufe0f?")
_CODE: Final = re.compile(r"[^\W\d_]{1,6}[ -]?\d{1,5}[^\W\d_]?")
MAX_GROUP_WORDS: Final = 8
_COMMAS: Final = re.compile(r"[,;，；、]")
_DASH: Final = re.compile(r" (?:—|–|--) ")


class Columns:
    """What each column of a table is for."""

    def __init__(self, rows: list[Block]) -> None:
        self.heads = [links.plain(cell.spans) for cell in rows[0].children]
        self.body = rows[1:]
        self.roles = [self._role(at) for at in range(len(self.heads))]
        spans = (span for row in self.body for cell in row.children for span in cell.spans)
        self.targets = Counter(span.target for span in spans if span.kind == "link")
        self.group: int | None = None
        self.title = self._title_column()
        if self.group is None:
            self.group = self._group_column()

    def cells(self, at: int) -> list[Block]:
        return [row.children[at] for row in self.body if at < len(row.children)]

    def _role(self, at: int) -> str:
        head = self.heads[at]
        texts = [t for t in (links.plain(cell.spans).strip() for cell in self.cells(at)) if t]
        tests = {
            "done": (_heads_boxes(head) and all(ticked(t) is not None for t in texts))
            or (all(_BOX.fullmatch(t) for t in texts) and any(t != "-" for t in texts)),
            "requires": bool(vocabulary.starts("prerequisites", head)) or vocabulary.is_("needs", head),
            "number": _numbers(head, texts),
            "code": vocabulary.is_("code", head) and all(_CODE.fullmatch(t) for t in texts),
            "name": vocabulary.is_("name", head),
            "attribute": vocabulary.is_("number", head)
            or vocabulary.is_("done", head)
            or vocabulary.has("attribute", head),
            "resources": names_resources(head) or bool(vocabulary.kind_of(head)),
        }
        return next((role for role, holds in tests.items() if holds), "text")

    def _title_column(self) -> int | None:
        open_to = [at for at, role in enumerate(self.roles) if role in {"name", "text"}]
        open_to = open_to or [at for at, role in enumerate(self.roles) if role in {"resources", "attribute", "code"}]
        for at in open_to:
            linked = [s for cell in self.cells(at) for s in cell.spans if s.kind in links.LINKS][: len(self.body) * 4]
            own = {s.target for s in linked if self.targets[s.target] <= 1 and not vocabulary.is_("here", s.text)}
            if len(own) * 2 >= len(self.body) > 0:
                return at
        named = [at for at in open_to if self.roles[at] == "name"]
        if len(named) > 1 and vocabulary.is_("part", self.heads[named[0]]):
            self.group = named[0]
            return named[1]
        return next(iter(named or open_to), None)

    def _group_column(self) -> int | None:
        """A column before the title that names the part of several rows, its cells repeated or empty: "Semester"."""
        for at in range(self.title or 0):
            texts = [links.plain(cell.spans).strip() for cell in self.cells(at)]
            named = {text for text in texts if not is_empty(text)}
            if vocabulary.is_("part", self.heads[at]) and texts[0] and len(named) * 3 <= len(texts) * 2:
                return at if all(len(text.split()) <= MAX_GROUP_WORDS for text in named) else None
        return None

    def title_cell(self, row: Block) -> int | None:
        """The cell that names a row: not one whose link it shares with other rows, if there is another text."""
        if self.title is None:
            return None
        candidates = [self.title] + [at for at, r in enumerate(self.roles) if r in {"name", "text"} and at > self.title]
        for at in candidates:
            if at >= len(row.children):
                continue
            spans = row.children[at].spans
            shared = any(s.kind == "link" and self.targets[s.target] > 1 for s in spans)
            if any(any(c.isalnum() for c in s.text) for s in spans) and not shared and not is_empty(links.plain(spans)):
                return at
        at = self.title
        return at if at < len(row.children) and links.plain(row.children[at].spans) else None


def topics_of(table: Block) -> list[Draft]:
    """Topics of a table, or modules of topics where it has rows that only name a group."""
    rows = [row for row in table.children if row.kind == "row"]
    if len(rows) < 2:
        return []
    columns = Columns(rows)
    topics: list[Draft] = []
    into, headed = topics, False
    for row in columns.body:
        if (heading := _group_row(row, columns)) is not None:
            topics.append(heading)
            into, headed = heading.items, True
        elif (topic := _topic(row, columns)) is not None:
            if columns.group is not None and not headed:
                into = _group_of(row, columns, topics, into)
            into.append(topic)
    return [t for t in topics if not t.holds or t.items]


def _heads_boxes(head: str) -> bool:
    return vocabulary.is_("done", head) or (bool(head.strip()) and _BOX.fullmatch(head.strip()) is not None)


def ticked(text: str) -> bool | None:
    """Whether a cell or value says done, by a box or a word; None if it says something else."""
    text = text.strip()
    if not text or _BOX.fullmatch(text):
        return bool(_TICKED.fullmatch(text))
    if says_yes(text) or vocabulary.is_("done", text):
        return True
    return False if is_empty(text) or vocabulary.is_("undone", text) else None


def resources_of(table: Block) -> list[Resource]:
    """A table of resources: each row one, by its name and the link in it, or by its name alone."""
    found: list[Resource] = []
    for top in topics_of(table):
        for topic in (t for t in top.walk() if t.kind == "topic"):
            if len(topic.resources) == 1:
                found.append(replace(topic.resources[0], title=topic.title))
            else:
                found += topic.resources or [Resource(topic.title)]
    return found


def _numbers(head: str, texts: list[str]) -> bool:
    """Whether a column numbers the rows; other columns of numbers measure something: credits, hours in a week."""
    if not texts or not all(number_of(t) is not None for t in texts):
        return False
    if vocabulary.is_("number", head):
        return True
    return not vocabulary.has("attribute", head) and len(set(texts)) == len(texts)


def _group_row(row: Block, columns: Columns) -> Draft | None:
    full = [cell for cell in row.children if links.plain(cell.spans)]
    if len(columns.heads) < 3 or len(full) != 1 or full[0] is not row.children[0]:
        return None
    if not all(s.style & STRONG for s in full[0].spans if s.text.strip()):
        return None
    return describe(full[0].spans, "module", row.line)


def _group_of(row: Block, columns: Columns, topics: list[Draft], into: list[Draft]) -> list[Draft]:
    """The module that a group column names; an empty cell means the one above."""
    at = columns.group
    module = describe(row.children[at].spans, "module", row.line) if at is not None and at < len(row.children) else None
    if module is None:
        return into
    if at is not None and module.title.strip(".").isdigit():
        module.title = f"{columns.heads[at]} {module.title}"
        take_number(module.title, module)
    for known in topics:
        if known.holds and known.title == module.title:
            return known.items
    topics.append(module)
    return module.items


def _topic(row: Block, columns: Columns) -> Draft | None:
    at = columns.title_cell(row)
    topic = describe(row.children[at].spans, "topic", row.line) if at is not None else None
    if topic is None or vocabulary.is_("pause", topic.title):
        return None
    for other, cell in enumerate(row.children):
        role = columns.roles[other] if other < len(columns.roles) else "text"
        if other not in {at, columns.group}:
            _cell(topic, role, columns.heads[other] if other < len(columns.heads) else "", cell)
    take_fields(topic)
    topic.resources = [
        replace(r, title=topic.title)
        if vocabulary.is_("here", r.title) and not vocabulary.is_("here", topic.title)
        else r
        for r in topic.resources
    ]
    return topic


def _cell(topic: Draft, role: str, head: str, cell: Block) -> None:
    text = links.plain(cell.spans)
    if role == "done":
        topic.done = ticked(text) is True
    elif role == "number":
        topic.number = number_of(text) if topic.number is None else topic.number
    elif role == "code":
        topic.aliases.append(text)
    elif role == "requires":
        if not is_empty(text):
            topic.requires += required(cell.spans, group=next_group(topic))
    elif role == "attribute":
        _attribute(topic, head, text)
    else:
        topic.resources += [r for r in links.resources_in(cell.spans, head) if r not in topic.resources]
        only_links = all(s.kind == "link" or not any(c.isalnum() for c in s.text) for s in cell.spans)
        if not is_empty(text) and not only_links and not state(text, topic):
            _describe(topic, text)


def _attribute(topic: Draft, head: str, text: str) -> None:
    if is_empty(text):
        return
    if topic.hours is None and (hours := links.hours_in(text)) is not None and not text.strip().isdigit():
        topic.hours = hours
    elif head:
        topic.meta.append((head, text))


def _describe(topic: Draft, text: str) -> None:
    """A cell of words: "a, b, c — what for" are details and summary, a plain list details, a sentence the summary."""
    found = _DASH.search(text)
    listed, said = (text[: found.start()], text[found.end() :]) if found else (text, "")
    parts = [p.strip() for p in _COMMAS.split(listed) if p.strip()]
    short = len(parts) > 1 and all(len(p.split()) <= (4 if found else 3) for p in parts)
    sentence = text.endswith((".", "!", "?")) or (parts[-1:] and parts[-1].startswith(("and ", "or ")))
    if short and not topic.details and (found or not sentence):
        topic.details += parts
    else:
        said = text
    topic.summary = " ".join(filter(None, [topic.summary, said]))[:2_000]
