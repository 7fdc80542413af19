"""Answers to requests that went wrong: a readable page that needs no database, no session and no template context."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    html = render_to_string("error.html", {"title": title, "text": text, "status": status})
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, "That request cannot be read", "Nothing was changed. Go back and try again.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, "Not yours to do", "You can see this, but not change it. Nothing was changed.")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, "Nothing here", "The page does not exist, or it is not yours to see.")


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "Something broke on our side", "What you had saved is kept. Try again in a moment.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = "This form was open too long or came from elsewhere. Nothing was changed. Reload the page and try again."
    return page(request, 403, "This form has expired", text)
