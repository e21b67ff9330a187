
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('initiatives', '0001_initial'),
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
        ('strategy', '0001_initial'),
        ('support', '0001_initial'),
        ('taxonomy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='initiative',
            name='commitments',
            field=models.ManyToManyField(blank=True, related_name='initiatives', to='strategy.commitment'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='named',
            field=models.ManyToManyField(blank=True, help_text='who else may see it when marked named', related_name='+', to='partners.partner'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='offers',
            field=models.ManyToManyField(blank=True, related_name='initiatives', to='support.offer'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='initiative',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='initiatives', to='partners.partner'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='places',
            field=models.ManyToManyField(blank=True, related_name='initiatives', to='places.place'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='themes',
            field=models.ManyToManyField(blank=True, related_name='initiatives', to='taxonomy.theme'),
        ),
        migrations.AddConstraint(
            model_name='initiative',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('starts__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='initiative_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='initiative',
            constraint=models.CheckConstraint(condition=models.Q(('age_to__isnull', True), ('age_from__isnull', True), ('age_to__gte', models.F('age_from')), _connector='OR'), name='initiative_ages_in_order'),
        ),
    ]
