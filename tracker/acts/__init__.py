"""What mentors do for learners, and what learners ask of them: the verbs.

Each is one transaction, is recorded with `by`, and is safe to repeat: `operation` is the client's id of the intent, and
the same id again changes nothing and answers the same. What a page showed when it was used is sent along (the state of
a topic, the evidence, the date that stood): when that is no longer so, the verb refuses and says who did what, so that
of two people who act at once the second sees what the first did. Refusals are named in `errors`.
"""

from tracker.acts.errors import (
    ActError,
    AlreadyThere,
    Archived,
    Changed,
    Conflict,
    Incomplete,
    Left,
    NobodyThere,
    NotWanted,
    NotYours,
    TooSoon,
    Unknown,
)
from tracker.acts.noting import NoteChanged, add_resource, remove_resource, restore_note, write_note
from tracker.acts.reaching import nudge, set_target
from tracker.acts.states import reopen, waive
from tracker.acts.taking_back import Taken, take_back
from tracker.acts.talking import answer_help, ask_for_help, comment
from tracker.acts.vouching import hand_in, sign_off, want_sign_off

__all__ = [
    "ActError",
    "AlreadyThere",
    "Archived",
    "Changed",
    "Conflict",
    "Incomplete",
    "Left",
    "NobodyThere",
    "NotWanted",
    "NotYours",
    "NoteChanged",
    "Taken",
    "TooSoon",
    "Unknown",
    "add_resource",
    "answer_help",
    "ask_for_help",
    "comment",
    "hand_in",
    "nudge",
    "remove_resource",
    "reopen",
    "restore_note",
    "set_target",
    "sign_off",
    "take_back",
    "waive",
    "want_sign_off",
    "write_note",
]
