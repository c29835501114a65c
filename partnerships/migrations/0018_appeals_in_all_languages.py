"""An open appeal is written in all three languages. Those that were opened before keep what they have, marked."""

from django.db import migrations, models
from django.db.models import Q

WORDS = [f"{name}_{code}" for name in ("title", "text") for code in ("en", "pl", "uk")]
IN_ALL = Q()
for name in WORDS:
    IN_ALL &= Q(**{f"{name}__isnull": False, f"{name}__gt": ""})


def mark_older(apps, _schema_editor):
    appeals = apps.get_model("partnerships", "Appeal").objects.exclude(status="draft")
    complete = appeals.filter(IN_ALL).values("pk")
    appeals.exclude(pk__in=complete).update(is_from_before_languages=True)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0017_day_changes")]

    operations = [
        migrations.AddField(
            model_name="appeal",
            name="is_from_before_languages",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(mark_older, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=Q(status="draft") | Q(is_from_before_languages=True) | IN_ALL,
                name="appeal_speaks_all_languages",
            ),
        ),
    ]
