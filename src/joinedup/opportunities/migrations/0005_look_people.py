from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0004_what_is_answered")]

    operations = [
        migrations.AddField(
            model_name="look",
            name="people_at",
            field=models.DateTimeField(
                blank=True, help_text="until when they have read what people did there", null=True
            ),
        ),
        migrations.AlterField(
            model_name="look",
            name="at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
