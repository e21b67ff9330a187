"""Forms for what is typed at a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joinedup.agreements.actions.agreement import MOST_CONTRIBUTORS
from joinedup.agreements.forms.agreement import AgreementForm
from joinedup.agreements.forms.agreement_defaults import from_agreement, from_sitting, roles_at
from joinedup.agreements.models import Agreement, Draft
from joinedup.agreements.naming import named_bodies
from joinedup.agreements.queries.table_notes import Writer
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner

FIELDS = (
    *AgreementForm.base_fields,
    *(f"{name}_{number}" for number in range(1, MOST_CONTRIBUTORS + 1) for name in ("partner", "what")),
)


def table_form(
    writer: Writer, seen: Opportunity | None, sent: Any = None, draft: Draft | None = None
) -> AgreementForm:
    """The form as it starts, or as the writer left it in `draft`."""
    form = AgreementForm(
        sent,
        person=writer.by,
        event=writer.sitting.event,
        here=writer.partners(),
        named=_named(writer),
        roles=roles_at(writer.sitting),
        is_here_only=not writer.may_name_anybody,
        initial=from_sitting(writer.sitting, writer.by, seen, not writer.may_name_anybody),
    )
    if draft is not None:
        # Set last: the choices do not depend on what was typed.
        form.initial |= draft.values
    return form


def _named(writer: Writer) -> list[Partner]:
    """Whom the topic names; nobody for who may write for those at the table only."""
    topic = writer.sitting.topic
    return list(topic.parties.all()) if topic is not None and writer.may_name_anybody else []


def correction_form(writer: Writer, agreement: Agreement, sent: Any = None) -> AgreementForm:
    """The form for correcting an agreement of this table: bodies that it names already can still be chosen."""
    return AgreementForm(
        sent,
        person=writer.by,
        event=writer.sitting.event,
        here=[*writer.partners(), *named_bodies(agreement).values()],
        roles=roles_at(writer.sitting),
        is_here_only=not writer.may_name_anybody,
        initial=from_agreement(agreement),
    )


def typed(sent: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form as sent, valid or not."""
    return {name: sent[name] for name in FIELDS if name in sent}
