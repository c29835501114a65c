"""Why an action says no, in words for whoever asked."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.refusals import Refused
from partnerships.coverage import Reason
from partnerships.ledger import Code, Kind, Refusal


class LedgerRefused(Refused):
    """The ledger of ``line`` does not allow an event of ``kind``; ``refusal`` says why and how much would do."""

    # With a number: how much is left. One sentence for each thing that people report.
    AT_MOST = {
        (Code.BEYOND_OPEN, Kind.CANCELLED): gettext_lazy(
            "At most %(limit)s can be cancelled: the rest has been dispatched."
        ),
        (Code.BEYOND_OPEN, Kind.PROMISED): gettext_lazy(
            "At most %(limit)s can be withdrawn: the rest is a firm commitment."
        ),
        (Code.BEYOND_COMMITTED, Kind.DISPATCHED): gettext_lazy(
            "At most %(limit)s can be dispatched: so much is committed and has not been sent yet."
        ),
        (Code.BEYOND_DISPATCHED, Kind.LOST): gettext_lazy(
            "At most %(limit)s can be lost: so much is on its way and not reported as received."
        ),
        (Code.BEYOND_RECEIVED, Kind.ACCEPTED): gettext_lazy(
            "At most %(limit)s can be accepted: so much was received and is neither accepted nor returned."
        ),
        (Code.BEYOND_RECEIVED, Kind.RETURNED): gettext_lazy(
            "At most %(limit)s can be returned: so much was received and is neither accepted nor returned."
        ),
    }
    WORDS = {
        Code.NOTHING: gettext_lazy("Enter a quantity greater than zero."),
        Code.NOT_YOURS: gettext_lazy("This is for the other side to say."),
        Code.CORRECTS_NOTHING: gettext_lazy("This entry cannot be corrected."),
        Code.BEYOND_LEFT: gettext_lazy("At most %(limit)s can be taken off: so much is left of this entry."),
        Code.STILL_NEEDED: gettext_lazy(
            "At most %(limit)s can be taken off: later entries stand on the rest, or the other side confirmed it. If it"
            " is wrong all the same, write to the secretariat."
        ),
    }

    def __init__(self, line: Any, kind: str, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.line, self.kind, self.refusal = line, kind, refusal

    def __str__(self) -> str:
        words = self.AT_MOST.get((self.refusal.code, self.kind)) or self.WORDS[self.refusal.code]
        limit = self.refusal.limit
        return str(words) % {"limit": self.line.quantity_text(limit)} if limit is not None else str(words)


class PledgeRefused(Refused):
    """Something about the whole submission is missing or wrong."""

    NO_LINES, NO_DATE, NO_REASON = "no lines", "no date", "no reason"
    FUTURE, TOO_LATE, NOT_AGREED, CHANGED = "future", "too late", "not agreed", "changed"
    PAST, SAME_DAY = "past", "same day"
    APART, NEED_OVER, IN_PARTS = "apart", "need over", "in parts"
    WORDS = {
        NO_LINES: gettext_lazy("Enter a quantity in at least one line."),
        NO_DATE: gettext_lazy("Name the day by which it will be delivered: a firm promise has one."),
        NO_REASON: gettext_lazy("Please write the reason in a few words."),
        FUTURE: gettext_lazy("This day has not come yet."),
        PAST: gettext_lazy("Choose today or a later day."),
        SAME_DAY: gettext_lazy("This is the day that counts already."),
        IN_PARTS: gettext_lazy(
            "What is counted one by one has a whole number; money has at most two decimals."
        ),
        # One sentence for a hold and for a block: whoever was blocked reads no more than any other.
        APART: gettext_lazy(
            "Nothing can be made firm between these two members at the moment. The secretariat can tell you more."
        ),
        NEED_OVER: gettext_lazy(
            "The need that this is for has been withdrawn or has expired. Ask the receiver to publish it again if it"
            " still needs this, or withdraw the promise."
        ),
        TOO_LATE: gettext_lazy(
            "A commitment can be corrected for three days. After that cancel what you cannot keep, or write to the"
            " secretariat."
        ),
        NOT_AGREED: gettext_lazy(
            "These numbers do not add up: received and lost cannot be more than dispatched, accepted and returned"
            " not more than received."
        ),
        CHANGED: gettext_lazy(
            "Somebody else recorded something here while you were counting. The page shows the new figures: please"
            " compare, change what has been told already, and send again."
        ),
    }


class TransportRefused(Refused):
    """The days of a transport's papers do not follow each other."""

    NOT_CLEARED, BEFORE_CLEARANCE, FUTURE, REPORTED = "not cleared", "before clearance", "future", "reported"
    WORDS = {
        NOT_CLEARED: gettext_lazy("Say first when customs cleared the goods."),
        BEFORE_CLEARANCE: gettext_lazy("The report cannot be older than the customs clearance."),
        FUTURE: gettext_lazy("This day has not come yet."),
        REPORTED: gettext_lazy(
            "The report is recorded as filed: the customs clearance has a day, and no later one than the report."
        ),
    }


class AppealRefused(Refused):
    """Something is missing before an appeal can be opened, or it is over."""

    TITLE, TEXT, LINES, DEADLINE = "title", "text", "lines", "deadline"
    CLOSED, OTHER = "closed", "other"
    WORDS = {
        TITLE: gettext_lazy("Give the appeal a title in English, Polish and Ukrainian."),
        TEXT: gettext_lazy("Describe the appeal in English, Polish and Ukrainian."),
        LINES: gettext_lazy("Name at least one item of the target and how much of it."),
        DEADLINE: gettext_lazy("Name a last day that has not passed."),
        CLOSED: gettext_lazy("This appeal is closed: nothing more can be attached to it."),
        OTHER: gettext_lazy("What you promise is needed for another appeal and counts for that one."),
    }


class ReviewRefused(Refused):
    """The desk cannot publish it as it stands."""

    CHANGED, PAST, INCOMPLETE = "changed", "past", "incomplete"
    WORDS = {
        CHANGED: gettext_lazy("Its member changed it since you opened it. Read it again before you decide."),
        PAST: gettext_lazy("Its last day has passed. Return it, so that its member names a new one."),
        INCOMPLETE: gettext_lazy("Something that every published listing has is missing. Return it."),
    }


class DoesNotFit(Refused):
    """A promised line does not fit the line of the need that it is meant for: ``need_line`` is its slug."""

    WORDS = {
        Reason.ITEM: gettext_lazy("This is another item than the one that is needed."),
        Reason.UNIT: gettext_lazy("This unit does not measure what is needed."),
        Reason.CURRENCY: gettext_lazy("This is another currency than the one that is needed."),
        Reason.RANGE: gettext_lazy("The rating lies outside the range that is needed."),
        Reason.SPECS: gettext_lazy("It differs in what the need names: fuel, phases or the like."),
        Reason.CONDITION: gettext_lazy("It is more worn than what is needed."),
    }

    def __init__(self, need_line: str, code: Reason) -> None:
        super().__init__(code)
        self.need_line = need_line


class OverCover(Refused):
    """More would be given than a need asks for, and the giver has not said that this is meant.

    ``over`` maps slugs of the need's lines to how much is too much, each a quantity with its line.
    """

    def __init__(self, over: dict[str, tuple[Any, Any]]) -> None:
        super().__init__("over")
        self.over = over

    def __str__(self) -> str:
        return "\n".join(
            _("%(item)s: this is %(quantity)s more than is still needed.")
            % {"item": line, "quantity": line.quantity_text(quantity)}
            for line, quantity in self.over.values()
        )


class FileRefused(Refused):
    """A file that a need or an offer has no room for."""

    TOO_MANY = "too many"
    WORDS = {TOO_MANY: gettext_lazy("There is no room for another file. Remove one first.")}


class LifeRefused(Refused):
    """What the parties of a twinning cannot keep together."""

    PLAN_FULL, DOCUMENTS_FULL = "plan full", "documents full"
    NOT_ACTING, SAME_PERSON = "not acting", "same person"
    WORDS = {
        PLAN_FULL: gettext_lazy("The work plan has no room for another line. Remove one first."),
        DOCUMENTS_FULL: gettext_lazy("There is no room for another document. Remove one first."),
        NOT_ACTING: gettext_lazy("This person does not act for your member any more. Choose somebody else."),
        SAME_PERSON: gettext_lazy("The second contact has to be another person."),
    }


# --- The handshake ---------------------------------------------------------------------------------------------


class KeptApart(Refused):
    """One of the two members blocked the other. Whoever was blocked reads no more than any refused member would."""

    BY_US, BY_THEM = "by us", "by them"
    WORDS = {
        BY_US: gettext_lazy("You have blocked this member. Lift the block first if you want to write to it."),
        BY_THEM: gettext_lazy("This member does not take any requests at the moment."),
    }


class CareTaken(Refused):
    """A coordinator looks after the match already: ``coordinator``."""

    def __init__(self, coordinator: Any) -> None:
        super().__init__(coordinator)
        self.coordinator = coordinator

    def __str__(self) -> str:
        return _("%(name)s looks after this match already. You can assign it to somebody else.") % {
            "name": self.coordinator
        }


# --- Clusters --------------------------------------------------------------------------------------------------


class ClusterRefused(Refused):
    """Something stands in the way of forming, joining or leaving a cluster."""

    IN_ONE, THEY_ARE_IN_ONE, FULL, LEAD = "in one", "they are in one", "full", "lead"
    WORDS = {
        IN_ONE: gettext_lazy(
            "Your member is in a cluster already. Leave it first: nobody takes part on two sides of one round."
        ),
        THEY_ARE_IN_ONE: gettext_lazy("This member is in another cluster already."),
        FULL: gettext_lazy("The cluster is full. Withdraw an invitation that nobody answers to make room."),
        LEAD: gettext_lazy("Your member leads the cluster: hand the lead over first, or end the cluster."),
    }


# --- Matching rounds -------------------------------------------------------------------------------------------


class RoundRefused(Refused):
    """The desk cannot open or publish a round now."""

    UNDER_WAY, NO_PAIRS = "under way", "no pairs"
    WORDS = {
        UNDER_WAY: gettext_lazy(
            "Another matching round is under way. Publish or cancel it first: both would give away the same places."
        ),
        NO_PAIRS: gettext_lazy("This round has no pairs: there is nothing to publish. Cancel it instead."),
    }


# --- Twinnings -------------------------------------------------------------------------------------------------


class TwinningRefused(Refused):
    """What a party of a twinning asked for is not possible, and why."""

    BUSINESS, BUSINESS_NAME, NOT_PUBLIC_BODY = "business", "business name", "not a public body"
    INSTITUTION, ITSELF = "institution", "itself"
    THERE_ALREADY, TOO_MANY, TWO_STAY = "there already", "too many", "two stay"
    NO_NUMBER, NO_REASON, IN_FORCE = "no number", "no reason", "in force"
    NUMBER, ENDS_BEFORE = "number", "ends before"
    NOT_NOW, FUTURE, LONG_AGO = "not now", "future", "long ago"
    NOT_ASKED, BEFORE_ASKED = "not asked", "before asked"
    WORDS = {
        BUSINESS: gettext_lazy(
            "A business cannot be a party of this agreement: the law knows territorial communities, their bodies and"
            " their associations. Name the community that it works with; what the business gives can stand in an offer."
        ),
        BUSINESS_NAME: gettext_lazy(
            "This is the name of a business, and a business cannot be a party of this agreement: the law knows"
            " territorial communities, their bodies and their associations. Name the community that it works with."
        ),
        NOT_PUBLIC_BODY: gettext_lazy(
            "An organisation of citizens cannot be a party of this agreement: the law knows territorial communities,"
            " their bodies and their associations. Name the community in which it works."
        ),
        INSTITUTION: gettext_lazy(
            "An institution cannot be a party of a partnership between communities. You can write to it, and it can"
            " give what you need."
        ),
        ITSELF: gettext_lazy("This is your own community. Name the other side."),
        THERE_ALREADY: gettext_lazy("This side is a party already, or has been asked to be one."),
        TOO_MANY: gettext_lazy("There is no room for another party: a partnership has at most 24."),
        TWO_STAY: gettext_lazy(
            "Without this side you would be alone. Leave the partnership instead: then it ends."
        ),
        NO_NUMBER: gettext_lazy(
            "An agreement of a Ukrainian community is in force once it is registered. Record the registration with its"
            " number and day first."
        ),
        NO_REASON: gettext_lazy("Please write the reason in a few words."),
        IN_FORCE: gettext_lazy(
            "The agreement is in force with this registration, so it cannot be taken out. Record the right one; if the"
            " agreement was never registered, write to the secretariat."
        ),
        NUMBER: gettext_lazy("A registration has a number. It stands in the letter of the ministry."),
        ENDS_BEFORE: gettext_lazy("An agreement cannot end before this day."),
        NOT_NOW: gettext_lazy("This step does not belong to the stage that the partnership has reached."),
        FUTURE: gettext_lazy("This day has not come yet."),
        LONG_AGO: gettext_lazy("This day is too long ago. Please check the year."),
        NOT_ASKED: gettext_lazy("Record first when it was sent."),
        BEFORE_ASKED: gettext_lazy("This day is before the day on which it was sent."),
    }


# --- Twinnings and their agreements ----------------------------------------------------------------------------


class AgreementRefused(Refused):
    """No draft can be made of what was asked."""

    ENDED, AT_MINISTRY, IN_FORCE = "ended", "at the ministry", "in force"
    FEW, NOT_UKRAINIAN, BUSINESS, INSTITUTION = "few", "not ukrainian", "business", "institution"
    CHANGED, NO_TEMPLATE, PARTIES = "changed", "no template", "parties"
    WORDS = {
        ENDED: gettext_lazy("This partnership has ended: there is nothing left to agree."),
        AT_MINISTRY: gettext_lazy(
            "The draft is with the ministry. Record its answer first: what it returned with remarks can be changed."
        ),
        IN_FORCE: gettext_lazy(
            "The agreement is in force. The assistant makes drafts of agreements that are not signed."
        ),
        FEW: gettext_lazy("An agreement needs at least two parties that stand by it."),
        NOT_UKRAINIAN: gettext_lazy(
            "The assistant writes agreements under the law of Ukraine, so at least one party must be Ukrainian."
        ),
        BUSINESS: gettext_lazy(
            "This looks like a business. By Law 3668-IX the parties of such an agreement are territorial communities,"
            " their bodies and associations; what you agree with a business is a contract of another kind, which is not"
            " registered here."
        ),
        INSTITUTION: gettext_lazy(
            "One of the parties is an international or other institution. By Law 3668-IX the parties of such an"
            " agreement are territorial communities, their bodies and associations."
        ),
        CHANGED: gettext_lazy(
            "Somebody wrote a newer version while you were writing. Read it, then decide whether yours is still needed:"
            " sending this form again makes it the next version."
        ),
        NO_TEMPLATE: gettext_lazy("There is no template in this language. Please write to the secretariat."),
        PARTIES: gettext_lazy(
            "The parties of this partnership have changed meanwhile. Please check the form once more."
        ),
    }
