"""Headings of lists of individual people, of work, and of counts, in English and Welsh, in `plain_heading`
form.

If a heading is missed, add it here as people write it, and a line in tests/privacy/lists.py.
"""

import re
import unicodedata

NUMBER = (
    r"(no|nos|num|nums|number|numbers|nr|id|ids|ref|refs|reference|references|urn|record|identifier|code)"
)
SOMEBODY = (
    r"(client|service user|su|yp|young person|young persons|child|childs|children|pupil|student|learner|patient|person|"
    r"participant|mentee|resident|tenant|juvenile|youth|subject|individual|beneficiary|inmate|prisoner|missing person)"
)
FIRST = r"(first|fore|given|christian)[ -]?names?"
LAST = r"(sur|last|family)[ -]?names?"
BIRTHS = (
    r"\bdobs?\b|\bd o b\b|\bd of b\b|\b(date|day|year|yr|month|place|country) of birth\b|\bbirth ?(date|day|year)\b|"
    r"\bborn\b|\byob\b|\bgeni\b|\bganwyd\b"
)
NHS_NUMBERS = rf"\bnhs ?{NUMBER}\b"
# “Contact no further action” is a count in social care.
TELEPHONES = r"\b(tel|(tele)?phone|mobile|fax|contact (number|no)(?! further))\b"
# Headings that only a file about individual people has.
DECISIVE: tuple[tuple[str, str], ...] = (
    (BIRTHS, "dates of birth"),
    (rf"{NHS_NUMBERS}|\brhif (y )?gig\b|\bhospital {NUMBER}\b|\bmrn\b|\bpatients?( ?(name|{NUMBER}|initials))?$|"
     rf"\b(rio|emis|chi) {NUMBER}\b", "numbers of patients"),
    (r"\bpnc\b|\bpncid\b|\bcro( ?(no|number))?$|\bcrn\b|\bcustody (no|num|number|ref|reference|record|date|suite|id)|"
     r"\bnoms\b|\b(prison|prisoner|nomis|delius|niche|nominal|probation|oasys|yot|yjs|asset) " + NUMBER + r"\b|"
     r"\bwarning (markers?|signs?)\b", "police, court or prison numbers of people"),
    (rf"\b(crime|offence|incident|investigation|occurrence|cad|cris|case|arrest) (report )?{NUMBER}\b|"
     rf"\b{NUMBER} of (the )?(crime|offence|incident|case)\b|\brhif (y )?(drosedd|trosedd|achos)\b", "case numbers"),
    (r"\barrest(ed)? (date|time|for|location|reason|outcome)\b|\b(date|time|reason|place) (of |for )?arrest(ed)?\b|"
     r"\barrested\b|\bdyddiad arestio\b|\b(date|time) (charged|bailed|sentenced|convicted|released)\b|"
     r"\b(charge|bail|sentence|conviction|release|licence|court|remand) (date|end|expiry|conditions?|status)\b|"
     r"\b(index offence|previous convictions?|pre ?cons?|antecedents|modus operandi)\b", "arrests and sentences"),
    (r"\b(upn|uln)\b|\bunique (pupil|learner)\b|\b(pupil|student|learner|childs?) "
     rf"(name|names|surname|forename|{NUMBER}|initials)\b|\bschool attended\b|\b(current|last|previous) school\b|"
     r"\bysgol bresennol\b|\benw('?r)? (y )?(disgybl|plentyn)\b", "single pupils"),
    (r"\b(ni|national insurance) (no|num|number)\b|\bnino\b|\bpassport (no|number)\b", "numbers of single people"),
    (r"\bhome (address|post ?code|tel|telephone|phone|number|borough|ward|area|lsoa)\b|"
     r"\b(address|post ?code|borough|ward) of (home|residence|abode|domicile)\b|"
     r"\b(residential|last known|bail|usual) address\b|\b(address|postcode) home\b|"
     r"\bpost ?code (of )?home\b|\b(cyfeiriad|cod post) cartref\b|\blives (at|with|in)\b", "home addresses"),
    (rf"^(the )?{SOMEBODY}s? ?(name|names|full name|forename|surname|first name|initials|unique {NUMBER}|{NUMBER}|dob|"
     r"details|age|gender|ethnicity|phone|mobile)$|"
     rf"\b(name|initials|{NUMBER}|details) of (the |each )?{SOMEBODY}\b|"
     r"\benw('?r)? (y )?(person ifanc|cleient)\b", "single people"),
    (r"\b(mothers?|fathers?|parents?|parent carer|carers?|guardians?|mums?|dads?|next of kin|nok|emergency contact) "
     r"(name|names|contact|phone|mobile|number|tel|telephone|details|email|address)\b|^next of kin$|^nok$|"
     r"^emergency contacts?$|"
     r"\b(alias|aliases|aka|street name|nick ?name|maiden name|known as|known associates|associates|co defendants?)\b|"
     r"\bgang (name|affiliation|member|nominal|association|status)\b", "families and acquaintances of single people"),
)  # fmt: skip
# A publisher's file of counts needs none of these, so one is enough there; a list of organisations has most
# of them. They must not match a publisher's own column (“Area name”, “LSOA name”, “Crime ID”) or a body (“NHS
# trust”).
NEVER_BESIDE_COUNTS: tuple[tuple[str, str], ...] = (
    (rf"\b({FIRST}|{LAST}|(middle|full|maiden|nick)[ -]?names?|initials|"
     r"name of .*(child|person|pupil|patient|client|victim|parent)|"
     r"(child|person|pupil|patient|client|student|victim|suspect|offender|defendant|nominal|parent|carer|"
     r"resident|member|participant)s? ?(name|id|ref|reference|number|no|identifier))\b", "names of people"),
    (BIRTHS, "dates of birth"),
    (rf"^nhs$|{NHS_NUMBERS}", "NHS numbers"),
    (r"\b(upn|uln|nino|national insurance|passport|pnc ?id|custody (ref|number)|hospital number|unique pupil)\b",
     "numbers that stand for one person"),
    (r"\be ?mails?\b", "e-mail addresses"),
    (TELEPHONES, "telephone numbers"),
    (r"\b(home|street|postal|full)? ?address( ?line ?\d?)?\b|\bhouse (number|name)\b", "addresses"),
    (r"\b(self|officer) defined ethnicity\b", "records of single searches"),
)  # fmt: skip
# Words for people, which headings about work with them, or counts of them, contain as well.
ROLES = re.compile(
    r"\b(suspects?|offenders?|victims?|perpetrators?|perps?|nominals?|detainees?|arrestees?|defendants?|accused|"
    r"complainants?|aggrieved|injured (party|person)|witness(es)?|absconders?|mispers?|missing (person|child)|"
    r"dioddefwyr|dioddefwr|troseddwyr|troseddwr|sawl a amheuir|service user|young person|pupil|patient|mentee|"
    r"juvenile|person ifanc|plentyn|disgybl)\b"
)
WORK = re.compile(
    r"\b(support\w*|services?|work\w*|offers?|offered|provision|programmes?|project\w*|commission\w*|management|"
    r"teams?|groups?|strateg\w+|focus\w*|funds?|funding|charit\w+|hubs?|panels?|units?|lead|leads|charter|surgery|"
    r"code|led|voice|awareness|training|engagement|participation|needs?|outcomes?|impact|friendly|target\w*|"
    r"commissioner|organisation|agency|partner|participation|number of|no of|count|counts|total|totals|rate|rates|"
    r"per|percent|supported|reached|seen|referred|numbers|how many|ages?|proportion|share)\b|%"
)
SUBJECT_NAME = re.compile(
    rf"^(name|names|first|last|full names?|{FIRST}|{LAST}|middle names?|initials|person|people|individual|subject|"
    rf"client|participant|attendee|member|student|{FIRST} {LAST}|{LAST} {FIRST}|{FIRST} and {LAST}|{LAST} and {FIRST}|"
    r"name of person|persons? name|enw|enwau|enw llawn|enw cyntaf|cyfenw|cyfenwau)( ?\d)?$"
)
SPLIT_FIRST = re.compile(rf"^(first|{FIRST}|initials|enw cyntaf)$")
SPLIT_LAST = re.compile(rf"^({LAST}|cyfenw)$")
# What is said about one person. STRONG always means this beside a name; WEAK is also said about other things.
STRONG = re.compile(
    r"\b(offences?|offense|offending|alleged|allegation|arrest\w*|charged|convict\w*|sentence\w*|weapon (used|carried|"
    r"found)|ethnicity|ethnic (origin|group|appearance)|self defined|religion|nationality|first language|"
    r"country of origin|immigration status|gangs?|diagnosis|injur(y|ies)|school|year group|form|tutor group|excluded|"
    r"exclusions?|attendance|ehcp|sen|send status|sen status|lac|cla|cin|cpp?|looked after|care status|legal status|"
    r"referral (date|reason|source|status)|date (of )?referral|date referred|reason for referral|mappa|marac|iom|nrm|"
    r"risk (level|of|to)|level of risk|vulnerabilit\w+|social worker|key ?worker|case ?worker|case manager|caseload|"
    r"probation officer|yot worker|offender manager|oic|officer in (the )?case|parents?|mother|father|mum|guardian|"
    r"carer|siblings?|family|last seen|missing episodes|intelligence|intel|trosedd|troseddau|ethnigrwydd|"
    r"lefel risg|ysgol|arestio|crefydd|blwyddyn ysgol)\b"
)
WEAK = re.compile(
    r"\b(ages?|oed|oedran|gender|sex|rhyw|post ?codes?|cod post|address|cyfeiriad|ward|borough|lsoa|risk|rag|mobile|"
    r"phone|telephone|ethnic|status|outcome|disability|concerns?|address line \d)\b"
)
# Rows about work or an organisation, or about somebody at work.
ABOUT_WORK = re.compile(
    r"\b(organi[sz]ations?|orgs?|agency|agencies|partners?|providers?|projects?|programmes?|initiatives?|schemes?|"
    r"services?|funds?|funders?|charity|company|teams?|departments?|employer|venue|events?|sessions?|activity|"
    r"activities|intervention|workshops?|offers?|grants?|sefydliad|prosiect|asiantaeth)\b"
)
AT_WORK = re.compile(
    r"\b(job|job title|role|position|post|title|e ?mail|email address|work|organi[sz]ation|org|agency|department|team|"
    r"company|employer|swydd|rol|ebost|sefydliad)\b"
)
COUNTS = re.compile(
    r"\b(counts?|number|numbers|total|totals|rate|rates|n|value|values|obs|observation|headcount|percent\w*|pct|"
    r"proportion|share|per|population|offences recorded|crimes|cases|sum|average|mean|nifer|cyfanswm|"
    r"(19|20)\d\d( \d\d)?|q[1-4]|jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|"
    r"june|july|august|september|october|november|december)\b|%"
)
REFERENCE = re.compile(rf"^({NUMBER}|unique {NUMBER}|rhif|person|individual)$")


def plain_heading(heading: str) -> str:
    """A heading without case, punctuation and accents, with joined words split: “DateOfBirth” is “date of
    birth”, “D.O.B.” is “dob”."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.replace("’", "").replace("'", ""))
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    text = re.sub(r"\b(?:[a-z]\.){2,}[a-z]?\b\.?", lambda each: each[0].replace(".", ""), text)
    return " ".join(re.sub(r"[^a-z0-9&]+", " ", text).split())
