"""Browser edits of roadmaps and sections are kept through re-imports as those of topics are; front matter is kept too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0002_seats_in_their_roadmap")]

    operations = [
        migrations.AddField("roadmap", "meta", models.JSONField(blank=True, default=dict)),
        migrations.AddField("roadmap", "overrides", models.JSONField(blank=True, default=dict)),
        migrations.AddField("section", "overrides", models.JSONField(blank=True, default=dict)),
    ]
