import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='scan',
            name='wider_looks',
            field=models.JSONField(default=list, help_text='of wards and of authorities: {level, areas, why}, and where why is empty {windows, replications, max_share, dispersion, lowest_p}'),
        ),
        migrations.CreateModel(
            name='WiderCluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('ward', 'wards'), ('local_authority', 'authorities')], max_length=20)),
                ('rank', models.PositiveSmallIntegerField(help_text='1 stands out most, of its level')),
                ('start', models.CharField(help_text='first period, 2024-03', max_length=10)),
                ('end', models.CharField(max_length=10)),
                ('observed', models.PositiveIntegerField()),
                ('expected', models.FloatField()),
                ('llr', models.FloatField()),
                ('p', models.FloatField(help_text='how often chance alone gives it in the look of its level, where counts vary as much as there')),
                ('bare_p', models.FloatField(blank=True, help_text='the same for counts that vary by chance only', null=True)),
                ('areas', models.ManyToManyField(related_name='+', to='places.place')),
                ('beside', models.ManyToManyField(help_text='clusters of neighbourhoods that it overlaps', related_name='wider', to='clusters.cluster')),
                ('scan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wider', to='clusters.scan')),
            ],
            options={
                'ordering': ['scan', '-level', 'rank'],
                'constraints': [models.UniqueConstraint(fields=('scan', 'level', 'rank'), name='wider_cluster_one_of_a_rank')],
            },
        ),
    ]
