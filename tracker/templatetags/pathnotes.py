"""Template filters of our own."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template

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
