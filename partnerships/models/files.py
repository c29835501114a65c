"""`ListingFile`: a document or photo of a need or an offer, served through a view that checks who asks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.slugs import make_slug
from partnerships.models.listings import Listing


class ListingFile(models.Model):
    """A document or a photo of a listing, without metadata, under a name that cannot be guessed."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", pgettext_lazy("kind of file", "document")
        PHOTO = "photo", pgettext_lazy("kind of file", "photo")

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, choices=Kind)
    file = models.FileField(_("file"), upload_to="listings/")
    original_filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # What a photo shows, or what a document is called; read out where the picture cannot be seen.
    caption = models.CharField(_("what it shows"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(caption__gt=""), name="listingfile_captioned")]

    def __str__(self) -> str:
        return self.caption

    @property
    def is_photo(self) -> bool:
        return self.kind == self.Kind.PHOTO

    @property
    def small_name(self) -> str:
        """Where the small drawing of a photo lies, beside it."""
        return f"{self.file.name.rsplit('.', 1)[0]}-small.webp"

    @property
    def format(self) -> str:
        """“PDF”: the ending says what the file is, decided when it came."""
        return self.original_filename.rsplit(".", 1)[-1].upper()
