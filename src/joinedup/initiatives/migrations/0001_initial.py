
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('partners', '0001_initial'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Initiative',
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
                ('name', models.CharField(max_length=200)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('what', models.TextField(blank=True, help_text='what is done, in plain words')),
                ('level', models.CharField(blank=True, choices=[('primary', 'Primary: everyone'), ('secondary', 'Secondary: at risk'), ('tertiary', 'Tertiary: already involved')], max_length=10)),
                ('age_from', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('age_to', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('reach_per_year', models.PositiveIntegerField(blank=True, null=True)),
                ('starts', models.DateField(blank=True, null=True)),
                ('ends', models.DateField(blank=True, null=True)),
                ('evidence', models.FloatField(blank=True, help_text='0 to 1; empty is unknown', null=True)),
                ('result', models.FloatField(blank=True, help_text='0 to 1; empty is unknown', null=True)),
                ('result_text', models.TextField(blank=True)),
                ('approach', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='taxonomy.approach')),
                ('co_partners', models.ManyToManyField(blank=True, related_name='joint_initiatives', to='partners.partner')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
    ]
