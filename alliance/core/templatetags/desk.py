"""Filters of the desk's own pages."""

from django import template
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from alliance.core.admin.history import verb_label as label_of
from alliance.core.models import JournalEntry

register = template.Library()


@register.filter
def verb_label(verb: str) -> str:
    """“approved” for ``member.approved``."""
    return label_of(verb)


@register.filter
def entry_name(entry: JournalEntry) -> str:
    """What the row is called that a journal row is about."""
    return admin.site.name_of(entry.target) if entry.target else ""


@register.filter
def entry_url(entry: JournalEntry) -> str:
    """The page of the object that a journal row is about; empty when it has none."""
    kind = entry.content_type
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
    except NoReverseMatch:
        return ""
