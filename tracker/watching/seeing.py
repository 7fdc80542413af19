"""Whether a folder of notes changed: by looking at it, woken by the file system where that tells.

What the file system tells is only a reason to look: it misses folders that are moved in, network drives and mounts that
come and go. What counts is the name, size, times and inode of each note, so what editors and git write beside the notes
(hidden files, files for the moment of saving) is no change.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import watchfiles

from roadmap.notes.files import NOTE_SUFFIXES, SKIPPED_FOLDERS, TEMPLATE_FOLDERS
from roadmap.notes.limits import DEFAULT

Facts = tuple[int, ...]
GIT_LOCK, GIT_STANDS = "index.lock", ("HEAD", "logs/HEAD")
_BATCH, _STEP, _TURN = 100, 20, 500
"""Milliseconds: events that come together are told together; and how often a waker asks whether it shall end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A source as it lies on disk."""

    there: bool = False
    notes: Mapping[str, Facts] = field(default_factory=dict)
    """Path -> what changes when the file does."""
    stands: tuple[Facts, ...] = ()
    """Where git's HEAD stands, for a folder in a checkout."""
    root: Facts = field(default=(), compare=False)
    """Device and inode of the folder."""
    busy: bool = field(default=False, compare=False)
    """Git is at work in it."""
    took: float = field(default=0.0, compare=False)
    """Seconds it took to look."""


def look(path: Path) -> Seen:
    """What lies there now, without reading a note."""
    started = time.monotonic()
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return Seen()
    if not stat.S_ISDIR(facts.st_mode):
        return Seen(there=True, notes={path.name: _facts(facts)})
    notes: dict[str, Facts] = {}
    _walk(path, "", notes, [DEFAULT.vault_entries], DEFAULT.path_depth)
    git = _git_folder(path)
    return Seen(
        there=True,
        notes=notes,
        stands=tuple(_facts_of(git / name) for name in GIT_STANDS) if git else (),
        root=(facts.st_dev, facts.st_ino),
        busy=git is not None and (git / GIT_LOCK).exists(),
        took=time.monotonic() - started,
    )


def differences(was: Seen, now: Seen) -> list[str]:
    """Paths of the notes that came, went or changed."""
    return sorted(path for path in {*was.notes, *now.notes} if was.notes.get(path) != now.notes.get(path))


def _walk(folder: Path | str, above: str, notes: dict[str, Facts], left: list[int], depth: int) -> None:
    """`left`: entries that are still looked at, as the only item."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                left[0] -= 1
                if left[0] < 0:
                    return
                name = entry.name
                if name.startswith(".") or entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if depth > 1 and name.casefold() not in SKIPPED_FOLDERS | TEMPLATE_FOLDERS:
                        _walk(entry.path, f"{above}{name}/", notes, left, depth - 1)
                elif os.path.splitext(name)[1].lower() in NOTE_SUFFIXES:  # noqa: PTH122 - a name, not a path
                    notes[above + name] = _facts(entry.stat(follow_symlinks=False))
    except OSError:
        return  # gone meanwhile, or not ours to read: the next look, or the reading, says so


def _facts(found: os.stat_result) -> Facts:
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _facts_of(path: Path) -> Facts:
    try:
        return _facts(path.stat())
    except OSError:
        return ()


def _git_folder(path: Path) -> Path | None:
    """Where git keeps what it knows of the checkout that the folder lies in."""
    for folder in (path, *path.parents):
        at = folder / ".git"
        try:
            if at.is_dir():
                return at
            if at.is_file():
                told = at.read_text(encoding="utf-8", errors="replace")[:4096].strip()
                return folder / told.removeprefix("gitdir:").strip() if told.startswith("gitdir:") else None
        except OSError:
            return None
    return None


class Waker:
    """Has the file system tell when something in these folders changes. One thread of Python, which waits."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._folders: Mapping[Path, Facts] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def works(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def watch(self, folders: Mapping[Path, Facts]) -> None:
        """These from now on: each with the identity of the folder that is there. Nothing happens where nothing is new;
        it is begun anew where a folder was put in the place of another one."""
        if folders == self._folders:
            return
        self.stop()
        self._folders = dict(folders)
        self._stop = threading.Event()
        if folders:
            arguments = (list(folders), self._stop)
            self._thread = threading.Thread(target=self._run, args=arguments, name="waker", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_TURN * 4 / 1000)
            self._thread = None

    def _run(self, folders: Iterable[Path], stop: threading.Event) -> None:
        try:
            for _ in watchfiles.watch(
                *folders,
                watch_filter=None,
                debounce=_BATCH,
                step=_STEP,
                rust_timeout=_TURN,
                stop_event=stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                self._wake()
        except (OSError, RuntimeError):
            pass  # not on this file system, or no more of these to be had: it is looked at often instead
        finally:
            self._wake()
