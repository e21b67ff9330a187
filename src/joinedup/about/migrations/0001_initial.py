
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ResponsibleBody',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('address', models.TextField(blank=True, max_length=500)),
                ('email', models.EmailField(blank=True, help_text='for anything', max_length=254)),
                ('telephone', models.CharField(blank=True, max_length=40)),
                ('officer_email', models.EmailField(blank=True, help_text='of the data protection officer', max_length=254)),
                ('register_number', models.CharField(blank=True, help_text='at the Information Commissioner', max_length=12)),
                ('basis', models.CharField(blank=True, choices=[('public_task', 'Public task: what the law asks this body to do (UK GDPR, article 6(1)(e))'), ('interests', 'Legitimate interests, which were weighed (UK GDPR, article 6(1)(f))')], max_length=12)),
                ('hosting', models.TextField(blank=True, help_text='who runs the machines, in which country', max_length=500)),
                ('mail_carrier', models.TextField(blank=True, help_text='who carries the mails', max_length=500)),
                ('tested_on', models.DateField(blank=True, help_text='for accessibility', null=True)),
                ('tested_by', models.CharField(blank=True, max_length=200)),
                ('problems', models.TextField(blank=True, help_text='that people with a disability meet', max_length=2000)),
                ('answer_days', models.PositiveSmallIntegerField(default=20, help_text='working days to answer a complaint', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)])),
                ('second_stage', models.TextField(blank=True, help_text='who looks at a complaint again', max_length=500)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_body_is_responsible')],
            },
        ),
    ]
