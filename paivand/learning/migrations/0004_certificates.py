import django.contrib.postgres.fields
import django.db.models.deletion
import paivand.access.models.policies
import paivand.core.models.record
import paivand.learning.rules.issuing
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Certificates, the batches in which they are issued, the running numbers, and the public keys of badges."""

    dependencies = [
        ('access', '0005_audit_knows_the_sealed_room'),
        ('core', '0002_names_codes_and_outlines_of_places'),
        ('learning', '0003_households_and_field_schools'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            sql="create sequence learning_certificate_number as integer start 1",
            reverse_sql="drop sequence learning_certificate_number",
        ),
        migrations.CreateModel(
            name='BadgeKey',
            fields=[
                ('id', models.UUIDField(default=paivand.core.models.record.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('thumbprint', models.CharField(db_collation='C', max_length=43, unique=True)),
                ('public', models.CharField(db_collation='C', max_length=43)),
            ],
            options={
                'abstract': False,
            },
            bases=(paivand.access.models.policies.Guarded, models.Model),
        ),
        migrations.CreateModel(
            name='CertificateBatch',
            fields=[
                ('id', models.UUIDField(default=paivand.core.models.record.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('state', models.CharField(choices=[('waiting', 'waiting for its turn'), ('working', 'being issued'), ('done', 'all issued'), ('stopped', 'stopped')], db_collation='C', default=paivand.learning.rules.issuing.BatchState['WAITING'], max_length=7)),
                ('terms', models.JSONField()),
                ('n_total', models.PositiveSmallIntegerField()),
                ('n_done', models.PositiveSmallIntegerField(default=0)),
                ('alive_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.agency')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.place')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='learning.group')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.team')),
            ],
            bases=(paivand.access.models.policies.Guarded, models.Model),
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(default=paivand.core.models.record.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('design', models.CharField(choices=[('diploma', 'record of a state diploma'), ('completion', 'certificate of completion')], db_collation='C', max_length=10)),
                ('series', models.CharField(db_collation='C', max_length=6)),
                ('number', models.PositiveIntegerField()),
                ('code', models.CharField(db_collation='C', max_length=20)),
                ('link_digest', models.CharField(db_collation='C', max_length=64)),
                ('name', models.CharField(max_length=240, verbose_name='name as it is printed')),
                ('course', models.CharField(db_collation='C', max_length=60)),
                ('title', models.JSONField()),
                ('trade', models.CharField(blank=True, db_collation='C', max_length=8)),
                ('hours', models.DecimalField(decimal_places=2, max_digits=7)),
                ('practical_hours', models.DecimalField(decimal_places=2, max_digits=7)),
                ('mark', models.CharField(blank=True, max_length=20)),
                ('body', models.JSONField()),
                ('signatories', models.JSONField()),
                ('commission', models.JSONField(blank=True, default=list)),
                ('diploma_series', models.CharField(blank=True, max_length=12)),
                ('diploma_number', models.CharField(blank=True, max_length=24)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None)),
                ('began_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('name_shown_since', models.DateField(null=True, verbose_name='agreed that the name is shown on')),
                ('revoked_on', models.DateField(null=True)),
                ('revoked_for', models.CharField(blank=True, choices=[('mistake', 'it was issued by mistake'), ('not_earned', 'the conditions of the course were not met'), ('wish', 'the holder wished it'), ('misused', 'somebody else used it')], db_collation='C', max_length=10, verbose_name='why')),
                ('revoked_reason', models.CharField(blank=True, max_length=300, verbose_name='what happened')),
                ('superseded_on', models.DateField(null=True)),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.agency')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.place')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='learning.enrolment')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='learning.group')),
                ('home_agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.agency')),
                ('home_district', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.place')),
                ('home_owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('home_team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.team')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name_shown_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('superseded_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='learning.certificate')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.team')),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='learning.certificatebatch')),
            ],
            options={
                'verbose_name': 'certificate',
            },
            bases=(paivand.access.models.policies.Guarded, models.Model),
        ),
        migrations.AddIndex(
            model_name='certificatebatch',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['alive_at'], name='certificate_batches_at_work'),
        ),
        migrations.AddIndex(
            model_name='certificatebatch',
            index=models.Index(fields=['group', '-id'], name='certificate_batches_of_group'),
        ),
        migrations.AddConstraint(
            model_name='certificatebatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['waiting', 'working'])), models.Q(('ended_at__isnull', False), ('state__in', ['done', 'stopped'])), _connector='OR'), name='certificate_batch_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='certificatebatch',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('group',), name='group_has_one_certificate_batch'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['group', 'name'], name='certificates_of_group'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['enrolment', '-number'], name='certificates_of_enrolment'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['district', '-number'], name='certificates_of_district'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['name'], name='certificates_by_name'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(fields=('link_digest',), name='certificate_code_is_one'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(fields=('number',), name='certificate_number_is_one'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_on', None), ('superseded_on', None)), fields=('enrolment',), name='learner_has_one_valid_certificate'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9A-HJKMNP-TV-Z]{20}$')), name='certificate_code_is_of_its_signs'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('link_digest__regex', '^[0-9a-f]{64}$')), name='certificate_link_is_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_by', None), ('revoked_for', ''), ('revoked_on', None), ('revoked_reason', '')), models.Q(('revoked_by__isnull', False), ('revoked_on__isnull', False), models.Q(('revoked_for', ''), _negated=True), models.Q(('revoked_reason', ''), _negated=True)), _connector='OR'), name='certificate_revocation_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('superseded_by', None), ('superseded_on', None)), models.Q(('superseded_by__isnull', False), ('superseded_on__isnull', False), models.Q(('superseded_by', models.F('id')), _negated=True)), _connector='OR'), name='certificate_is_superseded_by_another'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name_shown_by', None), ('name_shown_since', None)), models.Q(('name_shown_by__isnull', False), ('name_shown_since__isnull', False)), _connector='OR'), name='certificate_name_is_shown_by_word'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('design', 'diploma'), _negated=True), models.Q(('diploma_number', ''), _negated=True), _connector='OR'), name='diploma_has_the_states_number'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='certificate_names_its_holder'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('practical_hours__lte', models.F('hours'))), name='certificate_practice_is_within_its_hours'),
        ),
    ]
