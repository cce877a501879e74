"""Customers of whom something is not sealed yet are found at once; there are none when the work is done."""

from django.db import migrations

PLAIN = """
CREATE INDEX customers_customer_plain ON customers_customer (code)
WHERE (name <> '' AND name NOT LIKE 'oh1:%')
    OR (email <> '' AND email NOT LIKE 'oh1:%')
    OR (phone <> '' AND phone NOT LIKE 'oh1:%')
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_sealed")]
    operations = [migrations.RunSQL(PLAIN, migrations.RunSQL.noop)]
