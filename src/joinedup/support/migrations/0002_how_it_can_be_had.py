"""How support can be had: dated, rolling, standing or closed; the most that one award may be; who alone may lead."""

from django.db import migrations, models

BASES = [
    ("dated", "Until a closing date"),
    ("rolling", "All the time: requests are decided as they come"),
    ("standing", "Always there: nothing to bid for"),
    ("closed", "Closed or decided: history"),
]


def say_the_basis(apps, _editor):
    """What was said in other fields until now; for a fund without a closing date nobody said it."""
    offers = apps.get_model("support", "Offer").objects
    offers.filter(is_history=True).update(basis="closed")
    offers.filter(is_history=False, closes__isnull=False).update(basis="dated")
    offers.filter(basis="", kind__in=("guidance", "campaign")).update(basis="standing")
    with_lead = apps.get_model("support", "Offer").via_sectors.through.objects.values("offer_id")
    offers.filter(pk__in=with_lead).update(lead_only=True)


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial")]

    operations = [
        migrations.AddField(
            "offer",
            "basis",
            models.CharField(
                blank=True, choices=BASES, default="", help_text="how it can be had; empty is not known", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "offer",
            "lead_only",
            models.BooleanField(
                default=False, help_text="only those who lead may apply: others take part in their bid"
            ),
        ),
        migrations.AddField(
            "offer",
            "is_general",
            models.BooleanField(default=False, help_text="for any work with young people, whatever its theme"),
        ),
        migrations.AddField(
            "offer",
            "amount_max_gbp",
            models.PositiveBigIntegerField(blank=True, help_text="the most that one award may be", null=True),
        ),
        migrations.RenameField("offer", "amount_gbp", "amount_programme"),
        migrations.AlterField(
            "offer",
            "amount_programme",
            models.PositiveBigIntegerField(
                blank=True, help_text="pounds for all awards together: never what one may have", null=True
            ),
        ),
        migrations.AddField(
            "offer",
            "awards",
            models.CharField(blank=True, default="", help_text="how many there are, as published", max_length=80),
            preserve_default=False,
        ),
        migrations.RunPython(say_the_basis, migrations.RunPython.noop),
        migrations.RemoveField("offer", "is_history"),
        migrations.AlterField(
            "offer",
            "kind",
            models.CharField(
                choices=[
                    ("fund", "Fund"),
                    ("service", "Service"),
                    ("training", "Training"),
                    ("guidance", "Guidance"),
                    ("review", "Review"),
                    ("campaign", "Campaign"),
                    ("data", "Data"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "offer",
            "sectors",
            models.ManyToManyField(
                blank=True,
                help_text="who may use it, by themselves or in the bid of those who lead",
                related_name="offers",
                to="taxonomy.sector",
            ),
        ),
        migrations.AlterField(
            "offer",
            "via_sectors",
            models.ManyToManyField(
                blank=True,
                help_text="who leads, or through whom others come in",
                related_name="offers_via",
                to="taxonomy.sector",
            ),
        ),
        migrations.AddConstraint(
            "offer",
            models.CheckConstraint(
                condition=models.Q(("basis", "dated"), _negated=True) | models.Q(("closes__isnull", False)),
                name="dated_offer_has_a_closing_date",
            ),
        ),
        migrations.AddConstraint(
            "offer",
            models.CheckConstraint(
                condition=models.Q(("amount_programme", None))
                | models.Q(("amount_max_gbp", None))
                | models.Q(("amount_max_gbp__lte", models.F("amount_programme"))),
                name="award_within_its_programme",
            ),
        ),
    ]
