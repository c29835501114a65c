"""What people of the journeys do: read the mail that arrived, log in with two factors, fill a page in, send it."""

import base64
import hashlib
import hmac
import re
import secrets
import struct
import time
from email.message import EmailMessage

from allauth.mfa.totp.internal.auth import TOTP
from django.utils.translation import override
from playwright.sync_api import Locator, Page, expect

from alliance.core.models import OutgoingMail
from tests.factories import PASSWORD, make_coordinator
from tests.live import Sink, wait_for

MAIL_SECONDS = 20
# The trap for bots wants a page to be open for two seconds.
HUMAN_PAUSE = 2100


def mail_that_arrived(sink: Sink, name: str, to: str, nth: int = 1) -> EmailMessage:
    """The ``nth`` mail ``name`` to an address, as the SMTP server took it; its Message-ID is the row's."""
    rows = OutgoingMail.objects.filter(name=name, to=to).order_by("id")
    wait_for(lambda: rows.filter(status="sent").count() >= nth, MAIL_SECONDS, f"mail {name} to {to}")
    row = rows[nth - 1]
    (message,) = (one for one in sink.to(to) if one["Message-ID"] == row.message_id)
    assert message["Auto-Submitted"]
    assert message.get_body(("html",)) is not None
    return message


def words_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def link_in(message: EmailMessage, part: str) -> str:
    """The first address with ``part`` in the plain text; the HTML has it too."""
    found = next(url for url in re.findall(r"https?://\S+", words_of(message)) if part in url)
    assert found in message.get_body(("html",)).get_content().replace("&amp;", "&")
    return found


def is_in(message: EmailMessage, language: str) -> bool:
    return message["Content-Language"] == language


def text_in(language: str, function, *args) -> str:
    """What ``function`` (gettext, a display method) says in a language."""
    with override(language):
        return str(function(*args))


# --- Two factors ----------------------------------------------------------------------------------------------


def coordinator_with_totp(**changes):
    """A coordinator, and the secret that their authenticator app holds."""
    coordinator = make_coordinator(**changes)
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    TOTP.activate(coordinator, secret)
    return coordinator, secret


def totp_code(secret: str) -> str:
    """RFC 6238, as an authenticator app computes it."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def log_in_to_desk(page: Page, portal, coordinator, secret: str) -> None:
    """Password, then the code: the desk opens only after both."""
    page.goto(f"{portal.url}/admin/")
    page.fill("[name=login]", coordinator.email)
    page.fill("[name=password]", PASSWORD)
    press_main(page)
    expect(page).to_have_url(re.compile("/2fa/authenticate/"))
    page.fill("[name=code]", totp_code(secret))
    press_main(page)


# --- Pages ----------------------------------------------------------------------------------------------------


def press(button: Locator) -> None:
    """Send a form; the answer is there afterwards, and what it has changed."""
    with button.page.expect_navigation():
        button.click()


def main_button(page: Page) -> Locator:
    """The one button of the form in the page's content."""
    return page.locator("main form[method=post] button.button[type=submit]:not([name])").first


def press_main(page: Page) -> None:
    press(main_button(page))


def press_main_as_a_person(page: Page) -> None:
    page.wait_for_timeout(HUMAN_PAUSE)
    press_main(page)


def assert_reads_well(page: Page, language: str) -> None:
    """One language, one heading, nothing that scrolls sideways."""
    assert page.get_attribute("html", "lang") == language
    assert page.locator("h1").count() == 1
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} is {width} px too wide"


def assert_refused_at(page: Page, field: str) -> None:
    """The message stands at the field, is tied to it, and the summary leads there."""
    control = page.locator(f"[name={field}]").first
    name = control.get_attribute("id")
    assert control.get_attribute("aria-invalid") == "true"
    assert f"id_{field}_error" in control.get_attribute("aria-describedby").split()
    assert page.locator(f"#id_{field}_error").inner_text().strip()
    assert page.locator(f".error-summary a[href='#{name}']").count() == 1


def log_in_by_code(page: Page, portal, sink: Sink, email: str, language: str) -> None:
    """Without a password: the address, then the code that was mailed."""
    page.goto(f"{portal.url}/{language}/account/login/code/")
    page.fill("[name=email]", email)
    press_main(page)
    expect(page.locator("[name=code]")).to_be_visible()
    message = mail_that_arrived(sink, "users/login_code", email)
    page.fill("[name=code]", code_in(message))
    press_main(page)
    expect(page).to_have_url(re.compile(f"/{language}/my/$"))


def code_in(message: EmailMessage) -> str:
    return re.search(r"^\s*([A-Z0-9]{4,}(?:-[A-Z0-9]+)*)\s*$", words_of(message), re.MULTILINE).group(1)
