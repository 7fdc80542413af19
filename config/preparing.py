"""What stands between an empty directory and a server that can answer.

Each step finds out by itself whether anything is left to do, and says so only if there is: the second start is fast.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from config import env

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

MIGRATION_LOCK = 0x7061_7468
"""Key of the advisory lock under which one of several starting servers migrates, and the others wait."""

ACTOR = "pathnotes serve"
"""Whom the record of an import names."""

Report = Callable[[str], None]


class CannotStartError(Exception):
    """Pathnotes cannot start. The message says why and what to do."""


def data_directory() -> Path:
    """Create the data directory (0700) and the key that signs sessions (0600), before the settings are read.

    What exists keeps its permissions. Raises CannotStartError.
    """
    directory = env.data_dir()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not env.text("SECRET_KEY"):
            _keep_secret_key(directory / env.KEY_FILE)
    except OSError as error:
        raise CannotStartError(
            f"The data directory {directory} cannot be used: {error.strerror}. Name another with PATHNOTES_DATA."
        ) from error
    return directory


def _keep_secret_key(path: Path) -> None:
    """Write a new random key unless one is there. Written aside and linked: never seen half, never overwritten."""
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes().strip():
            return
        path.unlink()  # a start that died while writing
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()


def database(report: Report) -> None:
    """Bring the tables up to date. Starts the embedded server if that is the one in use. Raises CannotStartError."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        if not _outstanding(MigrationExecutor(connection)):
            return
        if not env.flag("MIGRATE", default=True):
            raise CannotStartError("The database's tables are not up to date: run manage.py migrate (MIGRATE is off).")
        with _migration_lock():
            if _outstanding(MigrationExecutor(connection)):
                report("Preparing the database")
                call_command("migrate", interactive=False, verbosity=0)
                call_command("rebuild_summaries", "--stale", verbosity=0, stdout=io.StringIO())
    except DatabaseError as error:
        raise CannotStartError(f"The database cannot be used: {_one_line(error)}") from error


def _outstanding(executor: object) -> bool:
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))  # type: ignore[attr-defined]


def _locked(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK])
        return bool(cursor.fetchone()[0])


@contextlib.contextmanager
def _migration_lock() -> Iterator[None]:
    from django.db import connection

    # Asked for again and again: who waits inside a statement holds a snapshot, and an index that is built while people
    # go on working waits for all of those.
    while not _locked(connection):
        time.sleep(0.2)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def static_files(report: Report) -> None:
    """Collect, hash and compress the static files if one of them changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    stamp, now = root.with_name(f"{root.name}.stamp"), _static_fingerprint()
    with contextlib.suppress(OSError):
        if stamp.read_text(encoding="ascii") == now and (root / "staticfiles.json").is_file():
            return
    report("Collecting the static files")
    try:
        stamp.unlink(missing_ok=True)
        ours = (root / "staticfiles.json").is_file()  # never empty a directory that somebody else filled
        call_command("collectstatic", interactive=False, clear=ours, verbosity=0)
        stamp.write_text(now, encoding="ascii")
    except OSError as error:
        raise CannotStartError(f"The static files cannot be written to {root}: {error.strerror}.") from error


def _static_fingerprint() -> str:
    """Changes when a static file does: name, size and time of change of each, wherever it comes from."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{storage.path(name)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def require_static_files() -> None:
    """In production they are collected when the application is built or installed, not when it starts."""
    from django.conf import settings

    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        raise CannotStartError(
            f"The static files are not in {settings.STATIC_ROOT}: run manage.py collectstatic, or set STATIC_ROOT."
        )


def bundled_roadmap(report: Report) -> None:
    """Load the roadmap that Pathnotes brings along: once, and again when a newer version of it takes nothing away."""
    from roadmap.apply import NotAppliedError
    from roadmap.because import commanded
    from roadmap.loading import load_bundled
    from roadmap.locks import BusyError

    try:
        with commanded("serve"):
            if load_bundled(by=ACTOR) is not None:
                report("Loaded the roadmap that comes with Pathnotes")
    except (NotAppliedError, BusyError) as error:
        report(f"The roadmap that comes with Pathnotes was not loaded: {error}")


def notes(path: Path, report: Report) -> None:
    """Load a person's notes as `load_notes --yes` does.

    Questions stay open and are reported: what was there before goes on. Raises CannotStartError for notes that cannot
    be loaded: who names them wants to see them, and should not have to guess why they are not there.
    """
    from roadmap.apply import NotAppliedError, QuestionsOpenError, RetiresManyError
    from roadmap.because import commanded
    from roadmap.loading import NotesRefusedError, load
    from roadmap.locks import BusyError

    try:
        with commanded("serve"):
            done = load(path, by=ACTOR)
    except (QuestionsOpenError, RetiresManyError) as error:
        report(f"{path}: {error}\nThe roadmaps stay as they were. To look and decide: pathnotes load {path}")
    except NotesRefusedError as error:
        hint = f" To load the other notes there: pathnotes load --skip-broken {path}" if path.is_dir() else ""
        raise CannotStartError(f"{path}: {error} Nothing was changed.{hint}") from error
    except (NotAppliedError, BusyError) as error:
        raise CannotStartError(f"{path}: {error}") from error
    else:
        if done is not None:
            report(f"Loaded {path}")


def sign_in_link(url: str) -> str:
    """An address that signs the owner in, once. The account is made on the first start; it has no password."""
    from django.urls import reverse

    from tracker.accounts import ensure_owner
    from tracker.sign_in import create_link

    owner = ensure_owner(email=env.text("PATHNOTES_OWNER"))
    if not owner.is_active:
        return ""
    return url + reverse("sign_in_link", args=[create_link(user=owner)])
