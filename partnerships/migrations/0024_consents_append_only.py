"""The database itself refuses to change or delete a consent, and to change more of a legal step than that it was
withdrawn and which reminders went out."""

from django.db import migrations

CREATE = """
CREATE TRIGGER twinningconsent_append_only BEFORE UPDATE OR DELETE ON partnerships_twinningconsent
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE FUNCTION partnerships_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'withdrawn_at' - 'reminded_days' = to_jsonb(OLD) - 'withdrawn_at' - 'reminded_days'
        AND (OLD.withdrawn_at IS NULL OR NEW.withdrawn_at = OLD.withdrawn_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER twinningstep_append_only BEFORE UPDATE OR DELETE ON partnerships_twinningstep
    FOR EACH ROW EXECUTE FUNCTION partnerships_keep_step();
"""
DROP = """
DROP TRIGGER twinningstep_append_only ON partnerships_twinningstep;
DROP FUNCTION partnerships_keep_step();
DROP TRIGGER twinningconsent_append_only ON partnerships_twinningconsent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0023_stage_proposals"),
        ("core", "0003_journal_append_only"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
