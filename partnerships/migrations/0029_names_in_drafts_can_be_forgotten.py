"""The database refuses to change a draft of an agreement, but for the name of a person who is erased: then texts and
answers alone, in a transaction that says so."""

from django.db import migrations

CREATE = """
CREATE FUNCTION partnerships_keep_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND current_setting('partnerships.forgets_a_name', true) = 'on'
        AND to_jsonb(NEW) - 'terms' - 'first' - 'second' = to_jsonb(OLD) - 'terms' - 'first' - 'second'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER agreementdraft_append_only ON partnerships_agreementdraft;
CREATE TRIGGER agreementdraft_append_only BEFORE UPDATE OR DELETE ON partnerships_agreementdraft
    FOR EACH ROW EXECUTE FUNCTION partnerships_keep_draft();
"""
DROP = """
DROP TRIGGER agreementdraft_append_only ON partnerships_agreementdraft;
CREATE TRIGGER agreementdraft_append_only BEFORE UPDATE OR DELETE ON partnerships_agreementdraft
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
DROP FUNCTION partnerships_keep_draft();
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0028_seats_and_language_of_sources")]
    operations = [migrations.RunSQL(CREATE, DROP)]
