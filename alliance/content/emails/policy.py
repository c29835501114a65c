"""Mails of issues for the institutions: to the inbox of the desk, and at each step to the people of the member."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.content.models import PolicyIssue
from alliance.core.inboxes import inbox, inbox_language
from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import send
from partnerships.emails.readers import people_of, quote_of

TOPIC = "partnerships"


def policy_raised(issue: PolicyIssue) -> None:
    """To the inbox of the member's country and language: somebody has to check it."""
    member = issue.member
    whose = (TOPIC, member.contact_language, member.country)
    language = inbox_language(*whose)
    with translation.override(as_ours(language)):
        context = {
            "member": member.shown_name,
            "title": issue.title,
            "quote": quote_of(issue.text),
            "why": _("You get this message because this inbox looks after the partnerships of members."),
            "action_label": _("Open it at the desk"),
            "action_url": absolute(reverse("admin:content_policyissue_change", args=[issue.pk])),
        }
    send("content/policy_raised", inbox(*whose), language, context, key=f"policy_raised:{issue.pk}")


def policy_moved(issue: PolicyIssue) -> None:
    """To everybody who acts for the member, each in their language: what became of it."""
    member = issue.member
    for reader in people_of(member):
        with translation.override(reader.language):
            path = issue.get_absolute_url() if issue.is_public else reverse("content:policy_ours")
            context = {
                "title": issue.title,
                "status": str(issue.status),
                "institution": issue.institution,
                "quote": quote_of(issue.answer or issue.close_reason),
                "action_url": absolute(path),
                "action_label": _("See what became of it"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": member.shown_name},
            }
        send(
            "content/policy_moved",
            reader.email,
            reader.language,
            context,
            key=f"policy_moved:{issue.pk}:{issue.status}",
        )
