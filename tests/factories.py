"""Plain functions that make saved rows with dull defaults: `make_member(status="approved")`."""

import functools
import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from auditlog.context import disable_auditlog
from django.core.files.base import ContentFile
from django.utils import timezone

from alliance.content.actions import events, newsletter, publishing
from alliance.content.models import (
    CannedAnswer,
    Document,
    DocumentFile,
    DocumentVersion,
    Event,
    NewsItem,
    NewsletterIssue,
    Page,
    PolicyIssue,
    Section,
    Subscription,
    Survey,
    SurveyAnswer,
    SurveyOption,
    SurveyQuestion,
    SurveyValue,
    Ticket,
    TicketMessage,
    Video,
)
from alliance.core.countries import PUBLISHED_IN
from alliance.core.journal import SYSTEM
from alliance.core.slugs import make_reference
from alliance.users.groups import ensure_coordinators_group
from alliance.users.models import User
from members.models import AddressChange, Member, Place, Representative, Sector
from partnerships.actions.weights import current_weights
from partnerships.matching import facts_of, score
from partnerships.models import (
    AgreementDraft,
    AgreementTemplate,
    AgreementWording,
    Appeal,
    AppealLine,
    Cluster,
    ClusterMember,
    ItemTemplate,
    Listing,
    ListingLine,
    Match,
    Meeting,
    Message,
    Milestone,
    Pledge,
    PledgeEvent,
    PledgeLine,
    Suggestion,
    SuggestionList,
    Twinning,
    TwinningDocument,
    TwinningNews,
    TwinningParty,
)
from partnerships.models.matches import sides
from partnerships.models.profiles import known_ties, profiles_of

number = count(1001)  # so that no name is the beginning of another one of the same test
PASSWORD = "correct horse battery"


def make_user(**changes: Any) -> User:
    n = next(number)
    fields = {"email": f"person{n}@example.org", "name": f"Person {n}", "password": PASSWORD} | changes
    user = User.objects.create_user(**fields)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def make_coordinator(*, has_second_factor: bool = False, **changes: Any) -> User:
    user = make_user(is_staff=True, **changes)
    user.groups.add(ensure_coordinators_group())
    if has_second_factor:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def make_place(**changes: Any) -> Place:
    n = next(number)
    fields = {
        "register": Place.Register.LAU,
        "code": f"PL_{n:06}",
        "level": Place.Level.MUNICIPALITY,
        "country": "PL",
        "official_name": f"Place {n}",
        "verified_at": timezone.now(),
    } | changes
    for code in ("en", "pl", "uk"):
        fields.setdefault(f"name_{code}", fields["official_name"])
    return Place.objects.create(**fields)


def make_member(**changes: Any) -> Member:
    """A member, approved unless told otherwise, complete in every required field."""
    n = next(number)
    now = timezone.now()
    fields = {
        "kind": Member.Kind.MUNICIPALITY,
        "status": Member.Status.APPROVED,
        "reference": make_reference("ALL"),
        "official_name": f"Municipality {n}",
        "country": "PL",
        "contact_name": "Contact Person",
        "contact_email": f"office{n}@example.org",
        "contact_language": "en",
        "email_confirmed_at": now,
        "principles_accepted_at": now,
        "submitted_at": now,
    } | changes
    if fields["status"] in Member.HOLDING:
        fields.setdefault("approved_at", now)
    if fields["status"] == Member.Status.LEFT:
        fields.setdefault("left_at", now)
    if fields["status"] in (Member.Status.RETURNED, Member.Status.REFUSED):
        fields.setdefault("desk_message", "Please name your contact person.")
    if "place" not in changes and fields["kind"] in (Member.Kind.MUNICIPALITY, Member.Kind.REGION):
        fields["place"] = make_place(country=fields["country"] or "PL")
    fields.setdefault("name_en", fields["official_name"])
    for code in ("en", "pl", "uk"):
        fields.setdefault(f"sort_{code}", fields["official_name"].casefold())
    fields.setdefault("spellings", fields["official_name"].casefold())
    return Member.objects.create(**fields)


def make_representative(
    member: Member | None = None, user: User | None = None, **changes: Any
) -> Representative:
    fields = {"role": Representative.Role.SIGNATORY} | changes
    return Representative.objects.create(member=member or make_member(), user=user or make_user(), **fields)


def make_address_change(member: Member | None = None, **changes: Any) -> AddressChange:
    """A new contact address that its owner has confirmed and the desk has not looked at."""
    member = member or make_member()
    n = next(number)
    fields = {"field": "contact_email", "old": member.contact_email, "new": f"new{n}@example.com"} | changes
    if fields.get("status") == AddressChange.Status.REFUSED:
        fields.setdefault("desk_message", "Nobody at your office knows of it.")
    return AddressChange.objects.create(member=member, **fields)


def make_sector(**changes: Any) -> Sector:
    n = next(number)
    fields = {"code": f"S{n}", "name_en": f"Sector {n}", "name_pl": f"Sektor {n}", "name_uk": f"Сектор {n}"}
    return Sector.objects.create(**(fields | changes))


def make_template(**changes: Any) -> ItemTemplate:
    n = next(number)
    fields = {"code": f"item-{n}", "group": "energy", "unit": "piece", "range_unit": "kw"}
    fields |= {f"name_{code}": f"Item {n}" for code in ("en", "pl", "uk")}
    return ItemTemplate.objects.create(**(fields | changes))


def make_listing(
    sectors: list[Sector] | None = None, line: dict[str, Any] | None = None, **changes: Any
) -> Listing:
    """A published public offer with one line, valid for thirty days."""
    now = timezone.now()
    fields = {
        "kind": Listing.Kind.OFFER,
        "status": Listing.Status.PUBLISHED,
        "title_en": "Training for town planners",
        "text_en": "Two weeks in our planning office.",
        "original_language": "en",
        "published_at": now,
        "expires_on": timezone.localdate() + timedelta(days=30),
    } | changes
    if "member" not in fields:
        fields["member"] = make_member()
    if fields["status"] == Listing.Status.REVIEW:
        fields.setdefault("unread_since", now)
    listing = Listing.objects.create(**fields)
    listing.sectors.set(sectors or [])
    ListingLine.objects.create(
        listing=listing, **({"item": "training places", "quantity": 6, "unit": "place"} | (line or {}))
    )
    return listing


def make_match(one: Member | None = None, other: Member | None = None, **changes: Any) -> Match:
    """``one`` asked ``other``, who said yes, unless told otherwise (`status="requested"`)."""
    one, other = one or make_member(), other or make_member()
    a, b = sides(one, other)
    now = timezone.now()
    fields = {
        "origin": Match.Origin.REQUEST,
        "status": Match.Status.ACCEPTED,
        "member_a": a,
        "member_b": b,
        "requested_by": one,
    } | changes
    answered = {"a", "b"} if fields["status"] == Match.Status.ACCEPTED else {"a" if one.pk == a.pk else "b"}
    if fields["status"] == Match.Status.ACCEPTED:
        fields.setdefault("accepted_at", now)
    for side in answered:
        fields |= {f"answer_{side}": Match.Answer.YES, f"answered_{side}_at": now}
    return Match.objects.create(**fields)


def make_appeal(line: dict[str, Any] | None = None, **changes: Any) -> Appeal:
    """An open appeal with one line of its target, for thirty days."""
    now = timezone.now()
    fields = {
        "status": Appeal.Status.OPEN,
        "title_en": "Generators before winter",
        "title_pl": "Generatory przed zimą",
        "title_uk": "Генератори до зими",
        "text_en": "Hospitals and water works need their own power.",
        "text_pl": "Szpitale i wodociągi potrzebują własnego zasilania.",
        "text_uk": "Лікарням і водоканалам потрібне власне живлення.",
        "original_language": "en",
        "deadline": timezone.localdate() + timedelta(days=30),
    } | changes
    if fields["status"] != Appeal.Status.DRAFT:
        fields.setdefault("opened_at", now)
    if fields["status"] == Appeal.Status.CLOSED:
        fields.setdefault("closed_at", now)
    appeal = Appeal.objects.create(**fields)
    AppealLine.objects.create(
        appeal=appeal, **({"item": "generator", "quantity": 100, "unit": "piece"} | (line or {}))
    )
    return appeal


def make_pledge_line(
    listing_line: ListingLine | None = None, events: dict[str, Any] | None = None, **changes: Any
) -> PledgeLine:
    """One line of a pledge of its own, covering ``listing_line``, with one event of each kind and quantity named."""
    need = listing_line.listing if listing_line else None
    receiver = need.member if need else make_member(country="UA")
    pledge = changes.pop("pledge", None) or Pledge.objects.create(
        giver=make_member(), receiver=receiver, listing=need, title="A promise", language="en"
    )
    fields = {"listing_line": listing_line, "item": "generator", "unit": "piece"}
    if listing_line:
        fields |= {name: getattr(listing_line, name) for name in ("template", "item", "unit", "currency")}
    line = PledgeLine.objects.create(**(fields | {"pledge": pledge} | changes))
    for kind, quantity in (events or {}).items():
        make_event(line, kind, quantity)
    return line


def make_event(line: PledgeLine, kind: str, quantity: Any, **changes: Any) -> PledgeEvent:
    fields = {"side": "giver", "actor_kind": "system", "happened_on": timezone.localdate()}
    if kind in ("cancelled", "lost", "returned") or changes.get("corrects"):
        fields["reason"] = "A reason."
    return PledgeEvent.objects.create(line=line, kind=kind, quantity=quantity, **(fields | changes))


RECEIVER_SAYS = ("received", "accepted", "lost", "returned")


def make_pledge(*histories: str, line: dict[str, Any] | None = None, **changes: Any) -> Pledge:
    """A pledge with one line per history: ``make_pledge("promised 10 · committed 10", "promised 2")``.

    Events are written as they stand, past the rules of the ledger: `side:kind quantity day`, or `fix#2 3` to take
    3 off the second event of the line.
    """
    fields = {"title": "Generators for a water works", "language": "en"} | changes
    for side in ("giver", "receiver"):
        if side not in fields:
            fields[side] = make_member(country="PL" if side == "giver" else "UA")
    pledge = Pledge.objects.create(**fields)
    for position, history in enumerate(histories or ("promised 10",)):
        values = {"item": f"generators {position + 1}", "unit": "piece"} | (line or {})
        write_history(PledgeLine.objects.create(pledge=pledge, position=position, **values), history)
    return pledge


def write_history(line: PledgeLine, history: str, **changes: Any) -> list[PledgeEvent]:
    """Events of a line as rows: ``committed 10 · dispatched 4 2026-03-02 · fix#2 1``."""
    rows = list(line.events.all())
    for text in filter(None, map(str.strip, history.split("·"))):
        side, _colon, rest = text.rpartition(":")
        what, quantity, *day = rest.split()
        earlier = rows[int(what.removeprefix("fix#")) - 1] if what.startswith("fix#") else None
        kind = earlier.kind if earlier else what
        usual = earlier.side if earlier else "receiver" if kind in RECEIVER_SAYS else "giver"
        fields = {
            "kind": kind,
            "quantity": Decimal(quantity),
            "side": side or usual,
            "actor_kind": "system",
            "happened_on": date.fromisoformat(day[0]) if day else timezone.localdate(),
            "corrects": earlier,
            "reason": "as told" if earlier or kind in ("cancelled", "lost", "returned") else "",
        } | changes
        rows.append(PledgeEvent.objects.create(line=line, **fields))
    return rows


def make_request(
    asker: Member | None = None, asked: Member | None = None, text: str = "Shall we talk?", **changes: Any
) -> Match:
    """``asker`` wrote to ``asked`` and waits for an answer, unless told otherwise."""
    asker, asked = asker or make_member(), asked or make_member(country="UA")
    match = make_match(asker, asked, **({"status": Match.Status.REQUESTED} | changes))
    Message.objects.create(match=match, sender=asker, author=make_user(), text=text, language="en")
    return match


def make_meeting(match: Match | None = None, proposer: Member | None = None, **changes: Any) -> Meeting:
    """One hour, three days from now, proposed by the side that asked."""
    match = match or make_match()
    starts_at = changes.pop("starts_at", timezone.now() + timedelta(days=3))
    fields = {"ends_at": starts_at + timedelta(hours=1), "timezone": "Europe/Warsaw"} | changes
    proposer = proposer or match.requested_by
    return Meeting.objects.create(match=match, proposed_by=proposer, starts_at=starts_at, **fields)


def make_ticket(**changes: Any) -> Ticket:
    fields = {
        "number": make_reference("TKT"),
        "topic": Ticket.Topic.OTHER,
        "language": "en",
        "name": "A visitor",
        "email": "visitor@example.org",
    } | changes
    ticket = Ticket.objects.create(**fields)
    TicketMessage.objects.create(ticket=ticket, subject="A question", text="How do we join?")
    return ticket


def make_document(*languages: str, content: bytes = b"%PDF-1.4 %%EOF", **changes: Any) -> Document:
    """A published document with a file in each of ``languages``, English where none is named."""
    n = next(number)
    fields = {
        "slug": f"document-{n}",
        "kind": Document.Kind.REPORT,
        "status": Document.Status.PUBLISHED,
        "published_at": timezone.now() - timedelta(days=1),
        "dated_on": date(2026, 5, 4),
        "title_en": f"Report {n}",
    } | changes
    document = Document.objects.create(**fields)
    for code in languages or ("en",):
        row = DocumentFile.objects.create(
            document=document, language=code, title=f"Report {n} ({code})", position=PUBLISHED_IN.index(code)
        )
        make_version(row, content)
    return document


def make_version(row: DocumentFile, content: bytes = b"%PDF-1.4 %%EOF", **changes: Any) -> DocumentVersion:
    """The newest version of a file, with ``content`` on the disk."""
    fields = {
        "of_file": row,
        "number": row.versions.count() + 1,
        "file": ContentFile(content, name="report.pdf"),
        "content_type": "application/pdf",
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    } | changes
    row.current = DocumentVersion.objects.create(**fields)
    row.save(update_fields=["current"])
    return row.current


def make_video(content: bytes = b"", **changes: Any) -> Video:
    """A published video: on a foreign service, or with ``content`` in our own storage."""
    n = next(number)
    fields: dict[str, Any] = {
        "slug": f"video-{n}",
        "status": Video.Status.PUBLISHED,
        "published_at": timezone.now() - timedelta(days=1),
        "title_en": f"Video {n}",
        "source": Video.Source.YOUTUBE,
        "foreign_id": f"abcde{n:06}",
        "language": "en",
        "seconds": 125,
        "recorded_on": date(2026, 5, 4),
    }
    if content:
        fields |= {
            "source": Video.Source.OWN,
            "foreign_id": "",
            "file": ContentFile(content, name="film.webm"),
            "content_type": "video/webm",
            "size": len(content),
            "digest": hashlib.sha256(content).hexdigest(),
        }
    return Video.objects.create(**fields | changes)


def make_canned_answer(**changes: Any) -> CannedAnswer:
    fields = {"title": "How to join", "text_en": "Dear {name}, about {number}: …"} | changes
    return CannedAnswer.objects.create(**fields)


def make_wording(kind: str = "agreement", languages: str = "uk+pl", **changes: Any) -> AgreementWording:
    """The first version of a template, unless told otherwise."""
    template, _is_new = AgreementTemplate.objects.get_or_create(kind=kind, languages=languages)
    fields = {"number": 1, "first": "= Угода", "second": "= Umowa", "actor_kind": "system"} | changes
    return AgreementWording.objects.create(template=template, **fields)


def make_draft(twinning: Twinning | None = None, **changes: Any) -> AgreementDraft:
    """A version of a draft of the parties of a twinning, written for its first member."""
    twinning = twinning or make_twinning()
    parties = list(twinning.parties.all())
    terms = {
        "languages": ["uk", "pl"],
        "areas": [],
        "years": 5,
        "places": ["", ""],
        "clauses": ["", ""],
        "own_text": "",
        "parties": [
            {
                "id": party.pk,
                "country": party.country,
                "names": [str(party), str(party)],
                "roles": ["", ""],
                "signatories": ["", ""],
            }
            for party in parties
        ],
    }
    fields = {
        "kind": AgreementDraft.Kind.AGREEMENT,
        "version": 1,
        "terms": terms,
        "first": [["title", "", "Угода"]],
        "second": [["title", "", "Umowa"]],
        "written_for": next(party.member for party in parties if party.member),
    } | changes
    if "wording" not in fields:
        there = AgreementTemplate.objects.wording(fields["kind"], "uk+pl")
        fields["wording"] = there or make_wording(fields["kind"])
    if "written_by" not in fields:
        fields["written_by"] = make_user()
    return AgreementDraft.objects.create(twinning=twinning, **fields)


def make_twinning(*parties: Member | Place | str, **changes: Any) -> Twinning:
    """A declared partnership of at least two sides who all stand by it: first contact and public, unless told
    otherwise. A place is no member yet; a word is a community that is in no register."""
    fields = {
        "origin": Twinning.Origin.DECLARED,
        "public_since": timezone.now(),
        "needs_registration": False,
    } | changes
    if fields.get("source_note"):
        fields.setdefault("source_language", "en")
    twinning = Twinning.objects.create(**fields)
    for position, party in enumerate(parties or (make_member(country="UA"), make_member(country="PL"))):
        make_party(twinning, party, position=position)
    return twinning


def make_party(
    twinning: Twinning | None = None, party: Member | Place | str | None = None, **changes: Any
) -> TwinningParty:
    """One side of a twinning; a member has agreed."""
    twinning = twinning or Twinning.objects.create(origin=Twinning.Origin.DECLARED)
    party = party or make_member(country="UA")
    fields: dict[str, Any] = {
        "position": twinning.parties.count(),
        "twinning": twinning,
        "country": getattr(party, "country", "GB"),
    }
    if isinstance(party, Member):
        fields |= {
            "member": party,
            "place": party.place,
            "agreed_at": timezone.now(),
            "agreed_by": make_user(),
        }
    elif isinstance(party, Place):
        fields["place"] = party
    else:
        fields["name"] = party
    return TwinningParty.objects.create(**(fields | changes))


def make_cluster(*members: Member, lead: Member | None = None, **changes: Any) -> Cluster:
    """``lead`` and ``members``, who all joined: active from two on, unless told otherwise."""
    lead = lead or make_member(country="UA")
    fields = {
        "name": "Neighbours on the river",
        "language": "en",
        "status": Cluster.Status.ACTIVE if members else Cluster.Status.FORMING,
    } | changes
    cluster = Cluster.objects.create(lead=lead, **fields)
    for member in (lead, *members):
        ClusterMember.objects.create(
            cluster=cluster, member=member, joined_at=timezone.now(), joined_by=make_user()
        )
    return cluster


def make_suggestion(member: Member | None = None, other: Member | None = None, **changes: Any) -> Suggestion:
    """``other`` is proposed to ``member``, with a score as it would be counted now."""
    member, other = member or make_member(country="UA"), other or make_member()
    weights = current_weights()
    sides = [profiles_of(Member.objects.filter(pk=side.pk))[0] for side in (member, other)]
    found = score(*sides, facts_of(*sides, known_ties(), timezone.localdate()), weights.weights)
    fields = {"total": found.total, "parts": found.as_json(), "weights": weights} | changes
    if fields.get("dismissed_at"):
        fields = {"dismissed_by": make_user(), "reason": Suggestion.Reason.SIZE} | fields
    now = timezone.now()
    SuggestionList.objects.get_or_create(
        member=member, defaults={"computed_at": now, "weights": weights, "candidates": 1}
    )
    return Suggestion.objects.create(member=member, other=other, **fields)


def make_milestone(twinning: Twinning | None = None, **changes: Any) -> Milestone:
    """One line of the joint work plan, to be done in a month by all parties."""
    fields = {
        "twinning": twinning or make_twinning(),
        "text": "Pupils visit each other",
        "language": "en",
        "due_on": timezone.localdate() + timedelta(days=30),
        "added_by": make_user(),
    } | changes
    return Milestone.objects.create(**fields)


def make_twinning_news(party: TwinningParty | None = None, **changes: Any) -> TwinningNews:
    """Published by ``party`` in English."""
    party = party or make_party()
    fields = {
        "twinning": party.twinning,
        "party": party,
        "title_en": "Pupils came for a week",
        "text_en": "They built a bridge.",
        "original_language": "en",
        "author": make_user(),
    } | changes
    return TwinningNews.objects.create(**fields)


def make_twinning_document(party: TwinningParty | None = None, **changes: Any) -> TwinningDocument:
    """A row without a file on the disk."""
    party = party or make_party()
    fields = {
        "twinning": party.twinning,
        "party": party,
        "file": "twinnings/none.pdf",
        "original_filename": "plan.pdf",
        "content_type": "application/pdf",
        "size": 1000,
        "caption": "Plan of the school",
        "language": "en",
        "added_by": make_user(),
    } | changes
    return TwinningDocument.objects.create(**fields)


def make_page(
    *sections: dict[str, Any], is_published: bool = False, by: Any = SYSTEM, **changes: Any
) -> Page:
    """A page in English as its editors save it; each section by what differs from a dull one."""
    n = next(number)
    fields = {"slug": f"page-{n}", "title_en": f"Page {n}"} | changes
    page = Page(**fields)
    rows = [
        Section(**{"anchor": f"part-{i}", "title_en": f"Part {i}", "text_en": f"Text {i}."} | section)
        for i, section in enumerate(sections, start=1)
    ]
    publishing.save_texts(page, by=by, sections=rows)
    if is_published:
        publishing.publish(page, by=by)
    return page


def make_news(*, is_published: bool = True, by: Any = SYSTEM, **changes: Any) -> NewsItem:
    n = next(number)
    item = NewsItem(**({"slug": f"news-{n}", "title_en": f"News {n}", "lead_en": f"Lead {n}."} | changes))
    publishing.save_texts(item, by=by)
    if is_published:
        publishing.publish(item, by=by)
    return item


def make_public_event(*, is_published: bool = True, by: Any = SYSTEM, **changes: Any) -> Event:
    """An event of two hours, in a week."""
    n = next(number)
    starts_at = changes.pop("starts_at", timezone.now() + timedelta(days=7))
    fields = {"slug": f"event-{n}", "title_en": f"Event {n}", "ends_at": starts_at + timedelta(hours=2)}
    event = Event(starts_at=starts_at, **(fields | changes))
    events.save_event(event, by=by)
    if is_published:
        publishing.publish(event, by=by)
    return event


def make_subscription(*, is_active: bool = True, **changes: Any) -> Subscription:
    fields = {"email": f"reader{next(number)}@example.org", "language": "en"}
    if is_active:
        fields |= {"status": Subscription.Status.ACTIVE, "confirmed_at": timezone.now() - timedelta(days=1)}
    return Subscription.objects.create(**(fields | changes))


def make_issue(**changes: Any) -> NewsletterIssue:
    """A draft that could be sent."""
    n = next(number)
    fields = {"number": n} | {
        f"{name}_{code}": f"{name} {n} {code}" for name in ("title", "text") for code in ("en", "pl", "uk")
    }
    issue = NewsletterIssue(**(fields | changes))
    newsletter.save_issue(issue, by=SYSTEM)
    return issue


def make_policy_issue(status: str = "raised", **changes: Any) -> PolicyIssue:
    """In a status, with all that its way there leaves."""
    way = ["raised", "accepted", "forwarded", "answered"]
    steps = way.index(status) if status in way else 0
    now = timezone.now()
    fields: dict[str, Any] = {
        "member": changes.pop("member", None) or make_member(),
        "sector": changes.pop("sector", None) or make_sector(),
        "language": "uk",
        "title": "Ліміти співфінансування",
        "text": "Малі громади не мають двадцяти відсотків.",
        "status": status,
    }
    if steps >= 1:
        fields["accepted_at"] = now
    if steps >= 2:
        fields |= {"institution": "European Commission", "forwarded_at": now}
    if steps >= 3:
        fields |= {
            "answer": "The share is lowered to ten percent.",
            "answer_language": "en",
            "answered_at": now,
        }
    if status == "closed":
        fields["close_reason"] = "Це вже вирішено."
    return PolicyIssue.objects.create(**fields | changes)


LANGUAGES = ("en", "pl", "uk")
# A question of each kind, in the order in which `make_survey` asks them.
KINDS = ("one", "several", "number", "scale", "text")


def in_each_language(**words: str) -> dict[str, str]:
    return {f"{name}_{code}": f"{text} {code}" for name, text in words.items() for code in LANGUAGES}


def make_survey(status: str = "draft", *kinds: str, required: bool = False, **changes: Any) -> Survey:
    """With a question of each kind (or of ``kinds``) in three languages, in a status, with all that its way there
    leaves but the members that were asked."""
    n, now = next(number), timezone.now()
    fields: dict[str, Any] = {"slug": f"survey-{n}", **in_each_language(title=f"Survey {n}")}
    if status != "draft":
        fields |= {"opened_at": now - timedelta(days=1), "closes_at": now + timedelta(days=7)}
    if status in ("closed", "published"):
        fields |= {"closed_at": now}
    if status == "published":
        fields |= {"published_at": now, "figures": {"asked": 0, "answered": 0, "questions": []}}
    survey = Survey.objects.create(status=status, **fields | changes)
    for position, kind in enumerate(kinds or KINDS, start=1):
        question = SurveyQuestion.objects.create(
            survey=survey,
            position=position,
            kind=kind,
            is_required=required,
            **in_each_language(
                label=f"Question {position}", **({"unit": "buses"} if kind == "number" else {})
            ),
        )
        for place in range(1, 4) if question.has_choices else ():
            SurveyOption.objects.create(
                question=question, position=place, **in_each_language(label=f"Choice {place}")
            )
    return survey


def make_survey_answer(
    survey: Survey | None = None, member: Member | None = None, *, says: dict[str, Any] | None = None
) -> SurveyAnswer:
    """A member that was asked; with ``says`` also what it answered to the first question of each kind: a choice by its
    place, several places, a number, a point of the scale, words."""
    survey = survey or make_survey("open")
    answer = SurveyAnswer.objects.create(survey=survey, member=member or make_member())
    if says is None:
        return answer
    now = timezone.now()
    SurveyAnswer.objects.filter(pk=answer.pk).update(
        answered_at=now, changed_at=now, version=1, language="uk"
    )
    answer.refresh_from_db()
    for kind, said in says.items():
        question = survey.questions.filter(kind=kind).first()
        fields: list[dict[str, Any]] = [{"text" if kind == "text" else kind: said}]
        if question.has_choices:
            options = list(question.options.all())
            fields = [{"option": options[place - 1]} for place in ([said] if kind == "one" else said)]
        for each in fields:
            SurveyValue.objects.create(answer=answer, question=question, kind=kind, **each)
    return answer


class FieldHistory:
    """What is there when a test begins is nobody's change: auditlog, a tenth of the work of most tests, keeps what
    the test does. Where rows that are made are to have a history of their own: the fixture `field_history`."""

    is_kept = False


def _as_found(make: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(make)
    def made(*args: Any, **changes: Any) -> Any:
        with nullcontext() if FieldHistory.is_kept else disable_auditlog():
            return make(*args, **changes)

    return made


for _name, _make in list(globals().items()):
    if _name.startswith("make_") and _make.__module__ == __name__:
        globals()[_name] = _as_found(_make)
