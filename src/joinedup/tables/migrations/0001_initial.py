import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('registration', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanReport',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='plan_report', serialize=False, to='events.event')),
                ('report', models.JSONField(default=dict)),
                ('seed', models.IntegerField(default=1)),
                ('at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sittings', to='events.event')),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sittings', to='events.table')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='events.topic')),
            ],
            options={
                'ordering': ['round', 'table__number'],
                'constraints': [models.UniqueConstraint(fields=('table', 'round'), name='sitting_once')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attendee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='registration.attendee')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='tables.sitting')),
            ],
            options={
                'ordering': ['sitting', 'attendee__number'],
                'constraints': [models.UniqueConstraint(fields=('sitting', 'attendee'), name='seat_once')],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attendee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='registration.attendee')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='events.topic')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('topic', 'attendee'), name='vote_once')],
            },
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('together', 'Together'), ('apart', 'Apart')], max_length=8)),
                ('attendees', models.ManyToManyField(related_name='wishes', to='registration.attendee')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='events.event')),
            ],
            options={
                'verbose_name_plural': 'wishes',
                'ordering': ['pk'],
            },
        ),
    ]
