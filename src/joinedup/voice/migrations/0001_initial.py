import django.db.models.deletion
import joinedup.accounts.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('partners', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('question', models.CharField(max_length=250)),
                ('why', models.TextField(blank=True, help_text='what the answers are for, said plainly')),
                ('opens', models.DateField()),
                ('closes', models.DateField()),
                ('is_demonstration', models.BooleanField(default=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='events.event')),
            ],
            options={
                'ordering': ['-opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes__gte', models.F('opens'))), name='conversation_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Host',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=joinedup.accounts.models.fresh_token, max_length=40, unique=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='host_links', to='voice.conversation')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.partner')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'partner'), name='host_once')],
            },
        ),
        migrations.AddField(
            model_name='conversation',
            name='hosts',
            field=models.ManyToManyField(related_name='conversations', through='voice.Host', to='partners.partner'),
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=400)),
                ('age_band', models.CharField(choices=[('11-13', '11 to 13'), ('14-15', '14 to 15'), ('16-17', '16 to 17'), ('18-24', '18 to 24'), ('25+', '25 or over')], max_length=8)),
                ('state', models.CharField(choices=[('waiting', 'Waiting to be read'), ('shown', 'Shown'), ('refused', 'Not shown'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('reason', models.CharField(blank=True, choices=[('names', 'It names or points to a person'), ('place', 'It says where somebody can be found'), ('safeguarding', 'Somebody may need help: passed to the safeguarding lead'), ('off_topic', 'It is about something else'), ('unkind', 'It could hurt somebody')], max_length=14)),
                ('read_by', models.CharField(blank=True, max_length=160)),
                ('read_on', models.DateField(blank=True, null=True)),
                ('withdraw_code', models.CharField(default=joinedup.accounts.models.fresh_token, max_length=40, unique=True)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('given_at', models.DateTimeField(auto_now_add=True)),
                ('topic', models.ForeignKey(blank=True, help_text='the topic of the event that was made of it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contributions', to='events.topic')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributions', to='voice.conversation')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributions', to='voice.host')),
            ],
            options={
                'ordering': ['-given_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='contribution_refused_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'shown'), _negated=True), models.Q(('read_by', ''), _negated=True), _connector='OR'), name='contribution_shown_was_read')],
            },
        ),
    ]
