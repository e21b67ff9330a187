
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('initiatives', '0002_initial'),
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
        ('taxonomy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=160)),
                ('date', models.DateField(blank=True, null=True)),
                ('purpose', models.TextField(blank=True, help_text='what we want to learn')),
                ('learned', models.TextField(blank=True, help_text='what we learned, in a few sentences')),
                ('safeguarding_lead', models.CharField(blank=True, max_length=160)),
                ('marking', models.CharField(choices=[('public', 'Public: anyone may see it'), ('partnership', 'Partnership: members of its partnership'), ('named', 'Named: only the partners it names')], default='partnership', max_length=12)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='places.footprint')),
                ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits_hosted', to='partners.partner')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='places.place')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='events.programme')),
            ],
            options={
                'ordering': ['-date', 'name'],
            },
        ),
        migrations.CreateModel(
            name='PracticeCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marking', models.CharField(choices=[('public', 'Public: anyone may see it'), ('partnership', 'Partnership: members of its partnership'), ('named', 'Named: only the partners it names')], default='partnership', max_length=12)),
                ('confirmed_on', models.DateField(blank=True, help_text='the body itself last said it is true', null=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=160)),
                ('checked_on', models.DateField(blank=True, help_text='somebody else last checked it', null=True)),
                ('checked_by', models.CharField(blank=True, choices=[('body', 'the body'), ('coordinator', 'the coordinator'), ('programme_lead', 'the lead of the programme'), ('administrator', 'an administrator'), ('operator', 'whoever looks after this site'), ('else', 'somebody else')], max_length=14)),
                ('came', models.CharField(blank=True, choices=[('body', 'recorded by the body itself'), ('lookups', 'proposed from public look-ups'), ('list', 'brought in from a spreadsheet or list'), ('registration', 'said when somebody registered'), ('agreement', 'begun from an agreement'), ('published', 'taken from what was published'), ('else', 'written down by somebody else')], help_text='empty is not known', max_length=12)),
                ('came_by', models.CharField(blank=True, choices=[('body', 'the body'), ('coordinator', 'the coordinator'), ('programme_lead', 'the lead of the programme'), ('administrator', 'an administrator'), ('operator', 'whoever looks after this site'), ('else', 'somebody else')], max_length=14)),
                ('came_on', models.DateField(blank=True, null=True)),
                ('is_demonstration', models.BooleanField(default=False, help_text='invented to show how the system works')),
                ('source', models.TextField(blank=True)),
                ('source_url', models.URLField(blank=True, max_length=500)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('level', models.CharField(blank=True, choices=[('primary', 'Everyone'), ('secondary', 'Those at risk'), ('tertiary', 'Those already involved')], max_length=10)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('problem', models.TextField(help_text='what was wrong, for whom')),
                ('mechanism', models.TextField(help_text='what is done, and why it should work')),
                ('cost', models.TextField(help_text='money, people, time')),
                ('pounds_a_year', models.PositiveIntegerField(blank=True, null=True)),
                ('result', models.TextField(help_text='what changed, and how that is known')),
                ('what_failed', models.TextField(help_text='what did not work, and what they would do otherwise')),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practice_cards', to='places.footprint')),
                ('initiative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='practice_cards', to='initiatives.initiative')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(help_text='who does it', on_delete=django.db.models.deletion.PROTECT, related_name='practice_cards', to='partners.partner')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practice_cards', to='places.place')),
                ('themes', models.ManyToManyField(related_name='practice_cards', to='taxonomy.theme')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='practice_cards', to='visits.visit')),
            ],
            options={
                'ordering': ['title'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('problem', ''), _negated=True), models.Q(('mechanism', ''), _negated=True), models.Q(('cost', ''), _negated=True), models.Q(('result', ''), _negated=True), models.Q(('what_failed', ''), _negated=True)), name='practice_card_is_whole')],
            },
        ),
    ]
