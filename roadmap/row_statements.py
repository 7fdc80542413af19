"""The statements that `rows` writes a curriculum with; each takes its rows as one JSON document, or as ids."""

from __future__ import annotations

TOPIC_COLUMNS = (
    "uid uuid, slug text, title text, summary text, body text, body_html text, hours numeric, details text[], "
    "drawn boolean, planned boolean, unmet text[], related text[], meta jsonb, overrides jsonb, origin jsonb, "
    "retired boolean, noticed integer"
)
COPY_TOPICS = """
COPY roadmap_topic (uid, slug, title, summary, body, body_html, hours, details, planned, unmet, related, meta,
                    overrides, origin, retired_at, source_id, revision, created_at, updated_at)
FROM STDIN
"""
UPDATE_TOPICS = """
UPDATE roadmap_topic topic
SET title = new.title, summary = new.summary, body = new.body,
    body_html = CASE WHEN new.drawn THEN new.body_html ELSE topic.body_html END,
    hours = new.hours, details = new.details, planned = new.planned, unmet = new.unmet, related = new.related,
    meta = new.meta, overrides = new.overrides, origin = new.origin,
    retired_at = CASE WHEN new.retired THEN coalesce(topic.retired_at, now()) END,
    replaced_by_id = CASE WHEN new.retired THEN topic.replaced_by_id END,
    revision = topic.revision + new.noticed, updated_at = now()
FROM json_to_recordset(%s::json) AS new(COLUMNS)
WHERE topic.uid = new.uid
""".replace("COLUMNS", TOPIC_COLUMNS)
SET_HEIRS = """
UPDATE roadmap_topic topic SET replaced_by_id = heir.id
FROM json_to_recordset(%s::json) AS new(uid uuid, heir uuid) LEFT JOIN roadmap_topic heir ON heir.uid = new.heir
WHERE topic.uid = new.uid AND topic.replaced_by_id IS DISTINCT FROM heir.id
"""
SET_HTML = """
UPDATE roadmap_topic topic SET body_html = new.body_html
FROM json_to_recordset(%s::json) AS new(uid uuid, body_html text)
WHERE topic.uid = new.uid AND topic.body_html IS DISTINCT FROM new.body_html
"""
SET_SLUGS = """
WITH new AS (SELECT * FROM json_to_recordset(%s::json) AS new(uid uuid, was text, slug text)),
     taken AS (DELETE FROM roadmap_alias alias USING new WHERE alias.kind = 'slug' AND alias.text = new.slug),
     kept AS (INSERT INTO roadmap_alias (topic_id, text, kind)
              SELECT topic.id, new.was, 'slug' FROM new JOIN roadmap_topic topic ON topic.uid = new.uid)
UPDATE roadmap_topic topic SET slug = new.slug FROM new WHERE topic.uid = new.uid
"""
"""The former address leads to the topic from now on. A topic that takes a former one of its own back has it no more."""
COUNT_TOPICS = "ANALYZE (SKIP_LOCKED) roadmap_topic (id, uid)"
COUNT_PARTS = "ANALYZE (SKIP_LOCKED) roadmap_placement (topic_id), roadmap_prerequisite (topic_id, requires_id)"
ADOPT = "UPDATE roadmap_topic SET source_id = %s WHERE uid = ANY(%s) AND source_id IS NULL"
ROADMAP_COLUMNS = (
    'uid uuid, slug text, title text, summary text, locking text, "position" integer, meta jsonb, overrides jsonb, '
    "origin jsonb, retired boolean"
)
INSERT_ROADMAPS = """
INSERT INTO roadmap_roadmap (uid, slug, title, summary, state, locking, position, meta, overrides, origin, retired_at,
                             source_id, revision, created_at, updated_at)
SELECT uid, slug, title, summary, 'listed', locking, "position", meta, overrides, origin,
       CASE WHEN retired THEN now() END, %s, 1, now(), now()
FROM json_to_recordset(%s::json) AS new(COLUMNS)
""".replace("COLUMNS", ROADMAP_COLUMNS)
UPDATE_ROADMAPS = """
UPDATE roadmap_roadmap roadmap
SET title = new.title, summary = new.summary, locking = new.locking, position = new."position", meta = new.meta,
    overrides = new.overrides, origin = new.origin,
    retired_at = CASE WHEN new.retired THEN coalesce(roadmap.retired_at, now()) END
FROM json_to_recordset(%s::json) AS new(COLUMNS)
WHERE roadmap.uid = new.uid
""".replace("COLUMNS", ROADMAP_COLUMNS)
SECTION_COLUMNS = (
    'uid uuid, roadmap uuid, parent uuid, "position" integer, kind text, title text, slug text, number integer, '
    "summary text, optional boolean, choose integer, ordered boolean, overrides jsonb, origin jsonb"
)
INSERT_SECTIONS = """
INSERT INTO roadmap_section (uid, roadmap_id, position, kind, title, slug, number, summary, optional, choose, ordered,
                             overrides, origin)
SELECT new.uid, roadmap.id, new."position", new.kind, new.title, new.slug, new.number, new.summary, new.optional,
       new.choose, new.ordered, new.overrides, new.origin
FROM json_to_recordset(%s::json) AS new(COLUMNS) JOIN roadmap_roadmap roadmap ON roadmap.uid = new.roadmap
""".replace("COLUMNS", SECTION_COLUMNS)
UPDATE_SECTIONS = """
UPDATE roadmap_section section
SET position = new."position", kind = new.kind, title = new.title, number = new.number, summary = new.summary,
    optional = new.optional, choose = new.choose, ordered = new.ordered, overrides = new.overrides,
    origin = new.origin, parent_id = parent.id
FROM json_to_recordset(%s::json) AS new(COLUMNS) LEFT JOIN roadmap_section parent ON parent.uid = new.parent
WHERE section.uid = new.uid
""".replace("COLUMNS", SECTION_COLUMNS)
WRITE_SEATS = """
INSERT INTO roadmap_placement (roadmap_id, section_id, topic_id, position, optional)
SELECT section.roadmap_id, section.id, topic.id, new."position", new.optional
FROM json_to_recordset(%s::json) AS new(section uuid, topic uuid, "position" integer, optional boolean)
JOIN roadmap_section section ON section.uid = new.section JOIN roadmap_topic topic ON topic.uid = new.topic
ON CONFLICT (roadmap_id, topic_id) DO UPDATE
SET section_id = excluded.section_id, position = excluded.position, optional = excluded.optional
"""
DELETE_SEATS = """
DELETE FROM roadmap_placement placement
USING json_to_recordset(%s::json) AS gone(roadmap uuid, topic uuid), roadmap_roadmap roadmap, roadmap_topic topic
WHERE roadmap.uid = gone.roadmap AND topic.uid = gone.topic
  AND placement.roadmap_id = roadmap.id AND placement.topic_id = topic.id
"""
DELETE_SECTIONS = "DELETE FROM roadmap_section WHERE uid = ANY(%s)"
WRITE_STEPS = """
INSERT INTO roadmap_step (uid, topic_id, title, position, retired_at)
SELECT new.uid, topic.id, new.title, new."position", CASE WHEN new.retired THEN now() END
FROM json_to_recordset(%s::json) AS new(uid uuid, topic uuid, title text, "position" integer, retired boolean)
JOIN roadmap_topic topic ON topic.uid = new.topic
ON CONFLICT (uid) DO UPDATE SET title = excluded.title, position = excluded.position,
    retired_at = CASE WHEN excluded.retired_at IS NOT NULL THEN coalesce(roadmap_step.retired_at, now()) END
"""
DELETE_RESOURCES = """
DELETE FROM roadmap_resource WHERE topic_id IN (SELECT id FROM roadmap_topic WHERE uid = ANY(%s))
                                OR section_id IN (SELECT id FROM roadmap_section WHERE uid = ANY(%s))
"""
INSERT_RESOURCES = """
INSERT INTO roadmap_resource (topic_id, section_id, title, url, kind, position)
SELECT topic.id, section.id, new.title, new.url, new.kind, new."position"
FROM json_to_recordset(%s::json) AS new(topic uuid, section uuid, title text, url text, kind text, "position" integer)
LEFT JOIN roadmap_topic topic ON topic.uid = new.topic LEFT JOIN roadmap_section section ON section.uid = new.section
"""
DELETE_ALIASES = """
DELETE FROM roadmap_alias WHERE kind = 'name' AND topic_id IN (SELECT id FROM roadmap_topic WHERE uid = ANY(%s))
"""
INSERT_ALIASES = """
INSERT INTO roadmap_alias (topic_id, text, kind)
SELECT topic.id, new.text, 'name'
FROM json_to_recordset(%s::json) AS new(topic uuid, text text) JOIN roadmap_topic topic ON topic.uid = new.topic
"""
DELETE_NEEDS = """
DELETE FROM roadmap_prerequisite WHERE topic_id IN (SELECT id FROM roadmap_topic WHERE uid = ANY(%s))
"""
INSERT_NEEDS = """
INSERT INTO roadmap_prerequisite (topic_id, requires_id, reason, "group", source, position)
SELECT topic.id, other.id, new.reason, new."group", new.source, new."position"
FROM json_to_recordset(%s::json)
     AS new(topic uuid, requires uuid, reason text, "group" text, source text, "position" integer)
JOIN roadmap_topic topic ON topic.uid = new.topic JOIN roadmap_topic other ON other.uid = new.requires
"""
