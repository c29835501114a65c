"""`KnownStaticFiles`: static files with their hash in the name, whose addresses are worked out once per process."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class KnownStaticFiles(CompressedManifestStaticFilesStorage):
    """The list of hashes does not change while a process runs, and every page names ten files."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name, force=False):
        if force or not self.hashed_files:
            return super().url(name, force)
        if (address := self._addresses.get(name)) is None:
            address = self._addresses[name] = super().url(name)
        return address
