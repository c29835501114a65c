"""Sweeps of partnerships. The beat table in the settings says how often; running one twice does no harm."""

from celery import shared_task

from partnerships.actions import (
    appeals,
    facets,
    legal_clocks,
    listings,
    overdue,
    round_proposals,
    round_runs,
    saved_searches,
    search,
    sheets,
    suggestions,
    transports,
    twinning_clocks,
    unsaved,
    validity,
    waiting,
)

# Seconds. All hromadas and a hundred thousand members are more than the ten minutes that other tasks have.
LONGEST_ROUND = 1800


@shared_task
def expire_listings() -> int:
    """Close what is past its last day."""
    return listings.expire_listings()


@shared_task
def look_after_listings() -> dict[str, int]:
    """Warn of last days, ask whether what is published still holds, ask again."""
    return validity.look_after_listings()


@shared_task
def refresh_search() -> int:
    """Search rows that fell behind their listings or members, and groups that grew too large."""
    return search.reindex_stale()


@shared_task
def fold_facets() -> bool:
    """What triggers noted of changed facet counts goes into the summary."""
    return facets.fold_facets()


@shared_task
def forget_unsaved() -> int:
    """Forms of needs and offers that nobody came back to."""
    return unsaved.forget_old()


@shared_task
def forget_sheets() -> int:
    """Tables of needs and offers that nobody confirmed."""
    return sheets.forget_old()


@shared_task
def send_digests() -> int:
    """What is new for saved searches, at once, daily and weekly."""
    return saved_searches.send_digests()


@shared_task
def forget_saved_searches() -> int:
    """Searches stopped long ago, and what digests told so long ago that it may be told again."""
    return saved_searches.forget_old()


@shared_task
def close_appeals() -> int:
    """Close appeals past their last day."""
    return appeals.close_appeals()


@shared_task
def look_after_matches() -> dict[str, int]:
    """Remind of requests that nobody answers, hand them over to the coordinators, close them after a month."""
    return waiting.look_after_matches()


@shared_task
def warn_of_reports() -> int:
    """Warn receivers whose report on imported goods is due soon, or overdue."""
    return transports.warn_of_reports()


@shared_task
def remind_of_pledges() -> int:
    """Remind givers of what they have not sent, ask receivers what arrived: on the day, a week, a month later."""
    return overdue.remind_of_pledges()


@shared_task
def refresh_suggestions() -> int:
    """Lists of suggested partners that something changed for, and those of yesterday."""
    return suggestions.refresh_suggestions()


@shared_task(time_limit=LONGEST_ROUND)
def look_after_rounds() -> dict[str, int]:
    """Compute the matching rounds that wait for a worker, hand out the pairs of published ones."""
    return {
        "handed out": round_proposals.hand_out_proposals(),
        "computed": round_runs.compute_waiting(),
    }


@shared_task
def remind_of_clocks() -> int:
    """Remind parties that the ministry's answer to their agreement is due soon, or overdue."""
    return legal_clocks.remind_of_clocks()


@shared_task
def look_after_twinnings() -> dict[str, int]:
    """Deliveries as signs of life, the yearly question, sleep after a year of silence, parties without a contact."""
    return twinning_clocks.look_after_twinnings()
