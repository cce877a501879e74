"""What an import changed of a customer is found by the customer."""

from django.db import migrations

OF_CUSTOMERS = """
CREATE INDEX sheets_change_customer ON sheets_change ((found_by ->> 'code')) WHERE thing = 'customers'
"""


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_initial")]
    operations = [migrations.RunSQL(OF_CUSTOMERS, migrations.RunSQL.noop)]
