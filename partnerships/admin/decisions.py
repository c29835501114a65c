"""The buttons of the desk at a need or an offer, and what the journal calls them."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import Verb, label_verbs, reason_form
from partnerships.actions import review_rules, reviews
from partnerships.actions.listings import withdraw_listing
from partnerships.models import Listing
from partnerships.permissions import can_decide_listing

Status = Listing.Status
TOLD = _("Everybody who acts for the member is told by e-mail, each in their language.")
QUOTED = _(
    "The member reads these words exactly as you write them. Write in its language. Links are not shown as links."
)

# Who may decide is one question, whatever the decision.
Decision = partial(Verb, permission=can_decide_listing)

APPROVE = Decision(
    name="approve",
    action=reviews.approve_listing,
    to=Status.PUBLISHED,
    starts=[Status.REVIEW],
    label=pgettext_lazy("button at a listing", "Publish"),
    question=_("Publish this need or offer?"),
    effect=TOLD,
    done=ngettext_lazy("%(count)d listing was published.", "%(count)d listings were published.", "count"),
    is_main=True,
)
RETURN = Decision(
    name="return",
    action=reviews.return_listing,
    to=Status.DRAFT,
    label=pgettext_lazy("button at a listing", "Return"),
    question=_("Return this need or offer with a question?"),
    effect=TOLD,
    form=reason_form("question", _("Question to the member"), QUOTED),
    done=ngettext_lazy("%(count)d listing was returned.", "%(count)d listings were returned.", "count"),
)
REFUSE = Decision(
    name="refuse",
    action=reviews.refuse_listing,
    to=Status.WITHDRAWN,
    starts=[Status.REVIEW],
    label=pgettext_lazy("button at a listing", "Refuse"),
    question=_("Refuse to publish this need or offer?"),
    effect=TOLD,
    form=reason_form("reason", _("Reason, for the member"), QUOTED),
    done=ngettext_lazy("%(count)d listing was refused.", "%(count)d listings were refused.", "count"),
    is_dangerous=True,
)
READ = Decision(
    name="read",
    action=review_rules.read_listing,
    applies=lambda listing: listing.status == Status.PUBLISHED and listing.unread_since is not None,
    label=pgettext_lazy("button at a listing", "Let the changes stand"),
    question=_("Let the changes stand?"),
    effect=_("It leaves the list of what changed. Its member is not told."),
    done=ngettext_lazy("%(count)d listing was read.", "%(count)d listings were read.", "count"),
    is_main=True,
)
WITHDRAW = Decision(
    name="withdraw",
    action=reviews.take_down_listing,
    to=Status.WITHDRAWN,
    starts=[Status.PUBLISHED, Status.EXPIRED],
    label=pgettext_lazy("button at a listing", "Withdraw"),
    question=_("Withdraw this need or offer?"),
    effect=_(
        "It disappears from all lists. Its member can correct it and publish it again. Everybody who acts for the "
        "member is told by e-mail, each in their language."
    ),
    form=reason_form("reason", _("Reason, for the member"), QUOTED),
    done=ngettext_lazy("%(count)d listing was withdrawn.", "%(count)d listings were withdrawn.", "count"),
    is_dangerous=True,
)
DISCARD = Decision(
    name="discard",
    action=withdraw_listing,
    to=Status.WITHDRAWN,
    starts=[Status.DRAFT],
    label=pgettext_lazy("button at a listing", "Discard the draft"),
    question=_("Discard this draft?"),
    effect=_("Its member finds it among the withdrawn ones and can go on with it."),
    done=ngettext_lazy("%(count)d draft was discarded.", "%(count)d drafts were discarded.", "count"),
    is_dangerous=True,
    in_bulk=False,
)
VERBS = [APPROVE, RETURN, REFUSE, READ, WITHDRAW, DISCARD]

label_verbs(
    listing__created=_("draft created"),
    listing__updated=_("text changed"),
    listing__submitted=_("sent to the desk"),
    listing__approved=_("read and published"),
    listing__returned=pgettext_lazy("decision about a listing", "returned with a question"),
    listing__refused=pgettext_lazy("decision about a listing", "refused"),
    listing__read=_("changes read"),
    listing__published=_("published"),
    listing__renewed=_("renewed"),
    listing__warned=_("warned of its last day"),
    listing__asked=_("asked whether it holds"),
    listing__asked_again=_("asked again"),
    listing__extended=_("valid for longer"),
    listing__confirmed=_("confirmed that it holds"),
    listing__withdrawn=_("withdrawn"),
    listing__expired=_("expired"),
    listing__file_added=_("file added"),
    listing__file_captioned=_("file described anew"),
    listing__file_removed=_("file removed"),
    review_rule__switched_on=_("the desk reads first"),
    review_rule__switched_off=_("the desk does not read first any more"),
)
