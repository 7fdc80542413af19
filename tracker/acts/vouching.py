"""Which topics and modules want a sign-off, what learners show for them, and the sign-off itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from roadmap.models import Roadmap, Section, Topic
from tracker.acts.errors import AlreadyThere, Changed, Incomplete, NotWanted
from tracker.acts.turns import colleagues, name_of, once, take_turn, when
from tracker.models import Cohort, Evidence, SignOff, SignOffWanted, User


@dataclass(frozen=True, slots=True)
class About:
    """A topic or a module of a roadmap: what a sign-off is about."""

    roadmap: Roadmap
    topic: Topic | None = None
    section: Section | None = None

    @property
    def title(self) -> str:
        return str(self.topic or self.section)

    @property
    def columns(self) -> dict[str, object]:
        return {
            "roadmap_id": self.roadmap.pk,
            "topic_id": self.topic.pk if self.topic else None,
            "section": self.section.uid if self.section else None,
        }


def want_sign_off(*, about: About, wanted: bool) -> None:
    """Ask for a sign-off of this topic or module, or no longer. Sets, never toggles. Sign-offs that stand are kept."""
    if wanted:
        SignOffWanted.objects.bulk_create([SignOffWanted(**about.columns)], ignore_conflicts=True)
    else:
        SignOffWanted.objects.filter(**about.columns).delete()


def _require_wanted(about: About) -> None:
    if not SignOffWanted.objects.filter(**about.columns).exists():
        raise NotWanted(
            _("“%(roadmap)s” asks for no sign-off of “%(about)s”. Nothing was changed.")
            % {"roadmap": about.roadmap.title, "about": about.title}
        )


def hand_in(*, learner: User, about: About, text: str, url: str, operation: UUID) -> Evidence:
    """What the learner shows, as a text, a link, or both. The latest that is not taken back counts.

    Raise Incomplete, NotWanted, AlreadyThere (signed off already) or Conflict.
    """
    if not text.strip() and not url:
        raise Incomplete(_("Write something or give a link. Nothing was handed in."))
    with transaction.atomic():
        _require_wanted(about)
        same = {"learner_id": learner.pk, "by_id": learner.pk, **about.columns}
        found, made = once(Evidence, operation, same, {"text": text.strip(), "url": url})
        if made and SignOff.objects.filter(learner=learner, withdrawn_at=None, **about.columns).exists():
            raise AlreadyThere(_("“%(about)s” is signed off already. Nothing was handed in.") % {"about": about.title})
        return found


def sign_off(
    *, cohort: Cohort, learner: User, about: About, by: User, note: str, evidence: int | None, operation: UUID
) -> SignOff:
    """Vouch for it. `evidence` is what the page showed, by its id; None: nothing was handed in.

    Raise NotWanted, AlreadyThere (it stands: by whom, since when), Changed (something newer was handed in, or it was
    taken back), Conflict, Left or Archived.
    """
    with transaction.atomic():
        take_turn(cohort=cohort, learner=learner)
        same = {"learner_id": learner.pk, "by_id": by.pk, **about.columns}
        replayed = SignOff.objects.filter(operation=operation).exists()
        if not replayed:
            _require_wanted(about)
            _require_free(cohort, learner, about)
            _require_seen(learner, about, evidence)
        try:
            return once(SignOff, operation, same, {"note": note.strip(), "evidence_id": evidence})[0]
        except IntegrityError as error:  # a mentor of another cohort of theirs, at the same moment
            if "sign_off_stands_once" not in str(error):
                raise
            _require_free(cohort, learner, about)
            raise


def _require_free(cohort: Cohort, learner: User, about: About) -> None:
    standing = SignOff.objects.filter(learner=learner, withdrawn_at=None, **about.columns).select_related("by").first()
    if standing is not None:
        who = name_of(standing.by, learner, colleagues(cohort))
        raise AlreadyThere(
            _("%(who)s signed “%(about)s” off on %(when)s. Nothing was changed.")
            % {"who": who, "about": about.title, "when": when(standing.at)}
        )


def _require_seen(learner: User, about: About, evidence: int | None) -> None:
    latest = Evidence.objects.filter(learner=learner, withdrawn_at=None, **about.columns).order_by("-pk").first()
    if (latest.pk if latest else None) == evidence:
        return
    if latest is None:
        said = _("%(learner)s took back what they had handed in for “%(about)s”.") % {
            "learner": learner.shown_name,
            "about": about.title,
        }
    else:
        said = _("%(learner)s handed in something newer for “%(about)s” on %(when)s.") % {
            "learner": learner.shown_name,
            "about": about.title,
            "when": when(latest.at),
        }
    raise Changed(_("%(said)s Look at it first; nothing was changed.") % {"said": said})
