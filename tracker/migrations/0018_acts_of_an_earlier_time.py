"""An act that was kept on a device while there was no connection has the time at which it was done.

`p_age` is how long ago that was, `p_saw` the state that its page showed. It never overwrites what was set meanwhile: the
outcome is `newer` then, with what is set and since when. Both have defaults, so that a process of the version before
goes on checking off while this is brought in.
"""

from importlib import import_module

from django.db import migrations

_BEFORE: str = import_module("tracker.migrations.0008_counted_with_the_event").FORWARD

FORWARD = """
DROP FUNCTION tracker_set_topic_state(bigint, bigint, text, uuid, bigint, text, text, bigint, uuid, bigint[], bigint[], bigint[], integer[], text[], integer[], bigint[]);
CREATE FUNCTION tracker_set_topic_state(
    p_learner bigint, p_topic bigint, p_state text, p_operation uuid, p_by bigint, p_through text, p_note text,
    p_roadmap bigint, p_undoes uuid,
    p_known bigint[], p_versions bigint[],
    p_counted bigint[], p_places integer[], p_met text[], p_numbers integer[], p_finished bigint[],
    p_age bigint DEFAULT 0,  -- milliseconds since it was done
    p_saw text DEFAULT NULL,
    OUT outcome text, OUT was text, OUT code integer, OUT since timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_at timestamptz;  -- of the act
    v_known bigint[];
    v_versions bigint[];
    v_topic record;
    v_event record;
    v_undone record;
    v_held record;
    v_revision integer;  -- of the text that the state is set with
    v_before integer;
    v_fresh boolean;
    v_started boolean;
BEGIN
    -- One writer a learner at a time: what is read from here on stays as it is until the commit.
    PERFORM pg_advisory_xact_lock(1885434728, (p_learner & 2147483647)::integer);
    v_now := clock_timestamp();
    v_at := v_now - greatest(p_age, 0) * interval '1 millisecond';
    SELECT coalesce(array_agg(summary.roadmap_id ORDER BY summary.roadmap_id), '{}'),
           coalesce(array_agg(summary.version ORDER BY summary.roadmap_id), '{}')
        INTO v_known, v_versions FROM tracker_roadmapsummary summary WHERE summary.learner_id = p_learner;
    IF v_known <> p_known OR v_versions <> p_versions THEN outcome := 'again'; RETURN; END IF;

    SELECT topic.revision, topic.retired_at INTO v_topic FROM roadmap_topic topic WHERE topic.id = p_topic;
    IF NOT FOUND THEN outcome := 'gone'; RETURN; END IF;
    v_revision := v_topic.revision;

    SELECT event.topic_id, event.step_id, event.now, event.was INTO v_event
        FROM tracker_progressevent event WHERE event.learner_id = p_learner AND event.operation = p_operation;
    IF FOUND THEN
        IF v_event.topic_id <> p_topic OR v_event.step_id IS NOT NULL OR v_event.now <> p_state THEN
            outcome := 'conflict'; RETURN;
        END IF;
        -- Writing the state it has gives what a replay must do too: WAL that its commit waits for.
        UPDATE tracker_topicprogress progress SET state = progress.state
            WHERE progress.learner_id = p_learner AND progress.topic_id = p_topic;
        outcome := 'replayed'; was := v_event.was; RETURN;
    END IF;
    IF v_topic.retired_at IS NOT NULL THEN outcome := 'retired'; RETURN; END IF;

    SELECT progress.state, progress.revision, progress.changed_at INTO v_held FROM tracker_topicprogress progress
        WHERE progress.learner_id = p_learner AND progress.topic_id = p_topic;
    was := coalesce(v_held.state, 'todo');
    since := v_held.changed_at;

    IF p_saw IS NOT NULL AND was <> p_state AND (was <> p_saw OR since > v_at) THEN
        outcome := 'newer'; RETURN;
    END IF;
    v_at := greatest(v_at, since);  -- the acts on a topic come one after the other

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
        SELECT event.revision INTO v_before FROM tracker_progressevent event
            WHERE event.learner_id = p_learner AND event.topic_id = p_topic AND event.step_id IS NULL
              AND event.id < v_undone.id ORDER BY event.id DESC LIMIT 1;
        v_revision := coalesce(v_before, v_revision);
    ELSIF was = 'waived' AND p_by = p_learner AND p_state NOT IN ('done', 'waived') THEN
        outcome := 'waived'; RETURN;
    ELSIF was = p_state THEN
        v_revision := coalesce(v_held.revision, v_revision);  -- nothing was done anew: a change since then still shows
    ELSIF p_age > 0 THEN
        -- It was done with the text of its time; the history keeps each row as it was until a change.
        SELECT past.revision INTO v_before FROM roadmap_topicevent past
            WHERE past.pgh_obj_id = p_topic AND past.pgh_label = 'update' AND past.pgh_created_at > v_at
            ORDER BY past.pgh_created_at, past.pgh_id LIMIT 1;
        v_revision := coalesce(v_before, v_revision);
    END IF;

    INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
        VALUES (p_learner, p_topic, p_by, was, p_state, p_through, v_revision, p_operation, p_note, v_at)
        ON CONFLICT (learner_id, operation) DO NOTHING RETURNING true INTO v_fresh;
    IF v_fresh IS NULL THEN outcome := 'conflict'; RETURN; END IF;  -- a step's, ticked in this moment

    INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, changed_at, started_at)
        VALUES (p_learner, p_topic, p_state, v_revision, v_at,
                CASE WHEN p_state IN ('learning', 'done', 'waived') THEN v_at END)
        ON CONFLICT (learner_id, topic_id) DO UPDATE
        SET state = p_state, revision = v_revision,
            changed_at = CASE WHEN progress.state = p_state THEN progress.changed_at ELSE v_at END,
            started_at = coalesce(progress.started_at, excluded.started_at)
        RETURNING progress.started_at IS NOT NULL INTO v_started;
    IF p_roadmap IS NOT NULL AND p_state <> 'todo' THEN
        INSERT INTO tracker_enrolment (learner_id, roadmap_id, enrolled_at)
            VALUES (p_learner, p_roadmap, v_at) ON CONFLICT DO NOTHING;
    END IF;
    code := array_position(ARRAY['todo', 'learning', 'done', 'skipped', 'waived'], p_state) - 1
            + CASE WHEN v_started THEN 8 ELSE 0 END
            + CASE WHEN p_state = 'done' AND v_revision < v_topic.revision THEN 16 ELSE 0 END;
    UPDATE tracker_roadmapsummary summary
        SET version = summary.version + 1, states = set_byte(summary.states, counted.place, code),
            met = counted.met::smallint[], done = p_numbers[counted.at * 4 - 3], waived = p_numbers[counted.at * 4 - 2],
            learning = p_numbers[counted.at * 4 - 1], skipped = p_numbers[counted.at * 4],
            last_move = CASE WHEN was <> p_state AND p_by = p_learner AND counted.seated
                             THEN greatest(summary.last_move, v_at) ELSE summary.last_move END,
            learning_since = CASE WHEN 'learning' NOT IN (was, p_state) THEN summary.learning_since ELSE (
                SELECT min(progress.changed_at) FROM tracker_topicprogress progress
                JOIN roadmap_placement placement
                     ON placement.topic_id = progress.topic_id AND placement.roadmap_id = summary.roadmap_id
                WHERE progress.learner_id = p_learner AND progress.state = 'learning'
            ) END
        FROM (SELECT one.roadmap, abs(one.place) - 1 AS place, one.place > 0 AS seated, one.met, one.at
              FROM unnest(p_counted, p_places, p_met) WITH ORDINALITY AS one(roadmap, place, met, at)) counted
        WHERE summary.learner_id = p_learner AND summary.roadmap_id = counted.roadmap;
    IF p_finished <> '{}' THEN
        UPDATE tracker_enrolment enrolment SET finished_at = v_now
            WHERE enrolment.learner_id = p_learner AND enrolment.roadmap_id = ANY(p_finished)
              AND enrolment.finished_at IS NULL;
    END IF;
    outcome := 'set';
END $$;
"""
BACKWARD = "DROP FUNCTION tracker_set_topic_state;" + _BEFORE.partition(";")[2]


class Migration(migrations.Migration):
    dependencies = [("tracker", "0017_devices_and_calendar_addresses"), ("roadmap", "0008_history_of_the_curriculum")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
