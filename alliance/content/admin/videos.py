"""Videos at the desk: an address or a film, a poster, captions and transcripts in each language."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.content.actions import videos as actions
from alliance.content.admin.publications import PublicationAdmin
from alliance.content.forms.videos import VideoForm, VideoWordsForm
from alliance.content.models import Video, VideoWords
from alliance.core.admin import FewRows, label_verbs
from alliance.core.languages import LANGUAGES

label_verbs(
    video__created=_("video drafted"),
    video__updated=_("video changed"),
    video__words_written=_("captions or transcript changed"),
    video__published=_("video published"),
    video__translation_confirmed=_("translation confirmed"),
    video__unplanned=_("plan to publish cancelled"),
    video__withdrawn=_("video withdrawn"),
)
# What the form has and no column of its own.
SENT = {"address", "film", "length", "poster_file"}


class VideoWordsInline(FewRows, admin.StackedInline):
    model = VideoWords
    form = VideoWordsForm
    extra = 0
    fields = ["language", "has_captions", "caption_file", "transcript"]
    readonly_fields = ["has_captions"]

    @admin.display(description=_("captions are there"), boolean=True)
    def has_captions(self, words: VideoWords) -> bool:
        return bool(words.captions)


@admin.register(Video)
class VideoAdmin(PublicationAdmin):
    form = VideoForm
    inlines = [VideoWordsInline]
    list_display = ["shown_title", "source", "state", "recorded_on", "published_at", "language"]
    list_filter = ["status", "source", "recorded_on"]
    ordering = ["-recorded_on", "-id"]
    fieldsets = [
        (None, {"fields": [("status", "published_at"), "address", "film", "length", "poster_file"]}),
        (None, {"fields": [("language", "recorded_on"), "original_language"]}),
        (_("Words"), {"fields": [f"{name}_{code}" for name in ("title", "summary") for code in LANGUAGES]}),
        (_("Address"), {"classes": ["collapse"], "fields": ["slug"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Video, form: forms.ModelForm, change: bool) -> None:
        sent = {"film": form.cleaned_data.get("film"), "poster": form.cleaned_data.get("poster_file")}
        if not change:
            actions.create_video(obj, by=request.user, **sent)
        elif form.changed_data:
            fields = [name for name in form.changed_data if name not in SENT]
            actions.update_video(obj, fields=fields, by=request.user, **sent)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        changed = formset.save(commit=False)
        if changed or formset.deleted_objects:
            actions.write_words(
                form.instance, changed=changed, removed=formset.deleted_objects, by=request.user
            )
