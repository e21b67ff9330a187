"""Rules of the house that a machine can hold."""

import re
from pathlib import Path

from django.apps import apps

import joinedup
from joinedup.accounts.personal import PERSONAL

SOURCE = Path(joinedup.__file__).parent
# Elsewhere months are written by `django.utils.formats.date_format`.
MONTHS_BY_HAND = {
    "engines/words.py": "knows no Django; what is like it asks here",
    "events/actions/event.py": "an address, which no language changes",
    "engines/matching/wording.py": "until the matching engine is rebuilt",
    "offline/match/changes.py": "until offline is on `engines.words`",
    "opportunities/actions/spotting.py": "until opportunities are rebuilt",
    "opportunities/queries/asking.py": "until opportunities are rebuilt",
    "opportunities/storing.py": "until opportunities are rebuilt",
    "opportunities/views/deciding.py": "until opportunities are rebuilt",
}


def test_every_model_says_which_of_its_fields_are_personal() -> None:
    ours = {m._meta.label for m in apps.get_models() if m.__module__.startswith("joinedup.")}
    assert ours == set(PERSONAL)


def test_personal_fields_exist() -> None:
    for label, fields in PERSONAL.items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert fields <= names, label


def test_months_are_written_in_one_place() -> None:
    sources = (path for path in SOURCE.rglob("*") if path.suffix in {".py", ".jinja", ".txt"})
    by_hand = {
        path.relative_to(SOURCE).as_posix() for path in sources if re.search("%[Bb]", path.read_text("utf-8"))
    }
    assert by_hand <= set(MONTHS_BY_HAND)
