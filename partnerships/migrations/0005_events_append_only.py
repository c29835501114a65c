"""The database itself refuses to change or delete an event of the ledger."""

from django.db import migrations

CREATE = """
CREATE TRIGGER pledgeevent_append_only BEFORE UPDATE OR DELETE ON partnerships_pledgeevent
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
DROP = "DROP TRIGGER pledgeevent_append_only ON partnerships_pledgeevent;"


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0004_needs_in_numbers_and_ledger"),
        ("core", "0003_journal_append_only"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
