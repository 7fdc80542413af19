"""What editors do to the curriculum by hand. Each verb is one transaction under the curriculum's lock and is recorded.

What the notes state and an editor changed is remembered in the topic's `overrides`, so that the next import keeps it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError, refuse_loops
from roadmap.because import Because, Through
from roadmap.edit_verbs import EditVerb
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Placement, Prerequisite, Section, Topic
from roadmap.plan.curriculum import Need, need_json
from roadmap.redraw import redraw, showing

GROUP = 40


class RefusedEditError(NotAppliedError):
    """An edit that cannot be; the message is a sentence for the editor."""


def add_prerequisite(*, topic: Topic, requires: Topic, by: str, reason: str = "", group: str = "") -> Prerequisite:
    """`topic` now requires `requires`; said again with another reason or group, these are set. A guess is one no more.

    Raise RefusedEditError for a topic that would require itself, PrerequisiteLoopError, which names the loop, or
    BusyError.
    """
    if topic.pk == requires.pk:
        raise RefusedEditError(_("“%(topic)s” cannot require itself. Nothing was changed.") % {"topic": topic.title})
    because = Because(by, Through.ACT)
    with curriculum_lock(because):
        wanted = {"reason": reason, "group": group[:GROUP], "source": Prerequisite.Source.EDITOR}
        last = Prerequisite.objects.filter(topic=topic).aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        link, created = Prerequisite.objects.get_or_create(
            topic=topic, requires=requires, defaults={**wanted, "position": position}
        )
        was = {name: getattr(link, name) for name in ("reason", "group")}
        guessed = link.source == Prerequisite.Source.GUESS
        if not created and not guessed and was == {"reason": reason, "group": wanted["group"]}:
            return link
        if not created:
            link.reason, link.group, link.source = reason, group[:GROUP], Prerequisite.Source.EDITOR
            link.save(update_fields=["reason", "group", "source"])
        overrides = _fresh_overrides(topic)
        overrides.get("needs", {}).pop(str(requires.uid), None)
        _remember(topic, {name: value for name, value in overrides.items() if value != {}})
        refuse_loops({topic.uid})
        _record(
            Edit.Verb.ADD_PREREQUISITE, topic, because, {"requires": str(requires.uid), "was": None if created else was}
        )
        _redraw(topic, requires)
        return link


def confirm_prerequisite(*, topic: Topic, requires: Topic, by: str) -> None:
    """A guess becomes an editor's word, with its reason and its alternatives; what is none stays as it is.

    Raise RefusedEditError when `topic` does not require it any more, or as `add_prerequisite`.
    """
    link = Prerequisite.objects.filter(topic=topic, requires=requires).first()
    if link is None:
        raise RefusedEditError(
            _("“%(topic)s” does not need “%(requires)s” any more. Nothing was changed.")
            % {"topic": topic.title, "requires": requires.title}
        )
    if link.source == Prerequisite.Source.GUESS:
        add_prerequisite(topic=topic, requires=requires, by=by, reason=link.reason, group=link.group)


def remove_prerequisite(*, topic: Topic, requires: Topic, by: str) -> None:
    """`topic` no longer requires `requires`, whatever the notes state; nothing happens where it did not."""
    because = Because(by, Through.ACT)
    with curriculum_lock(because):
        link = Prerequisite.objects.filter(topic=topic, requires=requires).first()
        if link is None:
            return
        was = need_json(Need(requires.uid, link.reason, link.group, link.source))
        if link.source != Prerequisite.Source.EDITOR:
            overrides = _fresh_overrides(topic)
            overrides["needs"] = overrides.get("needs", {}) | {str(requires.uid): was}
            _remember(topic, overrides)
        link.delete()
        _record(Edit.Verb.REMOVE_PREREQUISITE, topic, because, {"was": was})
        _redraw(topic, requires)


def retire_topic(*, topic: Topic, by: str, replaced_by: Topic | None = None) -> None:
    """Take a topic out of every roadmap, its seats and all progress kept. An import does not bring it back.

    Raise RefusedEditError when `replaced_by` is the topic itself or retired.
    """
    because = Because(by, Through.ACT)
    with curriculum_lock(because):
        topic.refresh_from_db()
        if replaced_by is not None:
            replaced_by.refresh_from_db()
            if replaced_by.pk == topic.pk or replaced_by.retired_at is not None:
                raise RefusedEditError(
                    _("“%(replaced_by)s” cannot replace “%(topic)s”. Nothing was changed.")
                    % {"replaced_by": replaced_by.title, "topic": topic.title}
                )
        if topic.retired_at is not None and topic.replaced_by_id == (replaced_by.pk if replaced_by else None):
            return
        was = {"retired": topic.retired_at is not None, "replaced_by": topic.replaced_by_id}
        topic.retired_at, topic.replaced_by = topic.retired_at or timezone.now(), replaced_by
        topic.overrides = _with_retirement(topic, retired=True, was_retired=bool(was["retired"]))
        topic.save(update_fields=["retired_at", "replaced_by", "overrides", "updated_at"])
        _record(Edit.Verb.RETIRE_TOPIC, topic, because, {"was": was})
        _redraw(topic)


def restore_topic(*, topic: Topic, by: str, section: Section | None = None) -> None:
    """Bring a retired topic back to its seats, or to the end of `section` where it has none; imports then keep it.

    Raise RefusedEditError for a topic without a seat when no section is given, PrerequisiteLoopError when its
    prerequisites now close a loop, or BusyError.
    """
    because = Because(by, Through.ACT)
    with curriculum_lock(because):
        topic.refresh_from_db()
        if topic.retired_at is None:
            return
        if section is not None and not Placement.objects.filter(topic=topic, roadmap=section.roadmap_id).exists():
            Placement.objects.create(
                topic=topic, section=section, roadmap_id=section.roadmap_id, position=_end_of(section)
            )
        if not Placement.objects.filter(topic=topic, roadmap__retired_at=None).exists():
            raise RefusedEditError(
                _("“%(topic)s” has no place any more: say which section it returns to.") % {"topic": topic.title}
            )
        topic.retired_at, topic.replaced_by = None, None
        topic.overrides = _with_retirement(topic, retired=False, was_retired=True)
        topic.save(update_fields=["retired_at", "replaced_by", "overrides", "updated_at"])
        refuse_loops({topic.uid})
        _record(Edit.Verb.RESTORE_TOPIC, topic, because, {"section": str(section.uid) if section else None})
        _redraw(topic)


def _fresh_overrides(topic: Topic) -> dict[str, Any]:
    """The topic's overrides as they stand now, to be changed under the lock."""
    topic.refresh_from_db(fields=["overrides"])
    return dict(topic.overrides)


def _remember(topic: Topic, overrides: dict[str, Any]) -> None:
    topic.overrides = overrides
    topic.save(update_fields=["overrides", "updated_at"])


def _with_retirement(topic: Topic, *, retired: bool, was_retired: bool) -> dict[str, Any]:
    """The overrides after an editor retired or restored a topic: none when the notes say the same."""
    overrides = dict(topic.overrides)
    noted = overrides.pop("retired", was_retired)
    if topic.source_id is not None and noted != retired:
        overrides["retired"] = noted
    return overrides


def _end_of(section: Section) -> int:
    seats = section.placements.aggregate(last=Max("position"))["last"]
    inner = section.children.aggregate(last=Max("position"))["last"]
    return max((last for last in (seats, inner) if last is not None), default=-1) + 1


def _record(verb: EditVerb, topic: Topic, because: Because, data: dict[str, Any]) -> None:
    Edit.objects.create(verb=verb, topic=topic, by=because.by[:150], operation=because.of, data=data)


def _redraw(*topics: Topic) -> None:
    """Every roadmap that shows one of the topics has changed."""
    redraw(showing(topic.uid for topic in topics))
