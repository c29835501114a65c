"""The home page: the promise, find-my-place, figures computed from rows, open appeals, the newest needs and
offers, documents and videos, and the map."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alliance.content.views.documents import newest_documents
from alliance.content.views.events import coming_events
from alliance.content.views.home_map import map_block
from alliance.content.views.linked_data import home_json_ld
from alliance.content.views.news import newest_news
from alliance.content.views.videos import newest_videos
from alliance.core.audience import Audience
from alliance.core.lists import written_count
from members.models import Member
from partnerships.models import Appeal, Listing
from partnerships.views.appeals import appeal_cards
from partnerships.views.cards import card
from partnerships.views.goal import goal_facts
from partnerships.views.kept_scope import Scope, rate_of

NEWEST = 5
APPEALS = 3
NEWS = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    newest = Listing.objects.visible_to(None).open().newest_first().with_facts()[:NEWEST]
    running = Appeal.objects.running().with_target().newest_first()[:APPEALS]
    context = {
        "appeals": appeal_cards(list(running), Audience.PUBLIC),
        "figures": figures(),
        "cards": [card(listing, Audience.PUBLIC) for listing in newest],
        "documents": newest_documents(),
        "videos": newest_videos(),
        "map": map_block(),
        "json_ld": home_json_ld(),
        "stories": newest_news(NEWS),
        "events": coming_events(NEWS),
    }
    return render(request, "content/home.html", context)


def figures() -> list[dict[str, str]]:
    """Four numbers, each a link to the rows that it counts; how many hromadas have a partner, once the register is
    there; and the rate of kept promises once there is one."""
    members = Member.objects.listed()
    open_listings = Listing.objects.visible_to(None).open()
    register, needs, offers = (
        reverse("members:member_list"),
        reverse("partnerships:need_list"),
        reverse("partnerships:offer_list"),
    )
    count = members.count()
    hromadas = members.filter(kind=Member.Kind.MUNICIPALITY, country="UA").count()
    n_needs, n_offers = open_listings.needs().count(), open_listings.offers().count()
    rows = [
        (count, ngettext("member", "members", count), register),
        (
            hromadas,
            ngettext("Ukrainian hromada among them", "Ukrainian hromadas among them", hromadas),
            f"{register}?country=UA&kind=municipality",
        ),
        (n_needs, ngettext("open need", "open needs", n_needs), needs),
        (n_offers, ngettext("open offer", "open offers", n_offers), offers),
    ]
    found = [{"number": written_count(n, cap=10**9), "label": label, "href": href} for n, label, href in rows]
    if goal := goal_facts():
        href = reverse("partnerships:without_partner")
        found.append({"number": goal["number"], "label": goal["label"], "href": href})
    rate = rate_of(Scope())
    return [*found, rate | {"href": reverse("partnerships:kept_promises")}] if rate["href"] else found
