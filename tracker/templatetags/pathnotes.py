"""Template filters of our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import qrcode
from django import template
from django.http import HttpRequest

from tracker import second_factor, sign_up, talk

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
def why_no_passkeys(request: HttpRequest) -> str:
    """Why browsers refuse passkeys at this address; empty where they work."""
    return second_factor.why_no_passkeys(request)


@dataclass(frozen=True, slots=True)
class QrCode:
    size: str
    """Of its side, quiet zone included, in squares."""
    path: str
    """What an SVG path draws, a square being a unit."""


@register.filter
def qr_code(text: str) -> QrCode:
    """Drawn by the template: as an image in a `data:` address the Content-Security-Policy would refuse it."""
    code = qrcode.QRCode()
    code.add_data(text)
    rows = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return QrCode(str(len(rows)), "".join(squares))
