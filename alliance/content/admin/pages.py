"""Pages of the Alliance at the desk: sections in their order, preview on the portal's own template, versions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from alliance.content.actions.publishing import save_texts
from alliance.content.admin.publishing import RevisedAdmin, gaps_of, state_of
from alliance.content.forms.pages import PageForm, SectionForm, SectionFormSet
from alliance.content.models import Page, Section
from alliance.content.shown_pages import shown_page
from alliance.core.admin import FewRows, label_verbs
from alliance.core.languages import LANGUAGES, reader_language

label_verbs(
    page__created=_("page drafted"),
    page__edited=_("words of the page saved"),
    page__published=_("page published"),
    page__planned=_("page planned"),
    page__plan_cancelled=_("plan to publish dropped"),
    page__withdrawn=_("page withdrawn"),
    page__restored=_("earlier version taken back"),
    page__translation_confirmed=_("translation confirmed"),
)


class SectionInline(FewRows, admin.StackedInline):
    model = Section
    form = SectionForm
    formset = SectionFormSet
    extra = 1
    template = "admin/content/sections.html"
    fieldsets = [
        (
            None,
            {
                "classes": ["desk-languages"],
                "fields": [
                    ("position", "kind", "anchor"),
                    tuple(f"title_{code}" for code in LANGUAGES),
                    tuple(f"text_{code}" for code in LANGUAGES),
                ],
            },
        ),
        (
            _("Documents, videos, original language"),
            {
                "classes": ["desk-languages", "collapse"],
                "fields": [("documents", "videos", "original_language")],
            },
        ),
    ]


@admin.register(Page)
class PageAdmin(RevisedAdmin):
    form = PageForm
    inlines = [SectionInline]
    list_display = ["shown_title", "kind", "state", "translations", "updated_at"]
    list_filter = ["kind"]
    search_fields = ["slug", *(f"title_{code}" for code in LANGUAGES)]
    search_help_text = _("Words of the title, or the address")
    fieldsets = [
        (
            None,
            {
                "classes": ["desk-languages"],
                "fields": [
                    tuple(f"title_{code}" for code in LANGUAGES),
                    tuple(f"summary_{code}" for code in LANGUAGES),
                ],
            },
        ),
        (
            _("Address and place"),
            {
                "classes": ["desk-languages", "collapse"],
                "fields": [("slug", "kind", "original_language"), ("parent", "position"), "seen"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_parts()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"original_language": reader_language(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        """Page and sections are saved by one verb, in `save_related`."""

    def save_related(self, request: HttpRequest, form: PageForm, formsets: Any, change: bool) -> None:
        formset = formsets[0]
        formset.save(commit=False)
        save_texts(
            form.instance,
            by=request.user,
            seen=form.cleaned_data["seen"],
            sections=formset.in_order(),
            removed=formset.deleted_objects,
        )
        formset.save_m2m()

    def rendered_preview(self, request: HttpRequest, obj: Page, language: str) -> HttpResponse:
        with translation.override(language):
            context = {"page": shown_page(obj.slug, obj.snapshot()), "crumbs": [], "is_preview": True}
            response = render(request, "content/page.html", context)
        add_never_cache_headers(response)
        return response

    @admin.display(description=_("title"))
    def shown_title(self, page: Page) -> str:
        return str(page)

    @admin.display(description=_("state"))
    def state(self, page: Page) -> str:
        return state_of(page)

    @admin.display(description=_("translations to do"))
    def translations(self, page: Page) -> str:
        return "; ".join(f"{row['language']}: {row['text']}" for row in gaps_of(page)) or "–"
