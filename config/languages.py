"""In which language a request is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from tracker import languages

Handler = Callable[[HttpRequest], HttpResponseBase]


def speak_as_the_browser_asks(get_response: Handler) -> Handler:
    """By the cookie of the switch, else by `Accept-Language`; first of all, so that every error is said in it.

    Nothing needs `Vary`: what depends on the reader is never stored by caches (`security_headers`).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        translation.activate(languages.of_browser(request))
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    return middleware


class SpeakAsThePersonSaid:
    """What somebody set for themselves goes before what their browser asks for.

    Their row came with the session, so this asks the database nothing. It waits for the view to be known, since some
    views have the session read together with more (`tracker.sessions.with_walks`).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        said = getattr(request, "said_language", "")
        if said and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != said:
            languages.remember(
                response, said
            )  # for what is answered before it is known who asks, and after they signed out
        return response

    def process_view(self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        languages.speak(request)
