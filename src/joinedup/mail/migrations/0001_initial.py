from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='KeptMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mail', models.JSONField(help_text='as mail.kept.packed makes it')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('kept_at', models.DateTimeField()),
                ('try_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'ordering': ['kept_at', 'pk'],
            },
        ),
    ]
