"""A seat knows since when it stands: what was placed after a learner finished is new to them."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0004_edits_by_hand")]

    operations = [
        # now() is one value for the whole statement: PostgreSQL adds the column without rewriting the table.
        migrations.AddField("placement", "placed_at", models.DateTimeField(db_default=Now(), editable=False)),
    ]
