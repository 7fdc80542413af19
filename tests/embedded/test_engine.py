"""Django's engine on top: lazily started, recovering by itself, and telling why when it cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.utils import ConnectionHandler
from pytest_django.plugin import DjangoDbBlocker

from config.embedded import embedded_database
from config.embedded.errors import ServerStartingUp, ServerUnavailable, unavailable
from config.embedded.server import LONGEST_START, server_for, set_patience
from config.postgresql.base import is_quiet
from tests.embedded.conftest import ROOT, Stage, eventually, needs_proc


@pytest.fixture
def databases(stage: Stage, django_db_blocker: DjangoDbBlocker) -> Iterator[ConnectionHandler]:
    """Django's connections to the stage's server: `passing` for one request, and `kept` as the settings have it."""
    ours = {"passing": settings(stage, max_age=0), "kept": settings(stage, max_age=None)}
    complete = ConnectionHandler({"default": {}, **ours}).settings
    connections.settings.update({alias: complete[alias] for alias in ours})
    with django_db_blocker.unblock():
        yield connections
        for alias in ours:
            wrapper: Any = connections[alias]
            wrapper.close()
            del connections[alias]
            del connections.settings[alias]
        server_for(stage.data_dir).stop()


def settings(stage: Stage, *, max_age: int | None) -> dict[str, Any]:
    return embedded_database(stage.data_dir) | {"CONN_MAX_AGE": max_age}


def answer(connection: Any, query: str = "SELECT 1") -> Any:
    """One request's worth: what Django does before it, a question, and what Django does after it."""
    connection.close_if_unusable_or_obsolete()
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]
    finally:
        connection.close_if_unusable_or_obsolete()


def test_the_settings_touch_neither_disk_nor_server(tmp_path: Path) -> None:
    found = embedded_database(tmp_path / "data")
    assert found["ENGINE"] == "config.embedded.backend"
    assert found["NAME"] == found["USER"] == "pathnotes"
    handler = ConnectionHandler({"default": found})
    assert handler["default"].vendor == "postgresql"
    assert not list(tmp_path.iterdir())


def test_importing_the_settings_package_stays_light() -> None:
    code = "import config.embedded, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"django", "psycopg"} & set(done.stdout.split())


class TestConnecting:
    @pytest.mark.parametrize("alias", ["passing", "kept"])
    def test_the_first_query_starts_the_server(self, stage: Stage, databases: ConnectionHandler, alias: str) -> None:
        assert not stage.layout.supervisor.exists()
        assert answer(databases[alias], "SELECT current_user") == "pathnotes"
        assert stage.keeper_lives()

    @pytest.mark.parametrize("alias", ["passing", "kept"])
    def test_a_dead_server_costs_the_next_request_some_patience(
        self, stage: Stage, databases: ConnectionHandler, alias: str
    ) -> None:
        connection: Any = databases[alias]
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 1 AS one")
        for kill in (stage.kill_postmaster, stage.kill_every_postgres, stage.kill_everything, stage.kill_keeper):
            killed = {one.pid for one in stage.postgres()}
            kill()  # the rest leaves by itself, in a moment during which a query could still fail
            assert eventually(lambda killed=killed: not killed & {one.pid for one in stage.postgres()})  # type: ignore[misc]
            begun = time.monotonic()
            assert answer(connection, "SELECT one FROM kept") == 1, kill.__name__
            assert time.monotonic() - begun < 20

    def test_a_connection_is_kept_while_it_works(self, databases: ConnectionHandler) -> None:
        backend = "SELECT pg_backend_pid()"
        kept = answer(databases["kept"], backend)
        assert answer(databases["kept"], backend) == kept
        assert answer(databases["passing"], f"SELECT pg_terminate_backend({kept})")
        assert eventually(lambda: not is_quiet(databases["kept"].connection))
        assert answer(databases["kept"], backend) not in {kept, None}
        assert answer(databases["passing"], backend) != answer(databases["passing"], backend)

    def test_threads_get_through_a_crash(self, stage: Stage, databases: ConnectionHandler) -> None:
        answer(databases["kept"])
        answers: list[int] = []
        failures: list[Exception] = []
        over = threading.Event()

        def ask() -> None:
            while not over.is_set():
                try:
                    answers.append(answer(databases["kept"]))
                except OperationalError as error:  # cut off in the middle: the request fails, the next one works
                    failures.append(error)
            databases["kept"].close()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        try:
            assert eventually(lambda: len(answers) > 50)
            stage.kill_everything()
            reached = len(answers)
            assert eventually(lambda: len(answers) > reached + 200, 5)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert len(failures) <= 20

    def test_the_test_database_can_be_created(self, databases: ConnectionHandler) -> None:
        connection: Any = databases["passing"]
        name = connection.creation._create_test_db(verbosity=0, autoclobber=True)
        try:
            connection.close()
            connection.settings_dict["NAME"] = name
            assert answer(connection, "SELECT current_database()") == "test_pathnotes"
        finally:
            connection.close()
            connection.settings_dict["NAME"] = "pathnotes"
            connection.creation._destroy_test_db(name, verbosity=0)


class TestWaiting:
    @pytest.fixture
    def impatient(self) -> Iterator[None]:
        set_patience(0.5)
        yield
        set_patience(LONGEST_START)

    @needs_proc
    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("alias", ["passing", "kept"])
    def test_a_request_does_not_hang_while_the_server_starts(
        self, stage: Stage, databases: ConnectionHandler, alias: str
    ) -> None:
        connection: Any = databases[alias]
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT g AS number FROM generate_series(1, 500000) g")
        connection.close()
        stage.kill_postmaster()
        replaying = stage.hold_recovery()
        begun = time.monotonic()
        try:
            with pytest.raises(OperationalError) as error:
                answer(connection)
        finally:
            os.kill(replaying, signal.SIGCONT)
        assert time.monotonic() - begun < 20
        assert isinstance(unavailable(error.value), ServerStartingUp)
        assert eventually(lambda: server_for(stage.data_dir).conninfo())
        assert answer(connection, "SELECT count(*) FROM kept") == 500_000

    def test_a_reason_reaches_the_one_who_asks(self, stage: Stage, databases: ConnectionHandler) -> None:
        (stage.layout.cluster / "PG_VERSION").write_text("17\n")
        with pytest.raises(OperationalError, match="written by PostgreSQL 17") as error:
            answer(databases["passing"])
        assert type(unavailable(error.value)) is ServerUnavailable
        (stage.layout.cluster / "PG_VERSION").write_text("18\n")
        assert answer(databases["passing"]) == 1

    def test_other_errors_are_not_taken_for_it(self) -> None:
        assert unavailable(None) is None
        assert unavailable(OperationalError("deadlock detected")) is None


def test_commands_work_from_an_empty_directory(empty_stage: Stage) -> None:
    """migrate and dbshell in processes of their own, each of which starts the server and takes it along at its end."""
    environment = {
        **os.environ,
        "PATHNOTES_DATA": str(empty_stage.data_dir),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    environment.pop("DATABASE_URL", None)

    def manage(*arguments: str) -> str:
        code = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
        command = [sys.executable, "-W", "error", "-c", code, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Applying contenttypes.0001_initial... OK" in manage("migrate", "contenttypes")
    assert empty_stage.all_gone()
    assert "django_content_type" in manage("dbshell", "--", "-c", "\\dt")
    assert empty_stage.all_gone()
