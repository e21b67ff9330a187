import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('events', '0001_initial'),
        ('initiatives', '0002_initial'),
        ('opportunities', '0001_initial'),
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
        ('registration', '0001_initial'),
        ('strategy', '0001_initial'),
        ('tables', '0001_initial'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goal', models.CharField(help_text='the shared goal', max_length=250)),
                ('action', models.TextField(help_text='what will be done')),
                ('measure', models.CharField(help_text='how we will know', max_length=250)),
                ('owner_role', models.CharField(max_length=120)),
                ('deputy_role', models.CharField(max_length=120)),
                ('due', models.DateField()),
                ('review_3', models.DateField()),
                ('review_6', models.DateField()),
                ('review_12', models.DateField()),
                ('state', models.CharField(choices=[('agreed', 'Agreed'), ('started', 'Started'), ('kept', 'Kept'), ('not_kept', 'Not kept'), ('dropped', 'Dropped by agreement')], default='agreed', max_length=10)),
                ('marking', models.CharField(choices=[('public', 'Public: anyone may see it'), ('partnership', 'Partnership: members of its partnership'), ('named', 'Named: only the partners it names')], default='partnership', max_length=12)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('recorded_by', models.CharField(max_length=160)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('is_by_link', models.BooleanField(default=False, help_text='written by the link of a table')),
                ('confirmed_on', models.DateField(blank=True, help_text='when its owner or a coordinator confirmed what was written by link', null=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=160)),
                ('commitment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='agreements', to='strategy.commitment')),
                ('deputy_partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements_deputised', to='partners.partner')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='events.event')),
                ('initiative', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='agreement', to='initiatives.initiative')),
                ('opportunity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='opportunities.opportunity')),
                ('owner_partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_owned', to='partners.partner')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='places.place')),
                ('sitting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='tables.sitting')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='taxonomy.theme')),
                ('writer', models.ForeignKey(blank=True, help_text='who wrote it by the link of a table, without an account', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='registration.attendee')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'started'), _negated=True), ('initiative__isnull', False), _connector='OR'), name='agreement_started_has_an_initiative')],
            },
        ),
        migrations.CreateModel(
            name='Chase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('before', 'Before it is due'), ('owner', 'Overdue: the owner'), ('deputy', 'Overdue: the deputy'), ('coordinator', 'Overdue: the coordinator'), ('review_3', 'Review after 3 months'), ('review_6', 'Review after 6 months'), ('review_12', 'Review after 12 months')], max_length=12)),
                ('about', models.DateField(help_text='the due day or the review day')),
                ('on', models.DateField()),
                ('addresses', models.PositiveSmallIntegerField(default=0, help_text='how many mails went out')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chases', to='agreements.agreement')),
            ],
            options={
                'ordering': ['-on', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'step', 'about'), name='chase_once')],
            },
        ),
        migrations.CreateModel(
            name='PartnerContribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=250)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributions', to='agreements.agreement')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='partners.partner')),
            ],
            options={
                'verbose_name': 'contribution',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'partner'), name='contribution_once')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField(default=dict, help_text="the form's fields as typed")),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('attendee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registration.attendee')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='tables.sitting')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('sitting', 'user'), name='draft_once_an_account'), models.UniqueConstraint(condition=models.Q(('attendee__isnull', False)), fields=('sitting', 'attendee'), name='draft_once_an_attendee'), models.CheckConstraint(condition=models.Q(('user__isnull', True), ('attendee__isnull', True), _connector='XOR'), name='draft_has_one_writer')],
            },
        ),
        migrations.CreateModel(
            name='Naming',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('in_words', models.BooleanField(default=False, help_text='its name stands in the words of the agreement')),
                ('asked_on', models.DateField(blank=True, help_text='when it was last asked by mail', null=True)),
                ('answer', models.CharField(blank=True, choices=[('', 'No answer yet'), ('yes', 'Yes, that is us'), ('no', 'No')], default='', max_length=3)),
                ('answered_on', models.DateField(blank=True, null=True)),
                ('answered_by', models.CharField(blank=True, max_length=160)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='namings', to='agreements.agreement')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='namings', to='partners.partner')),
            ],
            options={
                'ordering': ['agreement', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'partner'), name='naming_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_on__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='naming_answer_has_its_day')],
            },
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('state', models.CharField(choices=[('agreed', 'Agreed'), ('started', 'Started'), ('kept', 'Kept'), ('not_kept', 'Not kept'), ('dropped', 'Dropped by agreement')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('by', models.CharField(max_length=160)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='progress', to='agreements.agreement')),
            ],
            options={
                'verbose_name_plural': 'progress',
                'ordering': ['-on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='YoungMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done', models.CharField(choices=[('yes', 'Yes, it was done'), ('partly', 'Partly'), ('no', 'No'), ('cannot_tell', 'I cannot tell')], max_length=12)),
                ('on', models.DateField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='young_marks', to='agreements.agreement')),
                ('attendee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registration.attendee')),
            ],
            options={
                'ordering': ['agreement', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'attendee'), name='young_mark_once')],
            },
        ),
    ]
