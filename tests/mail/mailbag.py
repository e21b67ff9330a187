"""Mails as programs write them into the mailbox of returned mails; by RFC 3464, 3834, 5965, 6533 and 8098."""

from __future__ import annotations

THEIRS = "<20270301.1@elsewhere.example>"
ORIGINAL = "From: joinedup@localhost\nTo: gone@example.org\nSubject: A day\nMessage-ID:{id}\n"
STATUS = (
    "Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 1 Mar 2027 09:00:01 +0000\n\n"
    "Final-Recipient: rfc822; gone@example.org\nAction: failed\nStatus: {status}\n"
    "Diagnostic-Code: smtp; 550 {status} no such\n mailbox here\n"
)


def lines(text: str) -> bytes:
    """As they stand in a mailbox."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def part(kind: str, body: str, more: str = "") -> str:
    return f"Content-Type: {kind}\n{more}\n{body}\n"


def report(*parts: str, headers: str = "", kind: str = "delivery-status") -> bytes:
    """A report of these parts."""
    body = "".join(f"--=_b/1\n{each}\n" for each in parts)
    return lines(
        f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: joinedup@localhost\n"
        f"Subject: Undelivered\nAuto-Submitted: auto-replied\n{headers}MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind};\n\tboundary="=_b/1"\n\n'
        f"This is a MIME-encapsulated message.\n\n{body}--=_b/1--\n"
    )


NOTE = part("text/plain; charset=us-ascii", "I am sorry: your mail could not be delivered.")


def original(message_id: str, fold: str = " ") -> str:
    return ORIGINAL.format(id=fold + message_id)


def postfix(message_id: str, status: str = "5.1.1") -> bytes:
    return report(
        part(
            "text/plain; charset=us-ascii",
            "This is the mail system at host mx.",
            "Content-Description: Notification\n",
        ),
        part(
            "message/delivery-status", STATUS.format(status=status), "Content-Description: Delivery report\n"
        ),
        part(
            "message/rfc822",
            original(message_id) + "\nYou come.\n",
            "Content-Description: Undelivered Message\n",
        ),
    )


def postfix_in_utf8(message_id: str, status: str = "5.1.1") -> bytes:
    """RFC 6533: where an address or a header of the mail is in UTF-8."""
    return report(
        part("text/plain; charset=utf-8", "Jörg", "Content-Transfer-Encoding: 8bit\n"),
        part(
            "message/global-delivery-status",
            STATUS.format(status=status).replace("rfc822; gone", "utf-8; jörg"),
            "Content-Transfer-Encoding: 8bit\n",
        ),
        part("message/global-headers", original(message_id), "Content-Transfer-Encoding: 8bit\n"),
        kind="global-delivery-status",
    )


def exim(message_id: str, status: str = "5.0.0") -> bytes:
    """Names of headers in small letters, and only the headers of a long mail."""
    return report(
        "Content-type: text/plain; charset=us-ascii\n\nThis message was created automatically.\n",
        "Content-type: message/delivery-status\n\n" + STATUS.format(status=status),
        "Content-type: text/rfc822-headers\n\nReturn-path: <joinedup@localhost>\n" + original(message_id),
        headers=f"X-Failed-Recipients: gone@example.org\nReferences: {message_id}\n",
    )


def gmail(message_id: str, status: str = "5.1.1") -> bytes:
    """What is for people comes with a picture; the number of the mail stands with the status."""
    for_people = (
        'Content-Type: multipart/related; boundary="r"\n\n--r\nContent-Type: multipart/alternative; boundary="a"\n\n'
        '--a\nContent-Type: text/plain; charset="UTF-8"\n\n** Address not found **\n--a\n'
        'Content-Type: text/html; charset="UTF-8"\n\n<p>Address not found</p>\n--a--\n--r\n'
        'Content-Type: image/png; name="icon.png"\nContent-Transfer-Encoding: base64\nContent-ID: <icon.png>\n\n'
        "iVBORw0KGgo=\n--r--\n"
    )
    told = STATUS.format(status=status).replace("\n\n", f"\nX-Original-Message-ID: {message_id}\n\n", 1)
    return report(
        for_people,
        part("message/delivery-status", told),
        part("message/rfc822", original(message_id) + "\nYou come.\n"),
        headers=f"In-Reply-To: {message_id}\nReferences: {message_id}\n",
    )


def exchange(message_id: str, status: str = "5.1.10") -> bytes:
    """The number of the mail stands on a line of its own."""
    for_people = (
        'Content-Type: multipart/alternative; differences=Content-Type;\n\tboundary="a"\n\n--a\n'
        'Content-Type: text/plain; charset="us-ascii"\nContent-Transfer-Encoding: quoted-printable\n\n'
        'gone wasn\'t found at example.org.=20\n--a\nContent-Type: text/html; charset="us-ascii"\n'
        "Content-Transfer-Encoding: base64\n\nPHA+Z29uZTwvcD4=\n--a--\n"
    )
    return report(
        for_people,
        part("message/delivery-status", STATUS.format(status=status)),
        part("message/rfc822", original(message_id, "\n\t") + "\nYou come.\n"),
        headers="Content-Language: en-GB\nX-MS-Exchange-Message-Is-Ndr:\n",
    )


def without_the_mail(message_id: str, status: str = "5.1.1") -> bytes:
    """RFC 3464: what is returned of the mail may be left out. Then a header says what it answers (RFC 3834)."""
    return report(
        NOTE,
        part("message/delivery-status", STATUS.format(status=status)),
        headers=f"In-Reply-To: {message_id}\n",
    )


def encoded(message_id: str, status: str = "5.1.1") -> bytes:
    """What gateways make of it, though RFC 3464 says 7bit."""
    quoted = STATUS.format(status=status).replace("Action: failed", "Action:=20fail=\ned")
    return report(
        NOTE,
        part("message/delivery-status", quoted, "Content-Transfer-Encoding: quoted-printable\n"),
        part("text/rfc822-headers", original(message_id)),
    )


def with_a_banner(message_id: str, status: str = "5.1.1") -> bytes:
    """A gateway wraps the report, to say that it is from outside."""
    inner = postfix(message_id, status).decode().split("MIME-Version: 1.0\r\n", 1)[1]
    return lines(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="w"\n\n--w\nContent-Type: text/plain\n\nCAUTION: from outside.\n'
        f"--w\n{inner}\n--w--\n"
    )


# By who writes them; each is a function of the number of the mail and the status.
REPORTS = {
    "Postfix": postfix,
    "Postfix, in UTF-8": postfix_in_utf8,
    "Exim": exim,
    "Gmail": gmail,
    "Exchange Online": exchange,
    "without the mail": without_the_mail,
    "encoded": encoded,
    "with a banner": with_a_banner,
}


def person(body: str, headers: str = "") -> bytes:
    return lines(
        f"From: A Person <a@example.org>\nTo: joinedup@localhost\nSubject: Re: A day\n{headers}\n{body}\n"
    )


def no_reports(message_id: str) -> dict[str, bytes]:
    """What else comes back, in answer to a mail of this number; a person has to read it."""
    answers = f"In-Reply-To: {message_id}\nReferences: {message_id}\n"
    bounce = postfix(message_id).decode()
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2000))
    return {
        "away": person(
            "I am away until Monday.",
            answers + "Auto-Submitted: auto-replied\n",
        ),
        "challenge": person("Press here to show that you are a person: https://example.org/?c=1", answers),
        "reply": person(f"Thank you.\n> {message_id}\n> Action: failed\n> Status: 5.1.1", answers),
        "forwarded": lines(
            f"From: A Person <a@example.org>\nSubject: What is this?\nMIME-Version: 1.0\n{answers}"
            'Content-Type: multipart/mixed; boundary="f"\n\n--f\nContent-Type: text/plain\n\nThis came to me.\n'
            f"--f\nContent-Type: message/rfc822\n\n{bounce}\n--f--\n"
        ),
        "read": report(
            NOTE,
            part(
                "message/disposition-notification",
                f"Final-Recipient: rfc822; a@example.org\nOriginal-Message-ID: {message_id}\n"
                "Disposition: manual-action/MDN-sent-manually; deleted\n",
            ),
            kind="disposition-notification",
        ),
        "complaint": report(
            NOTE,
            part("message/feedback-report", "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n"),
            part("message/rfc822", original(message_id)),
            kind="feedback-report",
        ),
        "delayed": lines(postfix(message_id, "4.4.1").decode().replace("Action: failed", "Action: delayed")),
        "delivered": lines(
            postfix(message_id, "2.0.0").decode().replace("Action: failed", "Action: delivered")
        ),
        "never ours": postfix(THEIRS),
        "without a number": postfix(""),
        "cut off": postfix(message_id)[:420],
        "no end, no beginning": lines(
            'Subject: x\nContent-Type: multipart/report; boundary="b"\n\nno part at all\n'
        ),
        "no boundary": lines("Subject: x\nContent-Type: multipart/report\n\n--b\n\nx\n"),
        "nothing": b"\r\n",
        "bytes": b"Subject: \xff\xfe\x80\r\nContent-Type: text/plain; charset=\xff\r\n\r\n\x80\xff\r\n",
        "odd encoding": lines(
            "Subject: =?x?q?=ff?=\nContent-Type: text/plain; charset=none\nContent-Transfer-Encoding: x\n\nä\n"
        ),
        "parts in parts": lines(f"Subject: x\nMIME-Version: 1.0\n{deep}\nx\n"),
    }
