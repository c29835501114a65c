"""Who reads a mail about a twinning, and what all of these mails share: its title, the one link, why one gets it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from alliance.users.models import User
from partnerships.emails.readers import writers_of
from partnerships.models import Twinning, TwinningParty
from partnerships.names_shown import party_named

SEE = gettext_lazy("See the partnership")


def members_of(twinning: Twinning) -> list[TwinningParty]:
    """Its parties that are members and stand by it, with whether their contacts can be reached."""
    return list(
        twinning.parties.of_members()
        .with_reach()
        .select_related("member__place", "contact", "second_contact")
    )


def keepers_of(party: TwinningParty) -> list[User]:
    """Contact and second contact, those who still act for the member; whoever writes for it where neither does. Of
    `members_of()`."""
    named = [(party.contact, party.contact_acts), (party.second_contact, party.second_acts)]
    return [person for person, acts in named if acts] or writers_of(party.member)


def title_of(twinning: Twinning) -> str:
    """In the words of its parties; else their names, in the active language."""
    if twinning.title:
        return twinning.title
    parties = twinning.parties.agreed().select_related("member__place__region", "place__region")
    return " – ".join(party_named(party).name.text for party in parties)


def page_of(twinning: Twinning) -> str:
    return absolute(reverse("partnerships:twinning_detail", args=[twinning.slug]))


def day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


def tell_keepers(
    stem: str,
    parties: Iterable[TwinningParty],
    *,
    key: str,
    label: Any = SEE,
    url: Callable[[User], str] | None = None,
    words: Callable[[], dict[str, Any]] = dict,
    category: str = Category.TRANSACTIONAL,
    is_secret: bool = False,
) -> None:
    """Write the mail ``stem`` to those who look after it for ``parties``; ``words`` and ``url`` are asked in each
    reader's language."""
    for party in parties:
        for person in keepers_of(party):
            tell_person(
                stem,
                party,
                person,
                key=key,
                label=label,
                url=url,
                words=words,
                category=category,
                is_secret=is_secret,
            )


def tell_person(
    stem: str,
    party: TwinningParty,
    person: User,
    *,
    key: str,
    label: Any = SEE,
    url: Callable[[User], str] | None = None,
    words: Callable[[], dict[str, Any]] = dict,
    category: str = Category.TRANSACTIONAL,
    is_secret: bool = False,
) -> None:
    language = as_ours(person.language)
    with translation.override(language):
        context = {
            "title": title_of(party.twinning),
            "member": party_named(party).name.text,
            "action_url": absolute(url(person)) if url else page_of(party.twinning),
            "action_label": str(label),
            "why": _("You get this because you look after this partnership for %(member)s.")
            % {"member": party_named(party).name.text},
            **words(),
        }
    send(
        f"partnerships/{stem}",
        person.email,
        language,
        context,
        key=key,
        category=category,
        is_secret=is_secret,
    )
