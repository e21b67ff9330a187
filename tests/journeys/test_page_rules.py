"""The rules for pages find what they are there to find: each is broken once."""

import pytest

from tests.journeys.crawling import Visited
from tests.journeys.page_rules import faults

HEADERS = {"content-security-policy": "script-src 'self' 'nonce-n1'", "content-type": "text/html"}
WHOLE = (
    '<html lang="en-GB"><head><title>Page – JoinedUp</title></head><body><header>x</header>'
    "<main><h1>One</h1>{}</main><footer>x</footer></body></html>"
)
BREAKS = {
    "<h1>Two</h1>": "2 h1",
    "<h3>Too deep</h3>": "after h1",
    '<p id="a"></p><p id="a"></p>': "id a 2 times",
    '<input id="b" aria-label="b" aria-describedby="gone">': "points to gone",
    '<img src="x.png">': "img without alt",
    "<svg></svg>": "svg without a text alternative",
    '<table><tr><th scope="col">a</th></tr></table>': "table without caption",
    "<table><caption>c</caption><tr><th>a</th></tr></table>": "th without scope",
    '<a href="/x/"></a>': "empty a",
    '<a href="#">x</a>': "link to nowhere",
    '<input name="q">': "field without label: q",
    '<form method="post" action="/x/"></form>': "cannot be posted",
    '<p style="color:red">x</p>': "inline style",
    '<p onclick="x()">x</p>': "inline handler",
    "<p>Due {{ day }}</p>": "left behind",
    "<p>Agreed by None.</p>": "left behind",
    "<p><b>None</b></p>": "left behind",
    "<p>On 2018-10-08.</p>": "a date written otherwise",
    "<p>On October 8, 2018.</p>": "a date written otherwise",
    "<script>x()</script>": "script without the nonce",
}


def read(inside: str) -> list[str]:
    return faults(Visited("/x/", "", 200, HEADERS, WHOLE.replace("{}", inside)))


@pytest.mark.parametrize(("inside", "said"), BREAKS.items())
def test_a_broken_page_is_found(inside: str, said: str) -> None:
    found = read(inside)
    assert any(said in each for each in found), found


def test_a_page_in_order_is_left_alone() -> None:
    inside = (
        '<h2>Then</h2><p>None, or not sure, on 8 October 2018</p><script nonce="n1"></script>'
        "<table><caption>c</caption><tr><th scope='col'>a</th></tr></table>"
    )
    assert read(inside) == []
