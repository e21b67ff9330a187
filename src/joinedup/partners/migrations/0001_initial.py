
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
        ('taxonomy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
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
                ('does', models.TextField(blank=True, help_text='what it does, in a sentence or two')),
                ('charity_number', models.CharField(blank=True, max_length=20)),
                ('company_number', models.CharField(blank=True, max_length=20)),
                ('urn', models.CharField(blank=True, help_text='school number', max_length=10)),
                ('ods', models.CharField(blank=True, help_text='NHS organisation code', max_length=10)),
                ('gss', models.CharField(blank=True, help_text='code of the area it is the authority for', max_length=12)),
                ('website', models.URLField(blank=True)),
                ('is_statutory', models.BooleanField(default=False, help_text='named by the serious violence duty')),
                ('base', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.place')),
                ('footprints', models.ManyToManyField(blank=True, related_name='partners', to='places.footprint')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='taxonomy.sector')),
                ('serves', models.ManyToManyField(blank=True, related_name='partners', to='places.place')),
                ('themes', models.ManyToManyField(blank=True, related_name='partners', to='taxonomy.theme')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Ask',
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
                ('kind', models.CharField(choices=[('need', 'We need'), ('offer', 'We can give')], max_length=5)),
                ('text', models.CharField(max_length=300)),
                ('closed_on', models.DateField(blank=True, help_text='answered, or no longer needed', null=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('places', models.ManyToManyField(blank=True, to='places.place')),
                ('themes', models.ManyToManyField(blank=True, to='taxonomy.theme')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='partners.partner')),
            ],
            options={
                'ordering': ['-created', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('strength', models.FloatField(default=0.5)),
                ('since', models.DateField(blank=True, null=True)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_as_first', to='partners.partner')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_as_second', to='partners.partner')),
            ],
            options={
                'ordering': ['first', 'second'],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='link_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='link_in_order'), models.CheckConstraint(condition=models.Q(('strength__gte', 0), ('strength__lte', 1)), name='link_strength_0_to_1')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=120)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('added_by', models.ForeignKey(blank=True, help_text="whose account put them in; nobody's where it was the installation itself", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='partners.partner')),
            ],
            options={
                'ordering': ['role'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('partner', 'email'), name='contact_once_a_partner')],
            },
        ),
    ]
