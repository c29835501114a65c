"""Who reads a mail of a handshake, and what all of these mails share: the reader's language, the one link, quotes."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core.languages import as_ours, shown
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from alliance.users.models import User
from members.models import Member, Representative
from partnerships.links import match_path
from partnerships.models import Match

# Mail programs turn these into links; a stranger's text must not carry one under our name.
ADDRESS = re.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]*://|www\.)\S+|\S+@\S+\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?\b"
)
LONGEST_QUOTE = 1500
WRITERS = (Representative.Role.EDITOR, Representative.Role.SIGNATORY)


class Reader(NamedTuple):
    email: str
    language: str


def people_of(member: Member, *, who_write: bool = False) -> list[Reader]:
    """Everybody who acts for ``member``; with ``who_write`` only those who may answer for it, if there are any."""
    rows = _acting_for(member)
    if who_write:
        rows = [row for row in rows if row.role in WRITERS] or rows
    return [Reader(row.user.email, as_ours(row.user.language)) for row in rows]


def writers_of(member: Member) -> list[User]:
    """Who may write for ``member``, for mails whose link does so."""
    return [row.user for row in _acting_for(member) if row.role in WRITERS]


def _acting_for(member: Member) -> list[Representative]:
    return [row for row in member.representatives.current().select_related("user") if row.user.is_active]


def confirmers_of(member: Member) -> list[Reader]:
    """Whose mailboxes get the link by which the receiver confirms: those who write for it, never its viewers; where
    nobody has an account yet, its contact. Nobody while the membership is not active."""
    return confirmers_of_each([member])[member.pk]


def confirmers_of_each(members: Sequence[Member]) -> dict[int, list[Reader]]:
    """The same for many members, by their ids; one query."""
    found: dict[int, list[Reader]] = {member.pk: [] for member in members}
    active = [member for member in members if member.status == Member.Status.APPROVED]
    rows = Representative.objects.current().filter(member__in=active, role__in=WRITERS, user__is_active=True)
    for row in rows.select_related("user").order_by("pk") if active else ():
        found[row.member_id].append(Reader(row.user.email, as_ours(row.user.language)))
    for member in active:
        if not found[member.pk] and member.contact_email:
            found[member.pk].append(Reader(member.contact_email, as_ours(member.contact_language)))
    return found


def tell(
    stem: str,
    match: Match,
    receiver: Member,
    *,
    key: str,
    label: Any,
    words: Callable[[Reader], dict[str, Any]] = lambda reader: {},
    readers: Iterable[Reader] | None = None,
    category: str = Category.CONVERSATION,
    is_private: bool = True,
    **more: Any,
) -> None:
    """Write the mail ``stem`` to the people of one side; ``words`` is asked in each reader's language.

    ``is_private``: it quotes what one side wrote to the other, which the desk does not read.
    """
    for reader in people_of(receiver) if readers is None else readers:
        with translation.override(reader.language):
            context = {
                "other": match.other_side(receiver).shown_name,
                "receiver": receiver.shown_name,
                "listing": str(shown(match.listing, "title")) if match.listing else "",
                # Nobody asked: a matching round did.
                "is_proposal": match.is_proposal,
                "action_url": absolute(match_path(match, receiver)),
                "action_label": str(label),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": receiver.shown_name},
                **words(reader),
            }
            extra = {name: value(reader) if callable(value) else value for name, value in more.items()}
        send(
            f"partnerships/{stem}",
            reader.email,
            reader.language,
            context,
            key=key,
            category=category,
            is_secret=is_private,
            **extra,
        )


def quote_of(text: str) -> list[str]:
    """A stranger's text, line by line, cut to a fair length; addresses stay readable and cannot be clicked."""
    short = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(None, 1)[0] + " …"
    inert = ADDRESS.sub(_broken, short)
    return [line.strip() for line in inert.splitlines() if line.strip()]


def _broken(address: re.Match) -> str:
    return address[0].replace("://", "[://]").replace(".", "[.]").replace("@", "[@]")
