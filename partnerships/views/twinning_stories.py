"""News of a twinning: what everyone reads, the form, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import lists
from alliance.core.forms import sent
from alliance.core.languages import shown
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import twinning_life as actions
from partnerships.forms.twinning_life import NewsForm
from partnerships.models import Twinning, TwinningNews
from partnerships.names_shown import party_named
from partnerships.permissions.twinning_life import can_keep_twinning, standing_party
from partnerships.views import twinning_facts as facts
from partnerships.views.readers import acting_member
from partnerships.views.twinning_keeping import crumb_of, own_twinning, seen_twinning, too_late

NEWEST = [("published_at", "desc"), ("id", "desc")]
NEWS_PER_DAY, DAY = 20, 24 * 3600
# On the page of the twinning; the others stand on their own page.
SHOWN_THERE = 3


def newest_news(twinning: Twinning) -> dict[str, Any]:
    """For `_twinning_news.html`: the newest, and whether there are more; one query."""
    rows = list(twinning.news.published().newest_first()[: SHOWN_THERE + 1])
    return {"rows": [news_row(row) for row in rows[:SHOWN_THERE]], "has_more": len(rows) > SHOWN_THERE}


def news_row(row: TwinningNews, own: int | None = None) -> dict[str, Any]:
    """In the reader's language where there is one; ``own``: the reader's party, which may take it back."""
    return {
        "slug": row.slug,
        "title": shown(row, "title"),
        "text": shown(row, "text"),
        "day": facts.day(row.published_at),
        "who": party_named(row.party),
        "may_withdraw": own is not None and row.party_id == own,
    }


@require_safe
def twinning_news(request: HttpRequest, slug: str) -> HttpResponse:
    """All of it, the newest first: for everyone once the twinning is public."""
    twinning = seen_twinning(request, slug)
    member = acting_member(request)
    may_write = can_keep_twinning(request.user, member, twinning)
    party = standing_party(member, twinning) if may_write else None
    page = lists.keyset_page(twinning.news.published().newest_first(), NEWEST, request.GET)
    context = {
        "rows": [news_row(row, party.pk if party else None) for row in page.rows],
        "pages": page.links(request.GET),
        "may_write": may_write,
        "is_public": twinning.public_since is not None,
        **crumb_of(twinning),
    }
    return render(request, "partnerships/twinning_news.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_news_publish(request: HttpRequest, slug: str) -> HttpResponse:
    twinning, _party = own_twinning(request, slug)
    form = NewsForm(sent(request)[0])
    if not form.is_valid():
        return _page(request, twinning, form, 422 if form.is_bound else 200)
    if not allow("twinning-news", str(request.member.pk), NEWS_PER_DAY, DAY):
        form.add_error(None, _("Your member published much news today. Please try again tomorrow."))
        return _page(request, twinning, form, 429)
    try:
        actions.publish_news(
            twinning,
            member=request.member,
            news=form.news,
            key=form.cleaned_data["key"],
            by=request.user,
        )
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, _("Published. The other parties are told by e-mail."))
    return redirect("partnerships:twinning_news", twinning.slug)


def _page(request: HttpRequest, twinning: Twinning, form: NewsForm, status: int) -> HttpResponse:
    context = {"form": form, "is_public": twinning.public_since is not None, **crumb_of(twinning)}
    return render(request, "partnerships/twinning_news_form.html", context, status=status)


@require_POST
@member_page(role_of)
def twinning_news_withdraw(request: HttpRequest, slug: str, news: str) -> HttpResponse:
    twinning, _party = own_twinning(request, slug)
    row = get_object_or_404(twinning.news.published().select_related("twinning"), slug=news)
    try:
        actions.withdraw_news(row, member=request.member, by=request.user)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, _("Withdrawn: nobody reads it here any more."))
    return redirect("partnerships:twinning_news", twinning.slug)
