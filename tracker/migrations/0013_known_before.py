"""Topics that a learner said to have known before they began are told from those they learned. Names only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0012_own_settings_and_goals")]

    operations = [
        migrations.AlterField(
            model_name="progressevent",
            name="through",
            field=models.CharField(
                choices=[
                    ("page", "a page"),
                    ("undo", "undo"),
                    ("notes", "ticks in the notes"),
                    ("mentor", "a mentor's act"),
                    ("merge", "topics merged"),
                    ("system", "the system"),
                    ("known", "known before"),
                ],
                default="page",
                max_length=8,
            ),
        ),
    ]
