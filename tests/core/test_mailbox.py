"""The mailbox of a local run."""

import os
import re

import pytest
from django.urls import reverse

from alliance.core import mailbox, mime

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    settings.MAILBOX_DIR = str(tmp_path)
    return tmp_path


def keep(folder, number: int = 1, **changes) -> str:
    fields = {
        "sender": "Alliance portal <portal@alliance.example>",
        "to": "reader@example.org",
        "subject": f"Вітаємо {number}",
        "text": "Open https://portal.example.org/en/x/?a=1&b=2 <script>alert(1)</script>\n",
        "html": "<p>Hello</p><script>alert(1)</script>",
        "message_id": f"<{number}@alliance.example>",
        "language": "uk",
    }
    name = f"20261123T120000-{number:06}.eml"
    (folder / name).write_bytes(mime.build(**(fields | changes)))
    return name


@pytest.mark.parametrize("page", ["mailbox", "mailbox_mail", "mailbox_html"])
def test_mailbox_is_not_there_outside_a_local_run(client, folder, settings, page):
    name = keep(folder)
    url = reverse(page, args=[] if page == "mailbox" else [name])
    assert client.get(url).status_code == 200
    settings.MAILBOX_DIR = ""
    assert client.get(url).status_code == 404


def test_mailbox_lists_the_newest_first_and_not_too_many(client, folder, monkeypatch):
    monkeypatch.setattr(mailbox, "NEWEST", 3)
    for number in range(1, 6):
        keep(folder, number)
    (folder / ".hidden.eml.part").write_bytes(b"")
    page = client.get("/mailbox/").content.decode()
    assert re.findall(r"Вітаємо (\d)", page) == ["5", "4", "3"]
    assert "The newest 3 mails, of 5." in page


def test_mailbox_is_quick_with_thousands_of_mails(client, folder):
    first = (folder / keep(folder)).read_bytes()
    for number in range(2, 2001):
        (folder / f"20261123T120000-{number:06}.eml").write_bytes(first)
    assert client.get("/mailbox/").content.decode().count("<tr>") == mailbox.NEWEST + 1


def test_mailbox_says_when_it_is_empty(client, folder):
    assert "No mail yet" in client.get("/mailbox/").content.decode()
    os.rmdir(folder)
    assert client.get("/mailbox/").status_code == 200


def test_mailbox_mail_shows_headers_and_text_with_links(client, folder):
    page = client.get(reverse("mailbox_mail", args=[keep(folder)])).content.decode()
    assert "reader@example.org" in page
    assert "&lt;1@alliance.example&gt;" in page
    assert '<a href="https://portal.example.org/en/x/?a=1&amp;b=2"' in page
    assert "<script>alert" not in page


def test_mailbox_mail_may_frame_its_own_html_and_nothing_else(client, folder):
    name = keep(folder)
    page = client.get(reverse("mailbox_mail", args=[name]))
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert f'src="{reverse("mailbox_html", args=[name])}"' in page.content.decode()
    frame = client.get(reverse("mailbox_html", args=[name]))
    assert "<p>Hello</p>" in frame.content.decode()
    policy = frame["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_mailbox_mail_without_html_has_no_frame(client, folder):
    page = client.get(reverse("mailbox_mail", args=[keep(folder, html="")])).content.decode()
    assert "<iframe" not in page


@pytest.mark.parametrize(
    "name", ["none.eml", "..%2Fsecret.eml", "%2e%2e.eml", ".hidden.eml", "x.txt", "a%00.eml"]
)
@pytest.mark.parametrize("tail", ["", "html/"])
def test_mailbox_opens_nothing_but_its_mails(client, folder, name, tail):
    (folder.parent / "secret.eml").write_text("Subject: secret\r\n\r\n")
    keep(folder)
    assert client.get(f"/mailbox/{name}/{tail}").status_code in (400, 404)


def test_mailbox_shows_a_mail_that_is_no_good_message(client, folder):
    (folder / "20261123T120000-000009.eml").write_bytes(b"\xff\xfe no headers at all")
    assert client.get("/mailbox/").status_code == 200
    assert client.get("/mailbox/20261123T120000-000009.eml/").status_code == 200


def test_mailbox_mail_lists_attachments(client, folder):
    (folder / "20261123T120000-000009.eml").write_bytes(
        b'Subject: x\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n'
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="plan.pdf"\r\n\r\n'
        b"%PDF\r\n--b--\r\n"
    )
    assert "plan.pdf" in client.get("/mailbox/20261123T120000-000009.eml/").content.decode()
