
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('initiatives', '0001_initial'),
        ('places', '0001_initial'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Strategy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=160)),
                ('publisher', models.CharField(max_length=160)),
                ('published', models.DateField(blank=True, null=True)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'verbose_name_plural': 'strategies',
                'ordering': [models.OrderBy(models.F('published'), descending=True, nulls_last=True), 'name'],
            },
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=12, unique=True)),
                ('text', models.TextField()),
                ('chapter', models.CharField(max_length=80)),
                ('lead', models.CharField(max_length=160)),
                ('money_gbp', models.PositiveBigIntegerField(blank=True, null=True)),
                ('deadline', models.CharField(blank=True, help_text='as published', max_length=200)),
                ('due', models.DateField(blank=True, null=True)),
                ('measure', models.TextField(blank=True)),
                ('kind', models.CharField(default='commitment', max_length=120)),
                ('source', models.TextField(blank=True)),
                ('confidence', models.CharField(blank=True, max_length=20)),
                ('part_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='strategy.commitment')),
                ('themes', models.ManyToManyField(blank=True, related_name='commitments', to='taxonomy.theme')),
                ('strategy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commitments', to='strategy.strategy')),
            ],
            options={
                'ordering': ['ref'],
            },
        ),
        migrations.CreateModel(
            name='Update',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('standing', models.CharField(choices=[('kept', 'Kept'), ('on_the_way', 'On the way'), ('late', 'Late'), ('not_kept', 'Not kept')], max_length=12)),
                ('text', models.TextField()),
                ('source', models.TextField(blank=True)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('by', models.CharField(blank=True, max_length=160)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='updates', to='strategy.commitment')),
                ('footprint', models.ForeignKey(blank=True, help_text='the partnership whose evidence it is: it never says that the whole was kept, late or not kept', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.footprint')),
                ('initiative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='updates', to='initiatives.initiative')),
            ],
            options={
                'ordering': ['-on', '-pk'],
            },
        ),
    ]
