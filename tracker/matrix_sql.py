"""The questions of the matrix to PostgreSQL: whom to show on a page, in which order, and what to know of each.

`facts`, `SIGNS` and `SCORED` are the formula of `tracker.need`, made of its constants; a test holds one against the
other. Nothing here reads a row per topic of the whole cohort: that is what summaries are for.
"""

from __future__ import annotations

from tracker.need import ASKED_AT_ONCE, ASKED_FULL, DAY, FULL_AT, NEEDS_YOU, WEIGHTS

SIZE = 50
"""Learners on a page."""
_COHORT = "(SELECT %(cohort)s::bigint)"
"""Hidden from the planner, as is what else would make it plan the page anew for each cohort: that takes as long as a
small cohort's answer. So it is planned once a connection, for a cohort of average size."""
_MEMBERS = f"""
    FROM tracker_membership WHERE cohort_id = {_COHORT} AND role = 'learner' AND left_at IS NULL
"""
_DENSE = f"learner_id BETWEEN (SELECT min(user_id) {_MEMBERS}) AND (SELECT max(user_id) {_MEMBERS})"
_SPREAD = f"learner_id = ANY (ARRAY(SELECT user_id {_MEMBERS}))"


def summaries_of(columns: str, *, dense: bool) -> str:
    """Summaries on the roadmap, of all learners of the cohort and perhaps of others: to be joined with its members.

    `dense` says that the keys of the learners lie close together, as of a class that signed up in one week: then they
    are read as one run of the index, in a third of the time of so many look-ups. It changes no result.
    """
    return f"""
    SELECT learner_id, {columns} FROM tracker_roadmapsummary
    WHERE roadmap_id = %(roadmap)s::bigint AND {_DENSE if dense else _SPREAD}
"""  # noqa: S608 (parts of this file)


def facts(*, dense: bool) -> str:
    """One row per learner of the cohort. A learner without a summary has done nothing, until the summary is made.

    `greatest` and `least` leave NULL out. OFFSET 0 keeps PostgreSQL from copying each expression to where it is used.
    Asked for in order, learners and summaries are merged as their indexes give them, and none of them is hashed.
    """
    return f"""
SELECT member.user_id AS learner,
       coalesce(summary.done + summary.waived, 0) AS met,
       coalesce(summary.done + summary.waived + summary.skipped, 0) >= %(all)s::integer AS finished,
       summary.last_move,
       greatest(coalesce(summary.last_move, member.joined_at), %(starts)s::timestamptz) AS still_from,
       least(summary.learning_since, special.asked_at) AS on_topic_from,
       special.asked_at,
       member.joined_at,
       special.dated AS own_date,
       special.target_on
FROM tracker_membership member
LEFT JOIN (
    {summaries_of("done, waived, skipped, last_move, learning_since", dense=dense)}
) summary ON summary.learner_id = member.user_id
LEFT JOIN (
    SELECT learner_id, asking.at AS asked_at, own.learner_id IS NOT NULL AS dated, own.target_on
    FROM (
        SELECT learner_id, min(at) AS at FROM tracker_helprequest
        WHERE answered_at IS NULL AND withdrawn_at IS NULL AND topic_id = ANY(%(topics)s::bigint[])
          AND {_DENSE if dense else _SPREAD}
        GROUP BY learner_id
    ) asking FULL JOIN (
        SELECT DISTINCT ON (learner_id) learner_id, target_on FROM tracker_learnertarget
        WHERE assigned_id = %(assigned)s::bigint AND withdrawn_at IS NULL ORDER BY learner_id, id DESC
    ) own USING (learner_id)
) special ON special.learner_id = member.user_id
WHERE member.cohort_id = {_COHORT} AND member.role = 'learner' AND member.left_at IS NULL
ORDER BY member.user_id OFFSET 0
"""  # noqa: S608 (parts of this file)


def seconds(until: str, since: str) -> str:
    """Between two moments, as PostgreSQL's ranges of moments subtract them: `date_part` of an interval reads the word
    'epoch' anew for each row."""
    return f"tstzrange_subdiff({until}, {since})"


def _beyond(since: str, usual: str) -> str:
    """`tracker.need.beyond` of the days since a moment. What is not past the usual, and what is far past it, is settled
    by comparing moments: arithmetic of time is most of what a row costs."""
    days = f"{seconds('%(now)s::timestamptz', since)} / {DAY}::float8"
    return f"""CASE WHEN finished OR {since} IS NULL OR {since} >= %({usual}_from)s::timestamptz THEN 0::float8
            WHEN {since} <= %({usual}_full)s::timestamptz THEN 1::float8
            ELSE ({days} / %({usual}_days)s::float8 - 1) / {FULL_AT - 1}::float8 END"""


_OWN = "(target_on + 1)::timestamp AT TIME ZONE %(zone)s::text"
_START = "greatest(joined_at, %(starts)s::timestamptz)"


def _pace(start: str, target: str) -> str:
    """Topics that an even pace from `start` to `target`, now being between them, asks for and that are not met."""
    walked = f"{seconds('%(now)s::timestamptz', start)} / {seconds(target, start)}"
    return f"greatest(0, floor({walked} * %(required)s::integer)::integer - met)"


SIGNS = f"""
SELECT learner, met, last_move, still_from, asked_at, finished,
       CASE WHEN asked_at IS NULL THEN 0::float8
            ELSE {ASKED_AT_ONCE}::float8 + {1 - ASKED_AT_ONCE}::float8 * least(1::float8, greatest(0::float8,
                     {seconds("%(now)s::timestamptz", "asked_at")} / {DAY * ASKED_FULL}::float8))
       END AS asking,
       {_beyond("on_topic_from", "topic")} AS stuck,
       {_beyond("still_from", "quiet")} AS quiet,
       CASE WHEN finished THEN 0
            WHEN own_date THEN CASE WHEN target_on IS NULL THEN 0
                WHEN %(now)s::timestamptz >= {_OWN} THEN greatest(0, %(required)s::integer - met)
                WHEN %(now)s::timestamptz <= {_START} THEN 0
                ELSE {_pace(_START, _OWN)} END
            WHEN met >= %(even)s::integer THEN 0
            WHEN joined_at <= %(alike)s::timestamptz THEN %(even)s::integer - met
            WHEN joined_at >= %(now)s::timestamptz THEN 0
            ELSE {_pace("joined_at", "%(target)s::timestamptz")}
       END AS late
FROM facts
OFFSET 0
"""  # noqa: S608 (constants of tracker/need.py)
"""`late` counts topics; the other signs are from 0 to 1. `even` is how many the cohort's dates ask for by now of who
joined until `alike`, and the most they ask of who came later: it settles most learners without arithmetic of time.

What follows from the parameters alone is worked out before (`tracker.matrix.scoring`): to the planner, such an
expression is a reason to plan the page anew for each cohort.
"""

SCORED = f"""
SELECT signs.*, {WEIGHTS["asked"]} * asking + {WEIGHTS["stuck"]} * stuck + {WEIGHTS["quiet"]} * quiet
       + {WEIGHTS["behind"]} * least(1::float8, late / %(late_full)s::float8) AS score
FROM signs
"""  # noqa: S608 (constants of tracker/need.py)
"""With the score, 0 to 100."""

NAME = "coalesce(nullif(person.name, ''), split_part(person.email, '@', 1))"
"""What pages call somebody: `User.shown_name`."""

SHOWS = ("you", "asked", "stuck", "quiet", "behind", "finished")
"""Filters: the values of `show`."""

KINDS = {name: 1 << number for number, name in enumerate([*SHOWS, "moved"])}
"""What is counted of a cohort, and the bit it has in a learner's kind: the filters, and who moved within a week."""
MET = 2 * max(KINDS.values())
"""A topic that a learner has met, in their kind."""
_BY_SIGN = {
    "asked": "asked_at IS NOT NULL",
    "stuck": "stuck > 0",
    "quiet": "quiet > 0",
    "behind": "late > 0",
    "finished": "finished",
    "moved": "last_move >= %(week)s::timestamptz",
}
_KIND = " + ".join(f"CASE WHEN {sign} THEN {KINDS[name]} ELSE 0 END" for name, sign in _BY_SIGN.items())
_YOU = f"score >= {NEEDS_YOU}"
"""Asked where the score is at hand: in `_SEEN` it would be worked out once more."""

SORTS = {
    "need": "score",
    "name": "0::float8",
    "share": "met::float8",
    "least": "-met::float8",
    "still": "-date_part('epoch', still_from)",
    "late": "late::float8",
}
"""Orders: the value of `sort`, and a number of `SCORED` whose largest come first; ties go by name, then by key."""

_SEEN = f"""
SELECT learner, score, met * {MET} + {_KIND} AS kind
"""
"""What is kept of each learner while one page is made: little, since it is read three times."""

SEARCH = f"""
seen.learner IN (SELECT person.id FROM tracker_user person
                   JOIN tracker_membership ON user_id = person.id AND cohort_id = %(cohort)s::bigint
                   WHERE position(lower(%(search)s::text) IN lower({NAME})) > 0)
"""  # noqa: S608 (parts of this file)


def _keeps(show: str) -> str:
    return _YOU if show == "you" else f"kind & {KINDS[show]} <> 0"


def page_of(*, show: str, sort: str, search: bool, first: bool, dense: bool) -> str:
    """One row: the kinds of learners in the cohort and how many are of each, how many are kept, and the keys of those
    on the page in order; NULL for none.

    `show` and `sort` are keys of the tables above; `first` says that it is the first page, `dense` is for `facts`.
    Names are read of those alone who can be on the page: whose number lies between that of its first and of its last.
    """
    keep = " AND ".join([*([_keeps(show)] if show else []), *([SEARCH] if search else [])]) or "true"
    skip = "" if first else "OFFSET %(skip)s::integer"
    rest = (
        "" if first else "OFFSET %(skip)s::integer - (SELECT count(*) FROM kept WHERE number > (SELECT high FROM edge))"
    )
    number, also = ("score", "") if sort == "need" else ("number", f", {SORTS[sort]} AS number")
    return f"""
WITH facts AS ({facts(dense=dense)}), signs AS ({SIGNS}), scored AS ({SCORED}),
seen AS MATERIALIZED ({_SEEN}{also} FROM scored),
kept AS {"MATERIALIZED" if search else "NOT MATERIALIZED"} (
    SELECT learner, {number} AS number FROM seen WHERE {keep}
),
edge AS MATERIALIZED (
    SELECT min(number) AS low, max(number) AS high
    FROM (SELECT number FROM kept ORDER BY number DESC LIMIT {SIZE} {skip}) slice
),
tally AS (
    SELECT kind + CASE WHEN {_YOU} THEN {KINDS["you"]} ELSE 0 END AS kind, count(*)::integer AS alike
    FROM seen GROUP BY 1
),
page AS (
    SELECT kept.learner, kept.number, person.name
    FROM kept CROSS JOIN LATERAL (
        SELECT lower({NAME}) AS name FROM tracker_user person WHERE person.id = kept.learner OFFSET 0
    ) person
    WHERE kept.number BETWEEN (SELECT low FROM edge) AND (SELECT high FROM edge)
    ORDER BY number DESC, name, learner LIMIT {SIZE} {rest}
)
SELECT array_agg(kind), array_agg(alike), {"(SELECT count(*) FROM kept)" if show or search else "sum(alike)"},
       (SELECT array_agg(learner ORDER BY number DESC, name, learner) FROM page)
FROM tally
"""  # noqa: S608 (parts of this file)


_AGE = f"{seconds('%(now)s::timestamptz', '{}')} / {DAY}::float8"

ROWS = f"""
SELECT person.id, {NAME}, member.joined_at, summary.revision, summary.states, summary.last_move,
       own.found IS NOT NULL, own.target_on, help.topics, help.days, way.topics, way.days, way.weeks
FROM unnest(%(learners)s::bigint[]) WITH ORDINALITY AS wanted (learner, place)
JOIN tracker_user person ON person.id = wanted.learner
JOIN tracker_membership member ON member.user_id = person.id AND member.cohort_id = %(cohort)s::bigint
     AND member.role = 'learner' AND member.left_at IS NULL
LEFT JOIN tracker_roadmapsummary summary
     ON summary.learner_id = person.id AND summary.roadmap_id = %(roadmap)s::bigint
LEFT JOIN LATERAL (
    SELECT 1 AS found, target_on FROM tracker_learnertarget
    WHERE assigned_id = %(assigned)s::bigint AND learner_id = person.id AND withdrawn_at IS NULL
    ORDER BY id DESC LIMIT 1
) own ON true
CROSS JOIN LATERAL (
    SELECT array_agg(topic_id ORDER BY at, id) AS topics, array_agg({_AGE.format("at")} ORDER BY at, id) AS days
    FROM tracker_helprequest
    WHERE learner_id = person.id AND answered_at IS NULL AND withdrawn_at IS NULL
      AND topic_id = ANY(%(topics)s::bigint[])
) help
CROSS JOIN LATERAL (
    SELECT array_agg(topic_id ORDER BY changed_at, topic_id) FILTER (WHERE state = 'learning') AS topics,
           array_agg({_AGE.format("changed_at")} ORDER BY changed_at, topic_id)
               FILTER (WHERE state = 'learning') AS days,
           array_agg(floor({seconds("changed_at", "%(since)s::timestamptz")} / {7 * DAY})::integer)
               FILTER (WHERE state <> 'learning') AS weeks
    FROM tracker_topicprogress
    WHERE learner_id = person.id AND topic_id = ANY(%(topics)s::bigint[])
      AND (state = 'learning' OR state IN ('done', 'waived') AND changed_at >= %(since)s::timestamptz)
) way
ORDER BY wanted.place
"""  # noqa: S608 (parts of this file)
"""What one page shows of its learners, in their order. Moments are told as days ago where nothing else is asked of
them: to read one takes the application longer than to subtract it takes PostgreSQL."""

USUAL = f"""
WITH few AS (
    SELECT user_id FROM tracker_membership
    WHERE cohort_id = %(cohort)s::bigint AND role = 'learner' AND left_at IS NULL
    ORDER BY user_id * 2654435761 %% 4294967296, user_id LIMIT %(most)s::integer
), marks AS MATERIALIZED (
    SELECT learner_id, state, started_at, changed_at FROM tracker_topicprogress JOIN few ON user_id = learner_id
    WHERE topic_id = ANY(%(topics)s::bigint[]) AND state <> 'todo' AND changed_at < %(now)s::timestamptz
), spans AS (
    SELECT {seconds("changed_at", "started_at")} / {DAY} AS days FROM marks
    WHERE state = 'done' AND changed_at > started_at
), moves AS (
    SELECT learner_id, min(changed_at) AS at FROM marks GROUP BY learner_id, (changed_at AT TIME ZONE 'UTC')::date
), gaps AS (
    SELECT {seconds("at", "lag(at) OVER (PARTITION BY learner_id ORDER BY at)")} / {DAY} AS days FROM moves
)
SELECT (SELECT max(user_id) - min(user_id) < 4 * count(*) FROM tracker_membership
        WHERE cohort_id = %(cohort)s::bigint AND role = 'learner' AND left_at IS NULL),
       (SELECT count(*) FROM spans), (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FROM spans),
       (SELECT count(days) FROM gaps), (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FROM gaps)
"""  # noqa: S608 (a constant of tracker/need.py)
"""Whether the keys of a cohort's learners lie close together; and how long they usually take: of so many of them,
spread evenly by their keys."""
