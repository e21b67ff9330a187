import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0001_initial'),
        ('places', '0003_successions'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('undo', models.CharField(blank=True, help_text='the full name of a function', max_length=200)),
                ('facts', models.JSONField(default=dict, help_text='its arguments')),
            ],
        ),
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whose', models.CharField(help_text='mail.addresses.whose', max_length=64, unique=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'mailboxes',
            },
        ),
        migrations.CreateModel(
            name='MailOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whose', models.CharField(help_text='mail.addresses.whose', max_length=64)),
                ('kind', models.CharField(max_length=20)),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('message_id', models.CharField(max_length=250, unique=True)),
                ('kind', models.CharField(blank=True, help_text='its template', max_length=80)),
                ('to', models.EmailField(max_length=254)),
                ('subject', models.CharField(blank=True, help_text='empty if only named partners may know what it is about', max_length=250)),
                ('mail', models.JSONField(help_text='as mail.packing.packed makes it; empty once it is not needed')),
                ('state', models.CharField(choices=[('waiting', 'Waits to be sent'), ('claimed', 'Is being sent'), ('sent', 'Accepted by the mail server'), ('refused', 'Refused by the mail server'), ('given_up', 'Not accepted for a day'), ('doubtful', 'Perhaps sent'), ('returned', 'Came back'), ('stopped', 'Not sent: this address failed before')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('stored_at', models.DateTimeField()),
                ('try_at', models.DateTimeField()),
                ('claim', models.CharField(blank=True, help_text='of who sends it now', max_length=32)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('handed_at', models.DateTimeField(help_text='right before its words left', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('code', models.PositiveSmallIntegerField(help_text="the mail server's reply", null=True)),
                ('status', models.CharField(blank=True, help_text='enhanced status, as 5.1.1 (RFC 3463)', max_length=12)),
                ('settled_at', models.DateTimeField(help_text='somebody has dealt with it', null=True)),
                ('settled_by', models.CharField(blank=True, max_length=160)),
            ],
            options={
                'ordering': ['stored_at', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='mailoff',
            constraint=models.UniqueConstraint(fields=('whose', 'kind'), name='mail_off_once'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='mail.mailbatch'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='footprint',
            field=models.ForeignKey(help_text='whose coordinators hear of it where it does not arrive; without one, administrators do', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.footprint'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['try_at'], name='mail_due'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(fields=['to'], name='mail_to'),
        ),
    ]
