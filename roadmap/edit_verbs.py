"""What editors do to the curriculum, each with its words."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class EditVerb(models.TextChoices):
    ADD_PREREQUISITE = "add_prerequisite", _lazy("added a prerequisite")
    REMOVE_PREREQUISITE = "remove_prerequisite", _lazy("removed a prerequisite")
    RETIRE_TOPIC = "retire_topic", _lazy("retired the topic")
    RESTORE_TOPIC = "restore_topic", _lazy("restored the topic")
    CREATE_ROADMAP = "create_roadmap", _lazy("made a roadmap")
    CREATE_SECTION = "create_section", _lazy("made a section")
    CREATE_TOPIC = "create_topic", _lazy("made a topic")
    RENAME = "rename", _lazy("renamed")
    MOVE = "move", _lazy("moved")
    SET_OPTIONAL = "set_optional", _lazy("made optional or required")
    SET_CHOICE = "set_choice", _lazy("made a choice")
    SET_ORDERED = "set_ordered", _lazy("made a chain")
    DUPLICATE = "duplicate", _lazy("duplicated")
    RETIRE = "retire", _lazy("retired")
    RESTORE = "restore", _lazy("restored")
    REMOVE_SECTION = "remove_section", _lazy("took an empty section away")
    SPLIT_STEPS = "split_steps", _lazy("split into steps")
    SPLIT_TOPICS = "split_topics", _lazy("split into topics")
    MERGE = "merge", _lazy("merged topics")
    EDIT_TOPIC = "edit_topic", _lazy("edited the topic")
    TAKE_NOTES_NEED = "take_notes_need", _lazy("took the notes' prerequisite")
    FORK = "fork", _lazy("forked a roadmap")
    FOLLOW = "follow", _lazy("followed or stopped following")
    TAKE_OUT = "take_out", _lazy("took out of the roadmap")
    PUT_IN = "put_in", _lazy("put into the roadmap")
    OWN_COPY = "own_copy", _lazy("made a copy of its own")
    WRITE_BACK = "write_back", _lazy("wrote an edit to the notes")
