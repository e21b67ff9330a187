from email.utils import make_msgid
from typing import Any

from django.core.mail import DNS_NAME
from django.db import migrations


def into_the_outbox(apps: Any, schema_editor: Any) -> None:
    """What waited under the old name still goes out."""
    batch, outgoing = (apps.get_model("mail", name) for name in ("MailBatch", "OutgoingMail"))
    for kept in apps.get_model("mail", "KeptMail").objects.all():
        made = kept.mail
        outgoing.objects.create(
            batch=batch.objects.create(number=1),
            position=0,
            message_id=made["headers"].setdefault("Message-ID", make_msgid(domain=DNS_NAME)),
            to=made["to"][0],
            subject=made["subject"][:250],
            mail=made,
            attempts=kept.attempts,
            stored_at=kept.kept_at,
            try_at=kept.try_at,
        )


class Migration(migrations.Migration):

    dependencies = [
        ("mail", "0002_outbox"),
    ]

    operations = [
        migrations.RunPython(into_the_outbox, migrations.RunPython.noop),
        migrations.DeleteModel(name="KeptMail"),
    ]
