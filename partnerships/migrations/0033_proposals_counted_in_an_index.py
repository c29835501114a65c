from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0032_dream_projects'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(condition=models.Q(('dismissed_at', None)), fields=['other'], name='suggestion_proposed'),
        ),
    ]
