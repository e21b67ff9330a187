"""The table behind the cache, so that rate limits count for every process together."""

from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    alias = schema_editor.connection.alias
    call_command("createcachetable", "joinedup_cache", database=alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_later_rooms")]
    operations = [
        migrations.RunPython(
            make_table, lambda apps, schema_editor: schema_editor.execute("DROP TABLE joinedup_cache")
        )
    ]
