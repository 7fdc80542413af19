"""A real server and a real browser: Debian's Chromium, the application in a thread, static files as in production."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, expect

from roadmap.models import Roadmap
from tests.tracker.conftest import Path as Garden
from tests.tracker.conftest import make_path
from tracker.models import User
from tracker.sessions import SessionStore

# Playwright's event loop runs in this thread; the ORM is used between its calls, never inside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may stumble: such a test is tried once more, and the summary says so."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def base_url() -> None:
    """The plugin's own is defined in a way that pytest warns of; our pages get theirs from `server`."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": sandbox}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    # What a service worker keeps is what the tests of it are about, and none of the others' business.
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "service_workers": "block"}


def _as_it_is(application: Any) -> Any:
    """In place of Django's handler for static files, which knows no hashed names."""
    return application


class Server(ThreadedWSGIServer):
    """Looks fifty times a second whether it shall end: each test has one, and waits for its end."""

    def serve_forever(self, poll_interval: float = 0.02) -> None:
        super().serve_forever(poll_interval)


class ServerThread(LiveServerThread):
    server_class = Server


@pytest.fixture
def server(transactional_db: None, static_root: Path) -> Iterator[str]:
    """Its address. The application's own middleware serves the static files."""
    thread = ServerThread("127.0.0.1", static_handler=_as_it_is)  # type: ignore[arg-type]
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    settings.ALLOWED_HOSTS.append("127.0.0.1")
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def garden(server: str) -> Garden:
    return make_path()


@pytest.fixture
def ada(server: str) -> User:
    return User.objects.create_user("ada@example.org", name="Ada")


def cookie_of(user: User, server: str) -> Any:
    """A session, as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": server}


Browse = Callable[..., Page]
PATIENCE = 20_000
"""Milliseconds until what is waited for is said to be missing: long, since a busy machine is no fault of a page."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def browse(browser: Browser, browser_context_args: dict[str, Any], server: str) -> Iterator[Browse]:
    """`browse(user, width=…)`: a page of a new browser. A script error or a violation of the CSP fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(user: User | None = None, **options: Any) -> Page:
        width = options.pop("width", 1440)
        arguments = browser_context_args | {"viewport": {"width": width, "height": options.pop("height", 900)}}
        context = browser.new_context(**arguments | {"base_url": server} | options)
        contexts.append(context)
        if user is not None:
            context.add_cookies([cookie_of(user, server)])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if _is_wrong(message.text) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


BROKEN = (
    "Content Security Policy",
    "htmx:targetError",
    "htmx:swapError",
    "htmx:oobErrorNoTarget",
    "htmx:evalDisallowedError",
    "htmx:syntax:error",
)
"""What the console says when a page of ours is wrong; requests that fail are what some tests are about."""


def _is_wrong(text: str) -> bool:
    return any(sign in text for sign in BROKEN)


_dice = Random(7)


def _words(number: int) -> str:
    """Made of letters at random: harder to compress than any language."""
    return " ".join("".join(_dice.choices(ascii_lowercase, k=_dice.randint(4, 9))) for _ in range(number)).capitalize()


def sized(topics: int, *, per_module: int) -> Roadmap:
    from roadmap.models import Placement, Prerequisite, Section, Topic
    from tests.factories import make_roadmap, make_section

    roadmap = make_roadmap(f"{topics} topics", slug=f"sized-{topics}", summary="From the first to the last.")
    modules = topics // per_module
    levels = [make_section(roadmap, name, kind="level", slug=name) for name in ("Beginner", "Middle", "Expert")]
    for number in range(modules):
        level = levels[number * 3 // modules]
        module: Section = make_section(roadmap, f"Module {number}", parent=level, number=number, slug=f"m{number}")
        made = Topic.objects.bulk_create(
            Topic(title=_words(3), slug=f"s{topics}-{number}-{i}", details=[_words(2) for _ in range(4)], hours=3)
            for i in range(per_module)
        )
        Placement.objects.bulk_create(
            Placement(roadmap=roadmap, section=module, topic=topic, position=i) for i, topic in enumerate(made)
        )
        Prerequisite.objects.bulk_create(
            Prerequisite(topic=made[i], requires=made[i - 1]) for i in range(1, per_module)
        )
    return roadmap
