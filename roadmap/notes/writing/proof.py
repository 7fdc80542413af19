"""Whether notes that were written to say what was meant, and say everything else as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import reduce
from typing import Any, Final

from roadmap.notes import vocabulary
from roadmap.notes.items import Item, Path, Reading, Resource
from roadmap.notes.writing.refusals import NotWritableError
from roadmap.sentences import Sentence, sentence

FIELDS: Final = (
    "title", "summary", "hours", "details", "optional", "steps", "resources", "body", "requires", "aliases",
)  # fmt: skip
"""What can be written."""
LISTS: Final = frozenset({"details", "resources", "aliases"})
"""Fields that all mentions of a topic give together."""
_PLAIN: Final = tuple(f.name for f in fields(Item) if f.name not in {"line", "items", "requires", "rule"})
CALLED: Final = {
    "kind": sentence("kind"),
    "title": sentence("title"),
    "slug": sentence("address"),
    "source": sentence("place in the files"),
    "number": sentence("number"),
    "summary": sentence("summary"),
    "details": sentence("details"),
    "optional": sentence("mark as optional"),
    "choose": sentence("number of topics that are enough"),
    "ordered": sentence("order"),
    "done": sentence("tick"),
    "link": sentence("link to its note"),
    "steps": sentence("steps"),
    "resources": sentence("resources"),
    "requires": sentence("prerequisites"),
    "id": sentence("id"),
    "aliases": sentence("other names"),
    "hours": sentence("hours"),
    "body": sentence("text"),
    "related": sentence("related notes"),
    "meta": sentence("front matter"),
    "planned": sentence("link to a note that is still to be written"),
}
"""What is said of a topic or a roadmap, for people."""
_MORE: Final = "changes-more"
_NOTHING: Final = sentence("nothing")
_KINDS: Final = {
    "course": sentence("course"),
    "book": sentence("book"),
    "video": sentence("video"),
    "article": sentence("article"),
    "paper": sentence("paper"),
    "project": sentence("project"),
    "tool": sentence("tool"),
    "link": sentence("link"),
}
_OPTIONAL, _REQUIRED = sentence("optional"), sentence("required")


def topics(reading: Reading) -> list[Item]:
    """Every item but the steps, in reading order."""
    return [item for path in reading.paths for item, _ in _walk(path.items, 0)]


def mentions(reading: Reading, source: str, line: int, title: str) -> list[int]:
    """Indexes of the items that are the topic which stands there, the first one first: those of one link or id too."""
    every = topics(reading)
    first = next(
        (
            item
            for item in every
            if item.kind == "topic" and (item.source, item.line) == (source, line) and item.title == title
        ),
        None,
    )
    if first is None:
        message = sentence(
            "“%(title)s” does not stand at line %(line)s of %(path)s any more.",
            title=title,
            line=str(line),
            path=source,
        )
        raise NotWritableError("not-there", message)
    link = vocabulary.fold(first.link or "")
    return [
        at
        for at, item in enumerate(every)
        if item.kind == "topic"
        and (
            (item.source, item.line, item.title) == (source, line, title)
            or (bool(first.id) and item.id == first.id)
            or (bool(link) and vocabulary.fold(item.link or "") == link)
        )
    ]


def value(items: Sequence[Item], field: str) -> Any:
    """What the mentions of one topic say of a field, in the form in which it is compared."""
    if field == "title":
        return items[0].title
    if field == "optional":
        return items[0].optional
    if field == "steps":
        return next((told for item in items if (told := tuple(step.title for step in steps(item.items)))), ())
    if field == "requires":
        every = (r for item in items for r in item.requires if r.source == "notes")
        return tuple(sorted({(r.title, r.reason, r.group) for r in every}))
    if field in LISTS:
        listed = dict.fromkeys(entry for item in items for entry in getattr(item, field))
        return tuple(sorted(set(listed) - {items[0].title})) if field == "aliases" else tuple(listed)
    return next((told for item in items if (told := getattr(item, field))), getattr(items[0], field))


def wanted(field: str, given: Any, title: str) -> Any:
    """A value that is asked for, in the same form."""
    if field == "requires":
        return tuple(sorted({(r.title, r.reason, r.group) for r in given}))
    if field == "aliases":
        return tuple(sorted(set(given) - {title}))
    if field == "body":
        return str(given).strip("\n").rstrip()
    if field in {"details", "steps", "resources"}:
        return tuple(given)
    return given


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values in that form are the same."""
    if field == "hours":
        return bool((one and round(one, 2)) == (other and round(other, 2)))
    return bool(one == other)


def steps(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        if item.kind == "step":
            yield item
            yield from steps(item.items)


def prove(old: Reading, new: Reading, at: Sequence[int], field: str, asked: Any) -> None:
    """Raise NotWritableError unless `new` is `old` with the field of the topic (its mentions are `at`) as asked."""
    _same_paths(old.paths, new.paths)
    before, after = topics(old), topics(new)
    if [_kind(item) for item in before] != [_kind(item) for item in after]:
        raise NotWritableError(_MORE, sentence("Written there, other lines would be read as something else."))
    mine = set(at)
    names = (before[at[0]].title, after[at[0]].title) if field == "title" else ("", "")
    kept = any(item.title == names[0] for item in after)
    for index, (was, is_) in enumerate(zip(before, after, strict=True)):
        _same(was, is_, field if index in mine else "", names, kept)
    told = value([after[index] for index in at], field)
    if not same(field, told, asked):
        message = sentence("Written there, it would be read as %(told)s.", told=_shown(told))
        raise NotWritableError("reads-otherwise", message)
    no_new_problems(old, new)


def _same_paths(old: Sequence[Path], new: Sequence[Path]) -> None:
    if len(old) != len(new):
        raise NotWritableError(_MORE, sentence("Written there, it would change which roadmaps the notes hold."))
    for was, is_ in zip(old, new, strict=True):
        for name in ("title", "slug", "source", "summary", "id", "meta"):
            if getattr(was, name) != getattr(is_, name):
                message = sentence("It would change the %(name)s of the roadmap, too.", name=CALLED[name])
                raise NotWritableError(_MORE, message)


def _same(was: Item, is_: Item, field: str, names: tuple[str, str], kept: bool) -> None:
    for name in _PLAIN:
        if name != field and getattr(was, name) != getattr(is_, name):
            if name == "aliases" and field == "aliases":
                continue
            message = sentence("It would change the %(name)s of “%(title)s”, too.", name=CALLED[name], title=is_.title)
            raise NotWritableError(_MORE, message)
    if field != "requires" and not _require_the_same(was, is_, names, kept):
        raise NotWritableError(_MORE, _requires_too(is_))
    if [r for r in was.requires if r.source != "notes"] != [
        r for r in is_.requires if r.source != "notes"
    ] and not names[0]:
        raise NotWritableError(_MORE, _requires_too(is_))
    if field != "steps" and [_step(s) for s in steps(was.items)] != [_step(s) for s in steps(is_.items)]:
        raise NotWritableError(_MORE, sentence("It would change the steps of “%(title)s”, too.", title=is_.title))
    if field == "steps":
        _same_steps(was, is_)


def _requires_too(item: Item) -> Sentence:
    return sentence("It would change what “%(title)s” requires, too.", title=item.title)


def _require_the_same(was: Item, is_: Item, names: tuple[str, str], kept: bool) -> bool:
    """Whether both require the same topics: a renamed one, `names`, under its new name. `kept`: another has the old."""
    given = [(r.title, r.reason, r.group, r.source) for r in is_.requires]
    before = [(r.title, r.reason, r.group, r.source) for r in was.requires]
    renamed = [(names[1] if title == names[0] else title, *rest) for title, *rest in before]
    return given == renamed or (kept and given == before)


def _same_steps(was: Item, is_: Item) -> None:
    """A step that stays, or is renamed, keeps all that stands with it; one that is new brings nothing but its title."""
    known: dict[str, list[tuple[Any, ...]]] = {}
    for step in steps(was.items):
        known.setdefault(step.title, []).append(_beside(step))
    titles = {step.title for step in steps(is_.items)}
    gone = [beside for title, told in known.items() if title not in titles for beside in told]
    for step in steps(is_.items):
        beside, plain = _beside(step), not any(_beside(step))
        left = known.get(step.title) or gone
        if beside in left:
            left.remove(beside)
        elif not plain or step.title in known:
            message = sentence("It would change what stands with the step “%(title)s”.", title=step.title)
            raise NotWritableError(_MORE, message)


def _step(step: Item) -> str:
    return repr((step.title, *_beside(step)))


def _beside(step: Item) -> tuple[Any, ...]:
    return (step.done, step.summary, step.details, step.resources, step.optional, step.id, step.hours)


def no_new_problems(old: Reading, new: Reading) -> None:
    known = Counter(problem.code for problem in old.problems)
    for problem in new.problems:
        if problem.severity == "info":
            continue
        known[problem.code] -= 1
        if known[problem.code] < 0:
            message = sentence("Written there, the notes would have a problem: %(message)s", message=problem.message)
            raise NotWritableError("makes-a-problem", message)


def _kind(item: Item) -> tuple[str, str, int]:
    return item.kind, item.source, sum(child.kind != "step" for child in item.items)


def _walk(items: Sequence[Item], depth: int) -> Iterator[tuple[Item, int]]:
    for item in items:
        if item.kind != "step":
            yield item, depth
            yield from _walk(item.items, depth + 1)


def _shown(told: Any) -> Sentence:
    if isinstance(told, (tuple, list)):
        return reduce(_and, map(_shown, told[:5])) if told else _NOTHING
    if isinstance(told, Resource):
        return sentence("“%(title)s” (%(url)s, %(kind)s)", title=told.title, url=told.url, kind=_KINDS[told.kind])
    if isinstance(told, bool):
        return _OPTIONAL if told else _REQUIRED
    return sentence("“%(text)s”", text=str(told)[:120]) if told not in ("", None) else _NOTHING


def _and(one: Sentence, other: Sentence) -> Sentence:
    return sentence("%(one)s, %(other)s", one=one, other=other)
