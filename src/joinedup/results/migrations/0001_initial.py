
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agreements', '0001_initial'),
        ('events', '0001_initial'),
        ('partners', '0001_initial'),
        ('voice', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=600)),
                ('is_critical', models.BooleanField(default=False, help_text='says something critical of `about`')),
                ('told_on', models.DateField(blank=True, help_text='when the named body was told, at an address that those who wrote it did not add', null=True)),
                ('answer', models.CharField(blank=True, help_text='what the named body says to it', max_length=600)),
                ('shown_early_on', models.DateField(blank=True, help_text='when the named body let both be shown before its ten days end', null=True)),
                ('marking', models.CharField(choices=[('public', 'Public: anyone may see it'), ('partnership', 'Partnership: members of its partnership'), ('named', 'Named: only the partners it names')], default='public', max_length=12)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('recorded_by', models.CharField(max_length=160)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('about', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
                ('agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='agreements.agreement')),
                ('contribution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='voice.contribution')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='events.event')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_critical', False), ('about__isnull', False), _connector='OR'), name='response_critical_names')],
            },
        ),
    ]
