"""Which fields of members exist per language."""

from modeltranslation.translator import TranslationOptions, register

from members.models import Member


@register(Member)
class MemberTranslation(TranslationOptions):
    fields = ("name", "description")
