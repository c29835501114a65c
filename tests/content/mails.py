"""Mails as programs write them, for tests of what comes in."""

from email.message import EmailMessage
from email.utils import make_msgid

BOUNCE = """\
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: portal@alliance.example
Subject: Undelivered Mail Returned to Sender
Message-ID: {own}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; visitor@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b1
Content-Type: text/rfc822-headers

From: portal@alliance.example
Message-ID: {about}
Subject: Re: A question

--b1--
"""


def mail(text="Hello", *, html="", files=(), sender="Anna Nowak <anna@example.org>", **headers) -> bytes:
    """One mail; ``files`` are (name, bytes, "type/subtype"); headers by their names with underscores."""
    message = EmailMessage()
    message["From"], message["To"] = sender, "desk@alliance.example"
    named = {"Subject": "A question", "Message-ID": make_msgid(domain="example.org")}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in named.items():
        if value:
            message[name] = value
    if html and not text:
        message.set_content(html, subtype="html")
    else:
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
    for name, content, kind in files:
        main, sub = kind.split("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def bounce(about: str, *, action="failed") -> bytes:
    return BOUNCE.format(own=make_msgid(domain="mx.example.org"), about=about, action=action).encode()
