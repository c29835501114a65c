from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="keys",
            field=models.TextField(default="", editable=False),
        ),
        migrations.AlterField(
            model_name="place",
            name="register",
            field=models.CharField(
                choices=[
                    ("katotth", "KATOTTH"),
                    ("lau", "LAU"),
                    ("nuts", "NUTS"),
                    ("table", "table of the portal"),
                    ("own", "entered by an applicant"),
                ],
                max_length=8,
                verbose_name="register",
            ),
        ),
    ]
