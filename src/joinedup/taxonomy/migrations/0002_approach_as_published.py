from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0001_initial")]

    operations = [
        migrations.RenameField("approach", "effect", "strength"),
        migrations.RenameField("approach", "impact", "effect"),
        migrations.RenameField("approach", "numbers", "found"),
        migrations.RenameField("approach", "confidence", "evidence"),
        migrations.AddField("approach", "cost", models.CharField(blank=True, max_length=120, help_text="as published")),
        migrations.AddField("approach", "urls", models.JSONField(default=list)),
        migrations.AddField(
            "approach",
            "dated",
            models.CharField(blank=True, max_length=40, help_text="the year that the source states"),
        ),
        migrations.AddField(
            "approach", "themes", models.ManyToManyField(blank=True, related_name="approaches", to="taxonomy.theme")
        ),
        migrations.AlterField(
            "approach",
            "effect",
            models.CharField(blank=True, max_length=200, help_text="on violence, as published"),
        ),
        migrations.AlterField(
            "approach", "found", models.TextField(blank=True, help_text="the numbers, as published")
        ),
        migrations.AlterField(
            "approach",
            "evidence",
            models.CharField(blank=True, max_length=120, help_text="how sure it is, as published"),
        ),
        migrations.AlterField(
            "approach",
            "harmful",
            models.BooleanField(default=False, help_text="published evidence says that it can do harm"),
        ),
    ]
