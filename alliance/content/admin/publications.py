"""Buttons and words that documents and videos share at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.content.actions import publications as actions
from alliance.content.admin.publishing import CONFIRM
from alliance.content.forms.publications import PublishForm
from alliance.content.models import Document, Video
from alliance.core.admin import StatedAdmin, Verb
from alliance.core.languages import LANGUAGES, reader_language, shown

Status = Document.Status

PUBLISH = Verb(
    name="publish",
    action=actions.publish,
    to=Status.PUBLISHED,
    form=PublishForm,
    label=pgettext_lazy("button at a document", "Publish"),
    question=_("Publish this?"),
    effect=_("Everyone can read it, and it stands in the list."),
    done=ngettext_lazy("%(count)d publication is out.", "%(count)d publications are out.", "count"),
    is_main=True,
    in_bulk=False,
)
UNPLAN = Verb(
    name="unplan",
    action=actions.unplan,
    applies=lambda obj: obj.is_planned,
    label=pgettext_lazy("button at a document", "Back to a draft"),
    question=_("Not publish this as planned?"),
    effect=_("Nobody has read it yet. It becomes a draft again."),
    done=ngettext_lazy("%(count)d plan was cancelled.", "%(count)d plans were cancelled.", "count"),
    in_bulk=False,
)
WITHDRAW = Verb(
    name="withdraw",
    action=actions.withdraw,
    applies=lambda obj: obj.is_public,
    label=pgettext_lazy("button at a document", "Withdraw"),
    question=_("Withdraw this?"),
    effect=_(
        "Nobody can read it any more, its files included. Its address says that it was withdrawn. You can publish it"
        " again."
    ),
    done=ngettext_lazy(
        "%(count)d publication was withdrawn.", "%(count)d publications were withdrawn.", "count"
    ),
    is_dangerous=True,
)


class PublicationAdmin(StatedAdmin):
    """Drafted here, published and withdrawn by a button."""

    may_add = True
    verbs = [PUBLISH, UNPLAN, CONFIRM, WITHDRAW]
    readonly_fields = ["published_at"]
    search_fields = ["slug", *(f"title_{code}" for code in LANGUAGES)]
    search_help_text = _("Words of the title, or the code in the address")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """An address that people may have kept stays."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "slug"] if obj and obj.published_at else fields

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Only what readers see has a page to look at."""
        return obj.get_absolute_url() if obj and obj.is_public else None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"original_language": reader_language(), **super().get_changeform_initial_data(request)}

    @admin.display(description=_("title"))
    def shown_title(self, obj: Document | Video) -> str:
        return shown(obj, "title").text

    @admin.display(description=_("status"), ordering="status")
    def state(self, obj: Document | Video) -> str:
        return _("planned") if obj.is_planned else obj.get_status_display()
