"""The buttons of the desk at a member, and what the journal calls them."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import Verb, label_verbs, reason_form
from members.actions import desk
from members.emails.desk import DECISIONS
from members.models import Member
from members.permissions import can_decide_member

Status = Member.Status
TOLD = _("The applicant is told by e-mail in their language, and the other coordinators in theirs.")
QUOTED = _(
    "The applicant reads these words exactly as you write them. Write in their language. Links are not shown as links."
)

QUOTED_TO_MEMBER = _(
    "The member reads these words exactly as you write them. Write in its language. Links are not shown as links."
)

# Who may decide is one question, whatever the decision.
Decision = partial(Verb, permission=can_decide_member)

APPROVE = Decision(
    name="approve",
    action=desk.approve_member,
    to=Status.APPROVED,
    starts=[Status.PENDING],
    label=pgettext_lazy("button of the desk", "Approve"),
    question=_("Approve this application?"),
    effect=_(
        "The contact person becomes a representative who may sign."
        " The applicant and the other coordinators are told, each in their language."
    ),
    done=ngettext_lazy(
        "%(count)d application was approved.", "%(count)d applications were approved.", "count"
    ),
    is_main=True,
)
RETURN = Decision(
    name="return",
    action=desk.return_member,
    to=Status.RETURNED,
    label=pgettext_lazy("button of the desk", "Return"),
    question=_("Return this application with a question?"),
    effect=TOLD,
    form=reason_form("question", _("Question to the applicant"), QUOTED),
    done=ngettext_lazy(
        "%(count)d application was returned.", "%(count)d applications were returned.", "count"
    ),
)
REFUSE = Decision(
    name="refuse",
    action=desk.refuse_member,
    to=Status.REFUSED,
    label=pgettext_lazy("button of the desk", "Refuse"),
    question=_("Refuse this application?"),
    effect=TOLD,
    form=reason_form("reason", _("Reason, for the applicant"), QUOTED),
    done=ngettext_lazy("%(count)d application was refused.", "%(count)d applications were refused.", "count"),
    is_dangerous=True,
)
HOLD = Decision(
    name="hold",
    action=desk.hold_member,
    to=Status.ON_HOLD,
    label=pgettext_lazy("button of the desk", "Put on hold"),
    question=_("Put this member on hold?"),
    effect=_(
        "Its page, needs and offers are not shown; its place is kept. The member is told by e-mail in its language."
    ),
    form=reason_form("reason", _("Reason, for the member"), QUOTED_TO_MEMBER),
    done=ngettext_lazy("%(count)d member was put on hold.", "%(count)d members were put on hold.", "count"),
)
REACTIVATE = Decision(
    name="reactivate",
    action=desk.reactivate_member,
    to=Status.APPROVED,
    starts=[Status.ON_HOLD],
    label=pgettext_lazy("button of the desk", "Re-activate"),
    question=_("Re-activate this member?"),
    effect=_("Its page, needs and offers are shown again. The member is told by e-mail in its language."),
    done=ngettext_lazy("%(count)d member was re-activated.", "%(count)d members were re-activated.", "count"),
    is_main=True,
)
LEAVE = Decision(
    name="leave",
    action=desk.mark_member_left,
    to=Status.LEFT,
    label=pgettext_lazy("button of the desk", "Mark as having left"),
    question=_("Mark this member as having left?"),
    effect=_(
        "Its place becomes free for a new application. This cannot be undone."
        " The member is told by e-mail in its language."
    ),
    form=reason_form("reason", _("Message to the member, if any"), QUOTED_TO_MEMBER, required=False),
    done=ngettext_lazy(
        "%(count)d member was marked as having left.",
        "%(count)d members were marked as having left.",
        "count",
    ),
    is_dangerous=True,
)
VERBS = [APPROVE, RETURN, REFUSE, REACTIVATE, HOLD, LEAVE]

# The letters to colleagues name decisions, too: in the same words.
label_verbs(**{name.replace("_", "__", 1): label for name, label in DECISIONS.items()})
label_verbs(
    application__started=_("application started"),
    application__removal_announced=_("removal of the draft announced"),
    application__deleted=_("draft removed"),
    principles__accepted=_("principles accepted"),
    principles__withdrawn=_("principles no longer accepted"),
    mandate__uploaded=_("council decision uploaded"),
    mandate__promised=_("council decision promised"),
    member__email_confirmed=_("e-mail address confirmed"),
    member__submitted=_("application submitted"),
    member__resubmitted=_("application submitted again"),
    member__edited=_("corrected"),
    members__imported=_("members of an association entered from a table"),
    member__profile_imported=_("empty fields filled from a partner’s file"),
    contact_email__requested=_("new contact address requested"),
    contact__handed_over=_("letters go to another signatory"),
    contact__erased=_("contact data erased"),
    representative__added=_("representative added"),
    representative__promoted=_("representative’s role raised"),
    representative__invited=_("representative invited"),
    representative__ended=_("representation ended"),
    invitation__accepted=_("invitation accepted"),
    invitation__withdrawn=_("invitation withdrawn"),
    place__confirmed=_("place confirmed"),
    place__merged=_("place merged"),
    place__entered=_("place entered by an applicant"),
    member__place_changed=_("moved to another entry of the register"),
)
