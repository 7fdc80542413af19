"""Each person's own time zone: which there are, and pages that tell the time in it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from tracker.models import User

Handler = Callable[[HttpRequest], HttpResponseBase]


@cache
def names() -> tuple[str, ...]:
    """Of the zones that one may choose: places (`Europe/Berlin`) and UTC, in order. Former and technical names
    (`US/Pacific`, `Etc/GMT-3`, `EST5EDT`) are left out of the list, and taken all the same: see `known`."""
    places = (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    return (*sorted(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in places), "UTC")


@cache
def _by_folded() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones() if name not in {"Factory", "localtime"}}


def known(text: str) -> str:
    """The zone's name as the database of time zones writes it, for any spelling with spaces or in capitals; empty for
    none."""
    return _by_folded().get("_".join(text.split()).lower(), "")


def zone_of(person: User) -> ZoneInfo:
    """Theirs, else the server's; also where a zone they chose is no longer in the database of time zones."""
    return ZoneInfo(known(person.time_zone) or settings.TIME_ZONE)


def today_of(person: User, now: datetime | None = None) -> date:
    """The day that it is for them."""
    return (now or timezone.now()).astimezone(zone_of(person)).date()


def tell_in_theirs(request: HttpRequest) -> None:
    """From here on in the time zone that whoever asks set for themselves; in the server's when they set none."""
    person = request.user
    if isinstance(person, User) and person.time_zone:
        timezone.activate(zone_of(person))
    else:
        timezone.deactivate()


class TimeZoneMiddleware:
    """Whatever is shown during a request is shown in the time of who asks.

    The person is looked at right before the view, where `SessionUserMiddleware` has read them together with what the
    view needs; without a session nobody is asked for. What is kept beyond a request and holds a time (`Frame`,
    `tracker.rows`) must not be rendered with one: dates of days are safe, moments are not.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            tell_in_theirs(request)
