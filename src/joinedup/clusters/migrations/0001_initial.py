import django.db.models.deletion
import joinedup.accounts.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('initiatives', '0002_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(help_text='1 stands out most')),
                ('radius_km', models.FloatField()),
                ('start', models.CharField(help_text='first period, 2024-03', max_length=10)),
                ('end', models.CharField(max_length=10)),
                ('observed', models.PositiveIntegerField()),
                ('expected', models.FloatField()),
                ('relative_risk', models.FloatField(blank=True, null=True)),
                ('llr', models.FloatField()),
                ('p', models.FloatField(help_text='how often chance alone gives it, where counts vary as much as those of the scan')),
                ('bare_p', models.FloatField(blank=True, help_text='the same for counts that vary by chance only', null=True)),
                ('tail_p', models.FloatField(blank=True, null=True)),
                ('recurrence_days', models.FloatField(blank=True, null=True)),
                ('areas', models.ManyToManyField(related_name='clusters', to='places.place')),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('first', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='later', to='clusters.cluster')),
            ],
            options={
                'ordering': ['scan', 'rank'],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(choices=[('looked_at', 'Looked at, nothing settled yet'), ('explained', 'Explained: we know why'), ('acted_on', 'Acted on'), ('false_alarm', 'False alarm: nothing was there')], max_length=12)),
                ('note', models.TextField(blank=True, help_text='what was found or done; no names of people')),
                ('by', models.CharField(max_length=160)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cluster', models.ForeignKey(help_text='the first of its kind', on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='clusters.cluster')),
                ('initiative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='initiatives.initiative')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('monthly', 'What is new, each month'), ('yearly', 'Where it is high for its residents, once a year')], max_length=8)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('asked_by', models.CharField(blank=True, help_text='empty when it was its time', max_length=160)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('done', models.FloatField(default=0, help_text='share that is done, 0 to 1')),
                ('said_at', models.DateTimeField(blank=True, help_text='when the worker last said so: one that fell silent is begun again', null=True)),
                ('failure', models.CharField(blank=True, max_length=300)),
                ('rests_on', models.JSONField(default=list, help_text='[{dataset, title, publisher, licence, stored_as, period_start, period_end}]')),
                ('figures_version', models.CharField(blank=True, max_length=16)),
                ('settings', models.JSONField(default=dict, help_text='what the engine was asked')),
                ('engine', models.CharField(blank=True, help_text='version of the engine', max_length=40)),
                ('first', models.CharField(blank=True, help_text='first period, 2024-03', max_length=10)),
                ('last', models.CharField(blank=True, max_length=10)),
                ('areas', models.PositiveIntegerField(default=0)),
                ('cases', models.PositiveIntegerField(default=0)),
                ('windows', models.PositiveBigIntegerField(default=0)),
                ('dispersion', models.FloatField(blank=True, help_text='how many times as much counts vary as by chance', null=True)),
                ('null_maxima', models.JSONField(default=list, help_text='the highest ratio of each replication')),
                ('lowest_p', models.FloatField(blank=True, help_text='of the window that stands out most', null=True)),
                ('notes', models.JSONField(default=list)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scans', to='places.footprint')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('footprint', 'kind'), name='scan_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['waiting', 'running'])), models.Q(('ended_at__isnull', False), ('state__in', ['done', 'failed'])), _connector='OR'), name='scan_has_ended_when_it_says_so'), models.CheckConstraint(condition=models.Q(('done__gte', 0), ('done__lte', 1)), name='scan_share_done')],
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=joinedup.accounts.models.fresh_token, help_text='of the feed', max_length=40, unique=True)),
                ('since', models.DateTimeField(auto_now_add=True)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='places.footprint')),
                ('place', models.ForeignKey(blank=True, help_text='empty: all of the partnership', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cluster_followers', to=settings.AUTH_USER_MODEL)),
                ('told', models.ForeignKey(blank=True, help_text='the last scan that a mail told of', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.scan')),
            ],
            options={
                'ordering': ['since', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('place__isnull', False)), fields=('user', 'footprint', 'place'), name='follower_once_a_place'), models.UniqueConstraint(condition=models.Q(('place__isnull', True)), fields=('user', 'footprint'), name='follower_once_of_all')],
            },
        ),
        migrations.AddField(
            model_name='cluster',
            name='scan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clusters', to='clusters.scan'),
        ),
        migrations.AddConstraint(
            model_name='cluster',
            constraint=models.UniqueConstraint(fields=('scan', 'rank'), name='cluster_one_of_a_rank'),
        ),
    ]
