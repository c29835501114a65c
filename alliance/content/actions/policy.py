"""Verbs of issues for the institutions: a member raises one, the desk checks it, forwards it and tells the answer."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.content.actions.site_search import index_entry
from alliance.content.emails import policy as mails
from alliance.content.models import Document, PolicyIssue
from alliance.core.journal import record
from alliance.core.states import lock, move
from members.models import Member

Status = PolicyIssue.Status


@transaction.atomic
def raise_issue(issue: PolicyIssue, *, member: Member, by: Any) -> PolicyIssue:
    """Keep what ``member`` wrote until the desk has checked it. The same words twice are kept once.

    Journal: `policy_issue.raised`. Mails: `policy_raised` to the inbox.

    :param issue: unsaved, from the form
    :returns: the saved issue
    """
    lock(member)  # of a double click one waits here for the other
    there = PolicyIssue.objects.raised().filter(member=member, title=issue.title, text=issue.text).first()
    if there:
        return there
    issue.member = member
    issue.save()
    record("policy_issue.raised", issue, by=by)
    mails.policy_raised(issue)
    return issue


@transaction.atomic
def accept_issue(issue: PolicyIssue, *, by: Any) -> None:
    """Everyone reads it from now on. Journal: `policy_issue.accepted`. Mails: `policy_moved` to the member.
    Raises `NotAllowed` when it was decided already."""
    changes = {"accepted_at": timezone.now()}
    move(issue, Status.ACCEPTED, by=by, verb="policy_issue.accepted", **changes)
    mails.policy_moved(issue)
    index_entry(issue)


@transaction.atomic
def forward_issue(issue: PolicyIssue, *, institution: str, by: Any) -> None:
    """The Alliance has taken it to ``institution``. Journal: `policy_issue.forwarded`. Mails: `policy_moved` to the
    member. Raises `NotAllowed` when it is not accepted, or was forwarded."""
    changes = {"institution": institution, "forwarded_at": timezone.now()}
    move(issue, Status.FORWARDED, by=by, verb="policy_issue.forwarded", **changes)
    mails.policy_moved(issue)
    index_entry(issue)


@transaction.atomic
def answer_issue(
    issue: PolicyIssue,
    *,
    answer: str,
    answer_language: str,
    answer_url: str = "",
    document: Document | None = None,
    by: Any,
) -> None:
    """The institution has answered; everyone reads it. Journal: `policy_issue.answered`. Mails: `policy_moved` to the
    member. Raises `NotAllowed` when it was not forwarded, or is answered."""
    changes = {
        "answer": answer,
        "answer_language": answer_language,
        "answer_url": answer_url,
        "document": document,
        "answered_at": timezone.now(),
    }
    move(issue, Status.ANSWERED, by=by, verb="policy_issue.answered", **changes)
    mails.policy_moved(issue)
    index_entry(issue)


@transaction.atomic
def close_issue(issue: PolicyIssue, *, close_reason: str, by: Any) -> None:
    """Nothing more is done about it. What was public stays public, with the reason; what was not, never is.

    Journal: `policy_issue.closed`. Mails: `policy_moved` to the member. Raises `NotAllowed` when it is answered or
    closed."""
    move(issue, Status.CLOSED, by=by, verb="policy_issue.closed", close_reason=close_reason)
    mails.policy_moved(issue)
    index_entry(issue)
