"""Which fields of listings and appeals exist per language."""

from modeltranslation.translator import TranslationOptions, register

from partnerships.models import Appeal, Listing, TwinningNews


@register(Listing)
class ListingTranslation(TranslationOptions):
    fields = ("title", "text")


@register(Appeal)
class AppealTranslation(TranslationOptions):
    fields = ("title", "text")


@register(TwinningNews)
class TwinningNewsTranslation(TranslationOptions):
    fields = ("title", "text")
