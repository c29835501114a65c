"""A ticket to which people have written for years: hundreds of letters to and fro in three languages, some long, some
of HTML, with files, odd subjects, names and addresses."""

from datetime import timedelta

from django.utils import timezone

from alliance.content.actions.inbound import take_mail
from alliance.content.models import Ticket, TicketFile, TicketMessage
from alliance.core.models import OutgoingMail
from alliance.users.models import User
from tests.content.mails import mail
from tests.factories import make_ticket

WORDS = (
    "How do we join? Our council meets on Tuesday.",
    "Dzień dobry, prosimy o wzór uchwały. Zażółć gęślą jaźń.",
    "Добрий день! Надсилаємо перелік потреб громади з ґанком і їжею.",
)
SUBJECTS = (
    "–",
    "Re: Re: Odp: Відп: " + "Very_long_subject_without_a_space" * 5,
    '"><script>alert(1)</script> & <b>',
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\N{POP DIRECTIONAL FORMATTING} שלום \N{REGIONAL INDICATOR SYMBOL LETTER U}",
    "{{ 7*7 }} {% now %} =HYPERLINK(1)",
)
NAMES = (
    "Анна-Марія О’Коннор \N{ZERO WIDTH JOINER}",
    "W" * 150,
    '<Kowalski>, "Żaneta" \N{RIGHT-TO-LEFT MARK}',
    "",
)
ADDRESSES = (
    "o'neil+громада@приклад.укр",
    f"{'a' * 60}@{'very-long-name.' * 12}example.org",
    '"odd \\" one"@example.org',
)
FILES = ("plan<b>.pdf", "ф" * 120 + ".pdf", "\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe.pdf", "a b&c.docx")
HTML = (
    "<html><body><h1>Шановні</h1><table><tr><td>дах</td><td>12&nbsp;m²</td></tr></table>"
    "<p style='width:4000px'>Koszt: <b>1&#160;200 zł</b></p><script>alert(1)</script>"
    "<a href='javascript:alert(1)'>here</a><ul><li>one<li>two</ul></body></html>"
)
# Longer than a page shows of one message.
LONG = "Дуже довгий лист. " * 8000
LONG_WORD = "https://example.org/" + "x" * 3000


def make_long_ticket(count: int, author: User) -> Ticket:
    """``count`` messages; the first says “Letter 1 of …”, and so on, each in its place."""
    ticket = make_ticket(name=NAMES[0], email="visitor@example.org", language="uk", source="mail")
    ticket.messages.all().delete()
    begun = timezone.now() - timedelta(days=count)
    rows = [
        _message(ticket, number, count, author, begun + timedelta(days=number))
        for number in range(1, count - 1)
    ]
    TicketMessage.objects.bulk_create(rows)
    taken(ticket, f"Letter {count - 1} of {count}.\n\n{LONG_WORD}\n\x0b\x1b[31mred\x07\n\n> {WORDS[2]}")
    taken(ticket, "", html=HTML.replace("<h1>", f"<p>Letter {count} of {count}.</p><h1>"))
    TicketFile.objects.bulk_create(
        TicketFile(
            message=row,
            file="tickets/t.pdf",
            original_filename=FILES[place % len(FILES)],
            content_type="application/pdf",
            size=1000 * place,
        )
        for place, row in enumerate(ticket.messages.all())
        if place % 4 == 0
    )
    return ticket


def taken(ticket: Ticket, text: str, **more: str) -> None:
    """As it comes by mail."""
    subject = f"{SUBJECTS[1][:60]} [{ticket.number}]"
    assert take_mail(mail(text, sender=f"{ticket.email}", Subject=subject, **more)).ticket == ticket


def _message(ticket: Ticket, number: int, count: int, author: User, moment) -> TicketMessage:
    kind = ("received", "answer", "received", "note", "automatic", "bounce")[number % 6]
    is_ours = kind in ("answer", "note")
    words = f"Letter {number} of {count}. {WORDS[number % 3]}"
    return TicketMessage(
        ticket=ticket,
        kind=kind,
        subject=SUBJECTS[number % len(SUBJECTS)][:200],
        text=f"{words}\n\n{LONG}The end of {number}." if number % 9 == 0 else words,
        whole_text=f"{words}\n> {WORDS[0]}\n" * 40 if number % 5 == 0 else "",
        sent_at=moment,
        author=author if is_ours else None,
        from_name="" if is_ours else NAMES[number % len(NAMES)],
        from_email="" if is_ours else ADDRESSES[number % len(ADDRESSES)],
        is_other_address=kind == "received" and number % 4 == 0,
        mail=_answer(ticket, number) if kind == "answer" else None,
        left_out=[{"name": "run" * 20 + ".exe", "reason": "wrong_type"}] if number % 7 == 0 else [],
    )


def _answer(ticket: Ticket, number: int) -> OutgoingMail:
    status, error = ("failed", "550 5.1.1 " + "unknown-mailbox" * 20) if number % 4 == 0 else ("sent", "")
    return OutgoingMail.objects.create(
        key=f"letters:{ticket.number}:{number}",
        message_id=f"<{ticket.number}.{number}@alliance.example>",
        name="content/ticket_answered",
        to="visitor@example.org",
        language="uk",
        subject="Re",
        text="t",
        status=status,
        last_error=error,
        sent_at=timezone.now() if status == "sent" else None,
    )
