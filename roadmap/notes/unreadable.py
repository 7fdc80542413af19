"""What is said of files and folders that cannot be read as notes. Pure."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

from roadmap.sentences import Sentence, Wording, sentence, wording

NEITHER: Final = wording("%(name)s is neither a folder nor a file of text.")
LINK: Final = wording("%(name)s is a symbolic link; links are not followed.")
NO_FILE: Final = wording("%(name)s is a pipe, a socket or a device, not a file of text.")
TOO_DEEP: Final = wording("%(name)s lies more than %(depth)s folders deep; not read.")
TOO_MUCH: Final = wording("The folder holds %(reason)s. Name a smaller folder.")
SAME_NAME: Final = wording("Two files are called %(name)s, in different Unicode forms.")
ARCHIVE: Final = wording("%(name)s is an archive. Unpack it and name the folder with the notes.")
ODD_NAME: Final = wording("The file name %(name)s holds characters that cannot be shown.")
_REASONS: Final[Mapping[int, Wording]] = {
    errno.ENOENT: wording("%(name)s does not exist. Check the spelling and the folder you are in."),
    errno.EACCES: wording("%(name)s may not be read by this account. Change its permissions or leave it out."),
    errno.ELOOP: LINK,
    errno.ENXIO: NO_FILE,
    errno.ENOTDIR: wording("%(name)s lies under something that is not a folder."),
}


def too_large(shown: str, size: int, limit: int) -> Sentence:
    """The sentence for a file of `size` bytes over the limit."""
    return sentence(
        "%(path)s has %(size)s MiB; a note may have %(note)s. Split it or leave it out.",
        path=shown, size=f"{size / (1 << 20):.1f}", note=f"{limit / (1 << 20):g}",
    )  # fmt: skip


def opening_failed(shown: str, error: OSError | ValueError) -> Sentence:
    """`shown`: its name, printable."""
    number = getattr(error, "errno", None) or 0
    if number == errno.ENAMETOOLONG:
        return sentence("The name %(name)s is too long for a path.", name=f"{shown[:80]}...")
    if number in _REASONS:
        return _REASONS[number](name=shown)
    if reason := getattr(error, "strerror", None):
        return sentence("%(name)s cannot be read: %(reason)s.", name=shown, reason=reason)
    return sentence("%(name)s cannot be read: its name is no path.", name=shown)
