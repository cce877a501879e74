"""A customer may say in which language they are written to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_plain_found_fast")]
    operations = [
        migrations.AddField("customer", "language", models.TextField(null=True)),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=models.Q(language=None) | models.Q(language__in=["en", "es", "pt-br"]),
                name="customers_customer_language",
            ),
        ),
    ]
