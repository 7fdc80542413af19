"""The statement behind a check-off, with the rules on what starts a topic, on waived topics and on undo."""

from importlib import import_module

from django.db import migrations

FORWARD = """
DROP FUNCTION tracker_set_topic_state(bigint, bigint, text, uuid, bigint, text, text, bigint, text);
CREATE FUNCTION tracker_set_topic_state(
    p_learner bigint, p_topic bigint, p_state text, p_operation uuid, p_by bigint, p_through text, p_note text,
    p_roadmap bigint, p_undoes uuid,
    OUT outcome text, OUT was text, OUT revision integer
) LANGUAGE plpgsql AS $$
DECLARE
    v_retired timestamptz;
    v_event record;
    v_undone record;
    v_revision integer;
    v_fresh boolean;
BEGIN
    SELECT topic.revision, topic.retired_at INTO revision, v_retired FROM roadmap_topic topic WHERE topic.id = p_topic;
    IF NOT FOUND THEN outcome := 'gone'; RETURN; END IF;

    -- Without a row to lock there is nothing yet to wait for: refuse early, so that a refusal leaves no row behind.
    SELECT event.topic_id, event.step_id, event.now, event.was INTO v_event
        FROM tracker_progressevent event WHERE event.learner_id = p_learner AND event.operation = p_operation;
    IF FOUND AND (v_event.topic_id <> p_topic OR v_event.step_id IS NOT NULL OR v_event.now <> p_state) THEN
        outcome := 'conflict'; RETURN;
    END IF;
    IF NOT FOUND AND v_retired IS NOT NULL THEN outcome := 'retired'; RETURN; END IF;

    -- Makes the row or locks it: from here on writers of this learner and topic come one after the other. Writing the
    -- state it has costs a tuple and gives what a replay must do too: WAL that its commit waits for.
    INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, changed_at)
        VALUES (p_learner, p_topic, 'todo', revision, clock_timestamp())
        ON CONFLICT (learner_id, topic_id) DO UPDATE SET state = progress.state
        RETURNING progress.state, progress.revision INTO was, v_revision;

    SELECT event.topic_id, event.step_id, event.now, event.was INTO v_event
        FROM tracker_progressevent event WHERE event.learner_id = p_learner AND event.operation = p_operation;
    IF FOUND THEN
        outcome := CASE WHEN v_event.topic_id = p_topic AND v_event.step_id IS NULL AND v_event.now = p_state
                        THEN 'replayed' ELSE 'conflict' END;
        was := v_event.was;
        RETURN;
    END IF;

    IF p_undoes IS NOT NULL THEN
        -- Only the learner's last act on the topic can be undone; the text it had been done with comes back with it.
        SELECT event.id, event.now INTO v_undone FROM tracker_progressevent event
            WHERE event.learner_id = p_learner AND event.operation = p_undoes
              AND event.topic_id = p_topic AND event.step_id IS NULL;
        IF NOT FOUND OR v_undone.now <> was OR EXISTS (
            SELECT FROM tracker_progressevent event
            WHERE event.learner_id = p_learner AND event.topic_id = p_topic AND event.step_id IS NULL
              AND event.id > v_undone.id AND event.was <> event.now
        ) THEN outcome := 'changed'; RETURN; END IF;
        SELECT event.revision INTO v_revision FROM tracker_progressevent event
            WHERE event.learner_id = p_learner AND event.topic_id = p_topic AND event.step_id IS NULL
              AND event.id < v_undone.id ORDER BY event.id DESC LIMIT 1;
        revision := coalesce(v_revision, revision);
    ELSIF was = 'waived' AND p_by = p_learner AND p_state NOT IN ('done', 'waived') THEN
        outcome := 'waived'; RETURN;
    ELSIF was = p_state THEN
        revision := v_revision;  -- nothing was done anew: a change of the text since then still shows
    END IF;

    INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
        VALUES (p_learner, p_topic, p_by, was, p_state, p_through, revision, p_operation, p_note, clock_timestamp())
        ON CONFLICT (learner_id, operation) DO NOTHING RETURNING true INTO v_fresh;
    IF v_fresh IS NULL THEN outcome := 'conflict'; RETURN; END IF;

    UPDATE tracker_topicprogress progress
        SET state = p_state, revision = tracker_set_topic_state.revision,
            changed_at = CASE WHEN progress.state = p_state THEN progress.changed_at ELSE clock_timestamp() END,
            started_at = CASE WHEN p_state IN ('learning', 'done', 'waived')
                              THEN coalesce(progress.started_at, clock_timestamp()) ELSE progress.started_at END
        WHERE progress.learner_id = p_learner AND progress.topic_id = p_topic;
    IF p_roadmap IS NOT NULL AND p_state <> 'todo' THEN
        INSERT INTO tracker_enrolment (learner_id, roadmap_id, enrolled_at)
            VALUES (p_learner, p_roadmap, clock_timestamp()) ON CONFLICT DO NOTHING;
    END IF;
    outcome := 'set';
END $$;
"""

BACKWARD = (
    "DROP FUNCTION tracker_set_topic_state(bigint, bigint, text, uuid, bigint, text, text, bigint, uuid);"
    + import_module("tracker.migrations.0004_set_topic_state").FORWARD
)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0004_set_topic_state")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
