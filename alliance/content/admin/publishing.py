"""What the desk's pages of everything `Revised` share: verbs, the state in words, preview, versions with their
differences."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext, pgettext_lazy

from alliance.content.actions.publishing import cancel_plan, publish, restore_revision, withdraw
from alliance.content.actions.translations import confirm_translations
from alliance.content.differences import Change, difference
from alliance.content.forms.pages import ConfirmTranslationsForm, PublishForm
from alliance.content.translations import State, findings
from alliance.core.admin import Verb, VerbAdmin
from alliance.core.languages import LANGUAGES, NATIVE_NAMES
from alliance.core.refusals import Refused

PUBLISH = Verb(
    name="publish",
    action=publish,
    applies=lambda obj: True,
    label=pgettext_lazy("button of an editor", "Publish"),
    question=gettext_lazy("Publish what stands here now?"),
    effect=gettext_lazy("Readers see it at once, or from the moment you give. An earlier plan is replaced."),
    form=PublishForm,
    done=ngettext_lazy("%(count)d was published.", "%(count)d were published.", "count"),
    is_main=True,
    in_bulk=False,
)
CONFIRM = Verb(
    name="confirm-translations",
    action=confirm_translations,
    applies=lambda obj: any(
        row.state == State.OUTDATED for part in obj.translated_parts() for row in findings(part)
    ),
    label=pgettext_lazy("button of an editor", "Translations still fit"),
    question=gettext_lazy("Do the translations still fit the changed original?"),
    effect=gettext_lazy("Only the marks for translators are taken away; no text changes."),
    form=ConfirmTranslationsForm,
    done=ngettext_lazy("%(count)d was confirmed.", "%(count)d were confirmed.", "count"),
    in_bulk=False,
)
CANCEL_PLAN = Verb(
    name="cancel-plan",
    action=cancel_plan,
    applies=lambda obj: bool(obj.planned_id) and obj.shown_revision() != obj.planned,
    label=pgettext_lazy("button of an editor", "Do not publish later"),
    question=gettext_lazy("Drop the plan to publish?"),
    done=ngettext_lazy("%(count)d plan was dropped.", "%(count)d plans were dropped.", "count"),
    in_bulk=False,
)
WITHDRAW = Verb(
    name="withdraw",
    action=withdraw,
    applies=lambda obj: obj.is_public and not getattr(obj, "is_fixed", False),
    label=pgettext_lazy("button of an editor", "Withdraw"),
    question=gettext_lazy("Withdraw this from the public?"),
    effect=gettext_lazy("Its address answers that there is no such page. Texts and versions stay here."),
    done=ngettext_lazy("%(count)d was withdrawn.", "%(count)d were withdrawn.", "count"),
    is_dangerous=True,
    in_bulk=False,
)
PUBLISHING_VERBS = [PUBLISH, CONFIRM, CANCEL_PLAN, WITHDRAW]


class SecondSaverIsTold:
    """For admins whose forms send along the version that they showed."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """What is about to be saved is locked, so that of two editors the second is told for certain."""
        obj = super().get_object(request, object_id, from_field)
        if obj is not None and request.method == "POST" and connection.in_atomic_block:
            rows = type(obj)._base_manager.select_for_update(of=("self",))
            obj.updated_at = rows.values_list("updated_at", flat=True).get(pk=obj.pk)
        return obj


class RevisedAdmin(SecondSaverIsTold, VerbAdmin):
    """An admin whose rows are working copies; what readers see is decided by its verbs."""

    may_add = True
    verbs = PUBLISHING_VERBS
    change_form_template = "admin/content/revised_change_form.html"
    versions_template = "admin/content/versions.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/preview/<slug:language>/", view(self.preview_view), name=f"{name}_preview"),
            path("<int:object_id>/versions/", view(self.versions_view), name=f"{name}_versions"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        context = {"publication": self.publication_of(obj)} if obj else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Only what readers see has a page to look at."""
        return obj.get_absolute_url() if obj and obj.is_public else None

    def publication_of(self, obj: Any) -> dict[str, Any]:
        """What the page of an object says above its form."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        previews = [
            {"name": NATIVE_NAMES[code], "code": code, "url": reverse(f"{name}_preview", args=[obj.pk, code])}
            for code in LANGUAGES
        ]
        return {
            "state": state_of(obj),
            "gaps": gaps_of(obj),
            "previews": previews,
            "versions_url": reverse(f"{name}_versions", args=[obj.pk]),
        }

    # --- verbs ---

    def version_of(self, obj: Any) -> str:
        return obj.version

    def do(self, request: HttpRequest, obj: Any, verb: Verb, given: dict[str, Any]) -> HttpResponse:
        """What is published or confirmed is what was before the editor's eyes."""
        if verb in (PUBLISH, CONFIRM):
            given = {**given, "seen": request.POST.get("seen", "")}
        return super().do(request, obj, verb, given)

    def facts(self, request: HttpRequest, obj: Any) -> list[tuple[Any, Any]]:
        return [(_("state"), state_of(obj)), *((row["language"], row["text"]) for row in gaps_of(obj))]

    # --- preview and versions ---

    def rendered_preview(self, request: HttpRequest, obj: Any, language: str) -> HttpResponse:
        """The working copy in the template that readers get, never to be cached."""
        raise NotImplementedError

    def preview_view(self, request: HttpRequest, object_id: int, language: str) -> HttpResponse:
        """The working copy as readers would see it, in one language."""
        obj = self.found(request, str(object_id))
        if language not in LANGUAGES or request.method not in ("GET", "HEAD"):
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return self.rendered_preview(request, obj, language)

    def versions_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Every version, what a later one changed, and the way back to an earlier one."""
        obj = self.found(request, str(object_id))
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if request.method == "POST":
            return self.restore(request, obj)
        revisions = list(obj.revisions.select_related("created_by"))
        snapshot = obj.snapshot()
        chosen = next((row for row in revisions if str(row.number) == request.GET.get("version")), None)
        chosen = chosen or (revisions[0] if revisions else None)
        shown = obj.shown_revision()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Versions: %(object)s") % {"object": obj},
            "subtitle": None,
            "opts": self.opts,
            "object": obj,
            "back_url": self.change_url(request, obj),
            "revisions": revisions,
            "shown_number": shown.number if shown else None,
            "chosen": chosen,
            "difference": self.in_words(difference(chosen.data, snapshot)) if chosen else None,
            "may_restore": self.may_decide(request),
        }
        return TemplateResponse(request, self.versions_template, context)

    def in_words(self, found: Any) -> dict[str, Any]:
        """A difference with the names that fields have for editors."""
        return {
            "changes": [{"what": self.named(change), "change": change} for change in found.changes],
            "added": found.added,
            "removed": found.removed,
            "is_order_other": found.is_order_other,
            "is_none": not found,
        }

    def named(self, change: Change) -> str:
        section, language = change.section, NATIVE_NAMES[change.language]
        model = self.opts.get_field("sections").related_model if section else self.model
        name = str(model._meta.get_field(change.field).verbose_name)
        return " – ".join(filter(None, [section and f"#{section}", name, language]))

    def restore(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not self.may_decide(request):
            raise PermissionDenied
        number = request.POST.get("number", "")
        try:
            restore_revision(
                obj,
                number=int(number) if number.isdecimal() else 0,
                by=request.user,
                seen=request.POST.get("seen", ""),
            )
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)
        text = _("Version %(number)s stands in the form again. Readers see it once you publish it.")
        self.message_user(request, text % {"number": number}, messages.SUCCESS)
        return HttpResponseRedirect(self.change_url(request, obj))


def state_of(obj: Any) -> str:
    """Draft, public since when, planned for when, changed since: in one sentence for editors."""
    shown = obj.shown_revision()
    if shown is None:
        words = [_("withdrawn") if obj.is_withdrawn else pgettext("of a page", "draft: nobody sees it yet")]
    else:
        words = [_("public: version %(number)s") % {"number": shown.number}]
        if obj.differs_from(shown):
            words.append(_("changed since, not published yet"))
    if obj.planned_id and shown != obj.planned:
        moment = date_format(localtime(obj.planned_for), "DATETIME_FORMAT")
        words.append(
            _("version %(number)s is published on %(moment)s")
            % {"number": obj.planned.number, "moment": moment}
        )
    return "; ".join(words)


def gaps_of(obj: Any) -> list[dict[str, Any]]:
    """What each language lacks, in words; nothing where all is well."""
    found = [row for part in obj.translated_parts() for row in findings(part)]
    rows = []
    for code in LANGUAGES:
        missing = sum(row.language == code and row.state == State.MISSING for row in found)
        outdated = sum(row.language == code and row.state == State.OUTDATED for row in found)
        words = []
        if missing:
            words.append(_("missing: %(count)d") % {"count": missing})
        if outdated:
            words.append(_("older than the original: %(count)d") % {"count": outdated})
        if words:
            rows.append({"language": NATIVE_NAMES[code], "code": code, "text": ", ".join(words)})
    return rows
