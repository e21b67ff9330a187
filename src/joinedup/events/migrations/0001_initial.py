import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('opportunities', '0001_initial'),
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=160)),
                ('summary', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('purpose', models.TextField(blank=True)),
                ('date', models.DateField(blank=True, null=True)),
                ('date_note', models.CharField(blank=True, max_length=200)),
                ('starts', models.TimeField(blank=True, null=True)),
                ('ends', models.TimeField(blank=True, null=True)),
                ('venue', models.CharField(blank=True, max_length=200)),
                ('place_name', models.CharField(blank=True, max_length=160)),
                ('region', models.CharField(blank=True, max_length=160)),
                ('regions', models.JSONField(blank=True, default=list, help_text='codes of places.regions.REGIONS')),
                ('access', models.TextField(blank=True, help_text='step-free entrance, quiet room, hearing loop…')),
                ('host', models.CharField(blank=True, max_length=200)),
                ('story', models.TextField(blank=True, help_text='what was published about it')),
                ('attendance', models.CharField(blank=True, help_text='as published', max_length=120)),
                ('reading', models.TextField(blank=True)),
                ('safeguarding_lead', models.CharField(blank=True, max_length=160)),
                ('safeguarding_contact', models.CharField(blank=True, help_text='how to reach the lead on the day', max_length=160)),
                ('young_pay', models.CharField(blank=True, help_text='what young people are paid for the day, and how', max_length=200)),
                ('has_photos', models.BooleanField(default=False, help_text='photographs are taken of those who agreed')),
                ('capacity', models.PositiveIntegerField(default=120)),
                ('rounds', models.PositiveSmallIntegerField(default=3)),
                ('source_url', models.URLField(blank=True, max_length=500)),
                ('confidence', models.CharField(blank=True, max_length=20)),
                ('is_history', models.BooleanField(default=False)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('listed_from', models.DateField(blank=True, help_text='made while nothing new was published: for members only until then', null=True)),
                ('is_draft', models.BooleanField(default=False, help_text='only those who plan it may find it, until somebody publishes it')),
                ('cancelled_on', models.DateField(blank=True, null=True)),
                ('cancelled_because', models.CharField(blank=True, max_length=200)),
                ('sequence', models.PositiveIntegerField(default=0, help_text='how often day, time, venue or name changed: calendars keep the highest')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, help_text='when `sequence` last rose')),
                ('results_published_on', models.DateField(blank=True, null=True)),
                ('results_published_by', models.CharField(blank=True, max_length=160)),
                ('personal_deleted_on', models.DateField(blank=True, null=True)),
                ('copied_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.event')),
                ('footprint', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='places.footprint')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='events.programme')),
            ],
            options={
                'ordering': ['-date', 'name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_history', True), ('footprint__isnull', False), _connector='OR'), name='event_to_come_has_a_footprint')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.TimeField()),
                ('minutes', models.PositiveSmallIntegerField(default=30)),
                ('title', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('welcome', 'Welcome'), ('talk', 'Talk'), ('panel', 'Panel'), ('tables', 'Table talk'), ('break', 'Break'), ('close', 'Close'), ('other', 'Something else')], default='talk', max_length=10)),
                ('round', models.PositiveSmallIntegerField(blank=True, help_text='of table talk', null=True)),
                ('about', models.TextField(blank=True)),
                ('off_record', models.BooleanField(default=False)),
                ('notes', models.TextField(blank=True, help_text='what was said, for those who plan the event')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='events.event')),
            ],
            options={
                'ordering': ['starts', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('off_record', False), ('notes', ''), _connector='OR'), name='session_off_the_record_keeps_no_notes'), models.UniqueConstraint(condition=models.Q(('round__isnull', False)), fields=('event', 'round'), name='session_once_a_round')],
            },
        ),
        migrations.CreateModel(
            name='Speaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('host', 'Host'), ('chair', 'Chair'), ('speaker', 'Speaker')], default='speaker', max_length=8)),
                ('name', models.CharField(blank=True, help_text='the name they want to be called', max_length=120)),
                ('job', models.CharField(max_length=160)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('is_young', models.BooleanField(default=False, help_text='reached through their host, by a chosen name')),
                ('is_named', models.BooleanField(default=False, help_text='agreed to be named in public')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speakers', to='events.event')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='partners.partner')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='speakers', to='events.session')),
            ],
            options={
                'ordering': ['order', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_young', False), ('email', ''), _connector='OR'), name='speaker_young_has_no_address')],
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(choices=[('E12000001', 'North East'), ('E12000002', 'North West'), ('E12000003', 'Yorkshire and The Humber'), ('E12000004', 'East Midlands'), ('E12000005', 'West Midlands'), ('E12000006', 'East of England'), ('E12000007', 'London'), ('E12000008', 'South East'), ('E12000009', 'South West'), ('W92000004', 'Wales')], max_length=9)),
                ('month', models.DateField(help_text='its first day')),
                ('note', models.CharField(blank=True, max_length=200)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='stops', to='events.event')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='events.programme')),
            ],
            options={
                'ordering': ['month', 'region'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'region', 'month'), name='stop_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='stop_month_is_its_first_day')],
            },
        ),
        migrations.CreateModel(
            name='Table',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('seats_min', models.PositiveSmallIntegerField(default=6)),
                ('seats_max', models.PositiveSmallIntegerField(default=10)),
                ('access', models.JSONField(default=list)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tables', to='events.event')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('event', 'number'), name='table_number_once'), models.CheckConstraint(condition=models.Q(('seats_max__gte', models.F('seats_min'))), name='table_seats_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=250)),
                ('is_chosen', models.BooleanField(default=True, help_text='on the agenda; otherwise only proposed')),
                ('weight', models.FloatField(default=1.0)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='events.event')),
                ('opportunity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='opportunities.opportunity')),
                ('parties', models.ManyToManyField(blank=True, related_name='topics', to='partners.partner')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='partners.partner')),
                ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='taxonomy.theme')),
            ],
            options={
                'ordering': ['order', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('opportunity__isnull', False)), fields=('event', 'opportunity'), name='topic_once_an_opportunity')],
            },
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('access', models.JSONField(blank=True, default=dict, help_text='a value of Access to true or false')),
                ('travel', models.TextField(blank=True, help_text='how to get there')),
                ('notes', models.TextField(blank=True)),
                ('most_people', models.PositiveIntegerField(blank=True, null=True)),
                ('confirmed_on', models.DateField(blank=True, null=True)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='venues', to='places.footprint')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('footprint', 'name'), name='venue_name_once')],
            },
        ),
        migrations.AddField(
            model_name='event',
            name='at',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='events', to='events.venue'),
        ),
    ]
