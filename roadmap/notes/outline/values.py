"""What labels and fields say of an item, and what is nested under it: rule 2 of the notes format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import EMPHASIS, STRONG, Block, Span
from roadmap.notes.items import Requirement, Resource, ResourceKind
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.labels import Label, announces, label_of
from roadmap.notes.outline.sections import item_rest, item_spans, lines_of
from roadmap.notes.outline.titles import describe

_OR: Final = vocabulary.between("or")
_PROPERTY: Final = re.compile(r"([^\W\d_][\w-]{1,20}(?: [\w-]{1,20}){0,2})\s?[:：](?:\s+|$)")
MAX_VALUE_WORDS: Final = 8
_COMMAS: Final = re.compile(r"[,;，；、]")
_POSITION: Final = re.compile(r"[-+]?[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_REASON: Final = re.compile(r" (?:—|–|--) ")


def named_resources(spans: list[Span] | tuple[Span, ...], label: str = "") -> list[Resource]:
    """Resources of a line: its links, and what stands between its commas. A marked title may hold commas."""
    last = label.rsplit(maxsplit=1)[-1] if label.split() else ""
    kind = cast("ResourceKind", vocabulary.kind_of(label) or vocabulary.kind_of(last) or "link")
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


def one_resource(spans: list[Span], label: str) -> list[Resource]:
    """The resource that a list item without a link names: what is marked at its start, else all up to a dash."""
    lead = next((s for s in spans if any(c.isalnum() for c in s.text)), None)
    if lead is not None and lead.style & (EMPHASIS | STRONG):
        return named_resources([lead], label)[:1]
    text, _, _ = _split_reason(links.plain(spans))
    return [replace(found, title=text.strip(" .*")) for found in named_resources(spans, label)[:1]]


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
    reason = reason.lstrip("—–:- ")
    mark = group if len(named) > 1 and ("|" in between or _OR.search(f" {between} ")) else ""
    return [Requirement(links.wiki_name(s)[0] or s.text, reason, mark) for s in named]


def _split_reason(text: str) -> tuple[str, str, str]:
    found = _REASON.search(text)
    return (text[: found.start()], "-", text[found.end() :].strip()) if found else (text, "", "")


def is_empty(text: str) -> bool:
    """A cell or value that says "nothing": none, tbd, n/a, -, …"""
    return not any(c.isalnum() for c in text) or vocabulary.is_("empty", text)


def says_yes(text: str) -> bool:
    """Whether a value says yes, in any language, by a word, a tick or a 1."""
    return vocabulary.is_("yes", text) or text.strip() in {"1", "✓", "✔", "✅", "☑", "x", "X", "[x]", "[X]"}


def says(text: str) -> bool | None:
    """Yes or no, as a value says it in any language; None for what says neither."""
    if says_yes(text):
        return True
    return False if vocabulary.is_("undone", text) or vocabulary.fold(text) == "0" else None


def usable(name: str, value: Any) -> bool:
    """Whether a field, of `words.shape.FIELDS`, can take a value of front matter."""
    if isinstance(value, list):
        return name in {"aliases", "tags", "prerequisites", "resources"}
    if not isinstance(value, str) or not value.strip():
        return False
    if name in {"hours", "duration"}:
        bare = value.strip().replace(".", "").replace(",", "").isdecimal()
        return links.hours_in(value) is not None and not (name == "duration" and bare)
    if name in {"optional", "done"}:
        return says(value) is not None
    return name != "order" or _POSITION.fullmatch(value.strip()) is not None


def next_group(item: Draft) -> str:
    """A name for the next any-of group of an item: by its place among the requirements, so it survives moved lines."""
    return f"any-{len(item.requires) + 1}"


def set_field(draft: Draft, key: str, spans: list[Span]) -> None:
    """Put the value of `key:: value` where it belongs; what Pathnotes does not know is kept."""
    text = links.plain(spans)
    setter = _SETTERS.get(vocabulary.fold(key).replace(" ", ""))
    if setter is None and usable(name := vocabulary.field_of(key), text):
        setter = _SETTERS.get(name)
    if setter is not None and setter(draft, text):
        return
    if vocabulary.is_("prerequisites", key):
        draft.requires += required(spans, group=next_group(draft))
    elif vocabulary.is_("related", key):
        named = [links.wiki_name(s)[0] for s in spans if s.kind == "wiki"]
        draft.related += named or [t.strip() for t in text.split(",") if t.strip()]
    elif (kind := vocabulary.kind_of(key)) or vocabulary.is_("resources", key):
        found = links.resources_in(spans, key)
        if not found and text:
            found = [Resource(text, "", cast("ResourceKind", kind or "link"))]
        draft.resources += found
    elif vocabulary.has("attribute", key) and draft.hours is None and not text.isdigit() and _set_hours(draft, text):
        return
    elif vocabulary.is_("optional", key) and says_yes(text):
        draft.optional = True
    else:
        draft.meta.append((key, text))


def _set_hours(draft: Draft, text: str) -> bool:
    hours = links.hours_in(text)
    draft.hours = hours if hours is not None else draft.hours
    return hours is not None


def _set_aliases(draft: Draft, text: str) -> bool:
    draft.aliases += [alias for alias in map(str.strip, text.split(",")) if alias]
    return True


def _set_choose(draft: Draft, text: str) -> bool:
    draft.choose = vocabulary.number_in(text)
    return draft.choose is not None


def _sets(name: str, *, yes_or_no: bool = False) -> Callable[[Draft, str], bool]:
    def set_(draft: Draft, text: str) -> bool:
        setattr(draft, name, says_yes(text) if yes_or_no else text)
        return True

    return set_


_SETTERS: Final[dict[str, Callable[[Draft, str], bool]]] = {
    **dict.fromkeys(("hours", "hour", "duration", "time", "effort", "estimate"), _set_hours),
    **dict.fromkeys(("aliases", "alias"), _set_aliases),
    **dict.fromkeys(("summary", "description"), _sets("summary")),
    "id": _sets("id"),
    "choose": _set_choose,
    **{name: _sets(name, yes_or_no=True) for name in ("optional", "ordered", "done")},
}
"""Fields of an item by name; a setter says whether it could use the value."""


def properties_of(block: Block) -> list[tuple[str, list[Span]]]:
    """The lines `Key: value` of a paragraph that is made of nothing else, as some programs put under a page's title."""
    lines = lines_of(block) if block.kind == "paragraph" and not block.children else []
    found = [(m, line) for line in lines if (m := _PROPERTY.match(line[0].text)) is not None and not line[0].style]
    if len(found) < 2 or len(found) < len(lines) or any(len(links.plain(line).split()) > 14 for line in lines):
        return []
    return [(m[1], [line[0]._replace(text=line[0].text[m.end() :]), *line[1:]]) for m, line in found]


def attribute_of(line: list[Span]) -> tuple[str, list[Span]] | None:
    """(key, value) of a line such as "**Duration:** 2 weeks" or "Effort: 20 h"; None for any other line."""
    found = _keyed(line)
    if found is None:
        return None
    key, value, bold = found
    short = 0 < len(links.plain(value).split()) <= 6 and (bold or any(c.isdigit() for c in links.plain(value)))
    return (key, value) if short and vocabulary.has("attribute", key) else None


def _keyed(line: list[Span]) -> tuple[str, list[Span], bool] | None:
    """(key, value, whether the key is bold) of a line "Key: value" with a short key."""
    at = next((i for i, span in enumerate(line) if any(c.isalnum() for c in span.text)), None)
    if at is None or line[at].kind != "text":
        return None
    bold = bool(line[at].style & STRONG)
    text, rest = line[at].text.replace("：", ": "), line[at + 1 :]
    if bold and rest and rest[0].kind == "text" and rest[0].text.lstrip()[:1] in {":", "："}:
        text, rest = f"{text}:", [rest[0]._replace(text=rest[0].text.lstrip()[1:]), *rest[1:]]
    key, colon, value = text.partition(":")
    if not colon or not 0 < len(key.split()) <= 4 or len(key) > 40 or value[:2] == "//":
        return None
    spans = [*([Span(value.strip() + " ")] if value.strip() else []), *rest]
    return (key.strip(), spans, bold) if links.plain(spans) else None


def properties_in(block: Block) -> list[tuple[str, list[Span]]]:
    """The items `Key: value` of a list that describes what it stands under: most keys are known, none has a box."""
    found = []
    for item in block.children if block.kind == "list" else ():
        keyed = _keyed(item_spans(item)) if item.checked is None and not item_rest(item) else None
        if keyed is None or len(links.plain(keyed[1]).split()) > MAX_VALUE_WORDS:
            return []
        found.append(keyed[:2])
    known = sum(_is_known(key) for key, _ in found)
    return found if len(found) > 1 and known * 2 >= len(found) else []


def _is_known(key: str) -> bool:
    """Whether a key is an attribute or asks for prerequisites: the whole of it, its last word, or any sign of it."""
    if vocabulary.unspaced(key):
        return vocabulary.has("attribute", key) or bool(vocabulary.starts("prerequisites", key))
    return vocabulary.ends("attribute", key) or vocabulary.is_("prerequisites", key)


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
        draft.requires += required(label.value, group=next_group(draft))
    elif label.meaning == "resources":
        draft.resources += named_resources(label.value, label.text)
    elif label.meaning == "related":
        draft.related += [links.wiki_name(s)[0] for s in label.value if s.kind == "wiki"]


def _absorb_item(draft: Draft, item: Block, above: Label | None, details: list[str]) -> None:
    """One item of a list under a topic: a field, a step, a label over more, a resource or a detail."""
    spans, below = item_spans(item), item_rest(item)
    if found := links.field_of(spans):
        set_field(draft, *found)
        return
    if item.checked is not None:
        _absorb_step(draft, item)
        return
    label = label_of(spans)
    if label is not None and label.meaning in {"resources", "prerequisites", "related"} and announces(label, below):
        apply_label(draft, label)
        above = replace(label, value=())
    elif above is not None and above.meaning == "prerequisites":
        draft.requires += required(spans, group=next_group(draft))
    else:
        _absorb_words(draft, spans, above, details)
        above = label if label is not None and label.meaning != "none" else above
    for block in below:
        for child in block.children if block.kind == "list" else ():
            _absorb_item(draft, child, above, details)


def _absorb_step(draft: Draft, item: Block) -> None:
    step = describe(item_spans(item), "step", item.line)
    if step is not None:
        step.done = item.checked
        absorb_below(step, item_rest(item))
        take_fields(step)
        draft.items.append(step)


def _absorb_words(draft: Draft, spans: list[Span], above: Label | None, details: list[str]) -> None:
    linked = links.resources_in(spans, above.text if above else "")
    draft.related += [links.wiki_name(s)[0] for s in spans if s.kind == "wiki"]
    if linked and (above is not None or _is_led_by_link(spans)):
        draft.resources += linked
    elif above is not None and above.meaning == "resources":
        draft.resources += named_resources(spans, above.text)
    else:
        text = links.plain(spans).strip()
        if any(c.isalnum() for c in text):
            details.append(text.rstrip(":： "))
        draft.resources += linked


def _is_led_by_link(spans: list[Span]) -> bool:
    lead = next((s for s in spans if any(c.isalnum() for c in s.text)), None)
    return lead is not None and lead.kind == "link"
