
import django.db.models.deletion
import django.utils.timezone
import joinedup.accounts.models
import joinedup.registration.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('partners', '0001_initial'),
        ('taxonomy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='order of registration; also what the plan calls them')),
                ('role', models.CharField(help_text='role in their organisation', max_length=120)),
                ('name', models.CharField(blank=True, help_text='the name they want to be called', max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('parts', models.JSONField(default=list, help_text='facilitator, scribe, guest, young_person, companion, speaker')),
                ('offer', models.CharField(blank=True, choices=[('', 'Nothing'), ('facilitator', 'To lead a table'), ('scribe', 'To write for a table')], default='', help_text='what they offer to do on the day', max_length=12)),
                ('offer_answer', models.CharField(blank=True, choices=[('', 'No answer yet'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='', help_text='what those who plan the event said to the offer; only what is accepted is among the parts', max_length=8)),
                ('access', models.JSONField(default=list, help_text='what of needs.NEEDS they asked for')),
                ('dietary', models.CharField(blank=True, max_length=200)),
                ('photo_consent', models.BooleanField(default=False)),
                ('opted_in', models.BooleanField(default=False, help_text='may be introduced to others')),
                ('rounds', models.JSONField(default=list, help_text='empty is all')),
                ('agreed_at', models.DateTimeField(blank=True, help_text='when the companion that is wanted said yes', null=True)),
                ('keeps_place', models.BooleanField(default=False, help_text='had a place when their companion went: it stays theirs until a person decides')),
                ('vouched_on', models.DateField(blank=True, help_text='somebody who plans the event knows this companion', null=True)),
                ('standing', models.CharField(choices=[('placed', 'Has a place'), ('waiting', 'On the waiting list'), ('alone', 'Waits for a companion'), ('held', 'Has not confirmed yet'), ('lapsed', 'Did not confirm in time'), ('cancelled', 'Not coming')], default='placed', max_length=10)),
                ('held_until', models.DateTimeField(blank=True, help_text='a stranger confirms until then', null=True)),
                ('said', models.JSONField(blank=True, default=dict, help_text="what a stranger's organisation does and needs, until they confirm")),
                ('token', models.CharField(default=joinedup.accounts.models.fresh_token, max_length=40, unique=True)),
                ('code', models.CharField(default=joinedup.registration.models.fresh_code, help_text='read out at the door', max_length=6)),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('thanked_at', models.DateTimeField(blank=True, help_text='told of their page after the event', null=True)),
                ('paid_on', models.DateField(blank=True, help_text='a young person was paid for the day', null=True)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('registered_at', models.DateTimeField(auto_now_add=True)),
                ('standing_since', models.DateTimeField(default=django.utils.timezone.now)),
                ('calendar_version', models.PositiveIntegerField(default=2, help_text='rises with each change of standing; calendars keep the highest')),
                ('calendar_key', models.CharField(blank=True, help_text='by chance; tells people apart who share one mailbox', max_length=12)),
                ('companion', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='with_them', to='registration.attendee')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendees', to='events.event')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendees', to='partners.partner')),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.sector')),
                ('themes', models.ManyToManyField(blank=True, to='taxonomy.theme')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('wanted_companion', models.ForeignKey(blank=True, help_text='who is asked to come with a young person, until they said yes and are vouched for', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='asked_to_bring', to='registration.attendee')),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['event', 'email'], name='attendee_address')],
                'constraints': [models.UniqueConstraint(fields=('event', 'number'), name='attendee_number_once'), models.UniqueConstraint(fields=('event', 'code'), name='attendee_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, max_length=120)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('brings', models.CharField(blank=True, choices=[('', 'Themselves'), ('young', 'Young people'), ('lived', 'People with lived experience')], default='', max_length=6)),
                ('reason', models.CharField(blank=True, help_text='why they were suggested', max_length=250)),
                ('token', models.CharField(default=joinedup.accounts.models.fresh_token, max_length=40, unique=True)),
                ('answer', models.CharField(choices=[('waiting', 'No answer yet'), ('accepted', 'Coming'), ('declined', 'Not coming'), ('substitute', 'Sending someone else')], default='waiting', max_length=12)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='events.event')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='partners.partner')),
                ('substitute_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='substitutes', to='registration.invitation')),
            ],
            options={
                'ordering': ['event', 'partner', 'role'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('event', 'email'), name='invitation_once_an_address')],
            },
        ),
        migrations.CreateModel(
            name='SurveyAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('before', 'Before the day'), ('after', 'After the day')], max_length=6)),
                ('pair', models.CharField(blank=True, max_length=64)),
                ('answers', models.JSONField(default=dict)),
                ('on', models.DateField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='survey_answers', to='events.event')),
            ],
            options={
                'ordering': ['event', 'moment', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('pair', ''), _negated=True), fields=('event', 'moment', 'pair'), name='survey_answer_once')],
            },
        ),
    ]
