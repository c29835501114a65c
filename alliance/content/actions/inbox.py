"""Verbs about rules against spam. Prepared answers are saved by `actions.publishing.save_texts`."""

from typing import Any

from django.db import transaction

from alliance.content.models import SpamRule
from alliance.core.journal import record


@transaction.atomic
def save_spam_rule(rule: SpamRule, *, by: Any) -> None:
    """Keep a new or changed rule; it judges what comes from now on. Journal: `spam_rule.saved`."""
    rule.value = " ".join(rule.value.lower().split())
    rule.save()
    record("spam_rule.saved", rule, by=by, kind=rule.kind)
