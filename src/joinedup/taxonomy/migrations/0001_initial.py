
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Approach',
            fields=[
                ('slug', models.SlugField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('impact', models.CharField(blank=True, max_length=200)),
                ('numbers', models.TextField(blank=True)),
                ('confidence', models.CharField(blank=True, max_length=120)),
                ('notes', models.TextField(blank=True)),
                ('source', models.TextField(blank=True)),
                ('effect', models.FloatField(blank=True, help_text='0 to 1, our reading; empty is unknown', null=True)),
                ('harmful', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('ref', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('level', models.CharField(max_length=30)),
                ('kind', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('cited_by', models.CharField(blank=True, max_length=200)),
                ('source', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['ref'],
            },
        ),
        migrations.CreateModel(
            name='Sector',
            fields=[
                ('slug', models.SlugField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('in_press_release', models.BooleanField(default=False)),
                ('duty', models.CharField(blank=True, help_text='status under the serious violence duty', max_length=120)),
                ('bodies', models.TextField(blank=True)),
                ('data_held', models.TextField(blank=True)),
                ('sharing_limit', models.TextField(blank=True)),
                ('source', models.TextField(blank=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['order', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('slug', models.SlugField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('covers', models.TextField(blank=True)),
                ('levels', models.JSONField(default=list, help_text='primary, secondary, tertiary')),
                ('strategy_themes', models.JSONField(default=list)),
                ('factors', models.JSONField(default=list)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['order', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='Mix',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.FloatField()),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='taxonomy.sector')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='taxonomy.theme')),
            ],
            options={
                'ordering': ['theme', 'sector'],
                'constraints': [models.UniqueConstraint(fields=('theme', 'sector'), name='mix_once'), models.CheckConstraint(condition=models.Q(('weight__gte', 0), ('weight__lte', 1)), name='mix_weight_0_to_1')],
            },
        ),
    ]
