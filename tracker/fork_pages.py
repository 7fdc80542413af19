"""What the pages of forks show. Each read says its query count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap import forking
from roadmap.forking import Looked
from roadmap.in_words import in_words
from roadmap.models import Fork, Import, Roadmap
from roadmap.plan.changes import Change
from roadmap.plan.contest import Conflict
from roadmap.plan.curriculum import Curriculum, canonical
from roadmap.plan.following import key_of
from roadmap.plan.report import CALLED
from roadmap.queries import readable_roadmaps
from tracker import access
from tracker.effects import Effects, effects_of
from tracker.fork_forms import Chosen
from tracker.imports.pages import Field, field_of
from tracker.imports.words import counted, effect_words
from tracker.permissions import Person, Right, may
from tracker.touched import learners_on

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TAKEN = 20
"""Plans of the history on a page."""
SHOWN = 400
"""Changes of a kind that a page lists."""
FORKS = 50
HEADINGS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "renamed": (_lazy("Renamed"), _lazy("The same things under new titles. Everything learners did stays with them.")),
    "moved": (_lazy("Moved"), _lazy("The same topics in other places.")),
    "changed": (_lazy("Changed"), _lazy("What else is said of them there now.")),
    "added": (_lazy("New"), _lazy("Whoever did one of these topics elsewhere has done it here, too.")),
    "retired": (
        _lazy("Not there any more"),
        _lazy("They leave this roadmap. What learners did is kept with the topic."),
    ),
    "revived": (_lazy("Back again"), _lazy("They left this roadmap before, and return with all that learners did.")),
}


@dataclass(frozen=True, slots=True)
class Following:
    """What the head of a roadmap in the studio says of forks."""

    fork: Fork | None
    title: str
    """Of what it follows; empty where this person may not read that."""
    address: str
    ahead: int
    why_not: str
    forks: list[Roadmap]
    """Those of this roadmap that this person may read."""
    more: int


@dataclass(frozen=True, slots=True)
class Row:
    change: Change
    key: str
    held: bool
    learners: int
    said: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    heading: str
    about: str
    amount: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Question:
    conflict: Conflict
    called: str
    said: str
    mine: str
    theirs: str


def following(person: Person, roadmap: Roadmap) -> Following:
    """Two queries, three where it is forked. The changes that wait are counted once for two revisions (`ahead`)."""
    fork = Fork.objects.select_related("roadmap", "upstream").filter(roadmap=roadmap).first()
    mine = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).filter(fork__upstream=roadmap)
    forks = list(mine.union(access.edited_roadmaps(person).filter(fork__upstream=roadmap))[: FORKS + 1])
    title, address = _shown(person, fork) if fork else ("", "")
    return Following(
        fork=fork,
        title=title,
        address=address,
        ahead=forking.ahead(fork) if fork else 0,
        why_not=forking.why_nothing_arrives(fork) if fork else "",
        forks=forks[:FORKS],
        more=max(0, len(forks) - FORKS),
    )


def _shown(person: Person, fork: Fork) -> tuple[str, str]:
    """(title, address) of what is followed, for who may read it. No query but for an unpublished one."""
    upstream = fork.upstream
    hidden = upstream.retired_at is not None or upstream.state == Roadmap.State.DRAFT
    if (
        hidden
        and not may(person, Right.READ_DRAFTS)
        and not access.edited_roadmaps(person).filter(pk=upstream.pk).exists()
    ):
        return "", ""
    return upstream.title, "" if upstream.retired_at is not None else upstream.get_absolute_url()


def upstream_page(
    person: Person, fork: Fork, chosen: Chosen, page: str, looked: Looked | None = None
) -> dict[str, Any]:
    """The plan of what arrives, and what arrived before. About sixty queries where something waits, whatever the
    size of the two roadmaps and the number of learners."""
    history = Import.objects.filter(source=fork.roadmap.source).defer("changes", "problems", "after")
    shown = Paginator(history, TAKEN).get_page(page)
    title, address = _shown(person, fork)
    said: dict[str, Any] = {
        "fork": fork,
        "roadmap": fork.roadmap,
        "title": title,
        "address": address,
        "why_not": forking.why_nothing_arrives(fork),
        "chosen": chosen,
        "history": shown,
        "said_of": [(each, counted(each.counts)) for each in shown.object_list],
        "last": next(iter(history.filter(state=Import.State.APPLIED)[:1]), None),
        "plan": None,
    }
    if said["why_not"]:
        return said
    return said | plan_page(looked or forking.look(fork, theirs=chosen.theirs, held=chosen.held), fork, chosen)


def plan_page(looked: Looked, fork: Fork, chosen: Chosen) -> dict[str, Any]:
    """Ten queries, and four for each roadmap that somebody walks."""
    plan = looked.followed.plan
    # What was left out is listed still, for it to be taken in again.
    everything = forking.look(fork, theirs=chosen.theirs).followed.plan if chosen.held else plan
    named = {change.uid for change in everything.changes if change.what == "topic"}
    learners = learners_on(named)
    effects = _effects(looked, named)
    return {
        "plan": plan,
        "token": looked.token,
        "groups": list(_groups(everything.changes, chosen, learners, effects)),
        "questions": [_question(conflict, looked) for conflict in looked.followed.conflicts],
        "effects": [(title, effect, effect_words(effect)) for title, effect in effects.roadmaps],
        "summary": counted(plan.counts),
        "quiet": not plan.changes and not plan.empty,
        "left_out": len({key_of(change) for change in everything.changes} & set(chosen.held)),
        "loses_many": looked.loses_many,
        "lost": looked.followed.lost,
        "seats": looked.followed.seats,
        "behind": looked.revision != fork.revision,
        "out": forking.out_of(looked),
    }


def _effects(looked: Looked, topics: set[UUID]) -> Effects:
    """Topics that are retired everywhere count nowhere, whichever of the two trees still seats them."""
    plan = looked.followed.plan
    gone = [topic for topic in looked.upstream.topics.values() if topic.retired]

    def told(curriculum: Curriculum) -> Curriculum:
        known = {topic.uid for topic in curriculum.topics}
        bare = [replace(topic, overrides={}) for topic in gone if topic.uid not in known]
        return canonical(list(curriculum.roadmaps), [*curriculum.topics, *bare])

    return effects_of(told(plan.now), told(plan.target), topics)


def _groups(
    changes: tuple[Change, ...], chosen: Chosen, learners: Mapping[UUID, int], effects: Effects
) -> Iterator[Group]:
    for kind, (heading, about) in HEADINGS.items():
        # Of one thing the order and the fields are two changes, decided on together.
        found = {key_of(change): change for change in reversed(changes) if change.kind == kind}
        if not found:
            continue
        of_kind = [change for change in changes if change.kind == kind]
        fields = (
            {key: [f for c in of_kind if key_of(c) == key for f in c.fields] for key in found}
            if len(of_kind) != len(found)
            else {}
        )
        rows = [
            Row(
                change=change,
                key=key,
                held=key in chosen.held,
                learners=learners.get(change.uid, 0),
                said=effect_words(effects.topics[change.uid]) if change.uid in effects.topics else "",
                fields=tuple(map(field_of, fields.get(key, change.fields))),
            )
            for key, change in reversed(found.items())
        ]
        yield Group(kind, str(heading), str(about), len(rows), rows[:SHOWN])


def _question(conflict: Conflict, looked: Looked) -> Question:
    uid = UUID(conflict.key.rpartition("-")[2])
    c = replace(conflict, was=in_words(conflict.was), mine=in_words(conflict.mine), theirs=in_words(conflict.theirs))
    called = in_words(CALLED.get(c.name, c.name))
    match c.name:
        case "place":
            said = (
                _("It stood in “%(was)s”. Both put it elsewhere.") % {"was": c.was}
                if c.was
                else _("Both put it in, each elsewhere.")
            )
            words = (
                called,
                said,
                _("Here: it stays in “%(mine)s”") % {"mine": c.mine},
                _("There: it goes to “%(theirs)s”") % {"theirs": c.theirs},
            )
        case "gone":
            known = looked.upstream.topics.get(uid)
            gone = known is not None and known.retired
            said = _("It is retired there, and so everywhere.") if gone else _("It is not there any more.")
            copy = _(", as a copy of this roadmap’s own with everybody’s progress") if gone else ""
            where = _("You put it in “%(mine)s”.") % {"mine": c.mine} if c.mine != c.was else _("You changed it.")
            words = called, f"{said} {where}", _("Keep it here%(copy)s") % {"copy": copy}, _("Let it go")
        case "nested":
            said = _("There it went into “%(theirs)s”, which you put into it.") % {"theirs": c.theirs}
            words = (
                called,
                said,
                _("Here: it stays in “%(mine)s”") % {"mine": c.mine},
                _("There: it goes to “%(theirs)s”, out of it") % {"theirs": c.theirs},
            )
        case "out":
            words = (
                called,
                _("You took it out of “%(was)s”. There it was moved.") % {"was": c.was},
                _("Leave it out"),
                _("Put it in “%(theirs)s”") % {"theirs": c.theirs},
            )
        case "order":
            said = _("Both put what stands in it in another order.")
            words = called, said, _("Here: %(mine)s") % {"mine": c.mine}, _("There: %(theirs)s") % {"theirs": c.theirs}
        case _:
            was = _("It said “%(was)s”.") % {"was": c.was} if c.was else _("It said nothing.")
            words = (
                called,
                _("%(was)s Both changed it.") % {"was": was},
                _("Here: %(mine)s") % {"mine": c.mine or _("nothing")},
                _("There: %(theirs)s") % {"theirs": c.theirs or _("nothing")},
            )
    return Question(conflict, *words)
