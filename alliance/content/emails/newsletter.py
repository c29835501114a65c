"""Mails of the newsletter: the question whether an address wants it, and its issues."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from alliance.content.models import NewsletterIssue, Subscription
from alliance.core.languages import shown
from alliance.core.links import absolute, sign
from alliance.core.mail import Letter, send, send_many
from alliance.core.models import OutgoingMail
from alliance.core.prose import html_of

PURPOSE = "newsletter"
WHY_TYPED = _("You get this message because this address was typed into the form of our newsletter.")


def subscription_asked(row: Subscription) -> None:
    """The second half of the double opt-in: nothing else is sent before somebody presses the button."""
    with translation.override(row.language):
        url = absolute(reverse("content:newsletter_confirm", args=[sign(PURPOSE, row.pk, row.email)]))
    send(
        "content/subscription_asked",
        row.email,
        row.language,
        {
            "action_url": url,
            "action_label": _("Yes, send me the newsletter"),
            "why": WHY_TYPED,
        },
    )


def subscription_known(row: Subscription) -> None:
    """The address has the newsletter already; the page says the same as to everybody else."""
    send("content/subscription_known", row.email, row.language, {"why": WHY_TYPED})


def issue_sent(issue: NewsletterIssue, rows: Sequence[Subscription]) -> None:
    """One issue to many readers, each in their language, with one-click unsubscribe."""
    contexts = {language: _issue(issue, language) for language in {row.language for row in rows}}
    letters = [Letter(row.email, row.language, contexts[row.language], issue.mail_key) for row in rows]
    send_many("content/newsletter_issue", letters, category=OutgoingMail.Category.NEWSLETTER)


def _issue(issue: NewsletterIssue, language: str) -> dict:
    title, text = shown(issue, "title", language), shown(issue, "text", language)
    with translation.override(language):
        url = absolute(reverse("content:newsletter_issue", args=[issue.number]))
    return {
        "number": issue.number,
        "title": title,
        "text": text.text,  # what editors type reads well as it is, with the addresses of links
        "html": _with_whole_addresses(html_of(text.text)),
        "action_url": url,
        "action_label": _("Read it on the portal"),
        "why": _("You get this message because you subscribed to the newsletter of the Alliance."),
    }


def _with_whole_addresses(html: SafeString) -> SafeString:
    """A mail stands on no page, so links within the portal need its address. What is put in is a setting."""
    return mark_safe(html.replace('href="/', f'href="{settings.PUBLIC_URL}/'))
