"""A small index of the retired topics: a search that finds thousands leaves them out without reading all topics."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0016_bodies_may_wait")]

    operations = [
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(condition=models.Q(("retired_at__isnull", False)), fields=["id"], name="topic_retired"),
        ),
    ]
