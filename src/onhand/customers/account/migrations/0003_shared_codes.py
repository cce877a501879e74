"""A code may hold in several browsers. The version before makes none such; to it one is a code nobody types right."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("customers_account", "0002_passkeys_of_an_address"),
    ]

    operations = [
        migrations.AddField(model_name="code", name="shared", field=models.BooleanField(db_default=False)),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(condition=Q(shared=True), fields=["mark"], name="customers_account_code_shared"),
        ),
    ]
