"""The HTML of a body may wait until somebody looks at it: an import of thousands of notes does not render them all."""

from django.db import migrations, models

AS_TEXT = """
UPDATE roadmap_topic SET body_html = '<p dir="auto">'
    || replace(replace(replace(body, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</p>'
WHERE body_html IS NULL
"""
"""Going back, what still waits is shown as it was written; reading its notes after a change renders it."""


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0015_search")]

    operations = [
        migrations.AlterField(
            model_name="topic",
            name="body_html",
            field=models.TextField(blank=True, default="", editable=False, null=True),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, AS_TEXT),
    ]
