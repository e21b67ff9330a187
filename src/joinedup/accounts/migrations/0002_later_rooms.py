
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('partners', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='partners.partner'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('partner__isnull', False)), fields=('user', 'role', 'partner'), name='grant_once_a_partner'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('footprint__isnull', False)), fields=('user', 'role', 'footprint'), name='grant_once_a_footprint'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('footprint__isnull', True), ('partner__isnull', True)), fields=('user', 'role'), name='grant_once_everywhere'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('footprint__isnull', True), ('partner__isnull', False), ('role', 'partner_member')), models.Q(('footprint__isnull', False), ('partner__isnull', True), ('role', 'coordinator')), models.Q(('footprint__isnull', True), ('partner__isnull', True), ('role__in', ['programme_lead', 'administrator'])), _connector='OR'), name='grant_has_its_scope'),
        ),
    ]
