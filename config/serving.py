"""`pathnotes serve`: everything from an empty directory to a page in the browser, and nothing left behind afterwards.

Processes: this one prepares and then watches over granian's workers, which are forked from it and share its memory;
with the embedded database there are the keeper and PostgreSQL too (config/embedded/). Whoever dies, however it dies,
the others notice: workers stop when this process is gone, and the keeper stops PostgreSQL after its last user.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import http.client
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured

from config import env, housekeeping, preparing, watching
from config.embedded.errors import AlreadyServing, ServerUnavailable
from config.embedded.server import Server, server_for, set_patience
from config.leaving import leave_with_parent
from config.preparing import CannotStartError

PATIENCE_OF_WORKERS = 3.0
"""Seconds a request waits for an embedded server that is starting; then it answers 503 and the page comes back."""
WEB_TIMEOUTS = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=15s"
"""For requests alone: migrations and imports may take their time. What takes longer answers 503, and nobody hangs."""
STOP_WITHIN = 10
"""Seconds that requests under way get to finish before their worker is killed."""
PORT_GETS_FREE_WITHIN = 3.0
"""Seconds to wait for a port: the workers of a server that was just killed need a moment to go."""
THREADS_STAY = 600
"""Seconds that an idle thread, and with it its connection to the database, is kept."""
RESPAWN_PAUSE = 1.0
"""Seconds between two attempts when workers die faster than granian likes to replace them."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        host = _reachable(self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _reachable(host: str) -> str:
    """What to connect to where a server listens on `host`: all addresses are no address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


class StopRequested(BaseException):
    """SIGINT or SIGTERM came while things were being prepared. Not an Exception: nothing may swallow it."""


def address(environ: dict[str, str] | None = None) -> Address:
    values = os.environ if environ is None else environ
    return Address(env.text("HOST", "127.0.0.1", values), env.integer("PORT", 8000, low=1, high=65535, environ=values))


def serve(notes: Sequence[str], *, watch: bool = False) -> int:
    """Serve until SIGINT or SIGTERM; the exit status. A sentence on stderr, and nothing left running, if it cannot.
    `watch`: read the notes again whenever they change."""
    _on_signals(_stop)  # also where a shell's `&` has them ignored
    database = None if env.text("DATABASE_URL") else server_for(env.data_dir())
    try:
        where = address()
        paths = [_existing(text) for text in notes]
        if not env.is_production():
            preparing.data_directory()
        _start(database, where)
        _prepare(paths, watch=watch)
        return _run(where, paths if watch else None)
    except StopRequested:
        return 0
    except (CannotStartError, ImproperlyConfigured, AlreadyServing, ServerUnavailable) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        _on_signals(signal.SIG_IGN)  # what follows takes a moment and must not be cut short
        if database is not None:
            database.stop()


def _on_signals(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise StopRequested


def say(text: str) -> None:
    print(text, flush=True)


def health() -> int:
    """Ask the server at HOST:PORT whether it and its database work; exit status 0 or 1. For container engines."""
    where = address()
    host = (env.words("ALLOWED_HOSTS") or [where.host])[0]
    connection = http.client.HTTPConnection(_reachable(where.host), where.port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"{where.url} does not answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    say(f"{where.url}/health/ answers {status}")
    return 0 if status == 200 else 1


def _existing(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.exists():
        raise CannotStartError(f"{text}: there is no such folder or file.")
    return path.resolve()


def _start(database: Server | None, where: Address) -> None:
    """Be the one process that serves from this directory, and have the embedded server running, if it is in use."""
    if database is not None:
        database.claim(where.url)
    _check_port(where)
    if database is not None:
        database.ensure_running(on_progress=say)


def _check_port(where: Address) -> None:
    """Raise CannotStartError if the address cannot be had.

    Granian would not notice: its listeners share a port (SO_REUSEPORT) with whoever else does so.
    """
    deadline = time.monotonic() + PORT_GETS_FREE_WITHIN
    while True:
        try:
            family, kind, protocol, _, bound = socket.getaddrinfo(
                where.host, where.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(bound)
                probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            if error.errno == errno.EADDRINUSE:
                reason = "something else is listening there. Choose another port: PORT=8001"
            else:
                reason = f"{error.strerror}. HOST and PORT say where"
            raise CannotStartError(f"Pathnotes cannot listen on {where.host}:{where.port}: {reason}.") from error
        return


def _prepare(paths: list[Path], *, watch: bool) -> None:
    import django

    django.setup()
    from django.conf import settings

    preparing.database(say)
    if settings.PRODUCTION:
        preparing.require_static_files()
    else:
        preparing.static_files(say)
    if env.flag("BUNDLED_ROADMAP", default=True):
        preparing.bundled_roadmap(say)
    from tracker.watching.rereading import known

    for path in paths:
        if not (watch and known(path)):  # then it is read by what watches, which retires nothing unasked
            preparing.notes(path, say)


def _run(where: Address, watched: list[Path] | None) -> int:
    """Run granian until it is told to stop, and what watches these notes beside it. Workers that die are replaced,
    however often."""
    from django.conf import settings
    from django.db import connections

    from config import wsgi  # noqa: F401  (imported once, before the workers are forked: they share its memory)

    link = "" if settings.PRODUCTION else preparing.sign_in_link(where.url)  # a log is no place for a key to the door
    connections.close_all()  # sockets are not shared with workers
    with contextlib.suppress(RuntimeError, ValueError):
        multiprocessing.set_start_method("fork" if sys.platform == "linux" else "spawn")
    say(f"\nPathnotes is at {where.url}/")
    if link:
        say(f"Sign in as its owner, once and within an hour: {link}")
    say("Ctrl-C stops it.\n")
    gc.collect()
    gc.freeze()
    with watching.beside(watched) if watched is not None else contextlib.nullcontext():
        return _serve(where)


def _serve(where: Address) -> int:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    threads = env.integer("THREADS", 8, low=1, high=256)
    while True:
        server = Granian(
            "config.wsgi:application",
            address=where.host,
            port=where.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=env.integer("WORKERS", 1, low=1, high=64),
            blocking_threads=threads,
            blocking_threads_idle_timeout=THREADS_STAY,
            backpressure=threads * 16,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_WITHIN,
            log_level=LogLevels.error,
            log_dictconfig=GRANIAN_LOGS,
        )
        with contextlib.suppress(SystemExit):
            server.serve(target_loader=load_application, wrap_loader=False)
        if server.interrupt_signal:
            return 0
        _on_signals(_stop)
        time.sleep(RESPAWN_PAUSE)


GRANIAN_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}},
}
"""Granian's own lines go where Django's go."""


def load_application() -> Any:
    """Called in each worker: leave when the process that started it is gone, then hand over the application.

    Ctrl-C reaches the whole process group, but a worker is told to stop by its parent (SIGTERM). Both at once would
    meet in granian's handler, which can then wait for itself.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    leave_with_parent(STOP_WITHIN)
    set_patience(PATIENCE_OF_WORKERS)
    from django.db import connections

    from config.wsgi import application
    from tracker import catching_up

    options = connections.settings["default"]["OPTIONS"]
    options["options"] = f"{WEB_TIMEOUTS} {options.get('options', '')}".rstrip()
    catching_up.serve()
    housekeeping.start()
    return application
