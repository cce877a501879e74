"""Each passkey remembers the address it was made under. Of one made before it is not known: it opens nothing.

The version before makes none that says it, and asks for no mark; both may run at once.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("customers_account", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="passkey",
            name="mark",
            field=models.TextField(db_default=""),
        ),
        migrations.AddIndex(
            model_name="passkey",
            index=models.Index(fields=["mark"], name="customers_account_passkey_mark"),
        ),
    ]
