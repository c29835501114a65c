"""Surveys at the desk: written in three languages, looked at as members will, opened, closed, and their summary
published."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, ngettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.content.actions import survey_answers as actions_of_answers
from alliance.content.actions import surveys as actions
from alliance.content.admin.publishing import CONFIRM, SecondSaverIsTold, gaps_of
from alliance.content.exports.survey_answers import as_csv
from alliance.content.forms.survey_answers import SurveyAnswerForm
from alliance.content.forms.surveys import (
    MOST_QUESTIONS,
    SurveyForm,
    SurveyQuestionForm,
    SurveyQuestionFormSet,
)
from alliance.content.models import Survey, SurveyAnswer, SurveyQuestion
from alliance.content.models.survey_queries import counted, published_figures
from alliance.content.shown_surveys import said_words, sheet_table, summary_of, survey_words
from alliance.core import files
from alliance.core.admin import FewRows, StatedAdmin, Verb, choice_filter, label_verbs
from alliance.core.countries import country_name
from alliance.core.languages import LANGUAGES, NATIVE_NAMES, reader_language
from alliance.core.sheets import CONTENT_TYPES
from alliance.core.states import NotAllowed

Status = Survey.Status
SHEETS_ON_A_PAGE = 25

OPEN = Verb(
    name="open",
    action=actions.open_survey,
    to=Status.OPEN,
    label=pgettext_lazy("button at a survey", "Open it to the members"),
    question=_("Ask the members now?"),
    effect=_(
        "Everybody who writes for one of these members gets a mail in their language, with a link to answer by. "
        "From then on the questions, their choices and who is asked cannot be changed; look at the previews first."
    ),
    done=ngettext_lazy("%(count)d survey was opened.", "%(count)d surveys were opened.", "count"),
    is_main=True,
    in_bulk=False,
)
REMIND = Verb(
    name="remind",
    action=actions.remind_of_survey,
    applies=lambda survey: survey.is_open and survey.reminded_at is None,
    label=pgettext_lazy("button at a survey", "Remind who has not answered"),
    question=_("Remind those who have not answered?"),
    effect=_(
        "They get one more mail with their link. A survey reminds once, so leave a few days for answers."
    ),
    done=ngettext_lazy("%(count)d survey reminds.", "%(count)d surveys remind.", "count"),
    in_bulk=False,
)
CLOSE = Verb(
    name="close",
    action=actions.close_survey,
    to=Status.CLOSED,
    starts=[Status.OPEN],
    label=pgettext_lazy("button at a survey", "Close now"),
    question=_("Close this survey before its time?"),
    effect=_("Nobody can answer or change an answer any more; the links say so."),
    done=ngettext_lazy("%(count)d survey was closed.", "%(count)d surveys were closed.", "count"),
    is_dangerous=True,
    in_bulk=False,
)
PUBLISH = Verb(
    name="publish",
    action=actions.publish_survey,
    to=Status.PUBLISHED,
    label=pgettext_lazy("button at a survey", "Publish the summary"),
    question=_("Publish the summary?"),
    effect=_(
        "Everyone reads the figures, small ones kept back, and what came of it in your words. What members wrote in "
        "their own words is not published."
    ),
    done=ngettext_lazy("%(count)d summary is public.", "%(count)d summaries are public.", "count"),
    is_main=True,
    in_bulk=False,
)
WITHDRAW = Verb(
    name="withdraw",
    action=actions.withdraw_summary,
    to=Status.CLOSED,
    starts=[Status.PUBLISHED],
    label=pgettext_lazy("button at a survey", "Withdraw the summary"),
    question=_("Withdraw the summary?"),
    effect=_(
        "Its address answers that there is no such page. You can publish it again, with the same figures."
    ),
    done=ngettext_lazy("%(count)d summary was withdrawn.", "%(count)d summaries were withdrawn.", "count"),
    is_dangerous=True,
    in_bulk=False,
)

label_verbs(
    survey__created=_("survey drafted"),
    survey__edited=_("survey changed"),
    survey__opened=_("members asked"),
    survey__reminded=_("members reminded of a survey"),
    survey__closed=_("survey closed"),
    survey__published=_("summary of a survey published"),
    survey__withdrawn=_("summary of a survey withdrawn"),
    survey__translation_confirmed=_("translation confirmed"),
    survey__words_forgotten=_("own words of members forgotten"),
    survey__answers_taken=_("answers of members taken as a file"),
    survey_answer__given=_("survey answered"),
    survey_answer__changed=_("answers to a survey changed"),
)


def words(*names: str) -> list[tuple[str, ...]]:
    return [tuple(f"{name}_{code}" for code in LANGUAGES) for name in names]


class SurveyQuestionInline(FewRows, admin.StackedInline):
    model = SurveyQuestion
    form = SurveyQuestionForm
    formset = SurveyQuestionFormSet
    extra = 1
    max_num = most_drawn = MOST_QUESTIONS
    template = "admin/content/survey_questions.html"
    fieldsets = [
        (
            None,
            {
                "classes": ["desk-languages"],
                "fields": [
                    ("position", "kind", "is_required"),
                    *words("label", "help"),
                    tuple(f"{code}_choices" for code in LANGUAGES),
                    *words("unit"),
                ],
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("options")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_delete_permission(request, obj)


@admin.register(Survey)
class SurveyAdmin(SecondSaverIsTold, StatedAdmin):
    form = SurveyForm
    may_add = True
    inlines = [SurveyQuestionInline]
    verbs = [OPEN, PUBLISH, REMIND, CONFIRM, CLOSE, WITHDRAW]
    change_form_template = "admin/content/survey_change_form.html"
    list_display = ["shown_title", "status", "closes_at", "asked", "answered", "translations"]
    list_filter = [choice_filter("status", _("status"))]
    search_fields = ["slug", *(f"title_{code}" for code in LANGUAGES)]
    search_help_text = _("Words of the title, or the address")
    fieldsets = [
        (None, {"classes": ["desk-languages"], "fields": ["status", *words("title", "introduction")]}),
        (_("Who is asked, and until when"), {"fields": ["side", "tier", "countries", "closes_at"]}),
        (_("For the summary"), {"classes": ["desk-languages"], "fields": words("result")}),
        (
            _("Address and languages"),
            {"classes": ["collapse"], "fields": ["slug", "original_language", "seen"]},
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        name, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        preview, summary = f"{name}_preview", f"{name}_summary"
        return [
            path("<int:object_id>/preview/<slug:language>/", view(self.preview_view), name=preview),
            path("<int:object_id>/summary/<slug:language>/", view(self.summary_view), name=summary),
            path("<int:object_id>/answers/", view(self.answers_view), name=f"{name}_answers"),
            path("<int:object_id>/answers/file/", view(self.file_view), name=f"{name}_answers_file"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_counts().with_questions()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"original_language": reader_language(), **super().get_changeform_initial_data(request)}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        context = {"survey": self.panel_of(obj)} if obj else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def panel_of(self, survey: Survey) -> dict[str, Any]:
        """What the page says above its form: whom it asks or asked, and where to look at it."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return {
            "is_draft": survey.is_draft,
            "asks": would_ask(survey) if survey.is_draft else "",
            "asked": survey.asked,
            "answered": survey.answered,
            "gaps": gaps_of(survey),
            "previews": self.links_to(f"{name}_preview", survey),
            "summaries": [] if survey.closed_at is None else self.links_to(f"{name}_summary", survey),
            "answers_url": "" if survey.is_draft else reverse(f"{name}_answers", args=[survey.pk]),
        }

    def links_to(self, route: str, survey: Survey) -> list[dict[str, str]]:
        return [
            {"name": NATIVE_NAMES[code], "code": code, "url": reverse(route, args=[survey.pk, code])}
            for code in LANGUAGES
        ]

    def view_on_site(self, survey: Survey) -> str | None:
        return survey.get_absolute_url() if survey.is_public else None

    def facts(self, request: HttpRequest, obj: Survey) -> list[tuple[Any, Any]]:
        if obj.is_draft:
            return [(_("is asked"), would_ask(obj))]
        return [(_("asked"), obj.asked), (_("answered"), obj.answered)]

    # --- saving ---

    def save_model(self, request: HttpRequest, obj: Survey, form: Any, change: bool) -> None:
        """Survey and questions are saved by one verb, in `save_related`."""

    def save_related(self, request: HttpRequest, form: SurveyForm, formsets: Any, change: bool) -> None:
        formset = formsets[0]
        formset.save(commit=False)
        actions.save_survey(
            form.instance,
            by=request.user,
            seen=form.cleaned_data["seen"],
            questions=formset.written(),
            removed=formset.deleted_objects,
        )

    # --- previews and answers ---

    def looked_at(self, request: HttpRequest, object_id: int, language: str = "en") -> Survey:
        survey = self.found(request, str(object_id))
        if language not in LANGUAGES or request.method not in ("GET", "HEAD"):
            raise Http404
        if not self.has_view_or_change_permission(request, survey):
            raise PermissionDenied
        return survey

    def preview_view(self, request: HttpRequest, object_id: int, language: str) -> HttpResponse:
        """The sheet as members of one language see it; nothing is sent from it."""
        survey = self.looked_at(request, object_id, language)
        with translation.override(language):
            form = SurveyAnswerForm(None, survey=survey)
            context = {**survey_words(survey), "form": form, "member": "…", "is_preview": True}
            return uncached(render(request, "content/survey_answer.html", context))

    def summary_view(self, request: HttpRequest, object_id: int, language: str) -> HttpResponse:
        """The summary as everyone would read it now."""
        survey = self.looked_at(request, object_id, language)
        if survey.closed_at is None:
            raise Http404
        figures = survey.figures or published_figures(survey)
        with translation.override(language):
            context = {**summary_of(survey, figures), "is_preview": True}
            return uncached(render(request, "content/survey_detail.html", context))

    def answers_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What every member said, and who has not answered; for the desk alone."""
        survey = self.looked_at(request, object_id)
        rows = SurveyAnswer.objects.filter(survey=survey).for_desk()
        pages = Paginator(rows, SHEETS_ON_A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Answers: %(survey)s") % {"survey": survey},
            "subtitle": None,
            "opts": self.opts,
            "object": survey,
            "back_url": self.change_url(request, survey),
            "totals": totals_of(survey),
            "file_url": self.file_url(request, survey),
            "page": page,
            "sheets": [{"answer": answer, "said": said_words(answer)} for answer in page],
        }
        return TemplateResponse(request, "admin/content/survey_answers.html", context)

    def file_url(self, request: HttpRequest, survey: Survey) -> str:
        """Where the answers are had as a file; empty for who may only look, and while nobody was asked."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_answers_file"
        may = self.may_decide(request) and not survey.is_draft
        return reverse(name, args=[survey.pk]) if may else ""

    def file_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """All sheets as a table. It leaves the desk with the names of members in it, so it is asked for by a button,
        shown only to who has just proved who they are, kept nowhere on the way, and noted in the journal."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        survey = self.found(request, str(object_id))
        if not self.may_decide(request):
            raise PermissionDenied
        if detour := self.admin_site.step_up(request, gettext("Answers: %(survey)s") % {"survey": survey}):
            return detour
        try:
            sheets = actions_of_answers.take_answers(survey, by=request.user)
        except NotAllowed:
            return self.told_second(request, survey)
        return files.answer(
            request,
            as_csv(*sheet_table(survey, sheets)),
            name=f"{survey.slug}-answers-{timezone.localdate().isoformat()}.csv",
            content_type=CONTENT_TYPES["csv"],
            is_long=survey.asked > files.WHOLE_UP_TO,
            is_public=False,
        )

    # --- the list ---

    @admin.display(description=_("title"))
    def shown_title(self, survey: Survey) -> str:
        return str(survey)

    @admin.display(description=pgettext_lazy("members by a survey", "asked"))
    def asked(self, survey: Survey) -> Any:
        return "–" if survey.is_draft else survey.asked

    @admin.display(description=pgettext_lazy("members by a survey", "answered"))
    def answered(self, survey: Survey) -> Any:
        return "–" if survey.is_draft else survey.answered

    @admin.display(description=_("translations to do"))
    def translations(self, survey: Survey) -> str:
        return "; ".join(f"{row['language']}: {row['text']}" for row in gaps_of(survey)) or "–"


def uncached(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response


def would_ask(survey: Survey) -> str:
    """“12 members: Poland 7, Ukraine 5”, as the register stands now."""
    rows = survey.members_to_ask().order_by().values_list("country").annotate(n=Count("pk"))
    counts = sorted(((country_name(code), n) for code, n in rows), key=lambda row: (-row[1], row[0]))
    count = sum(n for _name, n in counts)
    told = ngettext("%(count)d member", "%(count)d members", count) % {"count": count}
    return f"{told}: {', '.join(f'{name} {n}' for name, n in counts)}" if counts else told


def totals_of(survey: Survey) -> list[dict[str, Any]]:
    """Each question with its counts, as they are: only the desk reads them."""
    _asked, _answered, questions = counted(survey)
    found = {each.id: each for each in questions}
    rows = []
    for question in survey.questions.all():
        labels = {str(option.pk): str(option) for option in question.options.all()}
        each = found[question.pk]
        lines = [(labels.get(key, key), count) for key, count in each.counts.items()]
        numbers = {"count": each.given, "sum": sum(each.numbers)} if question.kind == "number" else {}
        rows.append({"question": question, "lines": lines, "given": each.given, "numbers": numbers})
    return rows


admin.site.watch(
    _("Surveys that closed and have no summary"),
    lambda: Survey.objects.awaiting_summary(),
    moment="closed_at",
    query={"status": Status.CLOSED},
    position=47,
)
