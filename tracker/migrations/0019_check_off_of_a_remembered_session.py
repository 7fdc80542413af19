"""The check-off of somebody who is remembered: one round trip, which first confirms what is remembered of them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tracker_check_off(
    p_session text, p_stamp text,
    p_learner bigint, p_topic bigint, p_state text, p_operation uuid, p_by bigint, p_through text, p_note text,
    p_roadmap bigint, p_undoes uuid,
    p_known bigint[], p_versions bigint[],
    p_counted bigint[], p_places integer[], p_met text[], p_numbers integer[], p_finished bigint[],
    p_age bigint, p_saw text,
    OUT outcome text, OUT was text, OUT code integer, OUT since timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_person text;
    v_walks text;
BEGIN
    -- The same lock as below, so that what is confirmed stays so until the commit, as far as it is the learner's.
    PERFORM pg_advisory_xact_lock(1885434728, (p_learner & 2147483647)::integer);
    SELECT session.xmin || ' ' || session.ctid || ' ' || person.xmin || ' ' || person.ctid INTO v_person
        FROM tracker_session session JOIN tracker_user person ON person.id = session.user_id
        WHERE session.session_key = p_session AND session.expire_date > clock_timestamp() AND person.id = p_learner;
    SELECT string_agg(
            current.xmin || ' ' || current.ctid || ' ' || coalesce(enrolment.xmin || ' ' || enrolment.ctid, '')
            || ' ' || coalesce(recorded.xmin || ' ' || recorded.ctid, '')
            || ' ' || coalesce(goal.xmin || ' ' || goal.ctid, ''), ', '
            ORDER BY summary.roadmap_id) INTO v_walks
        FROM tracker_roadmapsummary summary JOIN roadmap_roadmap current ON current.id = summary.roadmap_id
        LEFT JOIN tracker_enrolment enrolment
             ON enrolment.learner_id = summary.learner_id AND enrolment.roadmap_id = summary.roadmap_id
        LEFT JOIN roadmap_recorded recorded ON recorded.roadmap_id = summary.roadmap_id
        LEFT JOIN tracker_goal goal ON goal.learner_id = summary.learner_id AND goal.roadmap_id = summary.roadmap_id
        WHERE summary.learner_id = p_learner;
    IF v_person IS NULL OR v_person || '; ' || coalesce(v_walks, '') <> p_stamp THEN
        outcome := 'forgotten';
        RETURN;
    END IF;
    SELECT act.outcome, act.was, act.code, act.since INTO outcome, was, code, since FROM tracker_set_topic_state(
        p_learner, p_topic, p_state, p_operation, p_by, p_through, p_note, p_roadmap, p_undoes, p_known, p_versions,
        p_counted, p_places, p_met, p_numbers, p_finished, p_age, p_saw) act;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0018_acts_of_an_earlier_time"), ("roadmap", "0015_search")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION tracker_check_off;")]
