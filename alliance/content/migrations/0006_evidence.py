"""The evidence of a quarter, which the database itself refuses to change or delete."""

import django.core.serializers.json
import django.utils.timezone
from django.db import migrations, models

CREATE = """
CREATE TRIGGER evidencereport_append_only BEFORE UPDATE OR DELETE ON content_evidencereport
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
DROP = "DROP TRIGGER evidencereport_append_only ON content_evidencereport;"


class Migration(migrations.Migration):
    dependencies = [("content", "0005_translation_gaps"), ("core", "0003_journal_append_only")]

    operations = [
        migrations.CreateModel(
            name="EvidenceReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.CharField(max_length=7, unique=True, verbose_name="quarter")),
                (
                    "computed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="figures computed"),
                ),
                (
                    "published",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("counted", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                "verbose_name": "evidence of a quarter",
                "verbose_name_plural": "evidence by quarter",
                "ordering": ["-quarter"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__regex", "^\\d{4}-Q[1-4]$")),
                        name="evidencereport_quarter_named",
                    )
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
