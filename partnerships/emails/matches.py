"""Mails of a handshake, each reader in their own language. What the other side wrote is quoted, its links inert."""

import re

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core.languages import as_ours, shown
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from members.models import Member
from partnerships.models import Message

# Mail programs turn these into links; a stranger's text must not carry one under our name.
ADDRESS = re.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]*://|www\.)\S+|\S+@\S+\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?\b"
)
LONGEST_QUOTE = 1500


def match_requested(message: Message, receiver: Member) -> None:
    """To every representative of the other side: somebody is interested."""
    _tell("match_requested", message, receiver)


def message_sent(message: Message, receiver: Member) -> None:
    """To every representative of the other side: a new message waits."""
    _tell("message_sent", message, receiver)


def _tell(stem: str, message: Message, receiver: Member) -> None:
    for representative in receiver.representatives.current().select_related("user"):
        user = representative.user
        if not user.is_active:
            continue
        language = as_ours(user.language)
        with translation.override(language):
            path = reverse("partnerships:match_detail", args=[message.match.slug])
            context = {
                "sender": message.sender.shown_name,
                "receiver": receiver.shown_name,
                "listing": str(shown(message.match.listing, "title")) if message.match.listing else "",
                "quote": quote_of(message.text),
                "action_url": absolute(path),
                "action_label": _("Read and answer"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": receiver.shown_name},
            }
        key = f"{stem}:{message.pk}"
        send(f"partnerships/{stem}", user.email, language, context, key=key, category=Category.CONVERSATION)


def quote_of(text: str) -> list[str]:
    """A stranger's text, line by line, cut to a fair length; addresses stay readable and cannot be clicked."""
    short = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(None, 1)[0] + " …"
    inert = ADDRESS.sub(_broken, short)
    return [line.strip() for line in inert.splitlines() if line.strip()]


def _broken(address: re.Match) -> str:
    return address[0].replace("://", "[://]").replace(".", "[.]").replace("@", "[@]")
