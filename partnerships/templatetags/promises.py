"""What the page of a member, which knows nothing of promises, shows of them."""

from typing import Any

from django import template

from members.models import Member
from partnerships.views.kept_promises import on_member_page

register = template.Library()


@register.simple_tag
def promises_of(member: Member) -> dict[str, Any]:
    """Figures of a listed member's promises with their definition; empty when there are none."""
    return on_member_page(member)
