"""Mails that come in, read: senders, threads, character sets, HTML, history, programs, bounces. No database."""

import pytest

from alliance.content import canned, spam
from alliance.content.attachments import checked, plain_name
from alliance.content.incoming import Unreadable, identifier, read
from alliance.content.mail_text import html_to_text, language_of, new_words
from tests.content.mails import bounce, mail


def raw(head: str, body: bytes = b"Hello") -> bytes:
    return head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body


def test_read_a_plain_answer():
    one = read(
        mail(
            "Thank you!\n\nOn Mon, 2 Nov 2026 at 10:00, Alliance wrote:\n> How are you?\n> Regards",
            Subject="Re: Joining [TKT-7F3K-9QXM]",
            Message_ID="<a@example.org>",
            In_Reply_To="<b@alliance.example>",
            References="<c@alliance.example> <b@alliance.example>",
        )
    )
    assert (one.message_id, one.number) == ("<a@example.org>", "TKT-7F3K-9QXM")
    assert one.references == ("<b@alliance.example>", "<c@alliance.example>")
    assert (one.from_name, one.from_email) == ("Anna Nowak", "anna@example.org")
    assert one.text == "Thank you!"
    assert "How are you?" in one.whole_text
    assert not one.automatic


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("iso-8859-2", "Zażółć gęślą jaźń"),
        ("windows-1250", "Zażółć gęślą jaźń"),
        ("koi8-u", "Добрий день, Ґалаґан"),
        ("windows-1251", "Добрий день, Ґалаґан"),
        ("utf-8", "Добрий день, Ґалаґан"),
    ],
)
def test_read_character_sets(charset, words):
    head = f"From: a@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}"
    assert read(raw(head, words.encode(charset))).text == words


def test_read_a_character_set_that_nobody_knows_and_one_that_lies():
    for charset in ("x-unknown", "us-ascii"):
        head = f"From: a@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}"
        assert read(raw(head, "Zażółć".encode())).text == "Zażółć"


def test_read_html_alone_becomes_text_without_what_is_hidden():
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Dear&nbsp;desk,</p><ul><li>one<li>two</ul>"
        "<script>alert(1)</script><a href='https://example.org/x'>here</a>"
        "<blockquote>Earlier words</blockquote></body></html>"
    )
    one = read(mail("", html=html))
    assert "Dear desk," in one.text
    assert "- one\n- two" in one.text
    assert "here <https://example.org/x>" in one.text
    assert "alert" not in one.whole_text + one.text
    assert "color" not in one.text
    assert "Earlier" not in one.text
    assert "> Earlier words" in one.whole_text


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, Nov 2, 2026 at 10:00 AM Alliance <a@b.c> wrote:\n> old",
        "pon., 2 lis 2026 o 10:00 Alliance <a@b.c> napisał(a):\n> old",
        "W dniu 2.11.2026 o 10:00, Alliance pisze:\n> old",
        "пн, 2 лист. 2026 р. о 10:00 Alliance <a@b.c> пише:\n> old",
        "Am 02.11.2026 um 10:00 schrieb Alliance:\n> old",
        "-----Original Message-----\nFrom: Alliance\nold",
        "________________________________\nFrom: Alliance\nold",
        "Od: Alliance <a@b.c>\nWysłano: poniedziałek\nold",
        "Від: Alliance <a@b.c>\nНадіслано: понеділок\nold",
        "> old\n> older",
    ],
)
def test_new_words_are_apart_from_history(history):
    assert new_words(f"New words.\nSecond line.\n\n{history}") == "New words.\nSecond line."


@pytest.mark.parametrize(
    "text",
    ["> all of it is quoted", "On Monday we wrote to you.", "Answers below\n> q\nmy answer", "He wrote: yes"],
)
def test_new_words_leave_alone_what_is_no_history(text):
    assert new_words(text) == text


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, ""),
        ({"Auto_Submitted": "no"}, ""),
        ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted"),
        ({"Auto_Submitted": "auto-generated; owner-email=x"}, "Auto-Submitted"),
        ({"Precedence": "bulk"}, "Precedence"),
        ({"Precedence": "first-class"}, ""),
        ({"X_Loop": "alliance.example"}, "X-Loop"),
        ({"List_Id": "<news.example.org>"}, "List-Id"),
        ({"Return_Path": "<>"}, "Return-Path"),
        ({"X_Auto_Response_Suppress": "All"}, ""),
        ({"sender": "MAILER-DAEMON@example.org"}, "Return-Path"),
    ],
)
def test_read_knows_what_programs_write(headers, why):
    assert read(mail(**headers)).automatic == why


def test_read_a_bounce():
    one = read(bounce("<ours@alliance.example>"))
    assert one.bounce.message_id == "<ours@alliance.example>"
    assert one.bounce.is_final
    assert "550 5.1.1 User unknown" in one.bounce.words
    assert not read(bounce("<ours@alliance.example>", action="delayed")).bounce.is_final


def test_read_names_files_and_leaves_signatures_out():
    one = read(
        mail(
            files=[
                ("plan.pdf", b"%PDF-1.4", "application/pdf"),
                ("smime.p7s", b"x", "application/pkcs7-signature"),
                ("../../etc/passwd.png", b"\x89PNG", "image/png"),
            ]
        )
    )
    assert one.files[0].name == "plan.pdf"
    assert len(one.files) == 2
    assert all("\n" not in file.name for file in one.files)


def test_read_names_a_mail_within_the_mail():
    inner = b"From: x@example.org\r\nSubject: inner\r\n\r\nsecret"
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    body = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nSee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--b--\r\n"
    )
    one = read(head + body)
    assert (one.text, one.left_out) == ("See below", ("message.eml",))
    assert not one.files


@pytest.mark.parametrize(
    "broken",
    [b"", b"\x00\xff\xfe", b"no headers at all", b"Subject: x\r\n\r\nnobody", b"From: nobody\r\n\r\nx"],
)
def test_read_refuses_what_names_no_sender(broken):
    with pytest.raises(Unreadable):
        read(broken)


def test_read_headers_become_one_line_each():
    one = read(
        raw("From: =?utf-8?q?Evil=0D=0ABcc:_x@example.org?= <a@example.org>\nSubject: =?utf-8?q?a=0D=0Ab?=")
    )
    assert "\n" not in one.subject + one.from_name
    assert "\r" not in one.subject + one.from_name


def test_identifier_is_the_same_for_the_same_bytes():
    assert identifier(b"From: a\n\nx") == identifier(b"From: a\n\nx") != identifier(b"From: a\n\ny")
    assert identifier(b"Subject: y\nMessage-Id: <q@example.org>\n\nMessage-ID: <z@z.z>") == "<q@example.org>"


@pytest.mark.parametrize(
    ("text", "header", "language"),
    [
        ("Добрий день, шукаємо партнера", "", "uk"),
        ("Dzień dobry, czy gmina może dołączyć?", "", "pl"),
        ("Good day", "", "en"),
        ("Bonjour", "", "en"),
        ("Good day", "pl-PL", "pl"),
    ],
)
def test_language_of(text, header, language):
    assert language_of(text, header) == language


def test_html_to_text_never_fails_on_rubbish():
    assert html_to_text("<<<p>a</blockquote></a><a>b<!-- c") == html_to_text(
        "<<<p>a</blockquote></a><a>b<!-- c"
    )


# --- spam -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"sender": "x@bad.example"}, "sender"),
        ({"sender": "x@mail.bad.example"}, "sender"),
        ({"sender": "x@notbad.example"}, ""),
        ({"sender": "Evil@Example.org"}, "sender"),
        ({"text": "the best CASINO\n bonus here"}, "word"),
        ({"text": "casinobonus"}, ""),
        ({"subject": "casino bonus"}, "word"),
        ({"text": "https://a.b " * 6}, "links"),
        ({"text": "We read https://a.b and found it useful for the town. " * 6}, ""),
        ({"recent": 10}, "rate"),
        ({"recent": 9}, ""),
    ],
)
def test_spam_rules(changes, reason):
    fields = {"subject": "Joining", "text": "How do we join?", "sender": "anna@example.org"} | changes
    judged = spam.judge(**fields, senders=["bad.example", "evil@example.org"], words=["casino bonus"])
    assert judged[0] == reason
    assert bool(judged[1]) == bool(reason)


# --- files and prepared answers ---------------------------------------------------------------------------------


def test_checked_names_what_cannot_be_taken():
    taken, left_out = checked([("a.exe", b"MZ"), ("empty.pdf", b""), ("x.zip", b"PK\x03\x04")])
    assert not taken
    assert left_out == [
        {"name": "a.exe", "reason": "wrong_type"},
        {"name": "empty.pdf", "reason": "empty"},
        {"name": "x.zip", "reason": "wrong_type"},
    ]


def test_plain_name_is_no_link():
    assert plain_name("https://evil.example/free.zip") == "free.zip"
    assert plain_name("www.evil.example.zip") == "www_evil_example.zip"
    assert len(plain_name("a" * 300 + ".pdf")) < 80


def test_canned_placeholders():
    words = canned.filled("Dear {name}, {number} {other} {name}", name="Anna {number}", number="TKT-1")
    assert words == "Dear Anna {number}, TKT-1 {other} Anna {number}"
    assert canned.unknown("{name} {nmae}") == ["nmae"]
