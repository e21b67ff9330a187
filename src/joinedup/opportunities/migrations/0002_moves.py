from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_initial")]

    operations = [
        migrations.RenameModel("Move", "ListChange"),
        # What a partnership weighed were other parts: it weighs as shipped until it says otherwise.
        migrations.DeleteModel("Weighting"),
        migrations.DeleteModel("Basis"),
    ]
