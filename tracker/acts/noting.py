"""What a learner keeps for themselves on a topic: a note, and links that they found."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.models import Topic
from roadmap.notes.limits import DEFAULT
from roadmap.notes.sanitising import external_url
from tracker.acts.errors import AlreadyThere, Changed, Incomplete
from tracker.models import OwnResource, TopicNote, User

LONGEST = 20_000
"""Characters of a note."""
LONGEST_URL = 2_000
MOST = 50
"""Own links on one topic."""
KEPT = timedelta(days=30)
"""How long a removed note can be brought back."""


class NoteChanged(Changed):
    """The note was written elsewhere since the page was opened. `note` is how it stands; None when it was removed."""

    def __init__(self, note: TopicNote | None) -> None:
        super().__init__(
            _(
                "Your note was changed in another window since this page was opened. Nothing was saved, and nothing is "
                "lost: both are below. Put them together, then save."
            )
        )
        self.note = note


class TooLong(Incomplete):
    """More than a note takes."""


def written(text: str) -> str:
    """The text as it is stored."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def write_note(*, learner: User, topic: Topic, text: str, shared: bool, seen: str) -> TopicNote | None:
    """The learner's own note on the topic; empty, there is none, and what stood there can be brought back for `KEPT`.
    `seen` is `version` of the note that the page showed.

    Raise TooLong, or NoteChanged when it was changed elsewhere since. Writing what stands there changes nothing.
    """
    text = written(text)
    if len(text) > LONGEST:
        raise TooLong(
            _(
                "This note has %(count)s characters, and a note takes up to %(most)s. Nothing was saved; what you "
                "wrote is still in the form. Shorten it, or put a part of it on another topic."
            )
            % {"count": f"{len(text):,}", "most": f"{LONGEST:,}"}
        )
    with transaction.atomic():
        note = _held(learner, topic)
        standing = note if note and note.removed_at is None else None
        if (standing.text, standing.shared) == (text, shared) if standing else not text:
            return standing
        if version(standing) != seen:
            raise NoteChanged(standing)
        if not text:
            assert note is not None  # noqa: S101  (for the type checker: without one, there is nothing to remove)
            note.removed_at = timezone.now()
            note.save(update_fields=["removed_at", "updated_at"])
            return None
        note = note or TopicNote(learner=learner, topic=topic)
        note.text, note.shared, note.removed_at = text, shared, None
        note.save()
        return note


def restore_note(*, learner: User, topic: Topic) -> TopicNote:
    """Bring back the note that was removed. One that stands stays as it is. Raise Incomplete when there is none."""
    with transaction.atomic():
        note = _held(learner, topic)
        if note is None:
            raise Incomplete(_("There is no note to bring back here. Nothing was changed."))
        if note.removed_at is not None:
            note.removed_at = None
            note.save(update_fields=["removed_at", "updated_at"])
        return note


def forget_removed(*, now: datetime) -> int:
    """Delete the notes that were removed longer ago than `KEPT`; how many. Safe to repeat. One query."""
    return TopicNote.every.filter(removed_at__lt=now - KEPT).delete()[0]


def version(note: TopicNote | None) -> str:
    """Of a note as a page showed it."""
    return f"{note.updated_at:%Y%m%d%H%M%S%f}" if note is not None and note.removed_at is None else ""


def add_resource(*, learner: User, topic: Topic, title: str, url: str, kind: str) -> OwnResource:
    """A link of one's own. The same address again sets its title and kind. Raise Incomplete or AlreadyThere."""
    url = external_url(url, DEFAULT)
    if not url.lower().startswith(("http://", "https://")) or len(url) > LONGEST_URL:
        raise Incomplete(_("A link begins with http:// or https://. Nothing was added."))
    title = " ".join(title.split()) or url.partition("://")[2].rstrip("/")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=learner.pk)
        mine = OwnResource.objects.filter(learner=learner, topic=topic)
        known = mine.filter(url=url).first()
        if known is None and mine.count() >= MOST:
            raise AlreadyThere(
                _("You have %(count)s links on this topic, and it takes no more. Remove one first. Nothing was added.")
                % {"count": MOST}
            )
        found = known or OwnResource(learner=learner, topic=topic, url=url)
        found.title, found.kind = title[:200], kind
        found.save()
        return found


def remove_resource(*, learner: User, topic: Topic, pk: int) -> OwnResource | None:
    """Remove a link of one's own; what it was, or None when it is gone already. Safe to repeat."""
    with transaction.atomic():
        found = OwnResource.objects.filter(learner=learner, topic=topic, pk=pk).first()
        if found is not None:
            OwnResource.objects.filter(pk=pk).delete()
        return found


def _held(learner: User, topic: Topic) -> TopicNote | None:
    """The note, removed or not, with the learner's row held: of two writers one waits."""
    User.objects.select_for_update(no_key=True).get(pk=learner.pk)
    return TopicNote.every.filter(learner=learner, topic=topic).first()
