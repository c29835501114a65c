"""Why an action of the public face says no, in words for whoever asked."""

from django.utils.translation import gettext_lazy as _

from alliance.core.refusals import Refused


class PublishingRefused(Refused):
    """Something of the Alliance's own words cannot be published, withdrawn or restored."""

    CHANGED, FIXED, EMPTY, NO_REVISION = "changed", "fixed", "empty", "no revision"
    SENT, LANGUAGES = "sent", "languages"
    WORDS = {
        CHANGED: _(
            "Somebody else saved this meanwhile. Nothing was changed: please look at what they wrote."
        ),
        FIXED: _("Other pages of the portal lead here, so it cannot be withdrawn. You can change its words."),
        EMPTY: _("Please write the title in the original language first."),
        NO_REVISION: _("There is no such version."),
        SENT: _("This issue was sent. What people have in their mailboxes does not change any more."),
        LANGUAGES: _(
            "Readers get the newsletter in their language: please write title and text in all three first."
        ),
    }


class SurveyRefused(Refused):
    """A survey cannot be saved, opened or answered like this."""

    CHANGED, LOCKED, OVER = "changed", "locked", "over"
    NO_QUESTIONS, FEW_CHOICES, LANGUAGES, NO_END, NOBODY = (
        "no questions",
        "few",
        "languages",
        "no end",
        "nobody",
    )
    CLOSED, NO_MEMBER, ANSWERED = "closed", "no member", "answered"
    WORDS = {
        CHANGED: _(
            "Somebody else saved this meanwhile. Nothing was changed: please look at what they wrote."
        ),
        LOCKED: _(
            "Members were asked already: what the answers mean must stay. Questions, choices, their order and who is"
            " asked cannot be changed any more; explanations can."
        ),
        OVER: _("The last moment for answers must lie ahead, as long as the survey is open."),
        NO_QUESTIONS: _("Please write at least one question first."),
        FEW_CHOICES: _("A question with choices needs at least two of them."),
        LANGUAGES: _(
            "Members are asked in their language: please write everything in all three languages first."
        ),
        NO_END: _("Please say until when members can answer; it must lie ahead."),
        NOBODY: _("Nobody would be asked: there is no such member."),
        CLOSED: _("This survey has closed: answers cannot be given or changed any more."),
        NO_MEMBER: _("Only members that take part in the Alliance now can answer."),
        ANSWERED: _(
            "Somebody of your office answered meanwhile. What you typed still stands below: if you send it once"
            " more, it takes the place of their answers."
        ),
    }


class TicketRefused(Refused):
    """What was asked does not fit the ticket as it is."""

    EMPTIED, SAID, NO_DESK, TURNED, NO_MEMBER, NO_RAW = (
        "emptied",
        "said",
        "no desk",
        "turned",
        "no member",
        "raw",
    )
    CONTINUED, LANGUAGE = "continued", "language"
    WORDS = {
        EMPTIED: _("The contact data of this ticket were erased: nobody can be answered."),
        SAID: _("These very words were sent a moment ago. Nothing was sent twice."),
        NO_DESK: _("This person does not work at the desk."),
        TURNED: _("This was done at this ticket already."),
        NO_MEMBER: _("Needs are written down for members that were accepted."),
        NO_RAW: _("The e-mail itself is not kept any more."),
        CONTINUED: _("The sender wrote again meanwhile. Please read that first; nothing was sent."),
        LANGUAGE: _("The prepared answer is not written in the language of this ticket; nothing was sent."),
    }
