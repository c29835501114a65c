"""Mails about what the parties of a twinning share: to the other parties' people, with what it is and a link to it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import shown
from alliance.core.mail import Category
from partnerships.emails.readers import quote_of
from partnerships.emails.twinning_readers import members_of, tell_keepers
from partnerships.models import Twinning, TwinningDocument, TwinningNews, TwinningParty
from partnerships.names_shown import party_named

SEE_DOCUMENTS, READ = _("See the documents"), _("Read it")


def twinning_woken(twinning: Twinning) -> None:
    """To all parties: it was dormant, and something happened in it."""
    tell_keepers(
        "twinning_woken",
        members_of(twinning),
        key=_key("twinning_woken", twinning, twinning.status_changed_at),
    )


def twinning_shared(document: TwinningDocument) -> None:
    """To the other parties: a document is there. Its name is quoted, the file stays behind the login."""
    tell_keepers(
        "twinning_shared",
        _others(document.party),
        key=f"twinning_shared:{document.pk}",
        label=SEE_DOCUMENTS,
        url=lambda person: reverse("partnerships:twinning_documents", args=[document.twinning.slug]),
        words=lambda: {"by": _name(document.party), "quote": " ".join(quote_of(document.caption))},
        category=Category.CONVERSATION,
    )


def twinning_news_published(news: TwinningNews) -> None:
    """To the other parties, with its title."""
    tell_keepers(
        "twinning_news_published",
        _others(news.party),
        key=f"twinning_news_published:{news.pk}",
        label=READ,
        url=lambda person: reverse("partnerships:twinning_news", args=[news.twinning.slug]),
        words=lambda: {
            "by": _name(news.party),
            "quote": " ".join(quote_of(str(shown(news, "title")))),
            "is_public": news.twinning.public_since is not None,
        },
        category=Category.CONVERSATION,
    )


def _others(party: TwinningParty) -> list[TwinningParty]:
    return [other for other in members_of(party.twinning) if other.pk != party.pk]


def _name(party: TwinningParty) -> str:
    return party_named(party).name.text


def _key(stem: str, twinning: Twinning, moment) -> str:
    return f"{stem}:{twinning.pk}:{moment.isoformat()}"
