"""The correspondence of a ticket as the desk reads it: so much of it that a page stays light, however long it grew, and
the way to all the rest."""

from collections.abc import Callable, Mapping
from typing import Any

from alliance.content.attachments import shown_left_out
from alliance.content.models import TicketMessage

MOST_MESSAGES = 20
# Of one message among others, in characters; by itself it is read whole.
MOST_TEXT = 6000
UNTIL, ONE = "until", "message"


def thread(ticket_id: Any, asked: Mapping[str, str], address: Callable[[str, int], str]) -> dict[str, Any]:
    """Messages of a ticket, oldest first, each with its files and what became of its mail: the newest, those up to the
    place that ``asked`` names, or one by itself; and the addresses of the others.

    :param address: a parameter of the page of the ticket and its value → where that leads
    """
    if not str(ticket_id).isdecimal():
        return {"parts": []}
    rows = TicketMessage.objects.filter(ticket=ticket_id).select_related("author", "mail", "ticket")
    rows, total = rows.prefetch_related("files"), rows.count()
    key = _number(asked, ONE)
    if key and (one := rows.filter(pk=key).first()):
        return {"parts": [_part(one, address, is_whole=True)], "all_url": address(UNTIL, total)}
    last = min(_number(asked, UNTIL) or total, total)
    first = max(0, last - MOST_MESSAGES)
    found = {
        "parts": [_part(row, address) for row in rows.begun(MOST_TEXT)[first:last]],
        "first": first + 1,
        "last": last,
        "total": total,
    }
    if first:
        found |= {"earlier_url": address(UNTIL, first), "oldest_url": address(UNTIL, MOST_MESSAGES)}
    if last < total:
        newer = min(last + MOST_MESSAGES, total)
        found |= {"later_url": address(UNTIL, newer), "newest_url": address(UNTIL, total)}
    return found


def _number(asked: Mapping[str, str], name: str) -> int:
    value = asked.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def _part(
    row: TicketMessage, address: Callable[[str, int], str], *, is_whole: bool = False
) -> dict[str, Any]:
    text, whole_text = (row.text, row.whole_text) if is_whole else (row.text_begun, row.whole_text_begun)
    is_cut = not is_whole and (row.text_length > MOST_TEXT or row.whole_text_length > MOST_TEXT)
    return {
        "message": row,
        "text": text,
        # What it quotes is not shown in part.
        "whole_text": "" if is_cut else whole_text,
        "is_cut": not is_whole and row.text_length > MOST_TEXT,
        "url": address(ONE, row.pk) if is_cut else "",
        "files": list(row.files.all()),
        "left_out": shown_left_out(row.left_out),
        "who": str(row.author) if row.author else row.from_name or row.from_email or row.ticket.name,
        "address": (row.from_name and row.from_email)
        or ("" if row.author or row.from_email else row.ticket.email),
    }
