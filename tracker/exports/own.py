"""Everything of one person, for themselves: as JSON (`own_schema` says what stands in it) and as two tables.

Read row by row while it is sent. Of others nothing but what the person's own pages show them: the names of those who
wrote to them or acted for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from roadmap.models import Roadmap, Topic
from tracker import mail, queries
from tracker.audit import ITSELF
from tracker.exports.cells import BOM, line, text
from tracker.exports.csv import pieces
from tracker.exports.own_schema import FORMAT, VERSION
from tracker.models import (
    Comment,
    Evidence,
    HelpRequest,
    Nudge,
    ProgressEvent,
    SignOff,
    TopicNote,
    User,
)
from tracker.own_calendar import dues
from tracker.profiles import profile_of

Row = dict[str, Any]
AT_ONCE = 500
"""Rows read at a time."""


def own_json(person: User, *, now: datetime) -> Iterator[bytes]:
    """The whole of it as JSON, in pieces."""
    return pieces(_json(person, now))


def _json(person: User, now: datetime) -> Iterator[str]:
    head = {"format": FORMAT, "version": VERSION, "exported_at": stamp(now), "server": settings.PUBLIC_URL}
    yield "{\n" + "".join(f"{_text(name)}: {_text(value)},\n" for name, value in head.items())
    yield f'"person": {_text(_person(person))},\n"mail_choices": {_text(mail.choices_of(person))},\n'
    yield f'"profile": {_text(_profile(person))}'
    for name, part in PARTS.items():
        yield f",\n{_text(name)}: ["
        for number, row in enumerate(part(person)):
            yield f"{',' if number else ''}\n{_text(row)}"
        yield "\n]"
    yield "\n}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def stamp(at: datetime | None) -> str | None:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _topic(topic: Topic | None) -> Row | None:
    if topic is None:
        return None
    return {
        "uid": str(topic.uid), "title": topic.title, "slug": topic.slug, "retired": topic.retired_at is not None
    }  # fmt: skip


def _roadmap(roadmap: Roadmap | None) -> Row | None:
    return {"uid": str(roadmap.uid), "title": roadmap.title, "slug": roadmap.slug} if roadmap else None


def _name(by: User | None, person: User) -> str | None:
    if by is None:
        return None
    return "you" if by.pk == person.pk else by.shown_name


def _actor(event: ProgressEvent, person: User) -> str:
    if event.by is None and event.through in {ProgressEvent.Through.MERGE, ProgressEvent.Through.SYSTEM}:
        return ITSELF
    return _name(event.by, person) or "you"


def _person(person: User) -> Row:
    return {
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "joined_at": stamp(person.date_joined),
        "language": person.language,
        "time_zone": person.time_zone,
        "theme": person.theme,
        "week_hours": person.week_hours,
    }


def _profile(person: User) -> Row | None:
    profile = profile_of(person)
    if profile is None:
        return None
    shown = profile.shown.select_related("roadmap").order_by("roadmap__title")
    return {
        "handle": profile.handle,
        "name": profile.name,
        "about": profile.about,
        "public": profile.public,
        "activity": profile.activity,
        "indexed": profile.indexed,
        "roadmaps": [_roadmap(each.roadmap) for each in shown],
    }


def _enrolments(person: User) -> Iterator[Row]:
    for each in person.enrolments.select_related("roadmap").order_by("pk"):
        share = queries.standing(person, each.roadmap).overlay.total
        yield {
            "roadmap": _roadmap(each.roadmap),
            "enrolled_at": stamp(each.enrolled_at),
            "finished_at": stamp(each.finished_at),
            "share": {
                "required": share.required,
                "done": share.done,
                "waived": share.waived,
                "learning": share.learning,
                "skipped": share.skipped,
                "percent": share.percent,
            },
        }


def _goals(person: User) -> Iterator[Row]:
    for each in person.goals.select_related("roadmap", "topic").order_by("pk"):
        yield {"roadmap": _roadmap(each.roadmap), "topic": _topic(each.topic), "set_at": stamp(each.set_at)}


def _states(person: User) -> Iterator[Row]:
    for each in person.progress.select_related("topic").order_by("pk").iterator(AT_ONCE):
        yield {
            "topic": _topic(each.topic),
            "state": each.state,
            "revision": each.revision,
            "started_at": stamp(each.started_at),
            "changed_at": stamp(each.changed_at),
        }


def _steps(person: User) -> Iterator[Row]:
    for each in person.step_progress.select_related("step__topic").order_by("pk").iterator(AT_ONCE):
        step = each.step
        yield {
            "topic": _topic(step.topic),
            "step": {"uid": str(step.uid), "title": step.title},
            "done": each.done,
            "changed_at": stamp(each.changed_at),
        }


def _events(person: User) -> Iterator[Row]:
    events = ProgressEvent.objects.filter(learner=person).select_related("topic", "step", "by").order_by("pk")
    for each in events.iterator(AT_ONCE):
        yield {
            "at": stamp(each.at),
            "topic": _topic(each.topic),
            "step": {"uid": str(each.step.uid), "title": each.step.title} if each.step else None,
            "was": each.was,
            "now": each.now,
            "through": each.through,
            "by": _actor(each, person),
            "note": each.note,
            "revision": each.revision,
            "operation": str(each.operation),
        }


def _notes(person: User) -> Iterator[Row]:
    for each in TopicNote.every.filter(learner=person).select_related("topic").order_by("pk").iterator(AT_ONCE):
        yield {
            "topic": _topic(each.topic),
            "text": each.text,
            "shared": each.shared,
            "updated_at": stamp(each.updated_at),
            "removed_at": stamp(each.removed_at),
        }


def _links(person: User) -> Iterator[Row]:
    for each in person.own_resources.select_related("topic").order_by("pk").iterator(AT_ONCE):
        yield {
            "topic": _topic(each.topic),
            "title": each.title,
            "url": each.url,
            "kind": each.kind,
            "added_at": stamp(each.added_at),
        }


def _memberships(person: User) -> Iterator[Row]:
    for each in person.memberships.select_related("cohort").order_by("pk"):
        yield {
            "cohort": each.cohort.title,
            "role": each.role,
            "joined_at": stamp(each.joined_at),
            "left_at": stamp(each.left_at),
        }


def _targets(person: User) -> Iterator[Row]:
    for due in dues(person):
        yield {
            "roadmap": _roadmap(due.roadmap), "cohort": due.cohort.title, "on": due.on.isoformat(), "own": due.own
        }  # fmt: skip


def _comments(person: User) -> Iterator[Row]:
    """Those that they wrote. To whom, when they wrote as a mentor, is that learner's business."""
    written = Comment.objects.filter(by=person).select_related("topic").order_by("pk")
    for each in written.iterator(AT_ONCE):
        yield {
            "topic": _topic(each.topic),
            "text": each.text,
            "at": stamp(each.at),
            "withdrawn_at": stamp(each.withdrawn_at),
            "as": "learner" if each.learner_id == person.pk else "mentor",
        }


def _received(person: User) -> Iterator[Row]:
    """What mentors wrote to them, as far as it stands: comments and nudges."""
    theirs = {"learner": person, "withdrawn_at": None}
    for comment in Comment.objects.filter(**theirs).exclude(by=person).select_related("topic", "by").order_by("pk"):
        yield _message("comment", comment, person) | {"topic": _topic(comment.topic)}
    for nudge in Nudge.objects.filter(**theirs).select_related("by").order_by("pk"):
        yield _message("nudge", nudge, person) | {"topic": None}


def _message(kind: str, each: Comment | Nudge, person: User) -> Row:
    return {"kind": kind, "by": _name(each.by, person), "text": each.text, "at": stamp(each.at)}


def _help(person: User) -> Iterator[Row]:
    asked = HelpRequest.objects.filter(learner=person).select_related("topic", "answered_by").order_by("pk")
    for each in asked.iterator(AT_ONCE):
        yield {
            "topic": _topic(each.topic),
            "text": each.text,
            "at": stamp(each.at),
            "withdrawn_at": stamp(each.withdrawn_at),
            "answer": each.answer,
            "answered_by": _name(each.answered_by, person),
            "answered_at": stamp(each.answered_at),
        }


def _evidence(person: User) -> Iterator[Row]:
    for each in Evidence.objects.filter(learner=person).select_related("topic", "roadmap").order_by("pk"):
        yield _about(each) | {"text": each.text, "url": each.url, "withdrawn_at": stamp(each.withdrawn_at)}


def _sign_offs(person: User) -> Iterator[Row]:
    standing = SignOff.objects.filter(learner=person, withdrawn_at=None)
    for each in standing.select_related("topic", "roadmap", "by").order_by("pk"):
        yield _about(each) | {"by": _name(each.by, person), "note": each.note}


def _about(each: Evidence | SignOff) -> Row:
    return {
        "roadmap": _roadmap(each.roadmap),
        "topic": _topic(each.topic),
        "module": str(each.section) if each.section else None,
        "at": stamp(each.at),
    }


def _review_plans(person: User) -> Iterator[Row]:
    for each in person.review_plans.select_related("roadmap").order_by("pk"):
        kept: Row = {name: getattr(each, name) for name in ("active", "daily_cap", "retention")}
        yield {"roadmap": _roadmap(each.roadmap)} | kept


def _review_cards(person: User) -> Iterator[Row]:
    for each in person.review_cards.select_related("topic").order_by("pk").iterator(AT_ONCE):
        kept: Row = {name: getattr(each, name) for name in ("stability", "difficulty", "rating")}
        days = {name: getattr(each, name).isoformat() for name in ("reviewed_on", "due_on")}
        yield {"topic": _topic(each.topic)} | kept | days


def _review_answers(person: User) -> Iterator[Row]:
    log = person.review_log.select_related("topic", "credited_from").order_by("pk")
    for each in log.iterator(AT_ONCE):
        about = {"topic": _topic(each.topic), "credited_from": _topic(each.credited_from)}
        yield {"at": stamp(each.at), "rating": each.rating, "takes_back": each.undoes_id is not None} | about


PARTS: dict[str, Callable[[User], Iterable[Row]]] = {
    "enrolments": _enrolments,
    "goals": _goals,
    "states": _states,
    "steps": _steps,
    "events": _events,
    "notes": _notes,
    "links": _links,
    "memberships": _memberships,
    "target_dates": _targets,
    "comments": _comments,
    "received": _received,
    "help_requests": _help,
    "evidence": _evidence,
    "sign_offs": _sign_offs,
    "review_plans": _review_plans,
    "review_cards": _review_cards,
    "review_answers": _review_answers,
}
"""Lists of the file, in its order. Each is described in `own_schema`; a new one is added in both."""


# ---------------------------------------------------------------- tables

HEADS = ("Topic", "Roadmaps", "State", "Changed (UTC)", "Begun (UTC)", "Steps done", "Steps", "Note", "My links")
EVENT_HEADS = ("When (UTC)", "Topic", "Step", "From", "To", "Through", "By", "Note")
WORD = {"todo": "to do", "learning": "learning", "done": "done", "skipped": "skipped", "waived": "waived"}
"""English, as the headings: docs/own-things.md promises these files to programs, as it does the JSON."""

_TOPICS = """
WITH walked AS (
    SELECT seat.topic_id, string_agg(DISTINCT roadmap.title, '; ') AS roadmaps
    FROM tracker_enrolment enrolment
    JOIN roadmap_roadmap roadmap ON roadmap.id = enrolment.roadmap_id
         AND roadmap.retired_at IS NULL AND roadmap.state <> 'draft'
    JOIN roadmap_placement seat ON seat.roadmap_id = roadmap.id
    WHERE enrolment.learner_id = %(learner)s GROUP BY seat.topic_id
), links AS (
    SELECT topic_id, string_agg(url, ' ' ORDER BY id) AS urls FROM tracker_ownresource
    WHERE learner_id = %(learner)s GROUP BY topic_id
)
SELECT topic.title, coalesce(walked.roadmaps, ''), coalesce(progress.state, 'todo'), progress.changed_at,
       progress.started_at,
       (SELECT count(*) FROM roadmap_step step JOIN tracker_stepprogress ticked ON ticked.step_id = step.id
        WHERE step.topic_id = topic.id AND step.retired_at IS NULL AND ticked.done AND ticked.learner_id = %(learner)s),
       (SELECT count(*) FROM roadmap_step step WHERE step.topic_id = topic.id AND step.retired_at IS NULL),
       coalesce(note.text, ''), coalesce(links.urls, '')
FROM roadmap_topic topic
LEFT JOIN walked ON walked.topic_id = topic.id
LEFT JOIN links ON links.topic_id = topic.id
LEFT JOIN tracker_topicprogress progress ON progress.topic_id = topic.id AND progress.learner_id = %(learner)s
LEFT JOIN tracker_topicnote note ON note.topic_id = topic.id AND note.learner_id = %(learner)s
     AND note.removed_at IS NULL
WHERE (walked.topic_id IS NOT NULL AND topic.retired_at IS NULL)
   OR progress.id IS NOT NULL OR note.id IS NOT NULL OR links.topic_id IS NOT NULL
ORDER BY walked.roadmaps NULLS LAST, topic.title, topic.id
"""


def own_csv(person: User) -> Iterator[bytes]:
    """A line for each topic that they walk, did something on or keep something on. One query."""
    return pieces(_topics(person))


def _topics(person: User) -> Iterator[str]:
    yield BOM + line(map(text, HEADS))
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS, {"learner": person.pk})
        while rows := cursor.fetchmany(AT_ONCE):
            for title, roadmaps, state, changed, begun, done, steps, note, urls in rows:
                cells = [text(title), text(roadmaps), WORD[state], _minute(changed), _minute(begun), str(done)]
                yield line([*cells, str(steps), text(note), text(urls)])


def own_events_csv(person: User) -> Iterator[bytes]:
    """Every event of theirs, oldest first. One query."""
    return pieces(_event_lines(person))


def _event_lines(person: User) -> Iterator[str]:
    yield BOM + line(map(text, EVENT_HEADS))
    events = ProgressEvent.objects.filter(learner=person).select_related("topic", "step", "by").order_by("pk")
    for each in events.iterator(AT_ONCE):
        step = each.step.title if each.step else ""
        words = (each.topic.title, step, each.was, each.now, each.through, _actor(each, person), each.note)
        yield line([_minute(each.at), *map(text, words)])


def _minute(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else ""
