"""Rows that topics are found by, written by triggers of statements: an import of thousands runs each of them once."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

FOLD = r"""
CREATE FUNCTION roadmap_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    -- Without case, accents and what is not seen; a blank around each character of scripts that write none.
    SELECT CASE WHEN $1 ~ '[^\x01-\x7f]' THEN
        regexp_replace(
            regexp_replace(
                replace(lower(normalize($1, NFKD)), 'ß', 'ss'),
                '[\u00ad\u0300-\u036f\u0640\u064b-\u065f\u200b-\u200f\u3099\u309a]', '', 'g'),
            '([\u3040-\u30ff\u3400-\u9fff])', ' \1 ', 'g')
    ELSE lower($1) END
$$;
CREATE FUNCTION roadmap_fold_name(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT btrim(regexp_replace(translate(
        replace(replace(replace(replace(roadmap_fold($1),
            'c++', 'cplusplus'), 'c#', 'csharp'), 'f#', 'fsharp'), '.net', 'dotnet'),
        '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)), '\s+', ' ', 'g'))
$$;
CREATE FUNCTION roadmap_search_write(topics bigint[]) RETURNS void LANGUAGE sql AS $$
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
CREATE FUNCTION roadmap_search_new_topics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM roadmap_search_write(ARRAY(SELECT id FROM made));
    RETURN NULL;
END $$;
CREATE FUNCTION roadmap_search_changed_topics() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT now.id FROM now JOIN was USING (id)
        WHERE (now.title, now.summary, now.details, now.body) IS DISTINCT FROM
              (was.title, was.summary, was.details, was.body));
BEGIN
    IF changed <> '{}' THEN PERFORM roadmap_search_write(changed); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION roadmap_search_aliases() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[] := ARRAY(SELECT DISTINCT topic_id FROM changed_rows WHERE kind = 'name');
BEGIN
    IF changed <> '{}' THEN PERFORM roadmap_search_write(changed); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_new_topics AFTER INSERT ON roadmap_topic
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION roadmap_search_new_topics();
CREATE TRIGGER search_changed_topics AFTER UPDATE ON roadmap_topic
    REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT
    EXECUTE FUNCTION roadmap_search_changed_topics();
CREATE TRIGGER search_new_aliases AFTER INSERT ON roadmap_alias
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION roadmap_search_aliases();
CREATE TRIGGER search_changed_aliases AFTER UPDATE ON roadmap_alias
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION roadmap_search_aliases();
CREATE TRIGGER search_gone_aliases AFTER DELETE ON roadmap_alias
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION roadmap_search_aliases();
SELECT roadmap_search_write(ARRAY(SELECT id FROM roadmap_topic));
"""
BACK = """
DROP TRIGGER search_new_topics ON roadmap_topic;
DROP TRIGGER search_changed_topics ON roadmap_topic;
DROP TRIGGER search_new_aliases ON roadmap_alias;
DROP TRIGGER search_changed_aliases ON roadmap_alias;
DROP TRIGGER search_gone_aliases ON roadmap_alias;
DROP FUNCTION roadmap_search_new_topics();
DROP FUNCTION roadmap_search_changed_topics();
DROP FUNCTION roadmap_search_aliases();
DROP FUNCTION roadmap_search_write(bigint[]);
DROP FUNCTION roadmap_fold_name(text);
DROP FUNCTION roadmap_fold(text);
"""


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0014_source_readings")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "topic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="roadmap.topic",
                    ),
                ),
                ("title", models.TextField()),
                ("names", models.TextField()),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_text_words")],
            },
        ),
        migrations.RunSQL(FOLD, BACK),
    ]
