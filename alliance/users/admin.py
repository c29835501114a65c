"""People as the desk sees them: name, language, whom they act for; no password, no second factor's secrets."""

from typing import Any

from allauth.account import admin as account_admin
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from auditlog import admin as auditlog_admin
from auditlog.models import LogEntry
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import ReadOnlyInline, Verb, VerbAdmin, label_verbs, reason_form
from alliance.users.actions import deactivate_user, reactivate_user, update_user
from alliance.users.models import User

# Pages of other packages that would show secrets, or do what the portal's own pages do.
for module, model in [
    (account_admin, EmailAddress),
    (account_admin, EmailConfirmation),
    (mfa_admin, Authenticator),
    (auditlog_admin, LogEntry),
]:
    if module and admin.site.is_registered(model):
        admin.site.unregister(model)

label_verbs(
    user__deactivated=_("login closed"),
    user__reactivated=_("login opened again"),
    user__edited=_("corrected"),
    coordinator__created=_("became a coordinator"),
    coordinator__reported=_("many decisions within an hour: the colleagues were told"),
    account__forgotten=_("account forgotten: nobody had confirmed it"),
    desk__taken=_("taken by a coordinator"),
    desk__released=_("given back by a coordinator"),
)

DEACTIVATE = Verb(
    name="deactivate",
    action=deactivate_user,
    applies=lambda user: user.is_active,
    label=pgettext_lazy("button at a person", "Close the login"),
    question=_("Close this person’s login?"),
    effect=_("The person cannot sign in any more. What they did stays in the journal."),
    form=reason_form("reason", _("Reason, for the journal")),
    done=ngettext_lazy(
        "The login of %(count)d person was closed.", "The logins of %(count)d people were closed.", "count"
    ),
    is_dangerous=True,
)
REACTIVATE = Verb(
    name="reactivate",
    action=reactivate_user,
    applies=lambda user: not user.is_active and not user.anonymised_at,
    label=pgettext_lazy("button at a person", "Open the login again"),
    question=_("Open this person’s login again?"),
    done=ngettext_lazy(
        "The login of %(count)d person was opened.", "The logins of %(count)d people were opened.", "count"
    ),
    is_main=True,
)


class AddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = readonly_fields = ["email", "verified", "primary"]
    show_change_link = False


@admin.register(User)
class UserAdmin(VerbAdmin):
    verbs = [DEACTIVATE, REACTIVATE]
    list_display = ["email", "name", "language", "is_staff", "is_active", "date_joined", "last_login"]
    list_filter = ["is_staff", "is_active", "groups", "language", "date_joined"]
    search_fields = ["email", "name"]
    search_help_text = _("Name or e-mail address")
    ordering = ["-date_joined", "-id"]
    fields = [
        "email",
        "name",
        "language",
        "is_active",
        "is_staff",
        "groups",
        "is_superuser",
        "date_joined",
        "last_login",
    ]
    inlines = [AddressInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who may enter the desk is decided by superusers alone; logins are opened and closed by buttons."""
        fields = ["email", "is_active", "is_superuser", "date_joined", "last_login"]
        return fields if request.user.is_superuser else [*fields, "is_staff", "groups"]

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        update_user(obj, changes=changes, by=request.user)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        """Groups are saved by the action; the addresses are only shown."""
