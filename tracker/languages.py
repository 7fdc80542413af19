"""Which language somebody reads: what they chose, else what their browser asks for; and what is written by it.

Whatever keeps rendered words keeps them by `current()`: an Arabic reader after an English one gets Arabic.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from tracker.models import User

KNOWN = frozenset(code for code, _name in settings.LANGUAGES)


def current() -> str:
    """The code of the language that is being written now; of those we have."""
    return translation.get_language() or settings.LANGUAGE_CODE


def of_browser(request: HttpRequest) -> str:
    """What the cookie of the switch says, else what the browser prefers of what we have. No query."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in KNOWN else _preferred(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:500])


@lru_cache(maxsize=1000)
def _preferred(accepted: str) -> str:
    for code, _weight in parse_accept_lang_header(accepted):
        if code == "*":
            break
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def speak(request: HttpRequest) -> None:
    """From here on in the language that whoever asks set for themselves; as before when they set none."""
    person = request.user
    chosen = person.language if isinstance(person, User) and person.language in KNOWN else ""
    request.said_language = chosen  # type: ignore[attr-defined]
    translation.activate(chosen or of_browser(request))


def of_person(person: User) -> str:
    """For what reaches them outside a request, such as mail. Who never chose reads the server's language."""
    return person.language if person.language in KNOWN else settings.LANGUAGE_CODE


def writing_to(person: User | None) -> AbstractContextManager[None]:
    """Within it words are those of the person's language; of the writer's for an address without an account."""
    return translation.override(of_person(person) if person is not None else current())


def remember(response: HttpResponseBase, language: str) -> None:
    """Set the cookie of the switch."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def percent(value: float) -> str:
    """`12 %` as the reader writes it."""
    return _percent(current(), value)


@lru_cache(maxsize=1024)
def _percent(_language: str, value: float) -> str:
    return _("%(number)s %%") % {"number": number(value)}


def number(value: float, decimals: int | None = None) -> str:
    """With the reader's separators: `2,000`, `1.5`. Numbers that are no amounts (years, ids) are not for this."""
    if decimals is None and float(value).is_integer():
        decimals = 0
    return formats.number_format(value, decimals, use_l10n=True, force_grouping=True)


def whole(value: int) -> str:
    """As `number`, remembered."""
    return str(value) if value < 1000 else _whole(current(), value)


@lru_cache(maxsize=4096)
def _whole(_language: str, value: int) -> str:
    return number(value, 0)
