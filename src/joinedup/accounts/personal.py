"""Which fields of each model are about a person. A test fails if a model is not classified here.

Audit entries say only that such a field was filled in. `after_event` fields are emptied on schedule.
"""

from django.db import models

NOTHING: frozenset[str] = frozenset()

PERSONAL: dict[str, frozenset[str]] = {
    # A mail's words until it is sent, or for a week where it does not arrive; its address for a month.
    "mail.OutgoingMail": frozenset({"mail", "to", "subject", "settled_by", "corrected_to"}),
    # What may be needed to undo what a mail said, never an address.
    "mail.MailBatch": NOTHING,
    # Keyed hashes of addresses.
    "mail.Mailbox": frozenset({"whose"}),
    "mail.MailOff": frozenset({"whose"}),
    "accounts.User": frozenset({"email", "name", "job", "password", "last_login"}),
    "accounts.Grant": NOTHING,
    "accounts.AuditEntry": NOTHING,
    "accounts.Preference": frozenset({"calendar_token"}),
    # When somebody works, and with what.
    "accounts.Session": frozenset({"session_key", "session_data", "begun", "last_used", "browser"}),
    "accounts.Closing": frozenset({"passed"}),
    "about.ResponsibleBody": frozenset({"email", "officer_email", "partnerships", "telephone"}),
    "taxonomy.Sector": NOTHING,
    "taxonomy.Theme": NOTHING,
    "taxonomy.Mix": NOTHING,
    "taxonomy.Approach": NOTHING,
    "taxonomy.Factor": NOTHING,
    "places.Place": NOTHING,
    "places.Outline": NOTHING,
    "places.CodeChange": NOTHING,
    "places.Membership": NOTHING,
    "places.Footprint": NOTHING,
    "places.Succession": NOTHING,
    "places.FootprintChange": NOTHING,
    "partners.Partner": NOTHING,
    "partners.Contact": frozenset({"name", "email"}),
    "partners.Link": NOTHING,
    "partners.TwoBodies": NOTHING,
    # It may hold by whom something was answered.
    "partners.Merge": frozenset({"moved"}),
    "partners.Ask": NOTHING,
    "initiatives.Initiative": NOTHING,
    "support.Offer": NOTHING,
    "support.NotForUs": NOTHING,
    "support.OfferList": frozenset({"header", "rows"}),
    "strategy.Strategy": NOTHING,
    "strategy.Commitment": NOTHING,
    "strategy.Update": NOTHING,
    "firstrun.AreaLoad": NOTHING,
    "evidence.Dataset": NOTHING,
    "evidence.Figure": NOTHING,
    "evidence.Series": NOTHING,
    "evidence.FiguresDue": NOTHING,
    "evidence.Need": NOTHING,
    "clusters.Scan": NOTHING,
    "clusters.Cluster": NOTHING,
    "clusters.WiderCluster": NOTHING,
    # A partner's words about a place; the note may say more than the audit trail should keep for ever.
    "clusters.Outcome": frozenset({"note"}),
    "clusters.Follower": frozenset({"token"}),
    "opportunities.Run": NOTHING,
    # They may quote what a young person said and takes back; the audit trail would keep it for ever.
    "opportunities.Opportunity": frozenset({"sentence", "moves", "heard"}),
    "opportunities.Answer": NOTHING,
    "opportunities.Enquiry": NOTHING,
    "opportunities.Priority": NOTHING,
    "opportunities.ListChange": NOTHING,
    "opportunities.Look": NOTHING,
    "opportunities.Cell": NOTHING,
    "opportunities.Touched": NOTHING,
    "opportunities.Weighting": NOTHING,
    "events.Programme": NOTHING,
    # Typed in: a role or a name, and how to reach them on the day.
    "events.Event": frozenset(
        {"safeguarding_lead", "safeguarding_contact", "contact", "contact_email", "contact_telephone"}
    ),
    "registration.Invitation": frozenset({"name", "email", "token"}),
    "registration.Attendee": frozenset(
        {"name", "email", "dietary", "access", "said", "token", "code", "calendar_key", "unlisted"}
    ),
    "registration.Reservation": NOTHING,
    "events.Stop": NOTHING,
    "events.Venue": NOTHING,
    # What was said in a session is for planners; the audit trail would keep it for ever.
    "events.Session": frozenset({"notes"}),
    "events.Speaker": frozenset({"name", "email"}),
    "registration.SurveyAnswer": frozenset({"pair", "answers"}),
    "tables.Wish": NOTHING,
    "tables.Vote": NOTHING,
    "agreements.Draft": frozenset({"values"}),
    "agreements.Chase": NOTHING,
    "agreements.YoungMark": NOTHING,
    "results.Response": NOTHING,
    "visits.Visit": frozenset({"safeguarding_lead"}),
    "visits.PracticeCard": NOTHING,
    # A title may repeat what a young person said and takes back; the audit trail would keep it for ever.
    "events.Topic": frozenset({"title"}),
    "events.Table": NOTHING,
    "tables.Sitting": NOTHING,
    "tables.Seat": NOTHING,
    "tables.PlanReport": NOTHING,
    "agreements.Agreement": NOTHING,
    "agreements.PartnerContribution": NOTHING,
    "agreements.Naming": NOTHING,
    "agreements.Progress": NOTHING,
    "voice.Conversation": NOTHING,
    "voice.Host": frozenset({"token"}),
    "voice.Contribution": frozenset({"text", "withdraw_code"}),
    # It may repeat what a young person said and takes back.
    "voice.PartnerReply": frozenset({"text", "said_by"}),
    "voice.Contradiction": NOTHING,
    # If a list came without headings, its first row is stored in their place.
    "spreadsheets.Upload": frozenset({"rows", "header", "sheets"}),
    "spreadsheets.UploadWork": NOTHING,
    "spreadsheets.PlannedRow": frozenset({"plan", "called"}),
    "spreadsheets.RememberedColumn": NOTHING,
    "spreadsheets.RememberedName": NOTHING,
}


# Fields that say by name who did something, as text. They keep the name for as long as the account lives; when it is
# erased, the role stands there instead (`accounts/leaving/erasure.py`).
NAMES: dict[str, frozenset[str]] = {
    "accounts.AuditEntry": frozenset({"by"}),
    "places.FootprintChange": frozenset({"stated_by"}),
    "partners.Partner": frozenset({"confirmed_by"}),
    "partners.Ask": frozenset({"confirmed_by"}),
    "evidence.Dataset": frozenset({"imported_by", "withdrawn_by"}),
    "initiatives.Initiative": frozenset({"confirmed_by"}),
    "support.Offer": frozenset({"confirmed_by"}),
    "support.OfferList": frozenset({"by"}),
    "strategy.Update": frozenset({"by"}),
    "clusters.Scan": frozenset({"asked_by"}),
    "clusters.Outcome": frozenset({"by"}),
    "opportunities.Opportunity": frozenset({"decided_by"}),
    "opportunities.Answer": frozenset({"by"}),
    "opportunities.Priority": frozenset({"chosen_by"}),
    "opportunities.Enquiry": frozenset({"by"}),
    "opportunities.Weighting": frozenset({"changed_by"}),
    "events.Event": frozenset({"results_published_by"}),
    "voice.Contribution": frozenset({"read_by"}),
    "voice.PartnerReply": frozenset({"recorded_by"}),
    "voice.Contradiction": frozenset({"settled_by"}),
    "visits.PracticeCard": frozenset({"confirmed_by"}),
    "agreements.Agreement": frozenset({"recorded_by", "confirmed_by"}),
    "agreements.Naming": frozenset({"answered_by"}),
    "agreements.Progress": frozenset({"by"}),
    "results.Response": frozenset({"recorded_by"}),
    "spreadsheets.Upload": frozenset({"by"}),
    "spreadsheets.UploadWork": frozenset({"by"}),
}
# Fields that are called as if they named a person, and do not.
NOBODYS_NAME: dict[str, str] = {
    "support.Offer.reopens_said_by": "The role of whoever said so.",
    "strategy.Commitment.lead": "A department, as published.",
    "evidence.Dataset.reported_by": "A publisher or a force.",
    "taxonomy.Factor.cited_by": "A publication.",
    "about.ResponsibleBody.tested_by": "A body, on a public page.",
}


def personal_fields(model: type[models.Model]) -> frozenset[str]:
    """The personal fields of a model, names of who did something among them; models that are not ours have none
    recorded."""
    return PERSONAL.get(model._meta.label, NOTHING) | NAMES.get(model._meta.label, NOTHING)
