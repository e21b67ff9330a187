
import django.db.models.deletion
import joinedup.accounts.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('job', models.CharField(blank=True, help_text='role in their organisation', max_length=120)),
                ('is_active', models.BooleanField(default=True)),
                ('created', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['email'],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(choices=[('never', 'Never'), ('daily', 'Every working day on which something waits'), ('weekly', 'Once a week, when something waits')], default='weekly', max_length=6)),
                ('not_wanted', models.JSONField(blank=True, default=list, help_text='values of Mail')),
                ('calendar_token', models.CharField(default=joinedup.accounts.models.fresh_token, max_length=40, unique=True)),
                ('digest_sent_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('user_id', models.BigIntegerField(null=True)),
                ('by', models.CharField(help_text='as the person was called then', max_length=160)),
                ('action', models.CharField(max_length=60)),
                ('record', models.CharField(help_text='app.model', max_length=60)),
                ('record_id', models.CharField(max_length=40)),
                ('label', models.CharField(max_length=200)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['record', 'record_id'], name='accounts_au_record_1fa368_idx')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('partner_member', 'Partner member'), ('coordinator', 'Coordinator'), ('programme_lead', 'Programme lead'), ('administrator', 'Administrator')], max_length=20)),
                ('footprint', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='places.footprint')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
