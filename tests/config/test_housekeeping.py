"""What a server does beside answering goes on whatever breaks, and ends with the server."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import DatabaseError

from config import housekeeping
from config.housekeeping import JOBS, Housekeeper
from tests.config.running import ROOT, Running, environment, wait_until


class TestHousekeeper:
    def test_it_works(self) -> None:
        done = threading.Event()
        keeper = Housekeeper(((0.01, lambda stopped: done.set()),), first=0)
        keeper.start()
        assert done.wait(5)
        keeper.stop()
        assert not keeper.is_alive()

    def test_what_breaks_is_logged_and_the_rest_goes_on(self, caplog: pytest.LogCaptureFixture) -> None:
        ran: list[str] = []

        def broken(stopped: threading.Event) -> None:
            ran.append("broken")
            raise RuntimeError("oops")

        def away(stopped: threading.Event) -> None:
            ran.append("away")
            raise DatabaseError("the server\nis starting")

        keeper = Housekeeper(((0.01, broken), (0.01, away), (0.01, lambda stopped: ran.append("fine"))), first=0)
        keeper.start()
        wait_until(lambda: ran.count("fine") >= 3, "it ran three times", 5)
        keeper.stop()
        assert ran[:6] == ["broken", "away", "fine"] * 2
        assert "broken broke" in caplog.text
        (line, *_) = [record for record in caplog.records if record.levelno == logging.WARNING]
        assert line.getMessage() == "away waits: the server is starting"
        assert line.exc_info is None

    def test_each_has_its_own_time(self) -> None:
        ran: list[str] = []
        jobs = ((0.02, lambda stopped: ran.append("often")), (60.0, lambda stopped: ran.append("seldom")))
        keeper = Housekeeper(jobs, first=0)
        keeper.start()
        wait_until(lambda: ran.count("often") >= 5, "it ran", 5)
        keeper.stop()
        assert ran.count("seldom") == 1

    def test_stopping_before_the_first_round(self) -> None:
        keeper = Housekeeper(((0.01, lambda stopped: pytest.fail("ran")),), first=60)
        keeper.start()
        began = time.monotonic()
        keeper.stop()
        assert time.monotonic() - began < 20

    def test_a_job_is_told_to_end(self) -> None:
        ended = threading.Event()

        def long(stopped: threading.Event) -> None:
            stopped.wait(30)
            ended.set()

        keeper = Housekeeper(((0.01, long),), first=0)
        keeper.start()
        time.sleep(0.1)
        keeper.stop()
        assert ended.is_set()

    def test_it_can_be_left_to_a_timer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Housekeeper, "start", lambda self: pytest.fail("started"))
        monkeypatch.setattr("config.env.flag", lambda name, default: False)
        housekeeping.start()

    def test_digests_come_before_the_round_that_sends_them(self) -> None:
        assert [job.__name__ for _, job in JOBS][-1] == "mail"


@pytest.mark.slow
def test_the_server_sends_what_is_due_and_stops_promptly(tmp_path: Path) -> None:
    """The real thing: a message that is queued by another process is printed by the server, on a laptop's console."""
    data = tmp_path / "data"
    with Running(data, settings={"BUNDLED_ROADMAP": "no"}) as server:
        server.wait()
        program = (
            "from tracker.mail import queue; queue(key='x', kind='invite', subject='Come in', text='It is warm.', "
            "address='a@example.org')"
        )
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", program], cwd=ROOT, env=environment(data), check=True
        )
        wait_until(lambda: "It is warm." in server.output, "the message was sent")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10
