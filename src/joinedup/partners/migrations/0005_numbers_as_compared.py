from django.core.exceptions import ValidationError
from django.db import migrations

from joinedup.partners.registers import READERS


def write_as_compared(apps, schema_editor):
    """Numbers of schools and NHS codes were kept as somebody typed them; what cannot be read stays as it is."""
    Partner = apps.get_model("partners", "Partner")
    for partner in Partner.objects.exclude(charity_number="", company_number="", urn="", ods=""):
        changed = []
        for kind, reader in READERS.items():
            try:
                number = reader(getattr(partner, kind))
            except ValidationError:
                continue
            if number != getattr(partner, kind):
                setattr(partner, kind, number)
                changed.append(kind)
        if changed:
            partner.save(update_fields=changed)


class Migration(migrations.Migration):

    dependencies = [("partners", "0004_one_body")]

    operations = [migrations.RunPython(write_as_compared, migrations.RunPython.noop)]
