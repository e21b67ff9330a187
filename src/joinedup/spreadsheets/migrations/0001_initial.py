
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('partners', 'Partners and contacts'), ('initiatives', 'Local action (initiatives)'), ('offers', 'Support and funds')], max_length=12)),
                ('file_name', models.CharField(max_length=200)),
                ('header', models.JSONField(default=list)),
                ('rows', models.JSONField(default=list, help_text='lists of cell texts; emptied once accepted or undone')),
                ('mapping', models.JSONField(default=dict, help_text='our field -> column number')),
                ('first_row', models.PositiveIntegerField(default=2, help_text='number of the first of the rows in the file')),
                ('content_hash', models.CharField(blank=True, help_text='of header and rows: the same twice is refused', max_length=64)),
                ('state', models.CharField(choices=[('mapping', 'Columns not yet chosen'), ('previewed', 'Ready to accept'), ('accepted', 'Accepted'), ('undone', 'Undone')], default='mapping', max_length=10)),
                ('made', models.JSONField(default=list, help_text='[app.model, primary key] of every record it made')),
                ('row_count', models.PositiveIntegerField(default=0)),
                ('by', models.CharField(max_length=160)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='places.footprint')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RememberedColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('partners', 'Partners and contacts'), ('initiatives', 'Local action (initiatives)'), ('offers', 'Support and funds')], max_length=12)),
                ('heading', models.CharField(max_length=120)),
                ('field', models.CharField(max_length=40)),
                ('footprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.footprint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('footprint', 'kind', 'heading'), name='remembered_column_once')],
            },
        ),
    ]
