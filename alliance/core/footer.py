"""The foot of every page: groups of links by the names of routes. A page that an institution has switched off, or that
is not built, is left out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Heading, and its links: route, label, arguments of the route.
FOOTER: list[tuple[Any, list[tuple[Any, ...]]]] = [
    (
        _("The Alliance"),
        [
            ("content:about", _("About the Alliance")),
            ("content:about_page", _("Partners"), "partners"),
            ("content:joining", _("How to join")),
            ("content:news_list", _("News")),
            ("content:event_list", _("Events")),
            ("content:newsletter", _("Newsletter")),
            ("content:contact", _("Contact")),
        ],
    ),
    (
        _("Published here"),
        [
            ("content:document_list", pgettext_lazy("of the Alliance", "Documents")),
            ("content:video_list", _("Videos")),
            ("content:evidence", pgettext_lazy("figures for the institutions", "Evidence")),
            ("content:policy", _("Policy dialogue")),
            ("content:open_data", _("Open data")),
            ("partnerships:kept_promises", _("Promises and what became of them")),
            ("partnerships:match_weights", _("How partners are suggested")),
        ],
    ),
    (
        _("About this site"),
        [
            ("content:accessibility", _("Accessibility")),
            ("content:privacy", _("Privacy")),
            ("content:legal_page", _("Legal notice"), "legal-notice"),
            ("content:legal_page", pgettext_lazy("policy of languages", "Languages"), "languages"),
            ("content:site_search", _("Search the site")),
        ],
    ),
]
