"""Template filters of our own."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django import template
from django.http import HttpRequest

from tracker import sign_up, talk
from tracker.share import Share

register = template.Library()


@register.filter
def followable(url: str) -> str:
    """`url` if a browser may follow it (http, https or mailto), else nothing: notes can hold any text as an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    safe = (parts.scheme in {"http", "https"} and parts.netloc) or (parts.scheme == "mailto" and parts.path)
    return url if safe else ""


@register.filter
def operation(nonce: UUID, name: object) -> UUID:
    """The operation id of one form on a page: the same form sent twice is one act."""
    return uuid5(nonce, str(name))


@register.filter
def age(at: datetime) -> str:
    """`3 h`: how long ago. A moment that is not past yet is a moment, too."""
    return talk.age(at)


@register.filter
def may_sign_up(request: HttpRequest, after: str = "") -> bool:
    """Whether this visitor may make an account, to go on to `after`. At most one query."""
    return sign_up.is_open(request, after)


@register.filter
def met(share: Share) -> int:
    """What counts as met of a share."""
    return share.done + share.waived
