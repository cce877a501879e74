"""A question after an answer is owed one anew; how it was with the first is kept beside. The version before minds neither."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("customers_service", "0001_notes_and_cases"),
    ]

    operations = [
        migrations.AddField(model_name="case", name="first_due_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="case", name="first_answered_at", field=models.DateTimeField(null=True)),
    ]
