from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0008_newsletter'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingmail',
            name='files',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
