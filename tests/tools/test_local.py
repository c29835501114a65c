"""What `make run` tells its services and its user."""

import json
import smtplib
import sys

import pytest

from tests.tools.conftest import ROOT, wait_for
from tools import local, network, state
from tools.processes import Failed, Process, stop_all
from tools.servers import Addresses

ADDRESSES = Addresses(
    database="postgres://x@127.0.0.1:1/x", redis="redis://127.0.0.1:2/0", embedded_database=True
)


@pytest.fixture(autouse=True)
def var(monkeypatch, tmp_path):
    for module in (local, state):
        monkeypatch.setattr(module, "VAR", tmp_path)
    for name in ("PORT", "EMAIL_URL", "PUBLIC_URL", "SECRET_KEY", "ALLOWED_HOSTS", "MAILBOX_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_environment_of_the_services(monkeypatch):
    monkeypatch.setenv("MAKEFLAGS", "x")
    env = local.portal_env(8123, ADDRESSES, mail_port=2525)
    assert env["LOCAL_RUN"] == "1"
    assert env["PUBLIC_URL"] == "http://localhost:8123"
    assert env["EMAIL_URL"] == "smtp://127.0.0.1:2525"
    assert env["MAILBOX_DIR"] == str(local.MAIL)
    assert (env["DATABASE_URL"], env["REDIS_URL"]) == (ADDRESSES.database, ADDRESSES.redis)
    assert "MAKEFLAGS" not in env
    assert env["SECRET_KEY"] == local.portal_env(8123, ADDRESSES, mail_port=2525)["SECRET_KEY"]


def test_a_mail_server_of_ones_own_is_left_alone(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org:25")
    env = local.portal_env(8123, ADDRESSES, mail_port=None)
    assert env["EMAIL_URL"] == "smtp://mail.example.org:25"
    assert "MAILBOX_DIR" not in env


@pytest.mark.parametrize("text", ["", "8000"])
def test_the_port_asked_for(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    assert local.asked_port() == 8000


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80 80"])
def test_a_port_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Failed, match="not a port number"):
        local.asked_port()


def test_the_accounts_are_shown_in_columns(tmp_path):
    path = tmp_path / "demo-accounts.json"
    assert list(local.account_lines(path)) == []
    rows = [
        {"role": "Coordinator", "email": "desk@example.org", "password": "aa-bb", "note": "opens /admin/"},
        {"role": "Editor", "email": "e@example.org", "password": "c", "note": ""},
    ]
    path.write_text(json.dumps(rows))
    assert list(local.account_lines(path)) == [
        "    Coordinator  desk@example.org  aa-bb  opens /admin/",
        "    Editor       e@example.org     c",
    ]


def test_the_mailbox_keeps_each_mail_whole_before_it_says_yes(tmp_path):
    folder = tmp_path / "пошта тут"
    port = network.any_free()
    process = Process("Mail server", [sys.executable, ROOT / "tools" / "mailbox.py", str(port), folder])
    try:
        assert wait_for(lambda: network.accepts(port))
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            for number in range(3):
                text = f"Subject: {number}\r\nX-To: a@example.org\r\n\r\nПривіт {number}\r\n.dot\r\n"
                client.sendmail("from@example.org", ["a@example.org"], text.encode())
                assert len(list(folder.glob("*.eml"))) == number + 1
    finally:
        stop_all([process])
    assert process.code == 0
    mails = sorted(folder.glob("*.eml"))
    assert mails[1].read_bytes() == "Subject: 1\r\nX-To: a@example.org\r\n\r\nПривіт 1\r\n.dot\r\n".encode()
    assert not list(folder.glob("*.part"))
