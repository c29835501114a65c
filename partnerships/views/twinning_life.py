"""Page of a twinning, third area: its life together (`_twinning_life.html`). Everyone reads the news and what the
parties delivered to each other; the parties also their work plan, documents and contacts."""

from typing import Any

from django.http import HttpRequest

from alliance.core.audience import Audience, visible
from partnerships.models import Twinning
from partnerships.permissions import can_see_kept
from partnerships.permissions.twinning_life import can_hand_over_party, can_keep_twinning, standing_party
from partnerships.views import twinning_facts as facts
from partnerships.views.readers import acting_member
from partnerships.views.twinning_documents import document_rows
from partnerships.views.twinning_pair import pair_figures
from partnerships.views.twinning_people import contact_rows
from partnerships.views.twinning_plan import plan_rows
from partnerships.views.twinning_stories import newest_news

Status = Twinning.Status


def life_of(request: HttpRequest, twinning: Twinning, viewer: str) -> dict[str, Any]:
    life = {
        "slug": twinning.slug,
        "news": newest_news(twinning),
        "figures": pair_figures(twinning, viewer),
        "is_dormant": twinning.status == Status.DORMANT,
    }
    if not visible(twinning, "milestones", viewer) or not can_see_kept(request.user, twinning):
        return life
    member = acting_member(request)
    own = standing_party(member, twinning)
    may_write = can_keep_twinning(request.user, member, twinning)
    is_asked = twinning.asked_if_right_at is not None and twinning.lively_at < twinning.asked_if_right_at
    return life | {
        # When a partnership counts as dormant follows from it.
        "lively": facts.day(twinning.lively_at) if twinning.is_alive else "",
        "is_party": own is not None,
        "may_write": may_write,
        "may_wake": may_write and (is_asked or twinning.status == Status.DORMANT),
        "is_asked": is_asked and twinning.status != Status.DORMANT,
        "plan": plan_rows(twinning),
        "documents": document_rows(twinning, None),
        "contacts": contact_rows(twinning, own) if own or viewer == Audience.COORDINATORS else [],
        "may_hand_over": may_write and own is not None and can_hand_over_party(request.user, own),
    }
