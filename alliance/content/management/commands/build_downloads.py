"""`manage.py build_downloads`: the files of the open data, as the daily sweep makes them."""

from django.core.management.base import BaseCommand

from alliance.content.actions.downloads import build_downloads


class Command(BaseCommand):
    help = "Write every file of the open data anew."

    def handle(self, **_options) -> None:
        for download in build_downloads():
            self.stdout.write(f"{download}: {download.size} bytes, sha256 {download.sha256}")
