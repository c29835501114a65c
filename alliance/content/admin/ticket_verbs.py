"""Buttons of tickets and of mails that came in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.content.actions import answers, inbound, ticket_turns, tickets
from alliance.content.forms import tickets as forms
from alliance.content.models import InboundMail, Ticket
from alliance.core.admin import Verb, label_verbs

Status = Ticket.Status
CHANGED = ngettext_lazy("%(count)d ticket was changed.", "%(count)d tickets were changed.", "count")


def _is_reachable(ticket: Ticket) -> bool:
    return ticket.status != Status.SPAM and not ticket.emptied_at


ANSWER = Verb(
    name="answer",
    action=answers.answer_ticket,
    applies=_is_reachable,
    label=pgettext_lazy("button at a ticket", "Answer"),
    question=_("Answer by e-mail"),
    form=forms.AnswerForm,
    done=ngettext_lazy("%(count)d answer is on its way.", "%(count)d answers are on their way.", "count"),
    is_main=True,
    in_bulk=False,
)
ANSWER_WAITING = Verb(
    name="answer-waiting",
    action=answers.answer_waiting,
    applies=lambda ticket: (
        _is_reachable(ticket) and ticket.waits_since is not None and ticket.status == Status.OPEN
    ),
    label=pgettext_lazy("button at many tickets", "Send a prepared answer"),
    question=_("Send a prepared answer to all of them?"),
    form=forms.PreparedForm,
    done=ngettext_lazy("%(count)d answer is on its way.", "%(count)d answers are on their way.", "count"),
    is_single=False,
    is_read_first=True,
)
TAKE = Verb(
    name="take",
    action=tickets.take_ticket,
    applies=_is_reachable,
    permission=lambda user, ticket: ticket.coordinator_id != user.pk,
    label=pgettext_lazy("button at a ticket", "I take it"),
    question=_("Take this ticket in hand?"),
    effect=_("Everybody at the desk sees that it is yours."),
    done=ngettext_lazy("%(count)d ticket is yours.", "%(count)d tickets are yours.", "count"),
)
ASSIGN = Verb(
    name="assign",
    action=tickets.assign_ticket,
    applies=_is_reachable,
    label=pgettext_lazy("button at a ticket", "Give to somebody"),
    question=_("Who has this ticket in hand?"),
    form=forms.AssignForm,
    done=CHANGED,
)
NOTE = Verb(
    name="note",
    action=answers.note_ticket,
    applies=lambda ticket: not ticket.emptied_at,
    label=pgettext_lazy("button at a ticket", "Write a note"),
    question=_("Note for the desk"),
    form=forms.NoteForm,
    done=ngettext_lazy("%(count)d note was kept.", "%(count)d notes were kept.", "count"),
    in_bulk=False,
)
SORT = Verb(
    name="sort",
    action=tickets.sort_ticket,
    applies=lambda ticket: not ticket.emptied_at,
    label=pgettext_lazy("button at a ticket", "Topic, language, tags"),
    question=_("Topic, language and tags"),
    form=forms.SortForm,
    done=CHANGED,
    in_bulk=False,
)
APPLICATION = Verb(
    name="application",
    action=ticket_turns.turn_into_application,
    applies=lambda ticket: _is_reachable(ticket) and not ticket.application_id,
    label=pgettext_lazy("button at a ticket", "Make an application of it"),
    question=_("Begin an application for the sender?"),
    effect=_(
        "The sender gets a link by e-mail, in the language of the ticket, and goes on with the application."
    ),
    form=forms.ApplicationForm,
    done=ngettext_lazy("%(count)d application was begun.", "%(count)d applications were begun.", "count"),
    in_bulk=False,
)
NEED = Verb(
    name="need",
    action=ticket_turns.turn_into_need,
    applies=lambda ticket: _is_reachable(ticket) and not ticket.listing_id,
    label=pgettext_lazy("button at a ticket", "Make a need of it"),
    question=_("Write down a need of a member?"),
    effect=_("It becomes a draft. The people of the member get an e-mail, check it and publish it."),
    form=forms.NeedForm,
    done=ngettext_lazy("%(count)d need was written down.", "%(count)d needs were written down.", "count"),
    in_bulk=False,
)
CLOSE = Verb(
    name="close",
    action=tickets.close_ticket,
    to=Status.CLOSED,
    label=pgettext_lazy("button at a ticket", "Close the ticket"),
    question=_("Close this ticket?"),
    done=ngettext_lazy("%(count)d ticket was closed.", "%(count)d tickets were closed.", "count"),
)
REOPEN = Verb(
    name="reopen",
    action=tickets.reopen_ticket,
    to=Status.OPEN,
    starts=[Status.CLOSED],
    label=pgettext_lazy("button at a ticket", "Open again"),
    question=_("Open this ticket again?"),
    done=ngettext_lazy("%(count)d ticket is open again.", "%(count)d tickets are open again.", "count"),
)
SPAM = Verb(
    name="spam",
    action=tickets.mark_spam,
    to=Status.SPAM,
    label=pgettext_lazy("button at a ticket", "Spam"),
    question=_("Put this ticket into the folder for spam?"),
    effect=_("Nobody is told. One click brings it back; it is erased after 90 days."),
    form=forms.SpamForm,
    done=ngettext_lazy(
        "%(count)d ticket went to the folder for spam.",
        "%(count)d tickets went to the folder for spam.",
        "count",
    ),
    is_dangerous=True,
)
NO_SPAM = Verb(
    name="no-spam",
    action=tickets.clear_spam,
    to=Status.OPEN,
    starts=[Status.SPAM],
    label=pgettext_lazy("button at a ticket", "This is no spam"),
    question=_("Take this ticket out of the folder for spam?"),
    effect=_("The inbox is told now, and the sender gets the ticket number."),
    done=ngettext_lazy("%(count)d ticket is open again.", "%(count)d tickets are open again.", "count"),
    is_main=True,
)
TICKET_VERBS = [
    ANSWER,
    ANSWER_WAITING,
    NO_SPAM,
    TAKE,
    ASSIGN,
    NOTE,
    SORT,
    APPLICATION,
    NEED,
    CLOSE,
    REOPEN,
    SPAM,
]

OPEN_TICKET = Verb(
    name="ticket",
    action=inbound.open_from_inbound,
    applies=lambda mail: (
        mail.ticket_id is None and bool(mail.raw) and mail.outcome == InboundMail.Outcome.IGNORED
    ),
    label=pgettext_lazy("button at a mail that came in", "Make a ticket of it"),
    question=_("Make a ticket of this e-mail?"),
    done=ngettext_lazy("%(count)d ticket was opened.", "%(count)d tickets were opened.", "count"),
    in_bulk=False,
)
SEEN = Verb(
    name="seen",
    action=inbound.note_inbound_seen,
    applies=lambda mail: mail.outcome in (InboundMail.Outcome.BROKEN, InboundMail.Outcome.TOO_LARGE),
    label=pgettext_lazy("button at a mail that came in", "I have seen it"),
    question=_("Have you seen what this e-mail is about?"),
    effect=_("It leaves the list of what waits. It is kept as it came for 90 days."),
    done=ngettext_lazy("%(count)d e-mail was seen.", "%(count)d e-mails were seen.", "count"),
    is_main=True,
)
INBOUND_VERBS = [SEEN, OPEN_TICKET]

label_verbs(
    ticket__opened=_("ticket opened"),
    ticket__closed=_("ticket closed"),
    ticket__reopened=_("ticket opened again"),
    ticket__continued=_("message came in at the ticket"),
    ticket__bounced=_("mail to the sender was not delivered"),
    ticket__answered=_("ticket answered"),
    ticket__noted=_("note written at the ticket"),
    ticket__assigned=_("ticket given to somebody"),
    ticket__sorted=_("ticket sorted"),
    ticket__marked_spam=_("ticket put into the folder for spam"),
    ticket__cleared_of_spam=_("ticket taken out of the folder for spam"),
    ticket__turned_into_application=_("application begun from the ticket"),
    ticket__turned_into_need=_("need written down from the ticket"),
    application__begun_by_desk=_("application begun by the desk from a ticket"),
    listing__drafted_by_desk=_("need written down by the desk from a ticket"),
    spam_rule__added=_("sender put on the list against spam"),
    spam_rule__saved=_("rule against spam saved"),
    cannedanswer__created=_("prepared answer written"),
    cannedanswer__edited=_("prepared answer changed"),
    inbound__kept=_("e-mail kept as it came"),
    inbound__seen=_("e-mail seen by the desk"),
)
