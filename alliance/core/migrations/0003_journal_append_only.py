"""The database itself refuses to change or delete a journal row."""

from django.db import migrations

CREATE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON core_journalentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
DROP = """
DROP TRIGGER journal_append_only ON core_journalentry;
DROP FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
