"""The desk's page of a person, with the verb that reaches through all apps: their data are erased."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.content.actions.people import erase_person
from alliance.core.admin import Verb, label_verbs
from alliance.users.admin import UserAdmin
from alliance.users.models import User

label_verbs(user__anonymised=_("data of the person erased"), ticket__erased=_("contact data erased"))

ERASE = Verb(
    name="erase",
    action=erase_person,
    applies=lambda user: not user.anonymised_at and not user.is_staff,
    label=pgettext_lazy("button at a person", "Erase the person’s data"),
    question=_("Erase this person’s data for good?"),
    effect=_(
        "Name, addresses, second factors, messages to us and what our e-mails said are erased; the person no longer"
        " acts for any member and cannot sign in. What they did stays in the journal, without their name. This cannot"
        " be undone."
    ),
    done=ngettext_lazy(
        "The data of %(count)d person were erased.", "The data of %(count)d people were erased.", "count"
    ),
    is_dangerous=True,
    in_bulk=False,
)

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """The page of `users`, and one button more; of an emptied row nothing can be changed."""

    verbs = [*UserAdmin.verbs, ERASE]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.anonymised_at)
