"""What stands on a page and is no text: the members of a class of partners, counted and linked."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import ngettext

from alliance.core.lists import written_count
from members.models import Member

register = template.Library()

# Whom a page names; the register shows all.
MOST_NAMED = 12


@register.simple_tag
def partners_of(tier: str) -> dict[str, Any]:
    """The members of one class: how many, the way to their rows, and their names where they are few."""
    if tier not in Member.Tier.values:
        return {}
    rows = Member.objects.listed().filter(tier=tier)
    count = rows.count()
    members = list(rows.with_facts().in_reading_order()[:MOST_NAMED]) if count <= MOST_NAMED else []
    return {
        "members": members,
        "count": count,
        "all": ngettext("%(count)s member", "%(count)s members", count)
        % {"count": written_count(count, cap=10**9)},
        "href": f"{reverse('members:member_list')}?tier={tier}",
    }
