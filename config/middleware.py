"""What every request meets before and after the views."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config.errors import bad_request

Handler = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


def security_headers(get_response: Handler) -> Handler:
    """Put the headers on every answer, errors and static files included; private pages are never stored by caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def refuse_unreadable_requests(get_response: Handler) -> Handler:
    """Answer 400 to NUL bytes and to text that is no UTF-8 in path or query: PostgreSQL could not store it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
        if b"\0" in query or "\0" in request.path_info or not _is_utf8(query) or "\ufffd" in request.path_info:
            return bad_request(request)
        return get_response(request)

    return middleware


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Closed by default. An HTMX request is sent to the sign-in page whole, instead of swapping it into a fragment."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        response = super().handle_no_permission(request, view_func)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": response.headers["Location"]})
        return response
