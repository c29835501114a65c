"""Which fields of the public face exist per language."""

from modeltranslation.translator import TranslationOptions, register

from alliance.content.models import (
    CannedAnswer,
    Document,
    Event,
    NewsItem,
    NewsletterIssue,
    Page,
    Section,
    Survey,
    SurveyOption,
    SurveyQuestion,
    Video,
)


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


@register(NewsItem)
class NewsItemTranslation(TranslationOptions):
    fields = ("title", "lead", "text", "picture_alt")


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ("title", "lead", "text", "place")


@register(NewsletterIssue)
class NewsletterIssueTranslation(TranslationOptions):
    fields = ("title", "text")


@register(Survey)
class SurveyTranslation(TranslationOptions):
    fields = ("title", "introduction", "result")


@register(SurveyQuestion)
class SurveyQuestionTranslation(TranslationOptions):
    fields = ("label", "help", "unit")


@register(SurveyOption)
class SurveyOptionTranslation(TranslationOptions):
    fields = ("label",)
