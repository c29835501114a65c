"""The same verbs for many rows of a list at once: a page that says what will and what will not change, then each
row through the same single action.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core.forms import summary_of
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from alliance.core.admin.verbs import Verb

MAX_IN_BULK = 100


class BulkVerbs:
    """Mixin of `VerbAdmin`: bulk actions made from its verbs."""

    bulk_template = "admin/verb_bulk.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if self.may_decide(request):
            for verb in self.verbs:
                if verb.in_bulk:
                    actions[verb.name] = (bulk_action(verb), verb.name, verb.label)
        return actions

    def queue_behind(self, request: HttpRequest) -> str:
        """The list of everything that waits, as it was filtered, for who came from there."""
        return self.admin_site.queue_url(request.POST["queue"]) if "queue" in request.POST else ""

    def decide_in_bulk(self, request: HttpRequest, queryset: "QuerySet", verb: "Verb") -> HttpResponse | None:
        """None leads back to the list of one kind, as in Django."""
        answer = self.decided_in_bulk(request, queryset, verb)
        target = self.queue_behind(request)
        return answer or (HttpResponseRedirect(target) if target else None)

    def decided_in_bulk(
        self, request: HttpRequest, queryset: "QuerySet", verb: "Verb"
    ) -> HttpResponse | None:
        rows = list(queryset.order_by(*self.get_ordering(request))[: MAX_IN_BULK + 1])
        if len(rows) > MAX_IN_BULK:
            text = _("At most %(count)d at once: nothing was changed. Please choose fewer.")
            self.message_user(request, text % {"count": MAX_IN_BULK}, messages.ERROR)
            return None
        chosen = [row for row in rows if verb.applies_to(row) and verb.permission(request.user, row)]
        left = [row for row in rows if row not in chosen]
        is_confirmed = "_confirmed" in request.POST
        form = verb.form(request.POST if is_confirmed else None)
        if not chosen:
            text = _("“%(verb)s” is not possible for any of the chosen rows: nothing was changed.")
            self.message_user(request, text % {"verb": verb.label}, messages.WARNING)
            return None
        if detour := self.admin_site.step_up(request, f"{verb.label} ({len(chosen)})"):
            return detour
        is_read = "_looked_at" in request.POST or not verb.is_read_first
        if not is_confirmed or not form.is_valid() or not is_read:
            return self.bulk_confirmation(request, verb, form, chosen, left)
        self.decide_each(request, verb, chosen, left, form.cleaned_data)
        return None

    def decide_each(
        self, request: HttpRequest, verb: "Verb", chosen: list, left: list, given: dict[str, Any]
    ) -> None:
        done, reasons = 0, []
        for row in chosen:
            try:
                verb.action(row, by=request.user, **given)
                done += 1
            except NotAllowed:
                left.append(row)
            except Refused as refusal:
                reasons.append(f"{self.words_of(row)}: {refusal}")
        if done:
            self.message_user(request, verb.done % {"count": done}, messages.SUCCESS)
        if left:
            text = ngettext(
                "%(count)d was left alone, since this is not possible for it: %(names)s",
                "%(count)d were left alone, since this is not possible for them: %(names)s",
                len(left),
            )
            names = ", ".join(self.words_of(row) for row in left)
            self.message_user(request, text % {"count": len(left), "names": names}, messages.WARNING)
        for reason in reasons:
            self.message_user(request, reason, messages.ERROR)

    def warning_about(self, row: Any) -> str:
        """What whoever decides about many rows should know of this one: stands beside it before they do."""
        return ""

    def bulk_confirmation(
        self, request: HttpRequest, verb: "Verb", form: Any, chosen: list, left: list
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(verb)s: please confirm") % {"verb": verb.label},
            "verb": verb,
            "form": form,
            "error_links": summary_of(form),
            "chosen": chosen,
            "left": left,
            "chosen_words": [(row, self.words_of(row), self.warning_about(row)) for row in chosen],
            "left_words": [(row, self.words_of(row)) for row in left],
            "queue": request.POST.get("queue"),
            "opts": self.opts,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "here_url": request.get_full_path(),
            "back_url": self.queue_behind(request) or request.get_full_path(),
        }
        return TemplateResponse(request, self.bulk_template, context, status=422 if form.errors else 200)


def bulk_action(verb: "Verb") -> Any:
    """An action of Django's change list for ``verb``."""

    def run(modeladmin: BulkVerbs, request: HttpRequest, queryset: "QuerySet") -> HttpResponse | None:
        return modeladmin.decide_in_bulk(request, queryset, verb)

    return run
