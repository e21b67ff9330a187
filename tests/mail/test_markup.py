"""The HTML of a mail is made from its text, and nothing that a record holds makes any of it."""

from __future__ import annotations

import pytest

from joinedup.mail.markup import html_of, inert, text_of, to

ADDRESS = "https://joinedup.example/welcome/1?a=1&b=2"


def test_paragraphs_are_apart_by_blank_lines_and_lines_stay_lines() -> None:
    marked = "\nDear colleague,\n\n\n\nDone by: 8 October\nSees to it: Lantern\n"
    assert text_of(marked) == "Dear colleague,\n\nDone by: 8 October\nSees to it: Lantern\n"
    assert html_of(marked) == "<p>Dear colleague,</p>\n<p>Done by: 8 October<br>Sees to it: Lantern</p>"


def test_lines_that_begin_with_a_dash_are_a_list() -> None:
    marked = "We ask you:\n- to come\n- to bring <somebody>\nThank you."
    assert text_of(marked) == marked + "\n"
    assert html_of(marked) == (
        "<p>We ask you:</p>\n<ul>\n<li>to come</li>\n<li>to bring &lt;somebody&gt;</li>\n</ul>\n<p>Thank you.</p>"
    )


def test_an_indented_line_is_said_loud() -> None:
    assert text_of("Your code is\n\n    1234-5678") == "Your code is\n\n    1234-5678\n"
    assert html_of("Your code is\n\n    1234-5678").endswith("<p><strong>1234-5678</strong></p>")


def test_a_link_is_a_line_of_its_own_in_text_and_its_words_in_html() -> None:
    marked = f"There is no password. {to('Sign in here:', ADDRESS)}\n\nBye."
    assert text_of(marked) == f"There is no password. Sign in here:\n{ADDRESS}\n\nBye.\n"
    assert html_of(marked) == (
        '<p>There is no password. <a href="https://joinedup.example/welcome/1?a=1&amp;b=2">Sign in here</a></p>\n'
        "<p>Bye.</p>"
    )


def test_a_link_in_a_list_has_its_address_below_its_words() -> None:
    marked = f"- {to('A goal', ADDRESS)}\n- and 3 more"
    assert text_of(marked) == f"- A goal\n  {ADDRESS}\n- and 3 more\n"
    assert html_of(marked).count("<li>") == 2
    assert ">A goal</a></li>" in html_of(marked)


def test_words_and_address_of_a_link_are_escaped() -> None:
    html = html_of(to('<b>"Tom" & ’Jo’</b>', 'https://joinedup.example/"><script>'))
    assert html == (
        '<p><a href="https://joinedup.example/&quot;&gt;&lt;script&gt;">'
        "&lt;b&gt;&quot;Tom&quot; &amp; ’Jo’&lt;/b&gt;</a></p>"
    )
    assert text_of(to('<b>"Tom" & ’Jo’</b>', ADDRESS)).startswith('<b>"Tom" & ’Jo’</b>\n')


@pytest.mark.parametrize("address", ["javascript:alert(1)", "[a link, for this reader alone]", ""])
def test_what_is_no_address_of_a_page_is_no_link(address: str) -> None:
    assert "<a" not in html_of(to("Read it here:", address))
    assert text_of(to("Read it here:", address)) == f"Read it here:\n{address}\n"


@pytest.mark.parametrize(
    "value",
    [
        "- not an item", "    not loud", "a\n\nb", "a\r\n- b\rc", "\n- b", "https://evil.example/", "<p>", "a & b",
        'O"Neil', str(to("Press", "https://evil.example/")), "\ufdd2\ufdd3x",
    ],
)  # fmt: skip
def test_a_value_is_text_whatever_is_in_it(value: str) -> None:
    """On a line of its own it is one paragraph, with line breaks at most; in the text it reads as it was written."""
    html = html_of(f"Above\n\n{inert(value)}\n\nBelow")
    assert html.count("<p>") == html.count("</p>") == 3
    assert [tag for tag in ("<ul>", "<li>", "<a ", "<strong>") if tag in html] == []
    read = "".join(each for each in value if each not in "\ufdd0\ufdd1\ufdd2\ufdd3")
    assert "\n".join(read.splitlines()) in text_of(f"Above\n\n{inert(value)}\n\nBelow")


def test_a_note_of_several_lines_stays_in_its_paragraph() -> None:
    assert html_of(inert("One.\n\nTwo <2>.")) == "<p>One.<br><br>Two &lt;2&gt;.</p>"
    assert text_of(inert("One.\n\nTwo <2>.")) == "One.\n\nTwo <2>.\n"
