from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0030_what_twinnings_say'),
    ]

    operations = [
        migrations.CreateModel(
            name='CandidateColumns',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('format', models.PositiveSmallIntegerField()),
                ('read_at', models.DateTimeField()),
                ('all_read_at', models.DateTimeField()),
                ('data', models.BinaryField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='candidatecolumns_one_row'), models.CheckConstraint(condition=models.Q(('all_read_at__lte', models.F('read_at'))), name='candidatecolumns_read_once')],
            },
        ),
    ]
