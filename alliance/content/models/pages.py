"""Pages of the Alliance: each an ordered list of sections that editors write in three languages."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.revisions import Revised, RevisedQuerySet, Translated
from alliance.core.languages import any_filled, shown

# Pages with an address of their own, which stood before pages were rows.
OWN_ADDRESSES = {
    "about": "content:about",
    "joining": "content:joining",
    "accessibility": "content:accessibility",
    "privacy": "content:privacy",
}


def address_of(slug: str, kind: str) -> str:
    """The address of a page in the reader's language."""
    if slug in OWN_ADDRESSES:
        return reverse(OWN_ADDRESSES[slug])
    return reverse("content:legal_page" if kind == "legal" else "content:about_page", args=[slug])


class PageQuerySet(RevisedQuerySet):
    def with_parents(self):
        return self.select_related("parent__current", "parent__planned")

    def with_parts(self):
        """With all that a snapshot is made of, so that a list costs the same for any number of pages."""
        return self.prefetch_related("sections__documents", "sections__videos").select_related(
            "current", "planned"
        )


class Page(Revised, Translated):
    """One address of the public face, as the editors have it now; readers see its `current` revision."""

    class Kind(models.TextChoices):
        ABOUT = "about", pgettext_lazy("kind of page", "About the Alliance")
        LEGAL = "legal", pgettext_lazy("kind of page", "Legal page")
        OTHER = "other", pgettext_lazy("kind of page", "Other page")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.OTHER)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs under"),
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("in a list", "position"), default=0)
    # The portal itself links to these, so they keep their address and cannot be withdrawn.
    is_fixed = models.BooleanField(default=False, editable=False)
    title = models.CharField(_("title"), max_length=150)
    summary = models.CharField(_("summary"), max_length=300, blank=True)

    objects = PageQuerySet.as_manager()

    class Meta(Revised.Meta):
        verbose_name = pgettext_lazy("of the site", "page")
        verbose_name_plural = pgettext_lazy("of the site", "pages")
        ordering = ["kind", "position", "id"]
        constraints = [
            *Revised.Meta.constraints,
            models.CheckConstraint(condition=any_filled("title"), name="page_has_title"),
        ]

    def __str__(self) -> str:
        return shown(self, "title").text or self.slug

    def get_absolute_url(self) -> str:
        return address_of(self.slug, self.kind)

    def translated_parts(self) -> list[Translated]:
        return [self, *self.sections.all()]

    def snapshot(self) -> dict[str, Any]:
        return {**self.as_part(), "sections": [section.as_part() for section in self.sections.all()]}


class Section(Translated):
    """One part of a page: a heading that can be linked to, and a text."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("kind of section", "Text")
        ITEMS = "items", pgettext_lazy("kind of section", "Numbered points, each with an address")
        FILES = "files", pgettext_lazy("kind of section", "Documents")
        VIDEOS = "videos", pgettext_lazy("kind of section", "Videos")
        ACTION = "action", pgettext_lazy("kind of section", "The one thing to do")

    REVISED = ("anchor", "kind")
    CHOSEN = ("documents", "videos")

    page = models.ForeignKey(Page, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(pgettext_lazy("in a list", "position"), default=0)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.TEXT)
    anchor = models.CharField(
        _("address within the page"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$", _("Small letters, digits and hyphens only."))],
    )
    title = models.CharField(_("heading"), max_length=150, blank=True)
    # Plain words with blank lines, lists, links and emphasis (Markdown); markup of other kinds is shown as typed.
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    # What a section of the kinds FILES and VIDEOS shows, the newest first.
    documents = models.ManyToManyField(
        "content.Document", blank=True, related_name="+", verbose_name=pgettext_lazy("of a page", "documents")
    )
    videos = models.ManyToManyField(
        "content.Video", blank=True, related_name="+", verbose_name=pgettext_lazy("of a page", "videos")
    )

    class Meta:
        verbose_name = pgettext_lazy("of a page", "section")
        verbose_name_plural = pgettext_lazy("of a page", "sections")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["page", "anchor"], name="section_anchor_once_per_page"),
            models.CheckConstraint(
                condition=Q(anchor__regex=r"^[a-z][a-z0-9-]*$"), name="section_anchor_is_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.anchor

    def as_part(self) -> dict[str, Any]:
        chosen = {name: sorted(row.pk for row in getattr(self, name).all()) for name in self.CHOSEN}
        return super().as_part() | chosen
