"""What an editor does to the fields of one topic and to what it requires: a curriculum in, another one out. Pure.

A field that the notes provide is overridden: the topic keeps the editor's value, `overrides` what the notes say. The
same holds of a prerequisite that they state: `overrides["needs"]` has it as the notes do, whether the editor took it
away or said it otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from roadmap.notes.items import Resource
from roadmap.notes.links import resource_kind
from roadmap.plan.curriculum import Curriculum, Json, Need, Origin, Step, Topic, need_json, resource_of
from roadmap.plan.incoming import HOURS, STEP, TITLE, clean, hours_of
from roadmap.plan.keeping import resources_of, steps_of
from roadmap.plan.keys import slugify
from roadmap.sentences import sentence
from roadmap.studio.acts import settled, titled
from roadmap.studio.shape import ImpossibleError, overriding, topic_in, with_topics
from roadmap.studio.topics import restored, retired

FIELDS = ("title", "slug", "aliases", "summary", "body", "details", "hours", "steps", "resources")
"""What the form of a topic edits, in its order."""
SLUG = 120
MOST = 100
"""Aliases, details, steps and resources that a topic is given by hand, of each."""

NewUid = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class StepField:
    """A step as a form has it; without a uid it is a new one."""

    title: str
    uid: UUID | None = None


# What a form shows, and whether it is still so.


def texts(topic: Topic) -> dict[str, str]:
    """Each field as the text that a form shows, line by line where it is a list."""
    return {
        "title": topic.title,
        "slug": topic.slug,
        "aliases": "\n".join(topic.aliases),
        "summary": topic.summary,
        "body": topic.body,
        "details": "\n".join(topic.details),
        "hours": "" if topic.hours is None else f"{topic.hours:g}",
        "steps": steps_text(StepField(step.title, step.uid) for step in topic.steps if not step.retired),
        "resources": resources_text(topic.resources),
    }


def steps_text(steps: Iterable[StepField]) -> str:
    return "\n".join(step.title for step in steps)


def resources_text(resources: Iterable[Resource]) -> str:
    return "\n".join(" · ".join(filter(None, (r.title, r.url, r.kind))) for r in resources)


def plain(text: str) -> str:
    """`text` with the line ends of a database, not those of a form."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def digest(text: str) -> str:
    """Of one field's text: what a page remembers of what it showed."""
    return hashlib.sha256(plain(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digests(topic: Topic) -> dict[str, str]:
    """Field -> digest of its text. Steps count with who they are."""
    found = {name: digest(text) for name, text in texts(topic).items()}
    found["steps"] = digest("\n".join(f"{step.uid} {step.title}" for step in topic.steps if not step.retired))
    return found


# Fields.


def edit(curriculum: Curriculum, *, uid: UUID, wanted: Mapping[str, Any], new_uid: NewUid) -> Curriculum:
    """Set the named fields. Values: text, a list of lines, `StepField`s or `Resource`s, hours as a number or None.

    A former title is not kept as an alias: whoever wants that says so. Raise ImpossibleError.
    """
    topic = topic_in(curriculum, uid)
    if unknown := wanted.keys() - set(FIELDS):
        raise ImpossibleError(sentence("A topic has no field “%(field)s”. Nothing was changed.", field=min(unknown)))
    values = {name: _CLEANED[name](value) for name, value in wanted.items() if name in _CLEANED}
    if "title" in values or "aliases" in values:
        title, aliases = values.get("title", topic.title), values.get("aliases", topic.aliases)
        values["aliases"] = tuple(sorted({*aliases} - {title}))
    changed = overriding(topic, **{name: value for name, value in values.items() if value != getattr(topic, name)})
    if "slug" in wanted:
        changed = replace(changed, slug=slug_of(wanted["slug"]))
    if "steps" in wanted:
        changed = with_steps(changed, wanted["steps"], new_uid)
    return curriculum if changed == topic else with_topics(curriculum, changed)


def slug_of(text: str) -> str:
    """An address as it is stored. Raise ImpossibleError for what cannot be one."""
    slug = slugify(text)[:SLUG]
    if not slug:
        raise ImpossibleError(sentence("An address needs at least one letter or digit. Nothing was changed."))
    return slug


def with_steps(topic: Topic, steps: Sequence[StepField], new_uid: NewUid) -> Topic:
    """`topic` with these live steps in this order. Those left out are retired; a retired one that is named returns."""
    _few(steps, "steps")
    known = {step.uid: step for step in topic.steps}
    live: dict[UUID, Step] = {}
    for step in steps:
        title = clean(" ".join(step.title.split()), STEP)
        if title:
            uid = step.uid if step.uid in known and step.uid not in live else new_uid()
            assert uid is not None  # noqa: S101  (for the type checker: None is in no mapping of uids)
            live[uid] = Step(uid, title)
    return stepped(topic, (*live.values(), *(replace(s, retired=True) for s in topic.steps if s.uid not in live)))


def stepped(topic: Topic, steps: tuple[Step, ...]) -> Topic:
    """`topic` with these steps, retired ones too; what the notes say of them is remembered."""
    if steps == topic.steps:
        return topic
    overrides = dict(topic.overrides)
    if topic.origin != Origin():
        said = overrides.pop("steps", _titles(topic.steps))
        if said != _titles(steps):
            overrides["steps"] = said
    return replace(topic, steps=steps, overrides=overrides)


def _titles(steps: Iterable[Step]) -> list[str]:
    return [step.title for step in steps if not step.retired]


def guessed(title: str, url: str, kind: str = "") -> Resource:
    """A resource whose kind, where none is given, is guessed from its address."""
    known: Any = kind or resource_kind(url.strip())
    return Resource(title=title.strip() or url.strip(), url=url.strip(), kind=known)


def _lines(name: str) -> Callable[[Iterable[str]], tuple[str, ...]]:
    def cleaned(lines: Iterable[str]) -> tuple[str, ...]:
        limit = TITLE if name == "aliases" else None
        found = tuple(dict.fromkeys(clean(" ".join(line.split()), limit) for line in lines if line.strip()))
        _few(found, name)
        return found

    return cleaned


def _resources(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    found = resources_of(resources)
    _few(found, "resources")
    return found


def _hours(value: float | None) -> float | None:
    hours = hours_of(value)
    if value is not None and hours is None:
        raise ImpossibleError(
            sentence("Hours are a number above 0 and below %(hours)s. Nothing was changed.", hours=HOURS)
        )
    return hours


_CALLED = {
    "steps": sentence("steps"),
    "resources": sentence("resources"),
    "aliases": sentence("aliases"),
    "details": sentence("details"),
}


def _few(things: Sequence[Any], name: str) -> None:
    if len(things) > MOST:
        raise ImpossibleError(
            sentence("At most %(most)s %(name)s on one topic. Nothing was changed.", most=MOST, name=_CALLED[name])
        )


_CLEANED: dict[str, Callable[[Any], Any]] = {
    "title": titled,
    "aliases": _lines("aliases"),
    "summary": lambda text: clean(plain(text).strip()),
    "body": lambda text: clean(plain(text)),
    "details": _lines("details"),
    "hours": _hours,
    "resources": _resources,
}

# What the notes say.

_NOTED: dict[str, Callable[[Any], Any]] = {
    "resources": lambda value: tuple(map(resource_of, value)),
    "meta": dict,
}


def noted(name: str, value: Any) -> Any:
    """What an override remembers, as the field has it."""
    if name in _NOTED:
        return _NOTED[name](value)
    return tuple(value) if isinstance(value, list) else value


def as_noted(curriculum: Curriculum, *, uid: UUID, field: str, new_uid: NewUid) -> Curriculum:
    """Drop the override of a field: it is as the notes say, from now on through every import.

    Steps the notes do not have are retired with their ticks. Nothing happens where there is no override.
    """
    topic = topic_in(curriculum, uid)
    if field not in topic.overrides or field == "needs" or topic.origin == Origin():
        return curriculum
    said = topic.overrides[field]
    overrides = {name: value for name, value in topic.overrides.items() if name != field}
    if field == "retired":
        changed = retired(topic) if said else restored(topic)
    elif field == "steps":
        changed = replace(topic, steps=steps_of(said, _renamed(topic.steps, said), new_uid), overrides=overrides)
    else:
        values: Json = {field: noted(field, said)}
        changed = replace(topic, **values, overrides=overrides)
    return settled(curriculum, with_topics(curriculum, changed))


def _renamed(steps: tuple[Step, ...], said: Sequence[str]) -> tuple[Step, ...]:
    """`steps` with those an editor renamed called as the notes call them, where there are as many as names are left."""
    titles = _titles(steps)
    renamed = [step for step in steps if not step.retired and step.title not in said]
    left = [title for title in said if title not in titles]
    if len(renamed) != len(left):
        return steps
    names = {step.uid: title for step, title in zip(renamed, left, strict=True)}
    return tuple(replace(step, title=names.get(step.uid, step.title)) for step in steps)


# Prerequisites.


def require(
    curriculum: Curriculum, *, uid: UUID, requires: UUID, reason: str = "", beside: UUID | None = None
) -> Curriculum:
    """`uid` requires `requires`; where it does already, its reason and its alternatives are set.

    `beside`: another prerequisite of it that this one is an alternative of; None: it is required for itself. Whether
    this closes a loop is for the caller, who knows the topics of all sources. Raise ImpossibleError.
    """
    topic = topic_in(curriculum, uid)
    if uid == requires:
        raise ImpossibleError(sentence("“%(title)s” cannot require itself. Nothing was changed.", title=topic.title))
    needs = {need.topic: need for need in topic.needs}
    group = ""
    changed: list[Need] = []
    if beside is not None and beside != requires:
        other = needs.get(beside)
        if other is None:
            raise ImpossibleError(sentence("The prerequisite it is to stand beside is gone. Nothing was changed."))
        group = other.group or _new_group(topic)
        if not other.group:
            changed.append(replace(other, group=group, source="editor"))
    elif beside == requires and requires in needs:
        group = needs[requires].group
    changed.append(Need(requires, clean(" ".join(reason.split())), group, "editor"))
    return _with(curriculum, _needing(topic, changed))


def not_require(curriculum: Curriculum, *, uid: UUID, requires: UUID) -> Curriculum:
    """`uid` no longer requires `requires`, whatever the notes state; nothing happens where it did not."""
    topic = topic_in(curriculum, uid)
    gone = next((need for need in topic.needs if need.topic == requires), None)
    if gone is None:
        return curriculum
    said = _said(topic)
    if gone.source != "editor" and topic.origin != Origin():
        said[str(requires)] = need_json(gone)
    left = tuple(need for need in topic.needs if need.topic != requires)
    return _with(curriculum, replace(topic, needs=_paired(left), overrides=_telling(topic, said)))


def require_as_noted(curriculum: Curriculum, *, uid: UUID, requires: UUID) -> Curriculum:
    """Drop the override of one prerequisite: it is required, or not, as the notes say."""
    topic = topic_in(curriculum, uid)
    said = _said(topic)
    back = said.pop(str(requires), None)
    if back is None:
        return curriculum
    need = Need(requires, back["reason"], back["group"], back["source"])
    others = [other for other in topic.needs if other.topic != requires]
    needs = (*(n for n in others if n.source != "editor"), need, *(n for n in others if n.source == "editor"))
    return _with(curriculum, replace(topic, needs=needs, overrides=_telling(topic, said)))


def _needing(topic: Topic, changed: Iterable[Need]) -> Topic:
    """`topic` with these needs, an editor's, in place of those it has of the same topics."""
    said, needs = _said(topic), {need.topic: need for need in topic.needs}
    for new in changed:
        old = needs.get(new.topic)
        if old is not None and (old.reason, old.group) == (new.reason, new.group) and old.source != "guess":
            continue
        if old is not None and old.source != "editor" and topic.origin != Origin():
            said.setdefault(str(new.topic), need_json(old))
        if (
            said.get(str(new.topic)) == need_json(replace(new, source=_source(said, new)))
            and _source(said, new) in _SURE
        ):
            needs[new.topic] = replace(new, source=_source(said, new))
            del said[str(new.topic)]
        else:
            needs[new.topic] = new
    ordered = sorted(needs.values(), key=lambda need: need.source == "editor")
    return replace(topic, needs=_paired(ordered), overrides=_telling(topic, said))


_SURE = frozenset({"notes", "chain", "diagram"})


def _source(said: Json, need: Need) -> str:
    return str(said.get(str(need.topic), {}).get("source", need.source))


def _paired(needs: Iterable[Need]) -> tuple[Need, ...]:
    """An editor's alternative to nothing is a plain prerequisite."""
    needs = tuple(needs)
    groups = [need.group for need in needs]
    return tuple(
        replace(need, group="") if need.source == "editor" and need.group and groups.count(need.group) == 1 else need
        for need in needs
    )


def _new_group(topic: Topic) -> str:
    taken = {need.group for need in topic.needs}
    number = 1
    while (name := f"either-{number}") in taken:
        number += 1
    return name


def _said(topic: Topic) -> Json:
    return dict(topic.overrides.get("needs", {}))


def _telling(topic: Topic, said: Json) -> Json:
    rest = {name: value for name, value in topic.overrides.items() if name != "needs"}
    return rest | {"needs": said} if said else rest


def _with(curriculum: Curriculum, topic: Topic) -> Curriculum:
    return curriculum if topic == topic_in(curriculum, topic.uid) else with_topics(curriculum, topic)
