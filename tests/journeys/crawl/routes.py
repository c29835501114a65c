"""Every named route of the portal: how to build its address, and who sees it as a page (or why it is none).

`test_routes.py` fails on a route without a row here. Pages are looked at in a browser by `test_pages.py`,
all addresses are asked by everybody in `test_access.py`.
"""

import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import get_language, override

from alliance.content.models import CannedAnswer, SpamRule, TicketFile, TranslationGap
from alliance.content.survey_links import survey_path
from alliance.core.links import sign
from members.links import contact_email_path, invitation_path, resume_path
from partnerships.emails.digests import stop_path
from partnerships.links import (
    LAST_DAY,
    cluster_path,
    delivery_path,
    hand_over_path,
    holds_path,
    listing_path,
    match_path,
    right_path,
    twinning_path,
)
from partnerships.models import Pledge, PledgeEvent
from tests.journeys.crawl.world import World, mail_stop_token

Address = Callable[[World], str]


@dataclass(frozen=True)
class Route:
    """``seen_by``: the actor to whom it is a page worth looking at; ``why``: why it is not a page.
    ``forged``: the address with the right of another application in place of its own. ``owner``: whose private words
    stand there too, for everybody who gets the page, or for ``read_by``."""

    name: str
    address: Address
    seen_by: str = ""
    why: str = ""
    forged: Address | None = None
    method: str = "get"
    owner: str = ""
    read_by: tuple[str, ...] = ()


def named(name: str, *args: Any) -> Address:
    """The address of a route; arguments that are functions are asked of the world."""
    return lambda world: reverse(name, args=[arg(world) if callable(arg) else arg for arg in args])


ROUTES: list[Route] = []


def page(name: str, seen_by: str, *args: Any, **more: Any) -> None:
    ROUTES.append(Route(name, named(name, *args), seen_by, **more))


def no_page(name: str, why: str, *args: Any, **more: Any) -> None:
    ROUTES.append(Route(name, named(name, *args), why=why, **more))


ANYONE, EDITOR, SIGNATORY, DESK = "anonymous", "a_editor", "a_signatory", "desk"
POSTED, LEADS_ON, NO_FILE = "answers POST only", "only leads elsewhere", "a file"


# --- The public face --------------------------------------------------------------------------------------------

for name in ("home", "about", "joining", "accessibility", "privacy", "contact"):
    page(f"content:{name}", ANYONE)
page("content:about_page", ANYONE, "partners")
page("content:legal_page", ANYONE, "legal-notice")
page("content:news_list", ANYONE)
no_page("content:news_feed", NO_FILE)
page("content:news_detail", ANYONE, lambda w: w.news.slug)
no_page("content:news_picture", NO_FILE, lambda w: w.news.slug, "none.png")
no_page("content:share_picture", LEADS_ON, "old")
no_page(
    "content:share_picture",
    "an old version leads on, a hidden page has none",
    "old",
    lambda w: f"listings/{w.draft_offer.slug}",
)
page("content:event_list", ANYONE)
no_page("content:event_feed", NO_FILE)
no_page("content:event_calendar", NO_FILE)
page("content:event_detail", ANYONE, lambda w: w.event.slug)
no_page("content:event_file", NO_FILE, lambda w: w.event.slug)
page("content:newsletter", ANYONE)
page("content:newsletter_asked", ANYONE)
page("content:newsletter_issue", ANYONE, lambda w: w.issue.number)
ROUTES.append(
    Route(
        "content:newsletter_confirm",
        lambda w: reverse("content:newsletter_confirm", args=[_newsletter_token(w)]),
        ANYONE,
        forged=lambda w: reverse("content:newsletter_confirm", args=[w.token_of(w.drafted)]),
    )
)
page("content:policy", ANYONE)
page("content:policy_issue", ANYONE, lambda w: w.policy_issue.slug)
page("content:policy_ours", EDITOR)
page("content:policy_raise", EDITOR)
page("content:survey_list", ANYONE)
page("content:survey_detail", ANYONE, lambda w: w.summary.slug)
no_page("content:survey_file", NO_FILE, lambda w: w.summary.slug, "csv")
ROUTES.append(
    Route(
        "content:survey_answer",
        lambda w: survey_path(w.sheet, w.users["a_editor"].email),
        ANYONE,
        forged=lambda w: reverse("content:survey_answer", args=[w.token_of(w.drafted)]),
    )
)
page("content:survey_ours", EDITOR, lambda w: w.sheet.survey.slug)
page("content:dashboard", SIGNATORY)
page("content:personal_data", SIGNATORY)
no_page("content:personal_data_file", NO_FILE)
page("content:personal_data_erase", EDITOR)
page("content:personal_data_erased", ANYONE)
page("content:site_search", ANYONE)
page("content:document_list", ANYONE)
page("content:document_detail", ANYONE, lambda w: w.document.slug)
no_page("content:document_file", NO_FILE, lambda w: w.document.slug, "uk")
no_page("content:document_version", NO_FILE, lambda w: w.document.slug, "de", 1)
page("content:video_list", ANYONE)
page("content:video_detail", ANYONE, lambda w: w.video.slug)
no_page("content:video_film", NO_FILE, lambda w: w.film.slug)
no_page("content:video_poster", "a picture, here without one", lambda w: w.film.slug)
no_page("content:video_captions", NO_FILE, lambda w: w.film.slug, "uk")
ROUTES.append(
    Route(
        "content:contact_sent",
        lambda w: reverse("content:contact_sent", args=[_contact_token(w)]),
        ANYONE,
        owner="visitor",
        forged=lambda w: reverse("content:contact_sent", args=[w.token_of(w.drafted)]),
    )
)
ROUTES.append(
    Route(
        "core:machine_text",
        lambda w: reverse("core:machine_text", args=[sign("machine-text", 1, "0")]),
        why=POSTED,
        method="post",
        forged=lambda w: reverse("core:machine_text", args=[mail_stop_token(w)]),
    )
)
ROUTES.append(
    Route(
        "core:mail_stop",
        lambda w: reverse("core:mail_stop", args=[mail_stop_token(w)]),
        ANYONE,
        forged=lambda w: reverse("core:mail_stop", args=[w.token_of(w.drafted)]),
    )
)
no_page("robots", NO_FILE)
no_page("sitemap", NO_FILE)
no_page("sitemap_part", NO_FILE, "listings", 0)
no_page("security_txt", NO_FILE)
no_page("mailbox", "of a local run only: 404 elsewhere")
no_page("mailbox_mail", "of a local run only: 404 elsewhere", "a.eml")
no_page("mailbox_html", "of a local run only: 404 elsewhere", "a.eml")


# The open interface: for everyone, whoever asks.
no_page("api:openapi-json", NO_FILE)
no_page("api:api-root", NO_FILE)
no_page("api:members", NO_FILE)
# Of Ukraine alone: the register of Poland names the place where something private is handed over, as its place.
ROUTES.append(Route("api:places", lambda w: f"{reverse('api:places')}?country=UA", why=NO_FILE))
for name in ("needs", "offers", "appeals", "twinnings", "deliveries", "documents", "statistics", "changes"):
    no_page(f"api:{name}", NO_FILE)
no_page("api:member", NO_FILE, lambda w: w.a.slug)
no_page("api:place", NO_FILE, lambda w: w.a.place.register, lambda w: w.a.place.code)
no_page("api:need", NO_FILE, lambda w: w.need.slug)
no_page("api:offer", NO_FILE, lambda w: w.public_offer.slug)
no_page("api:offer", NO_FILE, lambda w: w.members_offer.slug)
no_page("api:offer", NO_FILE, lambda w: w.kept["members"].listing.slug)
no_page("api:appeal", NO_FILE, lambda w: w.appeal.slug)
no_page("api:twinning", NO_FILE, lambda w: w.twinning.slug)
no_page("api:twinning", NO_FILE, lambda w: w.unseen_twinning.slug)
no_page("api:delivery", NO_FILE, lambda w: w.pledge.lines.first().slug)
no_page("api:document", NO_FILE, lambda w: w.document.slug)
page("content:open_data", ANYONE)
page("content:data_dictionary", ANYONE)
no_page("open_data_catalogue", NO_FILE, "ttl")
no_page("open_data_file", "a file of the last night; none was made here", "members", "csv")


def _newsletter_token(w: World) -> str:
    return sign("newsletter", w.subscription.pk, w.subscription.email)


def _contact_token(world: World) -> str:
    return sign("contact", world.ticket.number)


# --- Members ----------------------------------------------------------------------------------------------------


def application(name: str, owner: str, *more: str, **changes: Any) -> None:
    """A page of one application; `forged` asks for it with the right of another one."""
    ROUTES.append(
        Route(
            name,
            lambda w: reverse(name, args=[w.token_of(getattr(w, owner)), *more]),
            forged=lambda w: reverse(name, args=[w.forged, *more]),
            owner=owner,
            **changes,
        )
    )


page("members:join_start", ANYONE)
page("members:join_resume", ANYONE)
ROUTES.append(
    Route(
        "members:join_confirm",
        lambda w: resume_path(w.drafted),
        ANYONE,
        forged=lambda w: reverse("members:join_confirm", args=[w.token_of(w.drafted)]),
        owner="drafted",
    )
)
application("members:join_status", "pending", seen_by=ANYONE)
application("members:join_send_link", "drafted", why=POSTED, method="post")
application("members:join_decision_file", "pending", why=NO_FILE)
application("members:join_keep", "drafted", "people", why=POSTED, method="post")
for step in ("authority", "people", "principles", "decision", "check"):
    application("members:join_step", "returned", step, seen_by=ANYONE)
application("members:join_step", "drafted", "people", seen_by=ANYONE)
page("members:people_list", SIGNATORY)
page("members:people_invite", SIGNATORY)
no_page("members:invitation_withdraw", POSTED, lambda w: w.invitation.pk, method="post")
no_page("members:representation_end", "asks before it ends one", lambda w: _editor_of_a(w))
no_page("members:switch_member", POSTED, method="post")
ROUTES.append(
    Route(
        "members:invitation",
        lambda w: invitation_path(w.invitation),
        ANYONE,
        forged=lambda w: reverse("members:invitation", args=[w.token_of(w.drafted)]),
        owner="invited",
    )
)
page("members:member_edit", EDITOR)
page("members:contact_edit", SIGNATORY)
ROUTES.append(
    Route(
        "members:contact_email_confirm",
        lambda w: contact_email_path(w.a, "new@example.org"),
        ANYONE,
        forged=lambda w: reverse("members:contact_email_confirm", args=[w.token_of(w.drafted)]),
    )
)
no_page("members:member_logo", "a picture", lambda w: w.a.slug)
page("members:bulk_import", "association")
no_page("members:bulk_template", NO_FILE)
page("members:member_list", ANYONE)
page("members:member_map", ANYONE)
for kind in ("csv", "xlsx", "json", "geojson"):
    no_page("members:member_export", NO_FILE, kind)
page("members:member_detail", ANYONE, lambda w: w.a.slug)
page("members:place_search", ANYONE)


def _editor_of_a(world: World) -> int:
    return world.a.representatives.get(user=world.users["a_editor"]).pk


# --- Needs, offers, conversations -------------------------------------------------------------------------------

for name in ("need_list", "offer_list", "listing_list"):
    page(f"partnerships:{name}", ANYONE)
for name in ("need", "offer", "listing", "my_listing"):
    no_page(f"partnerships:{name}_sheet", NO_FILE, "csv")
for name in ("need", "offer", "listing"):
    no_page(f"partnerships:{name}_feed", NO_FILE)
page("partnerships:sheet_help", ANYONE)
page("partnerships:sheet_import", EDITOR)
page("partnerships:sheet_check", EDITOR)
page("partnerships:saved_search_list", EDITOR)
page("partnerships:saved_search_create", EDITOR)
page("partnerships:saved_search_edit", EDITOR, lambda w: w.saved_search.slug)
no_page("partnerships:saved_search_end", POSTED, lambda w: w.saved_search.slug, method="post")
ROUTES.append(
    Route(
        "partnerships:saved_search_stop",
        lambda w: stop_path(w.saved_search),
        ANYONE,
        owner="people of a",
        forged=lambda w: reverse("partnerships:saved_search_stop", args=[mail_stop_token(w)]),
    )
)
no_page("partnerships:iati_alliance", NO_FILE)
no_page("partnerships:iati_member", NO_FILE, lambda w: w.a.slug)
for kind in ("need", "offer"):
    page("partnerships:listing_create", "b_signatory" if kind == "need" else EDITOR, kind)
no_page("partnerships:listing_hints", "a part of the form", "offer", method="post")
page("partnerships:listing_detail", ANYONE, lambda w: w.public_offer.slug)
page("partnerships:listing_detail", "a_viewer", lambda w: w.members_offer.slug)
page("partnerships:listing_detail", EDITOR, lambda w: w.draft_offer.slug)
page("partnerships:listing_detail", ANYONE, lambda w: w.foreign_need.slug)
page("partnerships:listing_edit", EDITOR, lambda w: w.draft_offer.slug)
for kind in ("need", "offer"):
    no_page("partnerships:listing_create_keep", POSTED, kind, method="post")
no_page("partnerships:listing_edit_keep", POSTED, lambda w: w.draft_offer.slug, method="post")
page("partnerships:listing_files", EDITOR, lambda w: w.draft_offer.slug)
no_page("partnerships:listing_file", "a picture", lambda w: w.need.slug, lambda w: w.photo.slug)
no_page("partnerships:listing_photo", "a picture", lambda w: w.need.slug, lambda w: w.photo.slug)
no_page(
    "partnerships:listing_file",
    "a picture for partners",
    lambda w: w.kept["partner"].listing.slug,
    lambda w: w.kept["partner"].photo.slug,
)
no_page(
    "partnerships:listing_file_change",
    POSTED,
    lambda w: w.need.slug,
    lambda w: w.photo.slug,
    method="post",
)
ROUTES.append(
    Route(
        "partnerships:listing_open",
        lambda w: listing_path(w.draft_offer, w.a),
        why=LEADS_ON,
        forged=lambda w: reverse("partnerships:listing_open", args=[w.token_of(w.drafted)]),
    )
)
ROUTES.append(
    Route(
        "partnerships:listing_holds",
        lambda w: holds_path(w.public_offer, w.users["a_editor"], LAST_DAY),
        ANYONE,
        forged=lambda w: reverse("partnerships:listing_holds", args=[w.token_of(w.drafted)]),
    )
)
for verb in ("publish", "withdraw", "renew"):
    no_page(f"partnerships:listing_{verb}", POSTED, lambda w: w.draft_offer.slug, method="post")
page("partnerships:appeal_list", ANYONE)
for name in ("appeal_detail", "appeal_needs", "appeal_offers", "appeal_pledges"):
    page(f"partnerships:{name}", ANYONE, lambda w: w.appeal.slug)
page("partnerships:kept_promises", ANYONE)
page("partnerships:kept_promises_rows", ANYONE)
page("content:evidence", ANYONE)
for kind in ("csv", "json", "pdf"):
    no_page("content:evidence_file", NO_FILE, kind)
for kind in ("csv", "json"):
    no_page("partnerships:kept_promises_file", NO_FILE, kind)
page("partnerships:kept_promises_member", ANYONE, lambda w: w.a.slug)
page("partnerships:match_request", EDITOR, lambda w: w.need.slug)
page("partnerships:my_listings", EDITOR)
page("partnerships:match_list", EDITOR)
page("partnerships:match_detail", EDITOR, lambda w: w.match.slug)
page("partnerships:match_detail", EDITOR, lambda w: w.accepted.slug, owner="a,association")
page("partnerships:listing_report", EDITOR, lambda w: w.need.slug)
page("partnerships:match_request_member", EDITOR, lambda w: w.b.slug)
page("partnerships:member_block", EDITOR, lambda w: w.b.slug)
no_page("partnerships:member_unblock", POSTED, lambda w: w.blocked.slug, method="post")
page("partnerships:block_list", EDITOR)
page("partnerships:match_weights", ANYONE)
page("partnerships:suggestion_list", EDITOR)
page("partnerships:suggestion_set_aside", EDITOR, lambda w: w.suggested.slug)
no_page("partnerships:suggestion_restore", POSTED, lambda w: w.left_out.slug, method="post")
page("partnerships:partner_wish", EDITOR)
no_page("partnerships:veto_set", POSTED, lambda w: w.suggested.slug, method="post")
no_page("partnerships:veto_lift", POSTED, lambda w: w.left_out.slug, method="post")
ROUTES.append(
    Route(
        "partnerships:match_open",
        lambda w: match_path(w.match, w.a),
        why=LEADS_ON,
        forged=lambda w: reverse("partnerships:match_open", args=[w.token_of(w.drafted)]),
    )
)
no_page("partnerships:match_accept", POSTED, lambda w: w.match.slug, method="post")
page("partnerships:match_decline", EDITOR, lambda w: w.match.slug)
no_page("partnerships:match_take_back", POSTED, lambda w: w.match.slug, method="post")
page("partnerships:match_end", EDITOR, lambda w: w.accepted.slug)
page("partnerships:help_request", EDITOR, lambda w: w.match.slug)
page("partnerships:match_report", EDITOR, lambda w: w.match.slug)
page("partnerships:message_report", EDITOR, lambda w: w.match.slug, lambda w: w.match.messages.get().pk)
page("partnerships:meeting_propose", EDITOR, lambda w: w.accepted.slug)
for verb in ("agree", "decline", "cancel"):
    no_page(f"partnerships:meeting_{verb}", POSTED, lambda w: w.proposed.slug, method="post")
no_page("partnerships:meeting_calendar", NO_FILE, lambda w: w.agreed.slug)
page("partnerships:cluster_list", EDITOR)
page("partnerships:cluster_create", EDITOR)
page("partnerships:cluster_detail", EDITOR, lambda w: w.cluster.slug)
page("partnerships:cluster_detail", EDITOR, lambda w: w.inviting.slug)
for name in ("edit", "invite", "end", "hand_over"):
    page(f"partnerships:cluster_{name}", EDITOR, lambda w: w.cluster.slug)
page("partnerships:cluster_leave", "b_signatory", lambda w: w.cluster.slug)
for name in ("invite_member", "withdraw"):
    no_page(f"partnerships:cluster_{name}", POSTED, lambda w: w.cluster.slug, method="post")
for name in ("join", "decline"):
    no_page(f"partnerships:cluster_{name}", POSTED, lambda w: w.inviting.slug, method="post")
ROUTES.append(
    Route(
        "partnerships:cluster_open",
        lambda w: cluster_path(w.cluster, w.a),
        why=LEADS_ON,
        forged=lambda w: reverse("partnerships:cluster_open", args=[w.token_of(w.drafted)]),
    )
)


# --- Promises and deliveries ------------------------------------------------------------------------------------

RECEIVER = "b_signatory"
page("partnerships:listing_promise", EDITOR, lambda w: w.need.slug)
page("partnerships:match_promise", EDITOR, lambda w: w.accepted.slug)
page("partnerships:member_promise", EDITOR, lambda w: w.b.slug)
page("partnerships:my_promises", EDITOR)
page("partnerships:my_deliveries", RECEIVER)
for who in (ANYONE, SIGNATORY, RECEIVER):
    page("partnerships:pledge_detail", who, lambda w: w.pledge.slug)
no_page("partnerships:pledge_receiver", POSTED, lambda w: w.pledge.slug, method="post")
page("partnerships:pledge_evidence", EDITOR, lambda w: w.pledge.slug)
no_page("partnerships:pledge_file", NO_FILE, lambda w: w.pledge.slug, lambda w: w.pledge.evidence.get().slug)
page("partnerships:pledge_correct", SIGNATORY, lambda w: w.pledge.slug, lambda w: _committed(w))
for verb, who in {
    "confirm": RECEIVER,
    "commit": SIGNATORY,
    "dispatch": EDITOR,
    "return": RECEIVER,
    "lose": EDITOR,
    "over-deliver": SIGNATORY,
    "cancel": SIGNATORY,
    "withdraw": EDITOR,
}.items():
    page("partnerships:pledge_verb", who, lambda w: w.pledge.slug, verb)


for who in (SIGNATORY, RECEIVER):
    page("partnerships:transport_detail", who, lambda w: w.pledge.slug, 1)
no_page("partnerships:transport_csv", NO_FILE, lambda w: w.pledge.slug, 1)
for who in (EDITOR, RECEIVER):
    page("partnerships:transport_change", who, lambda w: w.pledge.slug, 1)
no_page("partnerships:transport_report", POSTED, lambda w: w.pledge.slug, 1, method="post")
page("partnerships:pledge_day", SIGNATORY, lambda w: w.pledge.slug)
no_page("partnerships:pledge_day_answer", POSTED, lambda w: w.pledge.slug, method="post")
no_page("partnerships:pledge_link", POSTED, lambda w: w.pledge.slug, method="post")
ROUTES.append(
    Route(
        "partnerships:delivery_open",
        lambda w: delivery_path(Pledge.objects.get(pk=w.pledge.pk), w.users["b_signatory"].email),
        why=LEADS_ON,
        forged=lambda w: reverse("partnerships:delivery_open", args=[w.token_of(w.drafted)]),
    )
)
no_page(
    "partnerships:delivery_confirm",
    "opens after the link of a mail; test_receipts and journey 7 look at it",
    lambda w: w.pledge.slug,
)


def _committed(world: World) -> int:
    return PledgeEvent.objects.get(line__pledge=world.pledge, kind="committed", side="giver").pk


# --- Twinnings --------------------------------------------------------------------------------------------------

for name in ("twinning_list", "twinning_map", "without_partner"):
    page(f"partnerships:{name}", ANYONE)
for kind in ("csv", "json", "geojson"):
    no_page("partnerships:twinning_export", NO_FILE, kind)
# Its parties, and nobody else, read each other's contact persons.
BETWEEN = {"owner": "a,b", "read_by": ("a_viewer", "a_editor", "a_signatory", "b_signatory")}
page("partnerships:twinning_detail", ANYONE, lambda w: w.twinning.slug, **BETWEEN)
page("partnerships:twinning_detail", EDITOR, lambda w: w.unseen_twinning.slug, **BETWEEN)
page("partnerships:twinning_detail", SIGNATORY, lambda w: w.asked_twinning.slug, **BETWEEN)
page("partnerships:my_twinnings", EDITOR)
page("partnerships:twinning_create", EDITOR, lambda w: w.accepted.slug)
page("partnerships:twinning_declare", EDITOR)
ROUTES.append(
    Route(
        "partnerships:twinning_open",
        lambda w: twinning_path(w.asked_twinning, w.a),
        why=LEADS_ON,
        forged=lambda w: reverse("partnerships:twinning_open", args=[w.token_of(w.drafted)]),
    )
)
no_page("partnerships:twinning_join", POSTED, lambda w: w.invited_twinning.slug, method="post")
page("partnerships:twinning_decline", SIGNATORY, lambda w: w.invited_twinning.slug)
page("partnerships:twinning_invite", EDITOR, lambda w: w.twinning.slug)
no_page(
    "partnerships:twinning_uninvite",
    POSTED,
    lambda w: w.invited_twinning.slug,
    lambda w: w.invited_twinning.parties.get(member=w.a).pk,
    method="post",
)
page("partnerships:twinning_stage", EDITOR, lambda w: w.twinning.slug)
no_page("partnerships:twinning_consent", POSTED, lambda w: w.asked_twinning.slug, method="post")
page("partnerships:twinning_object", SIGNATORY, lambda w: w.asked_twinning.slug)
page("partnerships:twinning_step", EDITOR, lambda w: w.asked_twinning.slug)
no_page(
    "partnerships:twinning_step_withdraw",
    POSTED,
    lambda w: w.asked_twinning.slug,
    lambda w: w.asked_twinning.steps.get().pk,
    method="post",
)
page("partnerships:twinning_name", EDITOR, lambda w: w.twinning.slug)
page("partnerships:twinning_leave", SIGNATORY, lambda w: w.twinning.slug)
page("partnerships:twinning_agreement", EDITOR, lambda w: w.twinning.slug)
page("partnerships:twinning_draft", EDITOR, lambda w: w.twinning.slug, "agreement")
no_page("partnerships:twinning_draft_file", NO_FILE, lambda w: w.twinning.slug, "agreement", 1, "docx")
no_page("partnerships:twinning_paper", NO_FILE, lambda w: w.twinning.slug, "cover_letter", "docx")
ROUTES.append(
    Route(
        "partnerships:twinning_right",
        lambda w: right_path(w.twinning, w.users["a_editor"]),
        ANYONE,
        forged=lambda w: reverse("partnerships:twinning_right", args=[w.token_of(w.drafted)]),
    )
)
ROUTES.append(
    Route(
        "partnerships:twinning_hand_over_take",
        lambda w: hand_over_path(w.hand_over),
        ANYONE,
        forged=lambda w: reverse("partnerships:twinning_hand_over_take", args=[w.token_of(w.drafted)]),
    )
)
no_page("partnerships:twinning_alive", POSTED, lambda w: w.twinning.slug, method="post")
page("partnerships:twinning_milestone_add", EDITOR, lambda w: w.twinning.slug)
page(
    "partnerships:twinning_milestone_edit",
    EDITOR,
    lambda w: w.twinning.slug,
    lambda w: w.twinning.milestones.get().slug,
)
for verb in ("finish", "reopen", "remove"):
    no_page(
        f"partnerships:twinning_milestone_{verb}",
        POSTED,
        lambda w: w.unseen_twinning.slug,
        "none",
        method="post",
    )
page("partnerships:twinning_documents", EDITOR, lambda w: w.twinning.slug)
no_page(
    "partnerships:twinning_document",
    NO_FILE,
    lambda w: w.twinning.slug,
    lambda w: w.twinning.documents.get().slug,
)
no_page(
    "partnerships:twinning_document_remove",
    POSTED,
    lambda w: w.unseen_twinning.slug,
    "none",
    method="post",
)
page("partnerships:twinning_news", ANYONE, lambda w: w.twinning.slug)
page("partnerships:twinning_news_publish", EDITOR, lambda w: w.twinning.slug)
no_page(
    "partnerships:twinning_news_withdraw", POSTED, lambda w: w.unseen_twinning.slug, "none", method="post"
)
page("partnerships:twinning_pledges", ANYONE, lambda w: w.twinning.slug)
page("partnerships:twinning_contacts", EDITOR, lambda w: w.twinning.slug)
page("partnerships:twinning_hand_over", SIGNATORY, lambda w: w.twinning.slug)


# --- People -----------------------------------------------------------------------------------------------------

no_page("users:after_login", LEADS_ON)
page("users:settings", EDITOR)
page("account_login", ANYONE)
page("account_logout", EDITOR)
page("account_inactive", ANYONE)
page("account_signup", ANYONE)
page("account_reauthenticate", EDITOR)
page("account_email", EDITOR)
page("account_email_verification_sent", ANYONE)
no_page("account_change_password", "asks for the password anew where it is old: account_reauthenticate")
no_page("account_set_password", "leads to the change where there is a password")
page("account_reset_password", ANYONE)
no_page("account_confirm_login_code", "needs a code that was just mailed; journey 2 uses it")
page("account_confirm_email", ANYONE, "no-such-key")
page("account_reset_password_from_key_done", ANYONE)
page("account_reset_password_from_key", ANYONE, "1", "no-such-key")
page("account_reset_password_done", ANYONE)
page("account_request_login_code", ANYONE)
page("mfa_index", DESK)
no_page("mfa_authenticate", "needs a login half done; the journeys use it")
no_page("mfa_reauthenticate", "asks for the code anew: account_reauthenticate looks the same")
for name in (
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
):
    no_page(name, "asks who it is before it opens: account_reauthenticate")
no_page("mfa_reauthenticate_webauthn", "asks who it is before it opens: account_reauthenticate")
no_page("mfa_remove_webauthn", "asks who it is before it opens: account_reauthenticate", 1)
no_page("mfa_edit_webauthn", "asks who it is before it opens: account_reauthenticate", 1)
no_page("mfa_login_webauthn", "data for a passkey")


# --- The desk ---------------------------------------------------------------------------------------------------

page("admin:index", DESK)
page("admin:queue", DESK)
no_page("admin:queue_hold", POSTED, "member-10", 1, method="post")
no_page("admin:login", LEADS_ON)
no_page("admin:logout", POSTED, method="post")
no_page("admin:password_change", LEADS_ON)
no_page("admin:password_change_done", "never reached: passwords change elsewhere")
no_page("admin:autocomplete", "data")
no_page("admin:jsi18n", "a script")
no_page("admin:view_on_site", LEADS_ON, 1, 1)
page("admin:app_list", DESK, "members")

ROWS: dict[str, Callable[[World], Any]] = {
    "core_journalentry": lambda w: w.entry,
    "core_outgoingmail": lambda w: w.mail,
    "core_mailstop": lambda w: w.stop,
    "users_user": lambda w: w.users["a_editor"],
    "members_representative": lambda w: w.a.representatives.first(),
    "members_invitation": lambda w: w.invitation,
    "members_addresschange": lambda w: w.address_change,
    "members_member": lambda w: w.pending,
    "members_place": lambda w: w.own_place,
    "members_sector": lambda w: w.sector,
    "partnerships_listing": lambda w: w.public_offer,
    "partnerships_reviewrule": lambda w: w.review_rule,
    "partnerships_match": lambda w: w.match,
    "partnerships_twinning": lambda w: w.twinning,
    "partnerships_twinningparty": lambda w: w.twinning.parties.first(),
    "partnerships_matchweights": lambda w: w.suggested.suggested_to.get().weights,
    "partnerships_cluster": lambda w: w.cluster,
    "partnerships_matchinground": lambda w: w.round_,
    "partnerships_roundproposal": lambda w: w.round_.proposals.get(),
    "partnerships_roundparticipant": lambda w: w.round_.participants.first(),
    "partnerships_helprequest": lambda w: w.call,
    "partnerships_report": lambda w: w.report,
    "partnerships_agreementtemplate": lambda w: w.twinning.drafts.get().wording.template,
    "partnerships_agreementwording": lambda w: w.twinning.drafts.get().wording,
    "partnerships_appeal": lambda w: w.appeal,
    "partnerships_pledge": lambda w: w.pledge,
    "partnerships_pledgeline": lambda w: w.pledge.lines.get(),
    "content_policyissue": lambda w: w.raised_issue,
    "content_evidencereport": lambda w: w.evidence,
    "content_survey": lambda w: w.draft_survey,
    "content_ticket": lambda w: w.ticket,
    "content_page": lambda w: w.page,
    "content_translationgap": lambda w: TranslationGap.objects.filter(object_id=w.page.pk)[0],
    "content_document": lambda w: w.document,
    "content_video": lambda w: w.video,
    "content_inboundmail": lambda w: w.ticket.inbound.get(),
    "content_cannedanswer": lambda w: CannedAnswer.objects.get(),
    "content_spamrule": lambda w: SpamRule.objects.get(),
    "content_newsitem": lambda w: w.news,
    "content_event": lambda w: w.event,
    "content_newsletterissue": lambda w: w.issue,
    "content_subscription": lambda w: w.subscription,
    "auth_group": lambda w: w.users["desk"].groups.get(),
}
VERBS = {
    "core_outgoingmail": "resend",
    "users_user": "deactivate",
    "members_member": "return",
    "members_place": "merge",
    "members_addresschange": "refuse",
    "partnerships_listing": "withdraw",
    "partnerships_match": "assign",
    "partnerships_twinning": "unreal",
    "partnerships_matchinground": "publish",
    "partnerships_helprequest": "done",
    "partnerships_report": "uphold",
    "partnerships_appeal": "close",
    "partnerships_pledgeline": "reconcile",
    "content_page": "publish",
    "content_document": "withdraw",
    "content_video": "withdraw",
    "content_newsitem": "publish",
    "content_event": "call-off",
    "content_policyissue": "accept",
    "content_survey": "open",
    "content_ticket": "answer",
    "content_inboundmail": "seen",
}
WRITTEN_HERE = {
    *(
        "partnerships_appeal",
        "partnerships_matchinground",
        "content_page",
        "content_document",
        "content_video",
    ),
    *("content_cannedanswer", "content_spamrule", "content_survey"),
    *("content_newsitem", "content_event", "content_newsletterissue"),
}


def pk_of(model: str) -> Callable[[World], int]:
    return lambda world: ROWS[model](world).pk


for model in ROWS:
    who = "superuser" if model == "auth_group" else DESK
    page(f"admin:{model}_changelist", who)
    if model in WRITTEN_HERE:
        page(f"admin:{model}_add", who)
    else:
        no_page(f"admin:{model}_add", "rows come from the portal's own pages")
    # A reported conversation is the one that the desk reads.
    owner = "a and b" if model == "partnerships_report" else ""
    page(f"admin:{model}_change", who, pk_of(model), owner=owner)
    page(
        f"admin:{model}_history", who if model == "members_member" else "", pk_of(model), why="one is enough"
    )
    no_page(f"admin:{model}_delete", "nothing is deleted at the desk", pk_of(model))
    if model in VERBS:
        page(f"admin:{model}_verb", who, pk_of(model), VERBS[model])
no_page(
    "admin:content_newsletterissue_verb", "an issue that was sent", pk_of("content_newsletterissue"), "send"
)
for model in ("content_newsitem", "content_event"):
    page(f"admin:{model}_versions", DESK, pk_of(model))
    no_page(f"admin:{model}_preview", "the page that readers get", pk_of(model), "uk")
page("admin:partnerships_twinning_import", DESK)
page("admin:members_member_profiles", DESK)
page("admin:partnerships_listing_sheets", DESK)
page("admin:partnerships_listing_sheet_check", DESK)
page("admin:content_evidencereport_now", DESK)
page("admin:content_page_versions", DESK, pk_of("content_page"))
page("admin:content_page_preview", DESK, pk_of("content_page"), lambda _w: get_language())
page("admin:content_survey_answers", DESK, lambda w: w.sheet.survey.pk)
no_page("admin:content_survey_answers_file", POSTED, lambda w: w.sheet.survey.pk, method="post")
no_page("admin:content_survey_preview", "the page that members get", pk_of("content_survey"), "uk")
no_page("admin:content_survey_summary", "the page that readers get", lambda w: w.summary.pk, "uk")
no_page("admin:partnerships_listing_sheet", NO_FILE, "csv")
no_page("admin:members_member_mandate", NO_FILE, pk_of("members_member"))
no_page(
    "admin:content_ticket_file",
    NO_FILE,
    pk_of("content_ticket"),
    lambda w: TicketFile.objects.get(message__ticket=w.ticket).slug,
)
no_page("admin:content_inboundmail_raw", NO_FILE, pk_of("content_inboundmail"))
page("admin:core_outgoingmail_change", DESK, lambda w: w.secret_mail.pk)
no_page("admin:core_outgoingmail_preview", "a mail in a frame of its own", lambda w: w.mail.pk)
no_page("admin:core_outgoingmail_preview", "a mail in a frame of its own", lambda w: w.secret_mail.pk)


def named_pages() -> list[tuple[str, Route]]:
    """Every row that is a page, by its name; a route with several rows is numbered."""
    seen: dict[str, int] = {}
    pages = []
    for route in ROUTES:
        if route.seen_by:
            number = seen[route.name] = seen.get(route.name, 0) + 1
            pages.append((route.name if number == 1 else f"{route.name}#{number}", route))
    return pages


# Pages that no route shows by itself: errors, empty and filtered lists. Who sees each, where, with which status.
STATES: dict[str, tuple[str, Address, int]] = {
    "not found": (ANYONE, lambda w: "/uk/no-such-page/", 404),
    "no right": ("a_viewer", named("partnerships:listing_create", "offer"), 403),
    "desk without second factor": ("desk_one_factor", named("admin:login"), 403),
    "places found": (ANYONE, lambda w: reverse("members:place_search") + "?q=Place", 200),
    "nothing found": (ANYONE, lambda w: reverse("partnerships:listing_list") + "?q=qwertyuiop", 200),
    "register filtered": (
        ANYONE,
        lambda w: reverse("members:member_list") + "?country=PL&kind=municipality",
        200,
    ),
    "start of an application": (ANYONE, lambda w: reverse("members:join_start") + "?place=none", 200),
    "own conversation": ("b_signatory", named("partnerships:match_detail", lambda w: w.match.slug), 200),
}
LANGUAGES = ("en", "pl", "uk")
# Of every page; otherwise what is costly looks at each page in one of them, in turn and the same in every run.
ASKED_FOR = [one for one in os.environ.get("CRAWL_LANGUAGES", "").split(",") if one]


def languages_of(key: str) -> list[str]:
    return ASKED_FOR or [LANGUAGES[zlib.crc32(key.encode()) % len(LANGUAGES)]]


def address_in(language: str, address: Address, world: World) -> str:
    """Links of mails are written in the language of their reader; pages of the desk speak that of who works there."""
    with override(language):
        built = address(world)
    return re.sub(r"^/(en|pl|uk)/", f"/{language}/", built)


# --- What the resolver knows ------------------------------------------------------------------------------------


def named_routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_routes(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}{pattern.name}"
