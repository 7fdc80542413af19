"""The words of many texts at once are read after the transaction that stored them: a row says that its text waits.

Whoever searches meanwhile reads the texts that wait (`roadmap.search_text.SEARCHED`), so that nothing is ever missed.
"""

from django.db import migrations, models

WRITE = r"""
CREATE FUNCTION roadmap_search_text(body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('simple', roadmap_fold(left(body, 50000))), 'D')
$$;
CREATE OR REPLACE FUNCTION roadmap_search_write(topics bigint[]) RETURNS void LANGUAGE sql AS $$
    -- So many texts wait; those of an editor's act, or of an import of the usual size, are read at once.
    INSERT INTO roadmap_searchtext AS stored (topic_id, title, names, vector, waits)
    SELECT topic.id, name.title, name.names,
           setweight(to_tsvector('simple', name.names), 'A')
           || setweight(to_tsvector('simple',
                  roadmap_fold_name(concat_ws(' ', array_to_string(topic.details, ' '), topic.summary))), 'B')
           || CASE WHEN later.waits THEN '' ELSE roadmap_search_text(topic.body) END,
           later.waits
    FROM roadmap_topic topic CROSS JOIN LATERAL (
        SELECT roadmap_fold_name(topic.title) AS title, roadmap_fold_name(concat_ws(' ', topic.title, (
            SELECT string_agg(alias.text, ' ' ORDER BY alias.text) FROM roadmap_alias alias
            WHERE alias.topic_id = topic.id AND alias.kind = 'name'))) AS names
    ) name CROSS JOIN LATERAL (SELECT cardinality(topics) > 200 AND topic.body <> '' AS waits) later
    WHERE topic.id = ANY(topics)
    ON CONFLICT (topic_id) DO UPDATE
        SET title = excluded.title, names = excluded.names, vector = excluded.vector, waits = excluded.waits
        WHERE (stored.title, stored.names, stored.vector, stored.waits) IS DISTINCT FROM
              (excluded.title, excluded.names, excluded.vector, excluded.waits)
$$;
CREATE FUNCTION roadmap_search_finish(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    found bigint[];
BEGIN
    -- Who writes a topic writes its row here before committing. So with the row held, the text that the second
    -- statement sees is the newest, or its writer waits here and writes the row once more.
    SELECT array_agg(topic_id) INTO found FROM (
        SELECT topic_id FROM roadmap_searchtext WHERE waits ORDER BY topic_id LIMIT most FOR UPDATE SKIP LOCKED
    ) waiting;
    UPDATE roadmap_searchtext SET vector = vector || roadmap_search_text(topic.body), waits = false
    FROM roadmap_topic topic WHERE topic.id = topic_id AND topic_id = ANY(found);
    RETURN coalesce(cardinality(found), 0);
END $$;
"""
BACK = r"""
DROP FUNCTION roadmap_search_finish(integer);
CREATE OR REPLACE FUNCTION roadmap_search_write(topics bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO roadmap_searchtext AS stored (topic_id, title, names, vector)
    SELECT topic.id, name.title, name.names,
           setweight(to_tsvector('simple', name.names), 'A')
           || setweight(to_tsvector('simple',
                  roadmap_fold_name(concat_ws(' ', array_to_string(topic.details, ' '), topic.summary))), 'B')
           || setweight(to_tsvector('simple', roadmap_fold(left(topic.body, 50000))), 'D')
    FROM roadmap_topic topic CROSS JOIN LATERAL (
        SELECT roadmap_fold_name(topic.title) AS title, roadmap_fold_name(concat_ws(' ', topic.title, (
            SELECT string_agg(alias.text, ' ' ORDER BY alias.text) FROM roadmap_alias alias
            WHERE alias.topic_id = topic.id AND alias.kind = 'name'))) AS names
    ) name
    WHERE topic.id = ANY(topics)
    ON CONFLICT (topic_id) DO UPDATE SET title = excluded.title, names = excluded.names, vector = excluded.vector
        WHERE (stored.title, stored.names, stored.vector) IS DISTINCT FROM
              (excluded.title, excluded.names, excluded.vector)
$$;
SELECT roadmap_search_write(ARRAY(SELECT id FROM roadmap_topic));
DROP FUNCTION roadmap_search_text(text);
"""


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0017_retired_topics")]

    operations = [
        migrations.AddField(
            model_name="searchtext",
            name="waits",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="searchtext",
            index=models.Index(condition=models.Q(("waits", True)), fields=["topic"], name="search_text_waits"),
        ),
        migrations.RunSQL(WRITE, BACK),
    ]
