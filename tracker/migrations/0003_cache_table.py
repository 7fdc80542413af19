"""The table of Django's database cache: rate limits are shared by all processes through it."""

from django.db import migrations

FORWARD = """
CREATE TABLE IF NOT EXISTS pathnotes_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS pathnotes_cache_expires ON pathnotes_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, "DROP TABLE pathnotes_cache;")]
