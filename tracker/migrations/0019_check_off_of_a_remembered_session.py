"""A check-off is one function that reads what it has to know in two statements, and confirms what is remembered.

With `p_stamp` it looks first whether the session, its person, the roadmaps and the enrolments are the very rows that a
process remembers of them (`tracker.remembered`), and does nothing where one is not: the outcome is `forgotten`. What was
read by a statement each (the summaries, the topic, the replay, the state) is read together, a summary is written by its
key, and what only a change of or to "learning" needs is planned for it alone: two fifths less of PostgreSQL's CPU.

The new parameters have defaults, so that a process of the version before goes on checking off while this is brought in.
"""

from importlib import import_module

from django.db import migrations

_BEFORE: str = import_module("tracker.migrations.0018_acts_of_an_earlier_time").FORWARD
FORWARD = """
DROP FUNCTION tracker_set_topic_state(bigint, bigint, text, uuid, bigint, text, text, bigint, uuid, bigint[], bigint[], bigint[], integer[], text[], integer[], bigint[], bigint, text);
CREATE FUNCTION tracker_set_topic_state(
    p_learner bigint, p_topic bigint, p_state text, p_operation uuid, p_by bigint, p_through text, p_note text,
    p_roadmap bigint, p_undoes uuid,
    p_known bigint[], p_versions bigint[],
    p_counted bigint[], p_places integer[], p_met text[], p_numbers integer[], p_finished bigint[],
    p_age bigint DEFAULT 0, p_saw text DEFAULT NULL, p_session text DEFAULT NULL, p_stamp text DEFAULT NULL,
    OUT outcome text, OUT was text, OUT code integer, OUT since timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_locked text;
    v_now timestamptz;
    v_at timestamptz;  -- of the act
    v_person text;
    v_walks text;
    v_known bigint[];
    v_versions bigint[];
    v_found record;
    v_undone record;
    v_revision integer;  -- of the text that the state is set with
    v_before integer;
    v_started boolean;
    v_learning_since timestamptz;
BEGIN
    -- One writer a learner at a time: what is read from here on stays as it is until the commit, as far as it is the
    -- learner's. An assignment, since that takes less than a statement.
    v_locked := pg_advisory_xact_lock(1885434728, (p_learner & 2147483647)::integer);
    v_now := clock_timestamp();
    v_at := v_now - greatest(p_age, 0) * interval '1 millisecond';
    IF p_stamp IS NULL THEN
        SELECT array_agg(one.roadmap_id), array_agg(one.version) INTO v_known, v_versions
            FROM (SELECT summary.roadmap_id, summary.version FROM tracker_roadmapsummary summary
                  WHERE summary.learner_id = p_learner ORDER BY summary.roadmap_id) one;
    ELSE
        SELECT (SELECT session.xmin || ' ' || session.ctid || ' ' || person.xmin || ' ' || person.ctid
                FROM tracker_session session JOIN tracker_user person ON person.id = session.user_id
                WHERE session.session_key = p_session AND session.expire_date > v_now AND person.id = p_learner),
               array_agg(one.roadmap_id), array_agg(one.version), string_agg(one.stamp, ', ')
            INTO v_person, v_known, v_versions, v_walks
            FROM (SELECT summary.roadmap_id, summary.version,
                         current.xmin || ' ' || current.ctid
                         || ' ' || coalesce(enrolment.xmin || ' ' || enrolment.ctid, '')
                         || ' ' || coalesce(recorded.xmin || ' ' || recorded.ctid, '')
                         || ' ' || coalesce(goal.xmin || ' ' || goal.ctid, '') AS stamp
                  FROM tracker_roadmapsummary summary JOIN roadmap_roadmap current ON current.id = summary.roadmap_id
                  LEFT JOIN tracker_enrolment enrolment
                       ON enrolment.learner_id = summary.learner_id AND enrolment.roadmap_id = summary.roadmap_id
                  LEFT JOIN roadmap_recorded recorded ON recorded.roadmap_id = summary.roadmap_id
                  LEFT JOIN tracker_goal goal
                       ON goal.learner_id = summary.learner_id AND goal.roadmap_id = summary.roadmap_id
                  WHERE summary.learner_id = p_learner ORDER BY summary.roadmap_id) one;
        IF v_person IS NULL OR v_person || '; ' || coalesce(v_walks, '') <> p_stamp THEN
            outcome := 'forgotten'; RETURN;
        END IF;
    END IF;
    IF coalesce(v_known, '{}') <> p_known OR coalesce(v_versions, '{}') <> p_versions THEN
        outcome := 'again'; RETURN;
    END IF;

    SELECT topic.revision, topic.retired_at,
           event.id AS event, event.topic_id AS event_topic, event.step_id AS event_step, event.now AS event_now,
           event.was AS event_was,
           progress.state AS held, progress.revision AS held_revision, progress.changed_at AS held_at
        INTO v_found FROM roadmap_topic topic
        LEFT JOIN tracker_progressevent event ON event.learner_id = p_learner AND event.operation = p_operation
        LEFT JOIN tracker_topicprogress progress ON progress.learner_id = p_learner AND progress.topic_id = topic.id
        WHERE topic.id = p_topic;
    IF NOT FOUND THEN outcome := 'gone'; RETURN; END IF;
    v_revision := v_found.revision;

    IF v_found.event IS NOT NULL THEN
        IF v_found.event_topic <> p_topic OR v_found.event_step IS NOT NULL OR v_found.event_now <> p_state THEN
            outcome := 'conflict'; RETURN;
        END IF;
        -- Writing the state it has gives what a replay must do too: WAL that its commit waits for.
        UPDATE tracker_topicprogress progress SET state = progress.state
            WHERE progress.learner_id = p_learner AND progress.topic_id = p_topic;
        outcome := 'replayed'; was := v_found.event_was; RETURN;
    END IF;
    IF v_found.retired_at IS NOT NULL THEN outcome := 'retired'; RETURN; END IF;

    was := coalesce(v_found.held, 'todo');
    since := v_found.held_at;

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
        v_revision := coalesce(v_found.held_revision, v_revision);  -- nothing was done anew: a change still shows
    ELSIF p_age > 0 THEN
        -- It was done with the text of its time; the history keeps each row as it was until a change.
        SELECT past.revision INTO v_before FROM roadmap_topicevent past
            WHERE past.pgh_obj_id = p_topic AND past.pgh_label = 'update' AND past.pgh_created_at > v_at
            ORDER BY past.pgh_created_at, past.pgh_id LIMIT 1;
        v_revision := coalesce(v_before, v_revision);
    END IF;

    INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
        VALUES (p_learner, p_topic, p_by, was, p_state, p_through, v_revision, p_operation, p_note, v_at)
        ON CONFLICT (learner_id, operation) DO NOTHING;
    IF NOT FOUND THEN outcome := 'conflict'; RETURN; END IF;  -- a step's, ticked in this moment

    IF v_found.held IS NOT NULL THEN
        UPDATE tracker_topicprogress progress
            SET state = p_state, revision = v_revision,
                changed_at = CASE WHEN progress.state = p_state THEN progress.changed_at ELSE v_at END,
                started_at = CASE WHEN p_state IN ('learning', 'done', 'waived')
                                  THEN coalesce(progress.started_at, v_at) ELSE progress.started_at END
            WHERE progress.learner_id = p_learner AND progress.topic_id = p_topic
            RETURNING progress.started_at IS NOT NULL INTO v_started;
    END IF;
    IF v_started IS NULL THEN  -- the first act on it; or a step's, in this moment
        INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, changed_at, started_at)
            VALUES (p_learner, p_topic, p_state, v_revision, v_at,
                    CASE WHEN p_state IN ('learning', 'done', 'waived') THEN v_at END)
            ON CONFLICT (learner_id, topic_id) DO UPDATE
            SET state = p_state, revision = v_revision,
                changed_at = CASE WHEN progress.state = p_state THEN progress.changed_at ELSE v_at END,
                started_at = coalesce(progress.started_at, excluded.started_at)
            RETURNING progress.started_at IS NOT NULL INTO v_started;
    END IF;
    IF p_roadmap IS NOT NULL AND p_state <> 'todo' THEN
        INSERT INTO tracker_enrolment (learner_id, roadmap_id, enrolled_at)
            VALUES (p_learner, p_roadmap, v_at) ON CONFLICT DO NOTHING;
    END IF;
    code := array_position(ARRAY['todo', 'learning', 'done', 'skipped', 'waived'], p_state) - 1
            + CASE WHEN v_started THEN 8 ELSE 0 END
            + CASE WHEN p_state = 'done' AND v_revision < v_found.revision THEN 16 ELSE 0 END;
    FOR i IN 1 .. cardinality(p_counted) LOOP
        IF 'learning' IN (was, p_state) THEN
            SELECT min(progress.changed_at) INTO v_learning_since FROM tracker_topicprogress progress
                JOIN roadmap_placement placement
                     ON placement.topic_id = progress.topic_id AND placement.roadmap_id = p_counted[i]
                WHERE progress.learner_id = p_learner AND progress.state = 'learning';
        END IF;
        UPDATE tracker_roadmapsummary summary
            SET version = summary.version + 1, states = set_byte(summary.states, abs(p_places[i]) - 1, code),
                met = p_met[i]::smallint[], done = p_numbers[i * 4 - 3], waived = p_numbers[i * 4 - 2],
                learning = p_numbers[i * 4 - 1], skipped = p_numbers[i * 4],
                last_move = CASE WHEN was <> p_state AND p_by = p_learner AND p_places[i] > 0
                                 THEN greatest(summary.last_move, v_at) ELSE summary.last_move END,
                learning_since = CASE WHEN 'learning' IN (was, p_state)
                                      THEN v_learning_since ELSE summary.learning_since END
            WHERE summary.learner_id = p_learner AND summary.roadmap_id = p_counted[i];
    END LOOP;
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
    dependencies = [("tracker", "0018_acts_of_an_earlier_time"), ("roadmap", "0015_search")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
