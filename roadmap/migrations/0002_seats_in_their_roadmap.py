"""Composite foreign keys that Django's models cannot state: seats and subsections stay in their roadmap."""

from django.db import migrations

FORWARD = """
ALTER TABLE roadmap_placement ADD CONSTRAINT placement_section_of_roadmap
    FOREIGN KEY (section_id, roadmap_id) REFERENCES roadmap_section (id, roadmap_id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE roadmap_section ADD CONSTRAINT section_parent_of_roadmap
    FOREIGN KEY (parent_id, roadmap_id) REFERENCES roadmap_section (id, roadmap_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE roadmap_section DROP CONSTRAINT section_parent_of_roadmap;
ALTER TABLE roadmap_placement DROP CONSTRAINT placement_section_of_roadmap;
"""


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_curriculum")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
