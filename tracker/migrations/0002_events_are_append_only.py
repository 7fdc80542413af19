"""A progress event is never changed and never deleted, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tracker_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'progress events are append-only: % of event % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER progress_event_append_only BEFORE UPDATE OR DELETE ON tracker_progressevent
    FOR EACH ROW EXECUTE FUNCTION tracker_refuse_event_change();
"""
BACKWARD = """
DROP TRIGGER progress_event_append_only ON tracker_progressevent;
DROP FUNCTION tracker_refuse_event_change();
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0001_people")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
