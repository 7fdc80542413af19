"""Template filters of our own."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django import template

from tracker import talk

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
