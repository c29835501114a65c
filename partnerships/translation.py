"""Which fields of listings exist per language."""

from modeltranslation.translator import TranslationOptions, register

from partnerships.models import Listing


@register(Listing)
class ListingTranslation(TranslationOptions):
    fields = ("title", "text")
