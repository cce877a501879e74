"""Orders say where they go below the name; the previous version goes on writing orders without it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_promises")]
    operations = [migrations.AddField("order", "address", models.TextField(db_default=""))]
