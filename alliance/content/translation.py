"""Which fields of the public face exist per language."""

from modeltranslation.translator import TranslationOptions, register

from alliance.content.models import Page, Section


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("title", "text")
