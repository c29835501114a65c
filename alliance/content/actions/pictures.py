"""The picture of a news item: kept under a random name, and never thrown away, since earlier versions show it."""

from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from alliance.content.models import NewsItem
from alliance.core.uploads import CleanUpload, text_picture


def keep_picture(item: NewsItem, upload: CleanUpload | None) -> None:
    """Put ``upload``, or no picture, into the working copy; `publishing.save_texts` saves it."""
    if upload is None:
        item.picture, item.picture_width, item.picture_height = "", 0, 0
        return
    content, (item.picture_width, item.picture_height) = text_picture(upload)
    item.picture = default_storage.save(f"news/{PurePath(upload.name).stem}.webp", ContentFile(content))
