"""Templates of agreements, their wordings, and drafts made of them; the database refuses to change what was written."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON partnerships_{table}"
    " FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    for table in ("agreementwording", "agreementdraft")
)
BACK = "".join(
    f"DROP TRIGGER {table}_append_only ON partnerships_{table};"
    for table in ("agreementwording", "agreementdraft")
)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0003_journal_append_only"),
        ('members', '0006_address_changes'),
        ('partnerships', '0024_consents_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('agreement', 'agreement'), ('letter', 'letter of intent'), ('cover_letter', 'cover letter to the ministry'), ('checklist', 'checklist for the council’s resolution')], max_length=12, verbose_name='kind')),
                ('languages', models.CharField(choices=[('uk+pl', 'Ukrainian and Polish'), ('uk+en', 'Ukrainian and English'), ('uk', 'Ukrainian'), ('pl', 'Polish')], max_length=5, verbose_name='languages')),
            ],
            options={
                'verbose_name': 'template of agreements',
                'verbose_name_plural': 'templates of agreements',
                'constraints': [models.UniqueConstraint(fields=('kind', 'languages'), name='agreementtemplate_once')],
            },
        ),
        migrations.CreateModel(
            name='AgreementWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('first', models.TextField(max_length=30000, verbose_name='text')),
                ('second', models.TextField(blank=True, max_length=30000, verbose_name='text in the other language')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what is new')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('actor_kind', models.CharField(choices=[('user', 'person'), ('system', 'the portal'), ('link', 'link from a mail')], default='user', editable=False, max_length=6)),
                ('actor', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wordings', to='partnerships.agreementtemplate')),
            ],
            options={
                'verbose_name': 'version of a template',
                'verbose_name_plural': 'versions of templates',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='AgreementDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('letter', 'letter of intent'), ('agreement', 'agreement')], max_length=9, verbose_name='kind')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('terms', models.JSONField()),
                ('first', models.JSONField()),
                ('second', models.JSONField()),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what is new')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('twinning', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='partnerships.twinning')),
                ('written_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_for', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
                ('wording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='partnerships.agreementwording')),
            ],
            options={
                'verbose_name': 'draft of an agreement',
                'verbose_name_plural': 'drafts of agreements',
                'ordering': ['-version'],
            },
        ),
        migrations.AddConstraint(
            model_name='agreementwording',
            constraint=models.UniqueConstraint(fields=('template', 'number'), name='agreementwording_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementwording',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('first__gt', '')), name='agreementwording_says_something'),
        ),
        migrations.AddConstraint(
            model_name='agreementwording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('actor__isnull', False), ('actor_kind', 'user')), models.Q(models.Q(('actor_kind', 'user'), _negated=True), ('actor__isnull', True)), _connector='OR'), name='agreementwording_actor_matches_kind'),
        ),
        migrations.AddConstraint(
            model_name='agreementdraft',
            constraint=models.UniqueConstraint(fields=('twinning', 'kind', 'version'), name='agreementdraft_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementdraft',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='agreementdraft_counts_from_one'),
        ),
        migrations.AddConstraint(
            model_name='agreementdraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first', []), _negated=True), models.Q(('second', []), _negated=True)), name='agreementdraft_is_in_both_languages'),
        ),
        migrations.AddField(
            model_name="stageproposal",
            name="draft",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="partnerships.agreementdraft",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, BACK),
    ]
