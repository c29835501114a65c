"""Buttons for verbs: each allowed move of an object is a button that leads through a confirmation page to one
action of the house. `StatedAdmin` is the base of every model with a life; bulk decisions are in `bulk.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.admin.base import DeskAdmin
from alliance.core.admin.bulk import BulkVerbs
from alliance.core.admin.history import status_label, who_of
from alliance.core.forms import sent, summary_of
from alliance.core.models import JournalEntry
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed

MAX_REASON = 2000


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A button of the desk. `action(obj, by=user, **form.cleaned_data)` does it."""

    name: str
    action: Callable[..., Any]
    label: Any  # on the button: “Approve”
    question: Any  # heading of the confirmation page: “Approve this application?”
    done: Any  # ngettext_lazy with %(count)d
    effect: Any = ""  # what will happen beside the change: who is told
    to: str = ""  # the status it moves to
    starts: Sequence[str] = ()  # the statuses it starts from; all that MOVES allows when empty
    applies: Callable[[Any], bool] | None = None  # instead of `to`, for what is not a move
    form: type[forms.Form] = forms.Form
    permission: Callable[[Any, Any], bool] = lambda user, obj: True
    is_main: bool = False
    is_dangerous: bool = False
    in_bulk: bool = True
    is_single: bool = True  # also a button at the row itself
    is_read_first: bool = False  # of many: what the form chose is shown word by word before it is done
    keeps_typed: bool = False  # a refusal comes back with the form as it was typed

    def applies_to(self, obj: Any) -> bool:
        if self.applies is not None:
            return self.applies(obj)
        return obj.can_move_to(self.to) and (not self.starts or obj.status in self.starts)

    @property
    def needs_input(self) -> bool:
        return bool(self.form.base_fields)


def reason_form(name: str, label: Any, help_text: Any = "", *, required: bool = True) -> type[forms.Form]:
    """A form with one text area whose content is handed to the action as ``name``."""
    text = forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        error_messages={
            "required": gettext_lazy("Please write a few words here: nothing is decided without them.")
        },
    )
    return type("ReasonForm", (forms.Form,), {name: text})


def who_was_faster(obj: Any) -> str:
    """A polite sentence for whoever came second: what the object is now, who decided, when."""
    stored = type(obj)._base_manager.get(pk=obj.pk)
    values = {"object": stored, "status": status_label(type(obj), getattr(stored, "status", ""))}
    entry = JournalEntry.objects.about(stored).filter(data__has_key="now").select_related("actor").first()
    if not values["status"]:
        return _("Somebody was faster: this was done at “%(object)s” already. Nothing was changed.") % values
    if entry is None:
        return _("Somebody was faster: “%(object)s” is now: %(status)s.") % values
    values |= {
        "who": who_of(entry),
        "when": date_format(localtime(entry.created_at), "DATETIME_FORMAT"),
    }
    return _("Somebody was faster: “%(object)s” is now: %(status)s. Decided by %(who)s, %(when)s.") % values


class VerbAdmin(BulkVerbs, DeskAdmin):
    """An admin whose changes are verbs."""

    verbs: Sequence[Verb] = ()
    change_form_template = "admin/verb_change_form.html"
    confirm_template = "admin/verb_confirm.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        view = self.admin_site.admin_view(self.verb_view)
        return [path("<path:object_id>/do/<slug:verb_name>/", view, name=name), *super().get_urls()]

    def verb_url(self, obj: Any, verb: Verb) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_verb"
        return reverse(name, args=[obj.pk, verb.name])

    def allowed_verbs(self, request: HttpRequest, obj: Any) -> list[Verb]:
        if not self.may_decide(request):
            return []
        single = (verb for verb in self.verbs if verb.is_single)
        return [v for v in single if v.applies_to(obj) and v.permission(request.user, obj)]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            return super().change_view(request, object_id, form_url, extra_context)
        buttons = [
            {"verb": verb, "url": self.with_filters(request, self.verb_url(obj, verb))}
            for verb in self.allowed_verbs(request, obj)
        ]
        kind = capfirst(self.opts.verbose_name)
        skip_url = self.admin_site.next_in_queue(request)
        context = {
            "buttons": buttons,
            "title": self.title_of(obj),
            "subtitle": kind,
            "skip_url": skip_url,
            "may_go_on": skip_url is not None,
            "origins": self.admin_site.origins_of(request, obj) if request.method == "GET" else [],
            **(extra_context or {}),
        }
        return self.refused_when_wrong(request, super().change_view(request, object_id, form_url, context))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Who came from the list of everything that waits goes on in it, also after writing."""
        url = self.admin_site.next_in_queue(request)
        return HttpResponseRedirect(url) if url else super().response_post_save_change(request, obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self.refused_when_wrong(request, super().add_view(request, form_url, extra_context))

    def title_of(self, obj: Any) -> str:
        """The heading of its page."""
        return self.words_of(obj)

    @staticmethod
    def refused_when_wrong(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.method == "POST" and isinstance(response, TemplateResponse):
            response.status_code = 422  # the form came back with errors
        return response

    def verb_view(self, request: HttpRequest, object_id: str, verb_name: str) -> HttpResponse:
        """GET asks, POST does it. Who comes second is told and changes nothing."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
        obj = self.found(request, object_id)
        verb = next((verb for verb in self.verbs if verb.name == verb_name and verb.is_single), None)
        if verb is None:
            raise Http404
        if not (self.may_decide(request) and verb.permission(request.user, obj)):
            raise PermissionDenied
        if not verb.applies_to(obj):
            return self.told_second(request, obj)
        form = verb.form(*sent(request))
        if request.method == "POST" and form.is_valid():
            return self.do(request, obj, verb, form.cleaned_data)
        return self.confirmation(request, obj, verb, form)

    def do(self, request: HttpRequest, obj: Any, verb: Verb, given: dict[str, Any]) -> HttpResponse:
        target = self.after_verb(request, obj)
        try:
            verb.action(obj, by=request.user, **given)
        except NotAllowed:
            return self.told_second(request, obj)
        except Refused as refusal:
            if verb.keeps_typed:
                form = verb.form(*sent(request))
                form.add_error(None, str(refusal))
                return self.confirmation(request, obj, verb, form)
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.change_url(request, obj))
        self.message_user(request, f"{verb.done % {'count': 1}} {self.words_of(obj)}", messages.SUCCESS)
        return HttpResponseRedirect(target)

    def confirmation(self, request: HttpRequest, obj: Any, verb: Verb, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": verb.question,
            "subtitle": self.words_of(obj),
            "verb": verb,
            "form": form,
            "error_links": summary_of(form),
            "object": obj,
            "opts": self.opts,
            "back_url": self.change_url(request, obj),
            "facts": self.facts(request, obj),
            "version": self.version_of(obj),
            "may_open_next": self.next_url(request, obj) is not None,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, self.confirm_template, context, status=status)

    def told_second(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.message_user(request, who_was_faster(obj), messages.WARNING)
        return HttpResponseRedirect(self.change_url(request, obj))

    def facts(self, request: HttpRequest, obj: Any) -> list[tuple[Any, Any]]:
        """What the confirmation page repeats about the object: pairs of label and value."""
        return []

    def version_of(self, obj: Any) -> str:
        """What a confirmation sends along as ``seen``, where a verb asks which state of the object was before one's
        eyes."""
        return ""

    def next_url(self, request: HttpRequest, obj: Any) -> str | None:
        """Where “and open the next one” leads; None where there is no queue. Who came from the desk's list of
        everything that waits goes on in it."""
        return self.admin_site.next_in_queue(request)

    def after_verb(self, request: HttpRequest, obj: Any) -> str:
        """Where a decision leads; asked before it, while the object still stands in its queue."""
        if "_next" in request.POST and (url := self.next_url(request, obj)):
            return url
        return self.change_url(request, obj)

    def change_url(self, request: HttpRequest, obj: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return self.with_filters(request, reverse(name, args=[obj.pk]))

    def with_filters(self, request: HttpRequest, url: str) -> str:
        """The address with the filters of the list, or the place in the queue, that the person came from."""
        context = {"opts": self.opts, "preserved_filters": self.get_preserved_filters(request)}
        url = add_preserved_filters(context, url)
        place = urlencode({"queue": request.GET["queue"]}) if request.GET.get("queue") else ""
        return f"{url}{'&' if '?' in url else '?'}{place}" if place else url


class StatedAdmin(VerbAdmin):
    """An admin of a model with a life: the status is shown and never typed."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return fields + [name for name in ("status", "status_changed_at") if name not in fields]
