import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Place',
            fields=[
                ('code', models.CharField(max_length=9, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('lsoa', 'neighbourhood (LSOA)'), ('ward', 'ward'), ('local_authority', 'local authority'), ('police_force', 'police force area'), ('region', 'region'), ('country', 'country')], max_length=20)),
                ('vintage', models.PositiveSmallIntegerField(help_text='year of the code list this code belongs to')),
                ('ended', models.PositiveSmallIntegerField(blank=True, help_text='year the code was retired', null=True)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('residents', models.PositiveIntegerField(blank=True, null=True)),
                ('residents_16_24', models.PositiveIntegerField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.place')),
            ],
            options={
                'ordering': ['name', 'code'],
                'indexes': [models.Index(fields=['kind', 'name'], name='places_plac_kind_05d800_idx')],
            },
        ),
        migrations.CreateModel(
            name='CodeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.CharField(db_index=True, max_length=9)),
                ('new', models.CharField(db_index=True, max_length=9)),
                ('kind', models.CharField(help_text='U unchanged, S split, M merged', max_length=1)),
                ('share', models.FloatField()),
            ],
            options={
                'verbose_name': 'change of a code',
                'constraints': [models.UniqueConstraint(fields=('old', 'new'), name='change_once')],
            },
        ),
        migrations.CreateModel(
            name='Outline',
            fields=[
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='places.place')),
                ('path', models.TextField()),
                ('left', models.IntegerField()),
                ('top', models.IntegerField()),
                ('right', models.IntegerField()),
                ('bottom', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='police_force, health_board, safety_partnership', max_length=30)),
                ('code', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=120)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='places.place')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('place', 'kind'), name='place_in_one_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Footprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=120)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('held_until', models.DateField(blank=True, help_text='nothing new is published before this day (elections)', null=True)),
                ('shows_opportunities', models.BooleanField(default=False, help_text='the public may read its opportunities, of bodies that spoke for themselves')),
                ('places', models.ManyToManyField(related_name='footprints', to='places.place')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='footprint_has_a_name')],
            },
        ),
    ]
