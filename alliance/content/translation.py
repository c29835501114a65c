"""Which fields of the public face exist per language."""

from modeltranslation.translator import TranslationOptions, register

from alliance.content.models import CannedAnswer, Document, Page, Section, Video


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("title", "text")


@register(Document)
class DocumentTranslation(TranslationOptions):
    fields = ("title", "summary", "why_missing")


@register(Video)
class VideoTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(CannedAnswer)
class CannedAnswerTranslation(TranslationOptions):
    fields = ("text",)
