"""Which notes of a source draw its roadmaps, where somebody chose them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0012_equal_titles_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="notesource",
            name="roots",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
