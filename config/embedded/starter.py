"""Starting the keeper: who it runs as, what it is given, and where its socket will be."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import config
from config.embedded import locks, status
from config.embedded.accounts import Account, choose
from config.embedded.binaries import usable_by
from config.embedded.keeper import Orders
from config.embedded.layout import Layout, socket_directory
from config.embedded.status import Phase, Status

COMMAND = "import sys; sys.path.append(sys.argv[1]); from config.embedded.keeper import main; main()"
"""What the keeper's interpreter runs. Our packages come last in its path, so nothing shadows the standard library."""


def start_keeper(layout: Layout, lock: int, record: int) -> None:
    """Start a keeper, which inherits `lock` held exclusively, so that it is never free in between.

    `record` is the descriptor of the status file. Raises NoAccountError, NoProgramsError or OSError.
    """
    account = choose(layout.database)
    programs = str(usable_by(account))
    _make_database_directory(layout, account)
    socket = str(socket_directory(layout, account))
    with ExitStack() as stack:
        orders = Orders(
            programs=programs,
            shown=str(layout.cluster),
            socket=socket,
            people=list(dict.fromkeys(["root", account.name])),
            account=account.name,
            uid=account.uid,
            gid=account.gid,
            switches=account.switches,
            lock=lock,
            users=_closed_by(stack, locks.open_lock(layout.users_lock)),
            status=record,
            log=_closed_by(stack, _open_log(layout)),
            database=_closed_by(stack, os.open(layout.database, os.O_RDONLY)),
            database_path=str(layout.database),
        )
        status.write(record, Status(Phase.STARTING, socket))
        path = Path(config.__file__).resolve().parent.parent
        subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", COMMAND, str(path), orders.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=orders.log,
            stderr=orders.log,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            pass_fds=orders.descriptors,
            start_new_session=True,
            check=False,
            timeout=60,
        )


def _closed_by(stack: ExitStack, descriptor: int) -> int:
    stack.callback(os.close, descriptor)
    return descriptor


def _make_database_directory(layout: Layout, account: Account) -> None:
    try:
        layout.database.mkdir(mode=0o700)
    except FileExistsError:
        return
    account.own(layout.database)


def _open_log(layout: Layout) -> int:
    """The keeper's log, appended to; beyond 1 MB it becomes `keeper.log.1`."""
    if layout.log.exists() and layout.log.stat().st_size > 1_000_000:
        layout.log.replace(layout.log.with_suffix(".log.1"))
    return os.open(layout.log, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
