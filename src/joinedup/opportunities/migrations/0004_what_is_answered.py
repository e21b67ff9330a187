from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0003_moves_of_opportunities")]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="about",
            field=models.JSONField(
                blank=True, editable=False, help_text="which moves, and what those rest on", null=True
            ),
        ),
    ]
