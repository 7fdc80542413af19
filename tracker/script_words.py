"""What the modules of static/js say: they get their words from the page, in the language that it is in.

`{% script_words "matrix" %}` in a `data-words` attribute is JSON; `{n}` and the like stand for what the script puts in.
A text that counts is an object, a form for each category of `Intl.PluralRules`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import languages

Words = dict[str, str | dict[str, str]]

NUMBERS = {"zero": 0, "one": 1, "two": 2, "few": 3, "other": 100}
"""One of each category, in every language that has it. A category that a language has not is not asked for by it."""
MANY = {"ar": 11}
MANY_ELSEWHERE = 1_000_000


def _forms(text: Callable[[int], str]) -> dict[str, str]:
    numbers = NUMBERS | {"many": MANY.get(languages.current(), MANY_ELSEWHERE)}
    return {category: text(number) for category, number in numbers.items()}


def _matrix() -> Words:
    return {
        "changed": _forms(lambda n: ngettext("{n} learner changed.", "{n} learners changed.", n)),
        "order": _("The order changed."),
        "show": _("Show"),
        "signed_out": _("You are signed out. Reload the page to sign in again."),
        "gone": _("This cohort is no longer yours to see. Nothing here is kept up to date."),
        "away": _("No connection for a while: what you see may be old. It is tried again."),
        "another": _("The page changed. Reload it to see how it stands."),
    }


def _palette() -> Words:
    return {
        "title": _("Go to"),
        "field": _("Topics, roadmaps, pages"),
        "list": _("What it may be"),
        "found": _forms(lambda n: ngettext("{n} entry", "{n} entries", n)),
        "nothing": _("Nothing of that name."),
        "away": _("Search does not answer just now. Try again in a moment."),
    }


def _progress() -> Words:
    return {
        "dismiss": _("Dismiss"),
        "gone": _("“{name}” was not saved: it is no longer here."),
        "reload": _("Reload"),
        "old": _("That was not saved: this page is too old."),
        "not_saved": _("That was not saved."),
        "again": _("Try again"),
        "away": _("The topic could not be opened: there is no connection."),
    }


def _shell() -> Words:
    """The theme that it is, and what a click does: the next one always follows the same one."""
    return {
        "system": _("Theme: system"),
        "light": _("Theme: light"),
        "dark": _("Theme: dark"),
        "to_light": _("Theme: system. Change to light"),
        "to_dark": _("Theme: light. Change to dark"),
        "to_system": _("Theme: dark. Change to system"),
    }


def _studio() -> Words:
    return {
        "not_saved": _(
            "That could not be saved: the server did not answer. Nothing was changed; try again, or load the page anew."
        ),
    }


def _topic_form() -> Words:
    return {
        "topics": _("Topics"),
        "offered": _forms(lambda n: ngettext("{n} topic offered.", "{n} topics offered.", n)),
        "more": _("One more"),
        "place": _("Now at place {n}."),
    }


def _imports() -> Words:
    return {
        "none": _("There are no notes in this folder."),
        "long": _("{name} is longer than a note may be. Split it or leave it out."),
        "amount": _forms(lambda n: ngettext("{n} file, {size} MiB", "{n} files, {size} MiB", n)),
        "much": _("{amount}: that is more than one upload may have."),
        "fine": _("{amount}."),
        "left": _forms(
            lambda n: ngettext(
                "{amount}; {n} other in the folder is not sent.", "{amount}; {n} others in the folder are not sent.", n
            )
        ),
        "arrived": _("Arrived. Making the plan …"),
        "refused": _("The server did not take it. Nothing was kept; try again."),
        "away": _("The upload did not arrive. Nothing was kept; try again."),
    }


SCRIPTS: dict[str, Callable[[], Words]] = {
    "matrix": _matrix,
    "palette": _palette,
    "progress": _progress,
    "shell": _shell,
    "studio": _studio,
    "topic_form": _topic_form,
    "imports": _imports,
}


def script_words(script: str) -> str:
    """As JSON."""
    return _written(languages.current(), script)


@lru_cache(maxsize=128)
def _written(_language: str, script: str) -> str:
    return json.dumps(SCRIPTS[script](), ensure_ascii=False, separators=(",", ":"))
