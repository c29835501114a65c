import alliance.core.countries
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# A file stays as it was sent; whether it is handed out, and the text taken out of it, may change.
UNCHANGED = """
CREATE TRIGGER documentversion_unchanged BEFORE DELETE OR UPDATE OF
    of_file_id, number, file, content_type, size, digest, added_at, added_by_id ON content_documentversion
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
MAY_CHANGE = "DROP TRIGGER documentversion_unchanged ON content_documentversion;"


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0002_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('original_language', models.CharField(choices=[('en', 'English'), ('pl', 'Polski'), ('uk', 'Українська')], default='en', help_text='The language in which the texts are written first; the others are translations of it.', max_length=3, verbose_name='original language')),
                ('made_from', models.JSONField(blank=True, default=dict, editable=False)),
                ('slug', models.SlugField(help_text='Part of the address of its page; links to it break when it changes.', max_length=80, unique=True, verbose_name='address')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('withdrawn', 'withdrawn')], default='draft', editable=False, max_length=9, verbose_name='status')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('title_en', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_pl', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_uk', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('summary', models.TextField(blank=True, max_length=1000, verbose_name='summary')),
                ('summary_en', models.TextField(blank=True, max_length=1000, null=True, verbose_name='summary')),
                ('summary_pl', models.TextField(blank=True, max_length=1000, null=True, verbose_name='summary')),
                ('summary_uk', models.TextField(blank=True, max_length=1000, null=True, verbose_name='summary')),
                ('kind', models.CharField(choices=[('position', 'Recommendations and positions'), ('report', 'Reports and studies'), ('guide', 'Guides and templates'), ('agreement', 'Agreements and declarations'), ('meeting', 'Programmes and minutes'), ('newsletter', 'Newsletters'), ('other', 'Other documents')], max_length=10, verbose_name='kind')),
                ('dated_on', models.DateField(help_text='The day that stands on the document.', verbose_name='date')),
                ('why_missing', models.CharField(blank=True, help_text='Shown below the files. Left empty, the general rule of the Alliance is shown.', max_length=500, verbose_name='why other languages are missing')),
                ('why_missing_en', models.CharField(blank=True, help_text='Shown below the files. Left empty, the general rule of the Alliance is shown.', max_length=500, null=True, verbose_name='why other languages are missing')),
                ('why_missing_pl', models.CharField(blank=True, help_text='Shown below the files. Left empty, the general rule of the Alliance is shown.', max_length=500, null=True, verbose_name='why other languages are missing')),
                ('why_missing_uk', models.CharField(blank=True, help_text='Shown below the files. Left empty, the general rule of the Alliance is shown.', max_length=500, null=True, verbose_name='why other languages are missing')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['-dated_on', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['-dated_on', '-id'], name='document_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('title_en__gt', ''), ('title_en__isnull', False)), models.Q(('title_pl__gt', ''), ('title_pl__isnull', False)), models.Q(('title_uk__gt', ''), ('title_uk__isnull', False)), _connector='OR'), name='document_has_title'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='document_published_since')],
            },
        ),
        migrations.AddField(
            model_name='section',
            name='documents',
            field=models.ManyToManyField(blank=True, related_name='+', to='content.document', verbose_name='documents'),
        ),
        migrations.CreateModel(
            name='DocumentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=alliance.core.countries.published_in_choices, max_length=3, verbose_name='language')),
                ('title', models.CharField(help_text='As it stands on the document.', max_length=250, verbose_name='title in that language')),
                ('is_offered', models.BooleanField(default=True, help_text='Untick it if this file must not be read any more, its older versions included.', verbose_name='offered')),
                ('position', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='content.document')),
            ],
            options={
                'verbose_name': 'file',
                'verbose_name_plural': 'files',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DocumentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('file', models.FileField(upload_to='documents/', verbose_name='file')),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added')),
                ('is_withheld', models.BooleanField(default=False, verbose_name='no longer handed out')),
                ('text', models.TextField(editable=False, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='by whom')),
                ('of_file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='content.documentfile')),
            ],
            options={
                'verbose_name': 'version',
                'verbose_name_plural': 'versions',
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='documentfile',
            name='current',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.documentversion'),
        ),
        migrations.CreateModel(
            name='DownloadCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='downloads', to='content.documentfile')),
            ],
        ),
        migrations.CreateModel(
            name='Video',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('original_language', models.CharField(choices=[('en', 'English'), ('pl', 'Polski'), ('uk', 'Українська')], default='en', help_text='The language in which the texts are written first; the others are translations of it.', max_length=3, verbose_name='original language')),
                ('made_from', models.JSONField(blank=True, default=dict, editable=False)),
                ('slug', models.SlugField(help_text='Part of the address of its page; links to it break when it changes.', max_length=80, unique=True, verbose_name='address')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('withdrawn', 'withdrawn')], default='draft', editable=False, max_length=9, verbose_name='status')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('title_en', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_pl', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_uk', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('summary', models.TextField(blank=True, max_length=1000, verbose_name='summary')),
                ('summary_en', models.TextField(blank=True, max_length=1000, null=True, verbose_name='summary')),
                ('summary_pl', models.TextField(blank=True, max_length=1000, null=True, verbose_name='summary')),
                ('summary_uk', models.TextField(blank=True, max_length=1000, null=True, verbose_name='summary')),
                ('source', models.CharField(choices=[('own', 'our own storage'), ('youtube', 'YouTube'), ('vimeo', 'Vimeo'), ('eu', 'Audiovisual Service of the European Commission')], max_length=7, verbose_name='where it is')),
                ('foreign_id', models.CharField(blank=True, editable=False, max_length=40, validators=[django.core.validators.RegexValidator('^[\\w-]+$')])),
                ('file', models.FileField(blank=True, editable=False, upload_to='videos/', verbose_name='film')),
                ('content_type', models.CharField(blank=True, editable=False, max_length=20)),
                ('size', models.PositiveIntegerField(default=0, editable=False, verbose_name='size')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('poster', models.FileField(blank=True, editable=False, upload_to='videos/', verbose_name='poster')),
                ('language', models.CharField(choices=alliance.core.countries.published_in_choices, max_length=3, verbose_name='spoken language')),
                ('seconds', models.PositiveIntegerField(verbose_name='length in seconds')),
                ('recorded_on', models.DateField(verbose_name='date')),
            ],
            options={
                'verbose_name': 'video',
                'verbose_name_plural': 'videos',
                'ordering': ['-recorded_on', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['-recorded_on', '-id'], name='video_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('title_en__gt', ''), ('title_en__isnull', False)), models.Q(('title_pl__gt', ''), ('title_pl__isnull', False)), models.Q(('title_uk__gt', ''), ('title_uk__isnull', False)), _connector='OR'), name='video_has_title'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='video_published_since'), models.CheckConstraint(condition=models.Q(models.Q(('file__gt', ''), ('foreign_id', ''), ('size__gt', 0), ('source', 'own')), models.Q(models.Q(('source', 'own'), _negated=True), ('file', ''), models.Q(('foreign_id', ''), _negated=True)), _connector='OR'), name='video_is_in_one_place'), models.CheckConstraint(condition=models.Q(('seconds__gt', 0)), name='video_has_length'), models.CheckConstraint(condition=models.Q(('language__in', ('bg', 'es', 'cs', 'da', 'de', 'et', 'el', 'en', 'fr', 'ga', 'hr', 'it', 'lv', 'lt', 'hu', 'mt', 'nl', 'pl', 'pt', 'ro', 'sk', 'sl', 'fi', 'sv', 'uk'))), name='video_language_is_known')],
            },
        ),
        migrations.AddField(
            model_name='section',
            name='videos',
            field=models.ManyToManyField(blank=True, related_name='+', to='content.video', verbose_name='videos'),
        ),
        migrations.CreateModel(
            name='VideoWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=alliance.core.countries.published_in_choices, max_length=3, verbose_name='language')),
                ('position', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('captions', models.TextField(blank=True, editable=False, verbose_name='captions')),
                ('transcript', models.TextField(blank=True, max_length=200000, verbose_name='transcript')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='content.video')),
            ],
            options={
                'verbose_name': 'captions and transcript',
                'verbose_name_plural': 'captions and transcripts',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='documentversion',
            index=models.Index(condition=models.Q(('text__isnull', True)), fields=['id'], name='documentversion_unread'),
        ),
        migrations.AddConstraint(
            model_name='documentversion',
            constraint=models.UniqueConstraint(fields=('of_file', 'number'), name='documentversion_number_once'),
        ),
        migrations.AddConstraint(
            model_name='documentversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0), ('size__gt', 0)), name='documentversion_is_something'),
        ),
        migrations.AddConstraint(
            model_name='documentfile',
            constraint=models.UniqueConstraint(fields=('document', 'language'), name='documentfile_once_per_language'),
        ),
        migrations.AddConstraint(
            model_name='documentfile',
            constraint=models.CheckConstraint(condition=models.Q(('title__gt', '')), name='documentfile_has_title'),
        ),
        migrations.AddConstraint(
            model_name='documentfile',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ('bg', 'es', 'cs', 'da', 'de', 'et', 'el', 'en', 'fr', 'ga', 'hr', 'it', 'lv', 'lt', 'hu', 'mt', 'nl', 'pl', 'pt', 'ro', 'sk', 'sl', 'fi', 'sv', 'uk'))), name='documentfile_language_is_known'),
        ),
        migrations.AddConstraint(
            model_name='downloadcount',
            constraint=models.UniqueConstraint(fields=('file', 'day'), name='downloads_once_per_day'),
        ),
        migrations.AddConstraint(
            model_name='videowords',
            constraint=models.UniqueConstraint(fields=('video', 'language'), name='videowords_once_per_language'),
        ),
        migrations.AddConstraint(
            model_name='videowords',
            constraint=models.CheckConstraint(condition=models.Q(('captions__gt', ''), ('transcript__gt', ''), _connector='OR'), name='videowords_say_something'),
        ),
        migrations.AddConstraint(
            model_name='videowords',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ('bg', 'es', 'cs', 'da', 'de', 'et', 'el', 'en', 'fr', 'ga', 'hr', 'it', 'lv', 'lt', 'hu', 'mt', 'nl', 'pl', 'pt', 'ro', 'sk', 'sl', 'fi', 'sv', 'uk'))), name='videowords_language_is_known'),
        ),
        migrations.RunSQL(UNCHANGED, MAY_CHANGE),
    ]
