"""The commit that an import came from, and when each source was last read."""

import django.db.models.deletion
from django.db import migrations, models

READ = """
INSERT INTO roadmap_sourcereading (source_id, at, "by", checkout)
SELECT DISTINCT ON (source_id) source_id, applied_at, "by", '{}'
FROM roadmap_import WHERE "by" <> '' ORDER BY source_id, applied_at DESC, id DESC
"""


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0013_roots"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="checkout",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="SourceReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("checkout", models.JSONField(default=dict)),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="last_read", to="roadmap.notesource"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by", ""), _negated=True), name="source_reading_by_somebody"
                    )
                ],
            },
        ),
        migrations.RunSQL(READ, migrations.RunSQL.noop),
    ]
