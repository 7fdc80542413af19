"""Refusals. Nothing was changed; `str()` is a sentence for the person who acted, `status` the answer's."""

from __future__ import annotations


class ActError(Exception):
    status = 409


class Incomplete(ActError):
    """Something that the act cannot do without is missing."""

    status = 422


class Unknown(ActError):
    """There is no such act of this learner."""

    status = 404


class NotYours(ActError):
    """Somebody else's act, which only they take back."""

    status = 403


class Archived(ActError):
    """The cohort is archived: it can be read, and nothing in it changes any more."""


class Left(ActError):
    """The learner is no longer in the cohort."""


class Conflict(ActError):
    """The operation id was used before, for something else."""


class Changed(ActError):
    """What the page showed is no longer so. The sentence says who did what, and how it stands."""


class AlreadyThere(ActError):
    """It stands already, and can stand only once: a sign-off, an open request, an answer."""


class NotWanted(ActError):
    """The roadmap asks for no sign-off here."""


class NobodyThere(ActError):
    """No mentor would see it."""


class TooSoon(ActError):
    """One nudge for each learner and mentor a day."""
