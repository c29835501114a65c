"""What the page of a member, which knows nothing of twinnings, shows of them."""

from typing import Any

from django import template

from members.models import Member
from partnerships.views.twinnings import on_member_page

register = template.Library()


@register.simple_tag
def twinnings_of(member: Member) -> list[dict[str, Any]]:
    """Cards of the public partnerships of a listed member, those that the desk entered for its place too."""
    return on_member_page(member)
