"""The tables of unmet needs as they were told, which the database itself refuses to change or delete."""

import django.core.serializers.json
import django.utils.timezone
from django.db import migrations, models

CREATE = """
CREATE TRIGGER evidencetables_append_only BEFORE UPDATE OR DELETE ON content_evidencetables
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
DROP = "DROP TRIGGER evidencetables_append_only ON content_evidencetables;"


class Migration(migrations.Migration):
    dependencies = [("content", "0012_surveys"), ("core", "0003_journal_append_only")]

    operations = [
        migrations.CreateModel(
            name="EvidenceTables",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "figures",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("counted", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                "verbose_name": "evidence of a quarter",
                "verbose_name_plural": "evidence by quarter",
                "ordering": ["-told_at"],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
