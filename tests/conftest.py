"""The cast and the stage: who the people are, and where the shared documents lie."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.models import Cohort, User

settings.register_profile("pathnotes", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pathnotes")  # how long an example takes says more of the machine than of the code

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what stands before an `&` with Ctrl-C ignored, and so would be whatever the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def _children_fork() -> None:
    """Notes are read in children. The runner has threads, so that each of them would be a Python of its own: here they
    fork, since no other thread of the tests holds what a child wants. Both ways have their tests.
    """
    from roadmap.notes.apart import parent

    parent.may_fork = lambda: True


@pytest.fixture(autouse=True)
def _speak_english() -> Iterator[None]:
    """A request leaves its language behind in the thread; each test begins with the server's."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session")
def shared_notes() -> Path:
    """`../shared/notes`: five real documents and public curricula, with expectations. Absent from a plain clone.

    CI sets PATHNOTES_REQUIRE_SHARED: there, its absence is a failure.
    """
    notes = SHARED / "notes"
    if not notes.is_dir():
        message = "the shared documents (../shared/notes) are not beside this checkout"
        if os.environ.get("PATHNOTES_REQUIRE_SHARED"):
            pytest.fail(message)
        pytest.skip(message)
    return notes


@pytest.fixture(scope="session")
def corpus(shared_notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the hostile notes and their manifest, see `tests/notes/hostile.py`."""
    script = shared_notes.parent / "reliability" / "hostile_notes.py"
    if not script.is_file():
        pytest.skip(f"{script.name} is not beside this checkout")
    out = tmp_path_factory.mktemp("hostile") / "corpus"
    subprocess.run([sys.executable, str(script), str(out)], check=True, stdout=subprocess.DEVNULL, timeout=300)
    return out


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files collected once, hashed and compressed as in production, outside the checkout."""
    from django.conf import settings as django_settings
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.files.storage import storages
    from django.core.management import call_command
    from django.utils.functional import empty

    root = tmp_path_factory.mktemp("static")
    django_settings.STATIC_ROOT = str(root)
    for stale in (storages._storages, storages.__dict__):  # type: ignore[attr-defined]
        stale.pop("staticfiles", None)
    staticfiles_storage._wrapped = empty  # type: ignore[attr-defined]
    call_command("collectstatic", interactive=False, verbosity=0)
    return root


@pytest.fixture(scope="session", autouse=True)
def _middleware_once() -> Iterator[None]:
    """All test clients share what was loaded for the first: WhiteNoise lists every static file when it starts, which
    takes longer than a request. Where settings are overridden, a client loads its own."""
    from django.conf import settings as django_settings
    from django.core.handlers.base import BaseHandler

    load, plain = BaseHandler.load_middleware, django_settings._wrapped  # type: ignore[misc]
    kept: dict[object, dict[str, Any]] = {}

    def load_once(handler: BaseHandler, is_async: bool = False) -> None:
        key = (type(handler), is_async, django_settings.STATIC_ROOT)
        if django_settings._wrapped is not plain:  # type: ignore[misc]
            load(handler, is_async)
        elif key in kept:
            handler.__dict__.update(kept[key])
        else:
            before = handler.__dict__.copy()
            load(handler, is_async)
            kept[key] = {name: value for name, value in handler.__dict__.items() if before.get(name) is not value}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "load_middleware", load_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _empty_what_is_filled() -> Iterator[None]:
    """After a test that commits the rows go, not the files of all tables and indexes; what `migrate` makes stays.

    Triggers of ours rest meanwhile, as they do for a TRUNCATE; foreign keys are checked.
    """
    from django.db import connection, transaction
    from django.test import TransactionTestCase

    made = {"django_migrations", "django_content_type", "auth_permission"}

    def empty(case: TransactionTestCase) -> None:
        names = sorted(set(connection.introspection.django_table_names(only_existing=True)) - made)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names))  # noqa: S608
            filled = [name for (name,) in cursor.fetchall()]
            emptied = [f"ALTER TABLE {name} DISABLE TRIGGER USER; DELETE FROM {name}" for name in filled]  # noqa: S608
            as_before = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in filled]
            cursor.execute("; ".join([*emptied, "SET CONSTRAINTS ALL IMMEDIATE", *as_before]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _nobody_stays_connected() -> Iterator[None]:
    """A test database is dropped though a server's last thread, or one that ended and was not collected, still has a
    connection to it: PostgreSQL would wait five seconds for that and then refuse, which counts as a failed test."""
    from django.db import connection

    kind: Any = type(connection.creation)
    drop = kind._destroy_test_db

    def end_and_drop(creation: Any, name: str, verbosity: int) -> None:
        with creation._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [name],
            )
        drop(creation, name, verbosity)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "_destroy_test_db", end_and_drop)
        yield


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """What a process counts does not pass from test to test."""
    from django.core.cache import caches

    caches["process"].clear()


@pytest.fixture(scope="session", autouse=True)
def _uploads(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests upload lies outside the checkout."""
    from django.conf import settings as django_settings

    django_settings.UPLOADS_DIR = tmp_path_factory.mktemp("uploads")


@pytest.fixture
def owner(db: None) -> User:
    """Runs this installation."""
    return _person("Olga", role="owner")


@pytest.fixture
def editor(db: None) -> User:
    """Writes the curriculum."""
    return _person("Edda", role="editor")


@pytest.fixture
def learner(db: None) -> User:
    """Walks a roadmap."""
    return _person("Lena")


@pytest.fixture
def other_learner(db: None) -> User:
    """Walks beside, and has no business with Lena's progress."""
    return _person("Otto")


@pytest.fixture
def cohort_a(db: None) -> Cohort:
    """Mira mentors it, Ada learns in it."""
    return _cohort("Cohort A")


@pytest.fixture
def cohort_b(db: None) -> Cohort:
    """Moritz mentors it, Ben learns in it."""
    return _cohort("Cohort B")


@pytest.fixture
def mentor_a(cohort_a: Cohort) -> User:
    """Mentors cohort A, and knows nobody of B."""
    return _member("Mira", cohort_a, "mentor")


@pytest.fixture
def mentor_b(cohort_b: Cohort) -> User:
    """Mentors cohort B, and knows nobody of A."""
    return _member("Moritz", cohort_b, "mentor")


@pytest.fixture
def learner_a(cohort_a: Cohort) -> User:
    """Learns in cohort A."""
    return _member("Ada", cohort_a, "learner")


@pytest.fixture
def learner_b(cohort_b: Cohort) -> User:
    """Learns in cohort B."""
    return _member("Ben", cohort_b, "learner")


def _cohort(title: str) -> Cohort:
    from tests.factories import make_cohort

    return make_cohort(title)


def _member(name: str, cohort: Cohort, role: str) -> User:
    from tests.factories import join

    return join(_person(name), cohort, role)


def _person(name: str, **fields: str) -> User:
    from tests.factories import make_user

    return make_user(name, **fields)


def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`: one more than there are processors, since servers and browsers are waited for."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What was collected stays to the end: it is not looked through again, here or in children that are forked."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
