import django.db.models.deletion
from django.db import migrations, models


def of_opportunities(apps, schema_editor):
    """A topic that was made of an opportunity is about its place."""
    Topic = apps.get_model("events", "Topic")
    for topic in Topic.objects.filter(opportunity__isnull=False).select_related("opportunity"):
        topic.places.add(topic.opportunity.place_id)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
        ("opportunities", "0001_initial"),
        ("places", "0003_successions"),
    ]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="places",
            field=models.ManyToManyField(
                blank=True, help_text="what it is about; none is everywhere", related_name="topics", to="places.place"
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                help_text="the topic it is talked about with, instead of by itself",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="events.topic",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(("part_of__isnull", True), ("is_chosen", False), _connector="OR"),
                name="topic_a_part_is_not_by_itself",
            ),
        ),
        migrations.RunPython(of_opportunities, migrations.RunPython.noop),
    ]
