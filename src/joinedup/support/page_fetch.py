"""Fetch one public page for somebody who gave its address: only where the installation allows it.

What a person types must not make this server speak to machines that only it can reach. So the addresses that a name
stands for are looked at before each connection, also after a redirect, and the connection goes to the address that was
looked at. No proxy, no cookies, no compressed answers.
"""

from __future__ import annotations

import codecs
import contextlib
import ipaddress
import re
import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from joinedup import __version__
from joinedup.at_work import while_waiting

SECONDS = 10.0  # for all of it, redirects included
MOST_BYTES = 2 * 1024**2
REDIRECTS = 3
LONGEST_ADDRESS = 500
_PORTS = {"http": 80, "https": 443}
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")
_MOVED = (301, 302, 303, 307, 308)
# IPv6 addresses that stand for an IPv4 address behind a gateway: NAT64 and 6to4.
_GATEWAYS = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def fetch_page(address: str) -> str:
    """The source of a page. Raises ValidationError, in one sentence, for what is not allowed or does not come."""
    if not settings.FETCH_FUNDER_PAGES:
        raise ValidationError(_("This site does not fetch pages: open it and paste its text."))
    open_sockets: list[socket.socket] = []
    until = time.monotonic() + SECONDS
    # A server that sends a letter a second would keep the page waiting for ever.
    clock = threading.Timer(SECONDS, _cut_off, [open_sockets])
    clock.daemon = True
    clock.start()
    try:
        for _attempt in range(REDIRECTS + 1):
            with while_waiting():
                page, leads_to = _ask(address, open_sockets)
            # What was cut off looks like a page that ended.
            if time.monotonic() > until:
                raise TimeoutError
            if not leads_to:
                return page
            address = urljoin(address, leads_to)
    except (OSError, HTTPException, UnicodeError) as error:
        raise ValidationError(
            _("The page did not come: look at the address, or open it and paste its text.")
        ) from error
    finally:
        clock.cancel()
        _cut_off(open_sockets)
    raise ValidationError(_("The address leads on and on: open it and paste its text."))


def _ask(address: str, open_sockets: list[socket.socket]) -> tuple[str, str]:
    """The page at an address, or where it leads to."""
    parts = _checked(iri_to_uri(address) or "")
    port = parts.port or _PORTS[parts.scheme]
    host = parts.hostname or ""
    connection = HTTPConnection(host, port, timeout=SECONDS)
    connection.sock = _connected(parts.scheme, host, port, open_sockets)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "User-Agent": f"JoinedUp/{__version__} (+{settings.SITE_URL})",
        "Accept": ", ".join(_PAGES),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    connection.request("GET", path, headers=headers)
    with contextlib.closing(connection), contextlib.closing(connection.getresponse()) as answer:
        return _read(answer)


def _checked(address: str) -> SplitResult:
    """An address that may be asked, as far as can be seen without looking up its name."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValidationError(_("That is not an address of a page.")) from None
    if parts.scheme not in _PORTS or not parts.hostname or len(address) > LONGEST_ADDRESS:
        raise ValidationError(_("Give an address that begins with https:// or http://."))
    if parts.username or parts.password or re.search(r"[\s\x00-\x1f]", address):
        raise ValidationError(_("That is not an address of a page."))
    if port not in (None, 80, 443) and not settings.FETCH_PRIVATE_ADDRESSES:
        raise ValidationError(_("Only pages at the usual ports are fetched: open it and paste its text."))
    return parts


def _connected(scheme: str, host: str, port: int, open_sockets: list[socket.socket]) -> socket.socket:
    """A connection to an address that was looked at: a name could stand for another one a moment later."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.FETCH_PRIVATE_ADDRESSES and not all(is_public(each) for each in found):
        raise ValidationError(_("That address is not on the public internet: open it and paste its text."))
    sock = socket.create_connection((found[0], port), timeout=SECONDS)
    open_sockets.append(sock)
    if scheme == "https":
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        open_sockets.append(sock)
    return sock


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, of which every other machine speaks too."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in each for each in _GATEWAYS):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _read(answer: HTTPResponse) -> tuple[str, str]:
    if answer.status in _MOVED and (leads_to := answer.headers.get("Location")):
        return "", leads_to
    if answer.status != 200:
        raise ValidationError(
            _("The page did not come (the server says %(number)s): open it and paste its text.")
            % {"number": answer.status}
        )
    kind = answer.headers.get("Content-Type", "")
    if (
        not kind.lower().startswith(_PAGES)
        or answer.headers.get("Content-Encoding", "identity") != "identity"
    ):
        raise ValidationError(_("That address is no page that can be read here: open it and paste its text."))
    body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise ValidationError(_("The page is larger than 2 MB: open it and paste the part about the fund."))
    return decoded(body, kind), ""


def decoded(body: bytes, kind: str = "") -> str:
    """The text of a page: as its server or its own head says, else UTF-8, else the letters of Windows."""
    if body.startswith(codecs.BOM_UTF8):
        return body.decode("utf-8-sig", "replace")
    said = _CHARSET.search(kind) or _CHARSET.search(body[:2048].decode("ascii", "replace"))
    for name, errors in ((said[1] if said else "", "strict"), ("utf-8", "strict"), ("cp1252", "replace")):
        try:
            return body.decode(name, errors)
        except (LookupError, UnicodeError):
            continue
    return body.decode("utf-8", "replace")


def _cut_off(open_sockets: list[socket.socket]) -> None:
    for each in open_sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
