"""From a folder to the bytes of its notes, following no link and waiting for no device.

A vault is a stranger's folder: it may hold links to /etc, pipes that block for ever, sparse files and names that are
not text. Every name is opened relative to its already opened folder, without following links and without blocking, and
only then asked what it is, so nothing can be exchanged between the question and the reading.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from roadmap.notes.items import Problem, Severity
from roadmap.notes.limits import DEFAULT, Limits

NOTE_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".txt"})
GRAPH_SUFFIXES = frozenset({".json"})
"""Curricula in JSON are listed but not read yet."""
SKIPPED_FOLDERS = frozenset({"node_modules", "__macosx", "__pycache__", "site-packages"})
"""Folders of tools and of other people's code. Hidden folders (.git, .obsidian, .trash) are skipped by their dot."""
TEMPLATE_FOLDERS = frozenset({"template", "templates", "_templates", "vorlagen", "plantillas", "modelos", "modèles"})
"""Blank forms for new notes: reading them would add topics called {{title}}. The report says that it skipped them."""

_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | getattr(os, "O_NOCTTY", 0)
_ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_JOINERS = "\u200c\u200d"
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


Stamp = tuple[int, ...]


def stamp_of(status: os.stat_result) -> Stamp:
    """What changes when a file's bytes or a folder's names do: size, both times, which file it is, and its rights."""
    return (
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_dev,
        status.st_mode,
    )


@dataclass(frozen=True, slots=True)
class NoteFile:
    """One note as it lies on disk."""

    path: str
    """Relative to the scanned root, with `/`; the file's name when the root is a file."""
    data: bytes
    stamp: Stamp = field(default=(), compare=False)
    """What the system said of the file before it was read; see `stamp_of`."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The notes of a root in natural order (2 before 10), and what stood in the way of the others."""

    files: tuple[NoteFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()
    """Paths of files of a known kind that are not read yet (.json)."""
    folders: tuple[tuple[str, Stamp], ...] = field(default=(), compare=False)
    """Every folder that was looked through, "" for the root, as it was before its names were listed."""


def scan(root: Path, limits: Limits = DEFAULT) -> Scan:
    """The notes under `root`, a folder or a single file. Reports, never raises for what it finds there.

    A link given as the root itself is followed (the person named it); links below it never are.
    """
    walk = _Walk(limits)
    name = printable(root.name or str(root))
    try:
        handle = os.open(root, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        walk.report(name, "error", "path-unreadable", _opening_failed(str(root), error))
        return walk.result()
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            walk.folder(handle, ())
            if not walk.files and not any(problem.severity == "error" for problem in walk.problems):
                walk.report(name, "error", "no-notes", walk.why_nothing(str(root)))
        elif stat.S_ISREG(mode):
            walk.single(handle, root.name)
        else:
            walk.report(name, "error", "not-a-file", f"{printable(str(root))} is neither a folder nor a file of text.")
    finally:
        os.close(handle)
    return walk.result()


def natural_key(path: str) -> tuple[tuple[object, ...], ...]:
    """Sorts `2-x.md` before `10-x.md`, without regard to case; equal keys differ in the exact path at the end."""
    parts: list[tuple[object, ...]] = []
    for part in path.split("/"):
        for index, piece in enumerate(_DIGITS.split(part.casefold())):
            if index % 2:
                digits = piece.lstrip("0")
                parts.append((0, len(digits), digits))
            elif piece:
                parts.append((1, piece))
        parts.append((-1,))
    parts.append((2, path))
    return tuple(parts)


def printable(name: str) -> str:
    """A file name fit for a report: no line break, control character, direction override or stray byte."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _UNSHOWABLE and char not in _JOINERS
        else char
        for char in name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    )


@dataclass(slots=True)
class _Walk:
    limits: Limits
    files: list[NoteFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    folders: list[tuple[str, Stamp]] = field(default_factory=list)
    entries: int = 0
    total: int = 0
    stopped: bool = False
    started: float = field(default_factory=time.monotonic)

    def report(self, source: str, severity: Severity, code: str, message: str) -> None:
        self.problems.append(Problem(source, 0, severity, code, message))

    def result(self) -> Scan:
        self.files.sort(key=lambda file: natural_key(file.path))
        self._same_names()
        return Scan(
            tuple(self.files),
            tuple(sorted(self.problems, key=lambda problem: natural_key(problem.source))),
            tuple(sorted(self.unread, key=natural_key)),
            tuple(self.folders),
        )

    def why_nothing(self, root: str) -> str:
        shown = printable(root)
        if not self.entries:
            return f"{shown} is an empty folder. Put Markdown notes (.md) in it, or name another folder."
        if self.unread:
            return f"{shown} holds .json files but no Markdown note (.md, .txt). Curricula in JSON are not read yet."
        return f"{shown} holds no notes: no file in it ends in .md, .markdown, .mdown or .txt."

    def folder(self, handle: int, above: tuple[str, ...]) -> None:
        """Reads the open folder `handle`. Its depth is bounded by `path_depth`, so the recursion is too."""
        self.folders.append(("/".join(above), stamp_of(os.fstat(handle))))
        for name, is_folder in self._listing(handle, above):
            if self._exhausted():
                return
            here = (*above, name)
            path = "/".join(here)
            if is_folder:
                if not self._left_out(name, path):
                    self._subfolder(handle, name, here)
            elif not name.startswith("."):
                suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, not a path
                if suffix in GRAPH_SUFFIXES:
                    self.unread.append(printable(path))
                elif suffix in NOTE_SUFFIXES:
                    self._note(handle, name, path)

    def _left_out(self, name: str, path: str) -> bool:
        folded = name.casefold()
        if folded in TEMPLATE_FOLDERS:
            self.report(printable(path), "info", "templates-skipped", "A folder of templates; its notes are not read.")
            return True
        return name.startswith(".") or folded in SKIPPED_FOLDERS

    def single(self, handle: int, name: str) -> None:
        shown = printable(name)
        if name.lower().endswith(_ARCHIVE_SUFFIXES):
            self.report(
                shown, "error", "archive-given", f"{shown} is an archive. Unpack it and name the folder with the notes."
            )
        elif os.path.splitext(name)[1].lower() in GRAPH_SUFFIXES:  # noqa: PTH122 - a name, not a path
            self.report(shown, "error", "json-given", f"{shown} is JSON, which is not read yet. Name a Markdown note.")
        else:
            self._read(handle, shown)

    def _listing(self, handle: int, above: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
        """Names in the folder with whether each is a real folder, links reported and left out."""
        found: list[tuple[str, bool]] = []
        shown = printable("/".join(above)) or "."
        try:
            with os.scandir(handle) as entries:
                for entry in entries:
                    self.entries += 1
                    if self._exhausted():
                        break
                    if entry.is_symlink():
                        self._link(entry.name, above)
                    else:
                        found.append((entry.name, entry.is_dir(follow_symlinks=False)))
        except OSError as error:
            self.report(shown, "warning", "folder-unreadable", _opening_failed(shown, error))
        found.sort(key=lambda pair: natural_key(pair[0]))
        yield from found

    def _link(self, name: str, above: tuple[str, ...]) -> None:
        if name.startswith("."):
            return
        shown = printable("/".join((*above, name)))
        self.report(shown, "warning", "link-skipped", f"{shown} is a symbolic link; links are not followed.")

    def _subfolder(self, parent: int, name: str, here: tuple[str, ...]) -> None:
        shown = printable("/".join(here))
        if len(here) > self.limits.path_depth:
            self.report(
                shown, "warning", "too-deep", f"{shown} lies more than {self.limits.path_depth} folders deep; not read."
            )
            return
        try:
            handle = os.open(name, _OPEN_FLAGS | os.O_DIRECTORY, dir_fd=parent)
        except OSError as error:
            self.report(shown, "warning", "folder-unreadable", _opening_failed(shown, error))
            return
        try:
            self.folder(handle, here)
        finally:
            os.close(handle)

    def _note(self, parent: int, name: str, path: str) -> None:
        shown = printable(path)
        try:
            handle = os.open(name, _OPEN_FLAGS, dir_fd=parent)
        except OSError as error:
            code = {errno.ELOOP: "link-skipped", errno.ENXIO: "not-a-file"}.get(error.errno or 0, "file-unreadable")
            self.report(shown, "warning", code, _opening_failed(shown, error))
            return
        try:
            if shown != path:
                self.report(
                    shown, "warning", "odd-file-name", f"The file name {shown} holds characters that cannot be shown."
                )
            self._read(handle, shown)
        finally:
            os.close(handle)

    def _read(self, handle: int, shown: str) -> None:
        """Reads an open file after asking what it is. One that grows meanwhile is read to the bound, then refused."""
        status = os.fstat(handle)
        limit = self.limits.note_bytes
        if not stat.S_ISREG(status.st_mode):
            self.report(shown, "warning", "not-a-file", f"{shown} is a pipe, a socket or a device, not a file of text.")
            return
        data = b""
        if status.st_size <= limit:
            try:
                with os.fdopen(os.dup(handle), "rb") as file:
                    data = file.read(limit + 1)
            except OSError as error:
                self.report(shown, "warning", "file-unreadable", _opening_failed(shown, error))
                return
        if max(status.st_size, len(data)) > limit:
            self.report(shown, "error", "note-too-large", too_large(shown, max(status.st_size, len(data)), limit))
            return
        self.total += len(data)
        self.files.append(NoteFile(shown, data, stamp_of(status)))

    def _exhausted(self) -> bool:
        """Whether a bound of the whole folder is passed; says so once."""
        limits = self.limits
        if self.stopped:
            return True
        if len(self.files) >= limits.vault_files:
            reason = f"more than {limits.vault_files:,} notes"
        elif self.entries > limits.vault_entries:
            reason = f"more than {limits.vault_entries:,} entries"
        elif self.total > limits.vault_bytes:
            reason = f"more than {limits.vault_bytes >> 20:,} MiB of notes"
        elif time.monotonic() - self.started > limits.scan_seconds:
            reason = f"more than {limits.scan_seconds:g} s of files to look through"
        else:
            return False
        self.stopped = True
        self.report(".", "error", "folder-too-large", f"The folder holds {reason}. Name a smaller folder.")
        return True

    def _same_names(self) -> None:
        """Names that only differ in their Unicode form are one name on some systems and two on others."""
        seen: dict[str, str] = {}
        for file in self.files:
            if file.path.isascii():
                continue
            key = unicodedata.normalize("NFC", file.path[:4096])
            first = seen.setdefault(key, file.path)
            if first is not file.path:
                for path in (first, file.path):
                    self.report(
                        path, "warning", "same-file-name", f"Two files are called {key}, in different Unicode forms."
                    )


def too_large(shown: str, size: int, limit: int) -> str:
    """The sentence for a file of `size` bytes over the limit."""
    return f"{shown} has {size / (1 << 20):.1f} MiB; a note may have {limit / (1 << 20):g}. Split it or leave it out."


def _opening_failed(shown: str, error: OSError | ValueError) -> str:
    shown = printable(shown)
    reasons = {
        errno.ENOENT: f"{shown} does not exist. Check the spelling and the folder you are in.",
        errno.EACCES: f"{shown} may not be read by this account. Change its permissions or leave it out.",
        errno.ELOOP: f"{shown} is a symbolic link; links are not followed.",
        errno.ENXIO: f"{shown} is a pipe, a socket or a device, not a file of text.",
        errno.ENAMETOOLONG: f"The name {shown[:80]}... is too long for a path.",
        errno.ENOTDIR: f"{shown} lies under something that is not a folder.",
    }
    if isinstance(error, OSError) and error.errno in reasons:
        return reasons[error.errno]
    return f"{shown} cannot be read: {getattr(error, 'strerror', None) or 'not a valid path'}."
