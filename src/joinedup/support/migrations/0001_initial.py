
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
        ('taxonomy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Offer',
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
                ('provider', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('fund', 'Fund'), ('service', 'Service'), ('training', 'Training'), ('guidance', 'Guidance'), ('review', 'Review'), ('campaign', 'Campaign')], max_length=10)),
                ('purpose', models.TextField(blank=True)),
                ('who_may_use', models.TextField(blank=True, help_text="in the provider's words")),
                ('is_required_by_law', models.BooleanField(default=False, help_text='the law requires it of those it names')),
                ('area', models.CharField(blank=True, max_length=120)),
                ('opens', models.DateField(blank=True, null=True)),
                ('closes', models.DateField(blank=True, null=True)),
                ('is_history', models.BooleanField(default=False, help_text='closed or decided: kept as history')),
                ('dates_note', models.CharField(blank=True, max_length=250)),
                ('amount', models.CharField(blank=True, help_text='as published', max_length=160)),
                ('amount_gbp', models.PositiveBigIntegerField(blank=True, null=True)),
                ('last_checked', models.DateField(blank=True, null=True)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('confidence', models.CharField(blank=True, max_length=40)),
                ('footprint', models.ForeignKey(blank=True, help_text="whose own it is; nobody's: all partnerships share it, and none of their coordinators changes it", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='places.footprint')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('places', models.ManyToManyField(blank=True, related_name='offers', to='places.place')),
                ('provider_partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='partners.partner')),
                ('sectors', models.ManyToManyField(blank=True, related_name='offers', to='taxonomy.sector')),
                ('themes', models.ManyToManyField(blank=True, related_name='offers', to='taxonomy.theme')),
                ('via_sectors', models.ManyToManyField(blank=True, help_text="who applies on others' behalf", related_name='offers_via', to='taxonomy.sector')),
            ],
            options={
                'ordering': ['closes', 'name'],
            },
        ),
    ]
