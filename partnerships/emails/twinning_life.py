"""Mails about what the parties of a twinning share: to the other parties' people, with what it is and a link to it."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import shown
from alliance.core.mail import Category
from partnerships.emails.readers import quote_of
from partnerships.emails.twinning_readers import members_of, tell_keepers
from partnerships.models import Milestone, Twinning, TwinningDocument, TwinningNews, TwinningParty
from partnerships.names_shown import party_named

SEE_DOCUMENTS, SEE_PLAN, READ = _("See the documents"), _("See the work plan"), _("Read it")


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


def twinning_planned(milestone: Milestone, party: TwinningParty) -> None:
    """To all parties but the one that wrote it: a line of the work plan, until when, and whose it is. Whoever types a
    whole plan is told of once a day; the letter says that what follows stands on the page."""
    today = localtime(milestone.created_at).date()
    tell_keepers(
        "twinning_planned",
        _others(party),
        key=f"twinning_planned:{party.pk}:{today.isoformat()}",
        label=SEE_PLAN,
        url=lambda person: (
            reverse("partnerships:twinning_detail", args=[milestone.twinning.slug]) + "#work-plan"
        ),
        words=lambda: {
            "by": _name(party),
            "quote": " ".join(quote_of(milestone.text)),
            "due_on": date_format(milestone.due_on, "DATE_FORMAT") if milestone.due_on else "",
            "doer": _name(milestone.party) if milestone.party else "",
        },
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
