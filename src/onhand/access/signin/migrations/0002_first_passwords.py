import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access_signin', '0001_first'),
        ('access', '0002_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='FirstPassword',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('until', models.DateTimeField()),
            ],
            options={
                'db_table': 'access_signin_first_password',
            },
        ),
    ]
