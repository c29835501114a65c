"""Why an action about documents and videos says no, in words for the editor who asked."""

from django.utils.translation import gettext_lazy as _

from alliance.core.refusals import Refused


class FilesRefused(Refused):
    """Readers would find a page without what it promises, or one file where two were sent."""

    NO_FILE, LAST_FILE, LANGUAGE, SAME = "no file", "last file", "language", "same"
    WORDS = {
        NO_FILE: _("Add a file in at least one language first."),
        LAST_FILE: _("This is the only file that readers are offered. Withdraw the document instead."),
        LANGUAGE: _("This document has a file in this language already: replace it."),
        SAME: _("This is the very file that is there already."),
    }
