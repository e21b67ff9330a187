import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('evidence', '0001_initial'),
        ('initiatives', '0002_initial'),
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
        ('support', '0001_initial'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Opportunity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text="the engine's own identifier, stable between runs", max_length=200)),
                ('audience', models.CharField(choices=[('public', 'on public records only'), ('partnership', 'on what the partnership shares')], max_length=12)),
                ('marking', models.CharField(default='partnership', max_length=12)),
                ('kind', models.CharField(max_length=30)),
                ('is_ask', models.BooleanField(default=False)),
                ('score', models.FloatField(blank=True, help_text='0 to 100; empty when a person entered it', null=True)),
                ('sentence', models.TextField()),
                ('because', models.JSONField(default=list)),
                ('first_step', models.TextField(blank=True)),
                ('components', models.JSONField(default=dict)),
                ('would_change', models.JSONField(default=list)),
                ('sectors_needed', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('suggested', 'Suggested'), ('taken_up', 'Taken up'), ('on_agenda', "On an event's agenda"), ('agreed', 'Agreed'), ('started', 'Started'), ('dismissed', 'Set aside'), ('gone', 'No longer found')], default='suggested', max_length=12)),
                ('reason', models.CharField(blank=True, choices=[('already_done', 'It is already being done'), ('not_now', 'Not this year'), ('wrong_facts', 'The facts behind it are wrong'), ('no_fit', 'It does not fit this place')], max_length=20)),
                ('decided_by', models.CharField(blank=True, max_length=160)),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('is_spotted', models.BooleanField(default=False, help_text='entered by a person')),
                ('first_seen', models.DateField()),
                ('last_seen', models.DateField()),
                ('placed', models.FloatField(blank=True, help_text='where it stands in the list: follows the score, but gently', null=True)),
                ('shown_since', models.DateField(blank=True, help_text='when the public could first read it', null=True)),
                ('changed_on', models.DateField(blank=True, help_text='when its facts or its place last changed', null=True)),
                ('snoozed_until', models.DateField(blank=True, null=True)),
                ('assigned_on', models.DateField(blank=True, null=True)),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opportunities_assigned', to=settings.AUTH_USER_MODEL)),
                ('figures', models.ManyToManyField(blank=True, related_name='opportunities', to='evidence.figure')),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opportunities', to='places.footprint')),
                ('initiatives', models.ManyToManyField(blank=True, related_name='opportunities', to='initiatives.initiative')),
                ('offers', models.ManyToManyField(blank=True, related_name='opportunities', to='support.offer')),
                ('parties', models.ManyToManyField(blank=True, related_name='opportunities', to='partners.partner')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opportunities', to='places.place')),
                ('spotted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='taxonomy.theme')),
            ],
            options={
                'verbose_name_plural': 'opportunities',
                'ordering': (models.OrderBy(models.F('placed'), descending=True, nulls_last=True), 'key'),
                'indexes': [models.Index(fields=['place', 'audience', '-placed'], name='opportuniti_place_i_84813d_idx'), models.Index(fields=['footprint', 'audience', 'state', '-placed'], name='opportuniti_footpri_e836fe_idx')],
                'constraints': [models.UniqueConstraint(fields=('footprint', 'audience', 'key'), name='opportunity_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'dismissed'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='opportunity_set_aside_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('what', models.CharField(choices=[('new', 'New'), ('back', 'Back again'), ('changed', 'Changed'), ('up', 'Moved up'), ('down', 'Moved down'), ('gone', 'No longer found')], max_length=8)),
                ('why', models.JSONField(default=list, help_text='sentences')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='opportunities.opportunity')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now=True)),
                ('by', models.CharField(max_length=160)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enquiries', to='partners.partner')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enquiries', to='opportunities.opportunity')),
            ],
            options={
                'ordering': ['-at'],
                'constraints': [models.UniqueConstraint(fields=('opportunity', 'partner'), name='enquiry_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(choices=[('interested', 'We are interested'), ('already', 'We already do this'), ('not_us', 'Not us')], max_length=12)),
                ('by', models.CharField(max_length=160)),
                ('at', models.DateTimeField(auto_now=True)),
                ('initiative', models.ForeignKey(blank=True, help_text='the draft made from “already doing it”', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answers', to='initiatives.initiative')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='partners.partner')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='opportunities.opportunity')),
            ],
            options={
                'ordering': ['-at'],
                'constraints': [models.UniqueConstraint(fields=('opportunity', 'partner'), name='answer_once')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('public', 'on public records only'), ('partnership', 'on what the partnership shares')], max_length=12)),
                ('as_of', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('found', models.PositiveIntegerField(default=0)),
                ('left_out', models.JSONField(default=dict)),
                ('differences', models.JSONField(default=list)),
                ('followed_at', models.DateTimeField(blank=True, help_text='when a change was last followed since', null=True)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='places.footprint')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Touched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(help_text='app.model of the record', max_length=60)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='touched', to='places.footprint')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Weighting',
            fields=[
                ('footprint', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='weighting', serialize=False, to='places.footprint')),
                ('gap', models.FloatField(verbose_name='need not met')),
                ('fit', models.FloatField(verbose_name='fit')),
                ('effect', models.FloatField(verbose_name='evidence')),
                ('urgency', models.FloatField(verbose_name='urgency')),
                ('newness', models.FloatField(verbose_name='new links')),
                ('reason', models.CharField(help_text='why the partnership weighs so', max_length=250)),
                ('changed_by', models.CharField(max_length=160)),
                ('changed_on', models.DateField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('gap__range', (0.0, 10.0)), ('fit__range', (0.0, 10.0)), ('effect__range', (0.0, 10.0)), ('urgency__range', (0.0, 10.0)), ('newness__range', (0.0, 10.0))), name='weighting_from_0_to_10'), models.CheckConstraint(condition=models.Q(('gap__gt', 0.0), ('fit__gt', 0.0), ('effect__gt', 0.0), ('urgency__gt', 0.0), ('newness__gt', 0.0), _connector='OR'), name='weighting_of_something'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='weighting_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Basis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('public', 'on public records only'), ('partnership', 'on what the partnership shares')], max_length=12)),
                ('as_of', models.DateField()),
                ('tables', models.BinaryField()),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.footprint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('footprint', 'audience'), name='basis_once')],
            },
        ),
        migrations.CreateModel(
            name='Cell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('public', 'on public records only'), ('partnership', 'on what the partnership shares')], max_length=12)),
                ('need', models.FloatField(blank=True, help_text='0 to 1; empty is not known, which is not nought', null=True)),
                ('initiatives', models.PositiveIntegerField(default=0, help_text='that run there, around it or in a part of it')),
                ('perhaps', models.PositiveIntegerField(default=0, help_text='of action that may be on it, since its theme or its place is not recorded')),
                ('is_reach_unknown', models.BooleanField(default=False, help_text='some of them do not say whom they reach')),
                ('is_register_known', models.BooleanField(default=True, help_text='silence there means little action')),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='places.footprint')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='taxonomy.theme')),
            ],
            options={
                'ordering': ['place', 'theme'],
                'constraints': [models.UniqueConstraint(fields=('footprint', 'audience', 'place', 'theme'), name='cell_once')],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.footprint')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'footprint'), name='look_once')],
            },
        ),
    ]
