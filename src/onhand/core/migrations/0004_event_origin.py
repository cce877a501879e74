"""From where something was asked: the door and the address it came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_forget_events")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="origin",
            field=models.TextField(db_default=""),
        ),
    ]
