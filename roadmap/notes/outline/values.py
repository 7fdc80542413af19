"""Labels and fields: `hours:: 6`, `**Prerequisites:** …`, "Books: a, b", "Pick one:" and what they say of an item."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import EMPHASIS, STRONG, Block, Span
from roadmap.notes.items import Requirement, Resource, ResourceKind
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.sections import item_rest, item_spans, names_resources

Meaning = Literal["resources", "prerequisites", "choose", "covers", "related", "never", "none"]
YES: Final = frozenset({"yes", "true", "y", "1", "on", "sim", "si", "oui", "ja", "да", "是", "نعم"})
_REASON: Final = re.compile(r"\s+[—–]\s+|\s+--\s+|\s+-\s+|:\s+")
_OR: Final = re.compile(r"\s*\|\s*|\s+(?:or|ou|o|oder|или|或)\s+", re.IGNORECASE)
_READABLE: Final = frozenset({"book", "course", "video", "article", "paper"})
_COMMAS: Final = re.compile(r"\s*[,;，；、]\s*")


@dataclass(frozen=True, slots=True)
class Label:
    """A line that ends with a colon, or starts with words and a colon, and what it announces."""

    meaning: Meaning
    text: str
    value: tuple[Span, ...] = ()
    """What follows the colon on the same line."""
    choose: int | None = None


def label_of(spans: list[Span]) -> Label | None:
    """The label that a line is or starts with; None for any other line."""
    text = links.plain(spans)
    if not text or len(text) > 2_000:
        return None
    head, colon, _ = text.replace("：", ":").partition(":")
    head = head.strip(" *_")
    announces = text.rstrip("* ").endswith((":", "："))
    if announces and len(head) < len(text.rstrip(" *:：")):
        head, colon = text.rstrip(" *:："), ":"
    if (count := choice_in(text)) is not None and (announces or len(text.split()) <= 12):
        return Label("choose", text.rstrip(" :："), (), count)
    if not colon:
        bare = text.strip(" *_")
        whole = all(s.style & (STRONG | EMPHASIS) for s in spans if s.kind == "text" and any(c.isalnum() for c in s.text))
        if whole and len(bare.split()) <= 5 and (meaning := meaning_of(bare)) != "none":
            return Label(meaning, bare)
        return None
    if len(head.split()) > 12 and not announces:
        return None
    meaning = meaning_of(head)
    value = () if announces else tuple(_after_colon(spans))
    if meaning == "none" and not announces:
        return None
    return Label(meaning, head, value)


def meaning_of(text: str) -> Meaning:
    if vocabulary.is_("prerequisites", text):
        return "prerequisites"
    if names_resources(text) or vocabulary.kind_of(text) or _is_kind_phrase(text):
        return "resources"
    if vocabulary.is_("covers", text) or " " in vocabulary.starts("covers", text):
        return "covers"
    if vocabulary.is_("related", text):
        return "related"
    if vocabulary.is_("never", text) or vocabulary.has("excluded", text):
        return "never"
    return "none"


def _is_kind_phrase(text: str) -> bool:
    """Two or three words whose last names a kind: "Recommended books", "Free online courses"."""
    words = text.split()
    return 2 <= len(words) <= 3 and vocabulary.kind_of(words[-1]) in _READABLE and words[-1].lower().endswith("s")


def lists_things(spans: tuple[Span, ...]) -> bool:
    """Whether the value of a label is a list of names or links, not a sentence."""
    text = links.plain(spans)
    if not text:
        return False
    linked = sum(len(s.text) for s in spans if s.kind in links.LINKS)
    if linked * 2 >= len(text):
        return True
    return text[-1] not in ".!?。" and all(len(piece.split()) <= 7 for piece in _COMMAS.split(text))


def choice_in(text: str) -> int | None:
    """How many a sentence tells to choose; None if it tells no such thing."""
    folded = vocabulary.fold(text)
    words = folded.split()
    if not words or len(words) > 30:
        return None
    unspaced = any("぀" <= c <= "鿿" for c in folded)
    if not unspaced and not vocabulary.starts("choose", text):
        return None
    if unspaced:
        if len(folded) > 30 or not vocabulary.has("choose", text):
            return None
        return next((vocabulary.NUMBERS[c] for c in folded if c in vocabulary.NUMBERS), None) or vocabulary.number_in(text)
    phrase = vocabulary.starts("choose", text)
    count = vocabulary.number_in(" ".join(words[len(phrase.split()) :][:4]))
    return count if count is not None else (vocabulary.number_in(phrase) if " " in phrase else None)


def _after_colon(spans: list[Span]) -> list[Span]:
    for at, span in enumerate(spans):
        place = min((p for p in (span.text.find(":"), span.text.find("：")) if p != -1), default=-1)
        if place != -1 and span.kind == "text":
            rest = span.text[place + 1 :].lstrip(" *")
            return ([span._replace(text=rest)] if rest else []) + spans[at + 1 :]
    return []


def named_resources(spans: list[Span] | tuple[Span, ...], label: str = "") -> list[Resource]:
    """Resources of a line: its links, and what stands between its commas. A marked title may hold commas."""
    kind = cast(ResourceKind, vocabulary.kind_of(label) or vocabulary.kind_of(label.split()[-1] if label.split() else "") or "link")
    found: list[Resource] = []
    pieces: list[list[Span]] = [[]]
    for span in spans:
        if span.kind != "text" or span.style & (EMPHASIS | STRONG):
            pieces[-1].append(span)
            continue
        first, *others = _COMMAS.split(span.text) if label or "," in span.text else [span.text]
        pieces[-1].append(span._replace(text=first))
        pieces.extend([span._replace(text=other)] for other in others)
    for piece in pieces:
        linked = links.resources_in(piece, label)
        if linked:
            found += linked
        elif title := links.plain(piece).strip(" .*"):
            found.append(Resource(title, "", kind))
    return found


def required(spans: list[Span] | tuple[Span, ...], group: str = "") -> list[Requirement]:
    """Prerequisites named by a line: `[[A]] | [[B]] — reason`, "A, B", or free text that resolution will look at."""
    named = [s for s in spans if s.kind == "wiki"]
    if not named:
        text, _, reason = _split_reason(links.plain(spans))
        alternatives = [a.strip() for a in text.split(" | ") if a.strip()]
        if not alternatives or all(is_empty(a) for a in alternatives):
            return []
        mark = group if len(alternatives) > 1 else ""
        return [Requirement(a, reason, mark) for a in alternatives]
    last = max(i for i, s in enumerate(spans) if s.kind == "wiki")
    between = " ".join(s.text for s in spans[spans.index(named[0]) : last] if s.kind != "wiki")
    reason = links.plain(spans[last + 1 :]).strip()
    reason = re.sub(r"^(?:[—–:-]+\s*)", "", reason).strip()
    mark = group if len(named) > 1 and _OR.search(between) else ""
    return [Requirement(links.wiki_name(s)[0] or s.text, reason, mark) for s in named]


def _split_reason(text: str) -> tuple[str, str, str]:
    found = re.search(r"\s+(?:—|–|--)\s+", text)
    return (text[: found.start()], "-", text[found.end() :].strip()) if found else (text, "", "")


def is_empty(text: str) -> bool:
    """A cell or value that says "nothing": none, tbd, n/a, -, …"""
    return not any(c.isalnum() for c in text) or vocabulary.is_("empty", text)


def set_field(draft: Draft, key: str, spans: list[Span]) -> None:
    """Put the value of `key:: value` where it belongs; what Pathnotes does not know is kept."""
    name, text = vocabulary.fold(key).replace(" ", ""), links.plain(spans)
    if name in {"hours", "hour", "duration", "time", "effort", "estimate"} and (hours := links.hours_in(text)) is not None:
        draft.hours = hours
    elif name in _REQUIRES or vocabulary.is_("prerequisites", key):
        draft.requires += required(spans, group=f"{draft.line}-{len(draft.requires)}")
    elif name in {"aliases", "alias"}:
        draft.aliases += [a for a in map(str.strip, text.split(",")) if a]
    elif name == "id":
        draft.id = text
    elif name == "optional":
        draft.optional = vocabulary.fold(text) in YES
    elif name == "ordered":
        draft.ordered = vocabulary.fold(text) in YES
    elif name == "choose":
        draft.choose = vocabulary.number_in(text)
    elif name in {"summary", "description"}:
        draft.summary = text
    elif name == "done":
        draft.done = vocabulary.fold(text) in YES
    elif vocabulary.is_("related", key):
        named = [links.wiki_name(s)[0] for s in spans if s.kind == "wiki"]
        draft.related += named or [t.strip() for t in text.split(",") if t.strip()]
    elif (kind := vocabulary.kind_of(key)) or vocabulary.is_("resources", key):
        found = links.resources_in(spans, key)
        if found:
            draft.resources += found
        elif text:
            draft.resources.append(Resource(text, "", cast(ResourceKind, kind or "link")))
    else:
        draft.meta.append((key, text))


_REQUIRES: Final = frozenset({"requires", "require", "prerequisites", "prerequisite", "dependson", "after", "prereqs"})


def take_fields(draft: Draft) -> None:
    """Fields met inside a text, `[hours:: 6]`, were put aside as pairs; set them now."""
    pairs, draft.meta = draft.meta, []
    for key, value in pairs:
        if isinstance(value, str):
            set_field(draft, key, [Span(value)])
        else:
            draft.meta.append((key, value))


def absorb_below(draft: Draft, blocks: list[Block]) -> None:
    """Rule 2: what is nested under a topic describes it, or is its steps, resources and prerequisites."""
    details: list[str] = []
    label: Label | None = None
    for block in blocks:
        if block.kind in {"paragraph", "quote"}:
            for line in lines_of(block):
                label = _absorb_line(draft, line) or label
        elif block.kind == "list":
            for item in block.children:
                _absorb_item(draft, item, label, details)
            label = None
    if len(details) == 1 and not draft.summary and not draft.details:
        draft.summary = details[0]
    else:
        draft.details += details


def lines_of(block: Block) -> list[list[Span]]:
    """The lines of a paragraph or quote, lists in a quote included."""
    if block.kind == "list":
        return [line for item in block.children for child in item.children for line in lines_of(child)]
    if block.children:
        return [line for child in block.children for line in lines_of(child)]
    lines: list[list[Span]] = [[]]
    for span in block.spans:
        if span.kind == "break":
            lines.append([])
        else:
            lines[-1].append(span)
    return [line for line in lines if line]


def _absorb_line(draft: Draft, spans: list[Span]) -> Label | None:
    if found := links.field_of(spans):
        set_field(draft, *found)
        return None
    label = label_of(spans)
    if label is not None and label.value and label.meaning in {"prerequisites", "resources"}:
        apply_label(draft, label)
        return None
    if label is not None and label.meaning != "none":
        return label
    draft.summary = " ".join(filter(None, [draft.summary, links.plain(spans)]))[:2_000]
    draft.resources += links.resources_in(spans)
    return None


def apply_label(draft: Draft, label: Label) -> None:
    """A label with its value on the same line: "Prerequisites: X", "Books: a, b"."""
    if label.meaning == "prerequisites":
        draft.requires += required(label.value, group=f"{draft.line}-{len(draft.requires)}")
    elif label.meaning == "resources":
        draft.resources += named_resources(label.value, label.text)
    elif label.meaning == "related":
        draft.related += [links.wiki_name(s)[0] for s in label.value if s.kind == "wiki"]


def announces(label: Label, below: list[Block]) -> bool:
    """Whether a list item is a label for something, not a topic that happens to be called "Tools"."""
    return any(block.kind == "list" for block in below) or label.meaning == "prerequisites" or lists_things(label.value)


def _absorb_item(draft: Draft, item: Block, above: Label | None, details: list[str]) -> None:
    from roadmap.notes.outline.titles import describe

    spans, below = item_spans(item), item_rest(item)
    if found := links.field_of(spans):
        set_field(draft, *found)
        return
    if item.checked is not None:
        step = describe(spans, "step", item.line)
        if step is not None:
            step.done = item.checked
            absorb_below(step, below)
            take_fields(step)
            draft.items.append(step)
        return
    label = label_of(spans)
    if label is not None and label.meaning in {"resources", "prerequisites", "related"} and announces(label, below):
        apply_label(draft, label)
        for block in below:
            for child in block.children if block.kind == "list" else ():
                _absorb_item(draft, child, replace(label, value=()), details)
        return
    if above is not None and above.meaning == "prerequisites":
        draft.requires += required(spans, group=f"{draft.line}-{len(draft.requires)}")
        return
    linked = links.resources_in(spans, above.text if above else "")
    if linked and (above is not None or _is_led_by_link(spans)):
        draft.resources += linked
    elif above is not None and above.meaning == "resources":
        draft.resources += named_resources(spans, above.text)
    else:
        text = links.plain(spans).strip()
        if any(c.isalnum() for c in text):
            details.append(text.rstrip(":： "))
        draft.resources += linked
    draft.related += [links.wiki_name(s)[0] for s in spans if s.kind == "wiki"]
    for block in below:
        for child in block.children if block.kind == "list" else ():
            _absorb_item(draft, child, label if label is not None and label.meaning != "none" else above, details)


def _is_led_by_link(spans: list[Span]) -> bool:
    lead = next((s for s in spans if any(c.isalnum() for c in s.text)), None)
    return lead is not None and lead.kind == "link"


Value = Any
