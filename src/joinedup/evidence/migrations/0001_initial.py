import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dataset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(help_text='which series of files it belongs to', max_length=60)),
                ('title', models.CharField(max_length=200)),
                ('source', models.CharField(help_text='the format that recognised it', max_length=60)),
                ('reported_by', models.CharField(blank=True, help_text='whose records these are, where a source has a series for each', max_length=120)),
                ('covers', models.JSONField(default=list, help_text='periods that the file tells whole, for that series')),
                ('publisher', models.CharField(max_length=200)),
                ('licence', models.CharField(max_length=120)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('file_name', models.CharField(max_length=200)),
                ('content_hash', models.CharField(max_length=64)),
                ('stored_as', models.CharField(help_text='file in the store', max_length=100)),
                ('period_start', models.CharField(blank=True, max_length=12)),
                ('period_end', models.CharField(blank=True, max_length=12)),
                ('published_on', models.DateField(blank=True, null=True)),
                ('retrieved_on', models.DateField(blank=True, null=True)),
                ('rows_read', models.PositiveIntegerField()),
                ('rows_kept', models.PositiveIntegerField()),
                ('refused', models.JSONField(default=dict)),
                ('notes', models.JSONField(default=list)),
                ('caveats', models.JSONField(default=list)),
                ('disclosure', models.JSONField(default=dict)),
                ('imported_at', models.DateTimeField(auto_now_add=True)),
                ('imported_by', models.CharField(blank=True, max_length=160)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=160)),
                ('withdrawn_because', models.CharField(blank=True, max_length=300)),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaces', to='evidence.dataset')),
            ],
            options={
                'ordering': ['name', '-imported_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('name', 'content_hash'), name='dataset_file_once'), models.UniqueConstraint(condition=models.Q(('replaced_by__isnull', True), ('withdrawn_at__isnull', True)), fields=('name',), name='dataset_one_current')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.SlugField(max_length=60)),
                ('start', models.CharField(blank=True, help_text='first month or year that it counts', max_length=20)),
                ('period', models.CharField(help_text='last month or year that it counts', max_length=20)),
                ('state', models.CharField(choices=[('number', 'a number'), ('suppressed', 'suppressed'), ('missing', 'missing')], max_length=10)),
                ('value', models.FloatField(blank=True, null=True)),
                ('count', models.FloatField(blank=True, null=True)),
                ('denominator', models.FloatField(blank=True, null=True)),
                ('low', models.FloatField(blank=True, help_text='lower end of the 95% interval of the value', null=True)),
                ('high', models.FloatField(blank=True, help_text='upper end of the 95% interval of the value', null=True)),
                ('percentile', models.FloatField(blank=True, help_text='0 to 1 among places of its kind, 1 is most need', null=True)),
                ('best_rank', models.PositiveIntegerField(blank=True, help_text='best rank that the intervals allow, 1 is most need', null=True)),
                ('worst_rank', models.PositiveIntegerField(blank=True, help_text='worst rank that the intervals allow', null=True)),
                ('compared', models.PositiveIntegerField(blank=True, help_text='places in the comparison', null=True)),
                ('middle', models.FloatField(blank=True, help_text='median of the places compared', null=True)),
                ('trend', models.FloatField(blank=True, help_text='-1 to 1, last 12 months on the 12 before', null=True)),
                ('note', models.CharField(blank=True, max_length=250)),
                ('rests_on', models.JSONField(blank=True, default=list, help_text='primary keys of every dataset that went into it, newest first')),
                ('dataset', models.ForeignKey(help_text='the newest that its observations came from; of a missing one, where they would be', on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='evidence.dataset')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='places.place')),
            ],
            options={
                'ordering': ['indicator', 'place'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'place'), name='figure_once'), models.CheckConstraint(condition=models.Q(('state', 'number'), models.Q(('best_rank__isnull', True), ('count__isnull', True), ('high__isnull', True), ('low__isnull', True), ('percentile__isnull', True), ('trend__isnull', True), ('worst_rank__isnull', True)), _connector='OR'), name='figure_that_is_no_number_tells_nothing'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'number'), ('value__isnull', False)), models.Q(models.Q(('state', 'number'), _negated=True), ('value__isnull', True)), _connector='OR'), name='figure_has_a_value_only_when_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('need', models.FloatField(blank=True, null=True)),
                ('certainty', models.FloatField(default=0)),
                ('trend', models.FloatField(blank=True, null=True)),
                ('people_at_risk', models.PositiveIntegerField(blank=True, null=True)),
                ('parts', models.JSONField(default=list, help_text='[{indicator, weight, percentile, source}]')),
                ('worked_out_on', models.DateField()),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='places.place')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='taxonomy.theme')),
            ],
            options={
                'ordering': ['place', 'theme'],
                'constraints': [models.UniqueConstraint(fields=('place', 'theme'), name='need_once'), models.CheckConstraint(condition=models.Q(('need__isnull', True), models.Q(('need__gte', 0), ('need__lte', 1)), _connector='OR'), name='need_0_to_1')],
            },
        ),
    ]
