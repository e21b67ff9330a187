"""What a box of words says when it holds what leads to a person."""

import pytest
from django.core.exceptions import ValidationError

from joinedup.privacy.free_text import WORDS_ALONE, refusal, refuse, what_identifies


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ask boxing@example.org", "an e-mail address"),
        ("call 07700 900123", "a phone number"),
        ("Patient 943 476 5919", "a number that stands for a person"),
        # Tables refused these and sentences did not.
        ("His NI number is AB123456C", "a number that stands for a person"),
        ("PNC 2008/1234X", "a number that stands for a person"),
        ("UPN A12345678901B", "a number that stands for a person"),
        ("Born on 3 March", "a date of birth"),
        ("At 12 Mill Road, Northton M14 5RX", "the address of a house"),
        ("See www.example.org, @lantern, in M14 5RX", ""),
        ("12 sessions a week for 45/100K, since 2019", ""),
    ],
)
def test_the_first_thing_that_leads_to_one_person(text: str, what: str) -> None:
    assert what_identifies(text) == what


def test_a_name_or_a_role_leads_nowhere_else_either() -> None:
    assert what_identifies("www.example.org/pat") == ""
    assert what_identifies("www.example.org/pat", WORDS_ALONE) == "a web address"


def test_the_reason_says_what_to_take_out() -> None:
    assert refusal("call 07700 900123") == (
        "Please take out a phone number: this is kept when what we know of people is deleted, so it may "
        "not lead to one."
    )
    assert refusal("Unmistakable Person runs it", ["Unmistakable Person"]) == (
        "Please take out the name “Unmistakable Person”: this is kept when what we know of people is deleted, so "
        "it may name nobody."
    )
    assert refusal("Boxing on Fridays", ["Unmistakable Person"]) == ""


def test_each_box_has_its_own_reason() -> None:
    refuse({"role": "Manager", "doing": "Boxing"})
    with pytest.raises(ValidationError) as refused:
        refuse({"role": "www.example.org", "doing": "call 07700 900123"}, detectors=WORDS_ALONE)
    assert set(refused.value.message_dict) == {"role", "doing"}
