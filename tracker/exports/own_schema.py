"""What stands in the JSON of one person (`tracker/exports/own.py`), as a JSON Schema. Pure.

`VERSION` goes up when something that stood there goes or means something else; what is added keeps it. Whoever reads
such a file passes over names that they do not know.
"""

from __future__ import annotations

from typing import Any

FORMAT, VERSION = "pathnotes-own-data", 1

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
UID: Schema = {"type": "string", "format": "uuid"}
AT: Schema = {"type": "string", "format": "date-time"}
MAYBE_AT: Schema = {"type": ["string", "null"], "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
NUMBER: Schema = {"type": "number", "minimum": 0}
RATING: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": 4, "description": "again, hard, good, easy"}
MAYBE: Schema = {"type": ["string", "null"]}


def thing(**names: Schema) -> Schema:
    """An object with exactly these names."""
    return {"type": "object", "properties": names, "required": list(names), "additionalProperties": False}


def listed(words: list[str]) -> Schema:
    return {"type": "string", "enum": words}


def rows(of: Schema, said: str) -> Schema:
    return {"type": "array", "items": of, "description": said}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def maybe(name: str) -> Schema:
    return {"anyOf": [ref(name), {"type": "null"}]}


STATE = listed(["todo", "learning", "done", "skipped", "waived"])
MODULE: Schema = {"type": ["string", "null"], "format": "uuid", "description": "of a module, where it is no topic"}
ABOUT: dict[str, Schema] = {"roadmap": ref("roadmap"), "topic": maybe("topic"), "module": MODULE, "at": AT}
SHARE = thing(
    required=COUNT,
    done=COUNT,
    waived=COUNT,
    learning=COUNT,
    skipped=COUNT,
    percent={"type": ["integer", "null"], "minimum": 0, "maximum": 100},
)

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Everything that Pathnotes keeps of one person",
    **thing(
        format={"const": FORMAT},
        version={"const": VERSION},
        exported_at=AT,
        server=TEXT,
        person=thing(
            email=TEXT,
            name=TEXT,
            role=listed(["learner", "mentor", "editor", "owner"]),
            joined_at=AT,
            language=TEXT,
            time_zone=TEXT,
            theme=listed(["", "light", "dark"]),
            week_hours={"type": ["integer", "null"], "minimum": 1, "maximum": 100},
        ),
        mail_choices={
            "type": "object",
            "additionalProperties": FLAG,
            "description": "kind of message: whether it is wanted",
        },
        profile={
            "anyOf": [
                thing(
                    handle=TEXT,
                    name=TEXT,
                    about=TEXT,
                    public=FLAG,
                    activity=FLAG,
                    indexed=FLAG,
                    roadmaps=rows(ref("roadmap"), "that it shows"),
                ),
                {"type": "null"},
            ]
        },
        enrolments=rows(
            thing(roadmap=ref("roadmap"), enrolled_at=AT, finished_at=MAYBE_AT, share=SHARE), "roadmaps that they walk"
        ),
        goals=rows(thing(roadmap=ref("roadmap"), topic=ref("topic"), set_at=AT), "topics that they head for"),
        states=rows(
            thing(topic=ref("topic"), state=STATE, revision=COUNT, started_at=MAYBE_AT, changed_at=AT),
            "the state of each topic that was ever touched; all others are to do",
        ),
        steps=rows(thing(topic=ref("topic"), step=ref("step"), done=FLAG, changed_at=AT), "ticked and unticked steps"),
        events=rows(
            thing(
                at=AT,
                topic=ref("topic"),
                step=maybe("step"),
                was=STATE,
                now=STATE,
                through=listed(["page", "undo", "notes", "mentor", "merge", "system", "known"]),
                by={"type": "string", "description": "`you`, or the name of who did it for them"},
                note=TEXT,
                revision=COUNT,
                operation=UID,
            ),
            "what happened, oldest first",
        ),
        notes=rows(
            thing(topic=ref("topic"), text=TEXT, shared=FLAG, updated_at=AT, removed_at=MAYBE_AT),
            "own notes, in Markdown; removed ones as long as they can be brought back",
        ),
        links=rows(
            thing(
                topic=ref("topic"),
                title=TEXT,
                url=TEXT,
                kind=listed(["course", "book", "video", "article", "paper", "project", "tool", "link"]),
                added_at=AT,
            ),
            "own links",
        ),
        memberships=rows(
            thing(cohort=TEXT, role=listed(["learner", "mentor"]), joined_at=AT, left_at=MAYBE_AT), "cohorts"
        ),
        target_dates=rows(
            thing(roadmap=ref("roadmap"), cohort=TEXT, on={"type": "string", "format": "date"}, own=FLAG),
            "dates that hold for them; `own`: not the cohort's",
        ),
        comments=rows(
            {
                "type": "object",
                "properties": {
                    "topic": ref("topic"),
                    "text": TEXT,
                    "at": AT,
                    "withdrawn_at": MAYBE_AT,
                    "as": listed(["learner", "mentor"]),
                },
                "required": ["topic", "text", "at", "withdrawn_at", "as"],
                "additionalProperties": False,
            },
            "that they wrote",
        ),
        received=rows(
            thing(kind=listed(["comment", "nudge"]), by=MAYBE, text=TEXT, at=AT, topic=maybe("topic")),
            "what mentors wrote to them",
        ),
        help_requests=rows(
            thing(
                topic=ref("topic"),
                text=TEXT,
                at=AT,
                withdrawn_at=MAYBE_AT,
                answer=TEXT,
                answered_by=MAYBE,
                answered_at=MAYBE_AT,
            ),
            "where they were stuck, and what was answered",
        ),
        evidence=rows(thing(**ABOUT, text=TEXT, url=TEXT, withdrawn_at=MAYBE_AT), "that they handed in"),
        sign_offs=rows(thing(**ABOUT, by=MAYBE, note=TEXT), "that mentors gave them"),
        review_plans=rows(
            thing(roadmap=ref("roadmap"), active=FLAG, daily_cap=COUNT, retention=NUMBER), "where review is on, or was"
        ),
        review_cards=rows(
            thing(
                topic=ref("topic"),
                stability=NUMBER,
                difficulty=NUMBER,
                reviewed_on=DAY,
                due_on=DAY,
                rating=RATING,
            ),
            "what is remembered of each reviewed topic, as FSRS has it; stability in days",
        ),
        review_answers=rows(
            thing(at=AT, topic=ref("topic"), rating=RATING, credited_from=maybe("topic"), takes_back=FLAG),
            "every answer, credit and undo, oldest first",
        ),
    ),
    "$defs": {
        "topic": thing(uid=UID, title=TEXT, slug=TEXT, retired=FLAG),
        "roadmap": thing(uid=UID, title=TEXT, slug=TEXT),
        "step": thing(uid=UID, title=TEXT),
    },
}
