"""The weekly message to a mentor about one cohort: who moved, who needs them, what changed. Plain text, short, opt-in.

Its figures are those of the matrix, its people those whom the mentor sees there.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Topic
from roadmap.queries import tree_of
from tracker import access, languages, mail
from tracker.matrix import Learner, Matrix, Wanted, ground_of, matrix
from tracker.models import Cohort, CohortRoadmap, Enrolment, Mail, Membership, RoadmapSummary, TopicProgress, User

HOUR = 7
"""Of Monday, in `TIME_ZONE`: not before."""
LATEST = 2
"""Days after Monday on which it still comes, if nothing was running on Monday."""
WEEK = timedelta(days=7)
NAMED, REASONS = 12, 2
"""Names in a list, and reasons for each; the others are counted, or seen in the matrix."""
LOCK = 0x6469_6765
"""Key of the advisory lock under which one of several processes writes the digests."""
PATIENCE = "60s"
"""For a statement: nobody waits for this one."""

logger = logging.getLogger("pathnotes.digest")


@dataclass(frozen=True, slots=True)
class Digest:
    subject: str
    text: str


def week_due(now: datetime) -> str | None:
    """`2026-W48` while the digest of that week may go out, else None."""
    local = timezone.localtime(now)
    if local.weekday() > LATEST or (local.weekday() == 0 and local.hour < HOUR):
        return None
    return week_of(now)


def week_of(now: datetime) -> str:
    year, week, _ = timezone.localtime(now).isocalendar()
    return f"{year}-W{week:02}"


def queue_digests(*, now: datetime, week: str) -> int:
    """Put the digests of that week into the outbox: one per cohort and mentor who wants it, however often it is asked.

    How many were written now; 0 while another process is at it. One query per mentor and cohort that has had none, and
    those of `write`.
    """
    written = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s), set_config('statement_timeout', %s, true)", [LOCK, PATIENCE]
        )
        if not cursor.fetchone()[0]:
            return 0
        for membership in _waiting(week):
            try:
                with transaction.atomic():
                    written += _queue(membership, week, now)
            except Exception:  # one cohort's trouble is not that of the others
                logger.exception("The digest of cohort %s was not written", membership.cohort_id)
    return written


def _waiting(week: str) -> list[Membership]:
    """Mentors who want it and have not had it, with their cohorts. Two queries."""
    mentors = Membership.objects.filter(
        role=Membership.Role.MENTOR,
        left_at=None,
        cohort__archived_at=None,
        user__is_active=True,
        user__mail_choices__kind=Mail.Kind.DIGEST,
        user__mail_choices__wanted=True,
    ).select_related("cohort", "user")
    had = set(Mail.objects.filter(key__startswith=f"digest:{week}:").values_list("key", flat=True))
    return [one for one in mentors.order_by("cohort", "user") if _key(week, one) not in had]


def _key(week: str, membership: Membership) -> str:
    return f"digest:{week}:{membership.cohort_id}:{membership.user_id}"


def _queue(membership: Membership, week: str, now: datetime) -> int:
    found = write(membership.user, membership.cohort, now)
    if found is None:
        return 0
    key, kind = _key(week, membership), Mail.Kind.DIGEST.value
    mail.queue(key=key, kind=kind, subject=found.subject, text=found.text, to=membership.user)
    return 1


def write(mentor: User, cohort: Cohort, now: datetime) -> Digest | None:
    """What this mentor reads about this cohort; None where there is nobody in it, or it is not theirs.

    Four queries, and for each roadmap of the cohort five and those of the matrix.
    """
    if not access.mentored_cohorts(mentor).filter(pk=cohort.pk).exists():
        return None
    with languages.writing_to(mentor):
        return _written(mentor, cohort, now)


def _written(mentor: User, cohort: Cohort, now: datetime) -> Digest | None:
    assigned = access.roadmaps_of_cohort(mentor, cohort)
    parts: list[list[str]] = []
    total = moved = needs = 0
    for one in assigned:
        shown = matrix(ground_of(cohort, one, tree_of(one.roadmap), now), Wanted(show="you"))
        total, moved, needs = max(total, shown.total), max(moved, shown.moved), max(needs, shown.counts["you"])
        parts.append([*_heading(one, several=len(assigned) > 1), *_of_roadmap(mentor, cohort, one, shown, now)])
    if not total:
        return None
    first = date_format(timezone.localdate(now) - WEEK, "MONTH_DAY_FORMAT")
    last = date_format(timezone.localdate(now) - timedelta(days=1), "SHORT_DATE_FORMAT")
    people = _people(mentor, cohort, now)
    title = _("%(cohort)s, %(first)s to %(last)s") % {"cohort": cohort.title, "first": first, "last": last}
    lines = [title, "", *people, *([""] if people else [])]
    for part in parts:
        lines += [*part, ""]
    link = f"{settings.PUBLIC_URL}{reverse('cohort', args=[cohort.slug])}"
    lines.append(_("All of it: %(link)s") % {"link": link})
    subject = ngettext(
        "%(cohort)s: %(moved)s of %(total)s moved, %(n)s needs you",
        "%(cohort)s: %(moved)s of %(total)s moved, %(n)s need you",
        needs,
    )
    return Digest(subject % {"cohort": cohort.title, "moved": moved, "total": total, "n": needs}, "\n".join(lines))


def _heading(one: CohortRoadmap, *, several: bool) -> list[str]:
    if not several:
        return []
    return [one.roadmap.title, "-" * min(72, len(one.roadmap.title))]


def _of_roadmap(mentor: User, cohort: Cohort, one: CohortRoadmap, shown: Matrix, now: datetime) -> Iterator[str]:
    learners = access.learners_of_cohort(mentor, cohort)
    moved = _who_moved(learners, one, shown, now - WEEK)
    yield _("Moved: %(moved)s of %(total)s.") % {"moved": len(moved), "total": shown.total}
    yield from _list(_("Topics done"), [f"{name} {number}" for name, number in moved if number])
    yield from _list(_("Finished"), _finished(learners, one, now - WEEK))
    if shown.counts["you"]:
        yield _("Need you (%(n)s):") % {"n": shown.counts["you"]}
        for learner in shown.learners[:NAMED]:
            yield from _wrapped(f"- {learner.name}: {', '.join(_reasons(learner, shown))}")
        if shown.counts["you"] > NAMED:
            yield f"- {_more(shown.counts['you'] - NAMED)}"
    else:
        yield _("Nobody needs you more than usual.")
    if one.target_on:
        days = (one.target_on - timezone.localdate(now)).days
        left = _("today")
        if days > 0:
            left = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
        elif days < 0:
            left = _ago(-days)
        day = date_format(one.target_on, "DATE_FORMAT")
        yield _("Target date: %(day)s, %(left)s.") % {"day": day, "left": left}
    yield from _changes(one, now - WEEK)


def _who_moved(learners: QuerySet[User], one: CohortRoadmap, shown: Matrix, since: datetime) -> list[tuple[str, int]]:
    """(name, topics done since), most first. Two queries."""
    rows = RoadmapSummary.objects.filter(roadmap=one.roadmap, learner__in=learners, last_move__gt=since)
    people = {row.learner_id: row.learner.shown_name for row in rows.select_related("learner").only("learner")}
    done = TopicProgress.objects.filter(
        learner__in=list(people), topic__in=shown.ground.tree.order, state="done", changed_at__gt=since
    )
    counts = dict(done.values_list("learner").annotate(Count("pk")))
    found = [(name, counts.get(pk, 0)) for pk, name in people.items()]
    return sorted(found, key=lambda each: (-each[1], each[0].casefold()))


def _finished(learners: QuerySet[User], one: CohortRoadmap, since: datetime) -> list[str]:
    """One query."""
    found = Enrolment.objects.filter(roadmap=one.roadmap, learner__in=learners, finished_at__gt=since)
    return [row.learner.shown_name for row in found.select_related("learner").order_by("finished_at")]


def _reasons(learner: Learner, shown: Matrix) -> Iterator[str]:
    """Why somebody stands in the list, weightiest first; the rules are those of `tracker.need`."""
    topics = shown.ground.tree.topics
    for sign in learner.need.signs[:REASONS]:
        if sign.kind == "asked":
            topic, days = learner.helps[0]
            yield _("asked for help with “%(topic)s” %(ago)s") % {"topic": topics[topic].title, "ago": _ago(days)}
        elif sign.kind == "stuck":
            topic, days = max((*learner.on[:1], *learner.helps[:1]), key=lambda each: each[1])
            yield _("on “%(topic)s” for %(days)s") % {"topic": topics[topic].title, "days": _days(days)}
        elif sign.kind == "quiet":
            words = _("quiet for %(days)s") if learner.last_move else _("not begun for %(days)s")
            yield words % {"days": _days(learner.case.still)}
        elif sign.kind == "behind":
            late = learner.case.late
            yield ngettext("%(n)s topic behind", "%(n)s topics behind", late) % {"n": late}


def _changes(one: CohortRoadmap, since: datetime) -> Iterator[str]:
    """What the curriculum brought. Two queries."""
    roadmap = one.roadmap
    seated = Topic.objects.filter(placements__roadmap=roadmap, retired_at=None)
    new = seated.filter(placements__roadmap=roadmap, placements__placed_at__gt=since).order_by("placements__position")
    titles = [] if roadmap.created_at > since else list(new.values_list("title", flat=True).distinct())
    yield from _list(_("New topics"), titles)
    changed = seated.filter(updated_at__gt=since, revision__gt=1).exclude(title__in=titles).order_by("title")
    yield from _list(_("Topics whose text changed"), list(changed.values_list("title", flat=True).distinct()))


def _people(mentor: User, cohort: Cohort, now: datetime) -> list[str]:
    """Who came and how many left. Whoever left is not named: a mentor does not see them any more. Two queries."""
    came = access.learners_of_cohort(mentor, cohort).filter(
        Q(memberships__cohort=cohort, memberships__left_at=None, memberships__joined_at__gt=now - WEEK)
    )
    gone = cohort.memberships.filter(role=Membership.Role.LEARNER, left_at__gt=now - WEEK)
    left = gone.exclude(user__in=access.learners_of_cohort(mentor, cohort)).values("user").distinct().count()
    names = sorted((user.shown_name for user in came), key=str.casefold)
    return [*_list(_("Joined"), names), *([_("Left: %(n)s.") % {"n": left}] if left else [])]


def _list(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = [_more(len(names) - NAMED)] if len(names) > NAMED else []
        yield from _wrapped(f"{title}: {_(', ').join([*names[:NAMED], *more])}.")


def _wrapped(line: str) -> Iterable[str]:
    return textwrap.wrap(line, 76, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _more(number: int) -> str:
    return ngettext("and %(n)s more", "and %(n)s more", number) % {"n": number}


def _days(days: float) -> str:
    return ngettext("%(n)s day", "%(n)s days", int(days)) % {"n": int(days)}


def _ago(days: float) -> str:
    return _("today") if days < 1 else _("%(days)s ago") % {"days": _days(days)}
