"""One of everything, so that every route can be asked; private fields hold words that are easy to find again."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from alliance.content.actions import newsletter
from alliance.content.actions.surveys import publish_survey
from alliance.content.models import (
    Event,
    EvidenceReport,
    InboundMail,
    NewsItem,
    NewsletterIssue,
    SpamRule,
    Subscription,
    TicketFile,
    Video,
    VideoWords,
)
from alliance.core.captions import clean_captions
from alliance.core.journal import SYSTEM, record
from alliance.core.links import sign
from alliance.core.mail import Category, send
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.uploads import clean_picture
from alliance.users.models import User
from members.actions.places import create_own_place, fill_search
from members.links import application_token
from members.models import AddressChange, Invitation, Mandate, Member, Place, Sector
from partnerships.actions.agreement_templates import load_templates
from partnerships.actions.files import add_file
from partnerships.actions.help_requests import request_help
from partnerships.actions.matches import accept_match, request_match
from partnerships.actions.safety import block_member, report_match
from partnerships.actions.search import index_listing
from partnerships.actions.sheets import keep_sheet
from partnerships.actions.twinning_consents import propose_stage
from partnerships.actions.twinning_steps import record_step
from partnerships.actions.twinnings import invite_party
from partnerships.models import (
    Appeal,
    AppealLine,
    Cluster,
    ClusterMember,
    DayChange,
    Evidence,
    HelpRequest,
    LinkTeller,
    Listing,
    ListingFile,
    Match,
    MatchingRound,
    Meeting,
    PartnerVeto,
    Pledge,
    PledgeLine,
    Report,
    ReviewRule,
    RoundParticipant,
    RoundProposal,
    SavedSearch,
    StaffHandOver,
    Transport,
    Twinning,
)
from tests.core.film_samples import webm_film
from tests.core.upload_samples import pdf, png
from tests.factories import (
    make_address_change,
    make_appeal,
    make_canned_answer,
    make_cluster,
    make_coordinator,
    make_document,
    make_draft,
    make_event,
    make_issue,
    make_listing,
    make_meeting,
    make_member,
    make_milestone,
    make_news,
    make_page,
    make_policy_issue,
    make_public_event,
    make_representative,
    make_sector,
    make_subscription,
    make_suggestion,
    make_survey,
    make_survey_answer,
    make_ticket,
    make_twinning,
    make_twinning_document,
    make_twinning_news,
    make_user,
    make_video,
    write_history,
)
from tests.journeys.crawl.kept import Kept, keep_fields, owner_name
from tests.journeys.crawl.unnamed import Unnamed, hide_member

TABLE = [
    (1, ["kind", "title_pl", "item_words", "quantity", "unit"]),
    (2, ["offer", "Łóżka dla szpitala", "łóżka", "12", "piece"]),
    (3, ["offer", "Krzesła", "krzesła", "dużo", "piece"]),
]
ACTORS = (
    "anonymous",
    "stranger",
    "a_viewer",
    "a_editor",
    "a_signatory",
    "b_signatory",
    "association",
    "desk_one_factor",
    "desk",
    "superuser",
)
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
SECRET_WORD = "SECRET-7K2M"
# Of a quarter in which there was nothing to tell.
_PUBLISHED = {
    "quarter": "2025-Q4",
    "from": "2025-10-01",
    "until": "2025-12-31",
    "computed_at": "2026-01-02T04:00:00+00:00",
    "figures": {},
}


@dataclass
class World:
    """The rows; `canaries` maps an owner to the words that only it, its partners and the desk may read."""

    a: Member
    b: Member
    association: Member
    drafted: Member
    pending: Member
    returned: Member
    users: dict[str, User]
    public_offer: Listing
    photo: ListingFile
    members_offer: Listing
    draft_offer: Listing
    need: Listing
    foreign_need: Listing
    match: Match
    accepted: Match
    proposed: Meeting
    agreed: Meeting
    blocked: Member
    suggested: Member
    left_out: Member
    call: HelpRequest
    report: Report
    pledge: Pledge
    twinning: Twinning
    hand_over: StaffHandOver
    unseen_twinning: Twinning
    asked_twinning: Twinning
    invited_twinning: Twinning
    saved_search: SavedSearch
    cluster: Cluster
    inviting: Cluster
    round_: MatchingRound
    appeal: Appeal
    news: NewsItem
    event: Event
    issue: NewsletterIssue
    subscription: Subscription
    policy_issue: Any
    raised_issue: Any
    draft_survey: Any
    evidence: EvidenceReport
    sheet: Any
    summary: Any
    kept: dict[str, Kept]
    unnamed: Unnamed
    invitation: Invitation
    address_change: AddressChange
    ticket: Any
    page: Any
    document: Any
    video: Any
    film: Any
    mail: OutgoingMail
    secret_mail: OutgoingMail
    stop: MailStop
    entry: JournalEntry
    sector: Sector
    review_rule: ReviewRule
    own_place: Place
    canaries: dict[str, list[str]] = field(default_factory=dict)

    def token_of(self, member: Member) -> str:
        return application_token(member)

    @property
    def forged(self) -> str:
        """The right of somebody else: a good token with the name of another application written over it."""
        mine, theirs = self.token_of(self.drafted), self.token_of(self.returned)
        return f"{theirs.partition(':')[0]}:{mine.partition(':')[2]}"


def _with_canaries(name: str, number: int, **changes: Any) -> Member:
    return make_member(
        official_name=f"Gmina {name.title()}",
        name_uk=f"Громада {name.title()}",
        name_pl=f"Gmina {name.title()}",
        description_uk="Невелика громада, яка шукає партнера.",
        contact_name=f"Canary-{name}-Person",
        contact_role=f"Canary-{name}-Role",
        contact_email=f"canary-{name}@example.org",
        contact_phone=f"+4822555{number:04}",
        signatory_name=f"Canary-{name}-Signatory",
        signatory_role=f"Canary-{name}-Office",
        contact_language="uk",
        **changes,
    )


def _film() -> Video:
    """From our own storage, with captions and a transcript. The server of the browser has no files of this process, so
    no page shows a poster."""
    video = make_video(webm_film(), slug="film")
    captions = clean_captions("WEBVTT\n\n00:00.000 --> 00:01.000\nДобрий день".encode())
    VideoWords.objects.create(video=video, language="uk", captions=captions, transcript="Добрий день")
    return video


def _words(name: str, number: int) -> list[str]:
    """Also the ways in which a telephone number may be written."""
    return [f"Canary-{name}-", f"canary-{name}@", f"22 555 {number // 100:02}", f"22555{number:04}"]


def build_world(*, has_files: bool = False) -> World:
    sector = make_sector(code="GOV", name_uk="Врядування", name_en="Governance", name_pl="Zarządzanie")
    status = Member.Status
    members = {
        "a": _with_canaries("alpha", 1101, country="PL"),
        "b": _with_canaries("beta", 2202, country="UA"),
        "association": _with_canaries("gamma", 3303, kind=Member.Kind.ASSOCIATION),
        "drafted": _with_canaries("delta", 4404, status=status.DRAFT, submitted_at=None),
        "pending": _with_canaries("epsilon", 5505, status=status.PENDING),
        "returned": _with_canaries("zeta", 6606, status=status.RETURNED, desk_message="Canary-zeta-Question"),
    }
    a, b = members["a"], members["b"]
    for member in (members["pending"], members["returned"]):
        make_mandate(member, has_files=has_files)
    if has_files:
        a.logo.save("a.png", ContentFile(png()))
    users = _people(a, b, members["association"])
    listings = _listings(a, b, sector)
    match, _is_new = request_match(
        member=b,
        listing=listings["public_offer"],
        text="Чи можна у травні? Canary-message-ab",
        by=users["b_signatory"],
    )
    for who, member in (("a_editor", a), ("desk", None)):
        keep_sheet(user=users[who], member=member, name="offers.xlsx", table=TABLE, is_publishing=False)
    own_place = create_own_place(
        name="Нова Долина", country="UA", level=Place.Level.MUNICIPALITY, by=users["desk"]
    )
    for place in Place.objects.all():  # found by its names, as those of the registers are
        fill_search(place)
        place.save()
    ticket = _inbox(has_files=has_files)
    mail = send(
        "members/application_link",
        "canary-mail@example.org",
        "uk",
        {"action_url": "http://portal.example.org/uk/", "why": "–", "reference": "ALL"},
        key="crawl",
    )
    OutgoingMail.objects.filter(pk=mail.pk).update(
        status="failed", failed_at=timezone.now(), last_error="550"
    )
    secret_mail = send(
        "users/login_code", "canary-mail@example.org", "uk", {"code": SECRET_WORD}, is_secret=True
    )
    numbers = {"alpha": 1101, "beta": 2202, "gamma": 3303, "delta": 4404, "epsilon": 5505, "zeta": 6606}
    owners = {"a": "alpha", "b": "beta", "association": "gamma", "drafted": "delta", "pending": "epsilon"}
    owners["returned"] = "zeta"
    canaries = {owner: _words(name, numbers[name]) for owner, name in owners.items()}
    canaries |= {
        "people of a": ["Canary-apeople-", "canary-apeople-"],
        "people of b": ["Canary-bpeople-", "canary-bpeople-"],
        "invited": ["canary-invited@"],
        "visitor": ["Canary-visitor-", "canary-visitor@"],
        "mail": ["canary-mail@"],
        "pledge": ["Canary-pledge-"],
        "nobody": [SECRET_WORD],
        "a and b": ["Canary-message-ab"],
        "twinning": ["Canary-twinning-"],
        "a and association": ["Canary-message-ag"],
    }
    kept = keep_fields(a, sector, users["a_editor"])
    canaries |= {
        owner_name(level): [way for ways in one.words.values() for way in ways] for level, one in kept.items()
    }
    request_match(
        member=b, listing=kept["partner"].listing, text="Canary-message-ab-2", by=users["b_signatory"]
    )
    appeal = _appeal(a, listings["need"])
    return World(
        **members,
        **listings,
        photo=add_file(
            listings["need"],
            upload=clean_picture(SimpleUploadedFile("a.png", png())),
            caption="Наш відділ планування",
            by=users["b_signatory"],
        ),
        users=users,
        match=match,
        saved_search=SavedSearch.objects.create(
            user=users["a_editor"], name="Canary-apeople-Search", language="uk", seen_until=timezone.now()
        ),
        **_handshake(a, members["association"], match, users),
        **_clusters(a, b),
        round_=_computed_round(a, b),
        **_suggested(a),
        appeal=appeal,
        **_told(appeal),
        policy_issue=make_policy_issue("answered", member=a, sector=sector, is_named=True),
        raised_issue=make_policy_issue(member=a, sector=sector),
        evidence=EvidenceReport.objects.create(quarter="2025-Q4", published=_PUBLISHED, counted=[]),
        draft_survey=make_survey(closes_at=timezone.now() + timedelta(days=7)),
        sheet=make_survey_answer(make_survey("open"), a),
        summary=_summed_up(a),
        kept=kept,
        unnamed=hide_member(a, sector, appeal),
        pledge=_pledged(a, b, users, has_files=has_files),
        **_twinned(_drafted_twinning(a, b), a, users, has_files=has_files),
        unseen_twinning=make_twinning(a, b, public_since=None),
        **_partnerships(a, b, users),
        invitation=Invitation.objects.create(
            member=a,
            email="canary-invited@example.org",
            language="uk",
            invited_by=users["a_signatory"],
            expires_at=timezone.now() + timedelta(days=7),
        ),
        address_change=make_address_change(a, new="canary-alpha@gmіna.example"),
        ticket=ticket,
        page=make_page({}, is_published=True),
        document=make_document("uk", "de"),
        video=make_video(),
        film=_film(),
        mail=mail,
        secret_mail=secret_mail,
        stop=MailStop.objects.create(email="canary-mail@example.org", category=Category.DESK),
        entry=_journalled(a, users["desk"]),
        sector=sector,
        review_rule=ReviewRule.objects.get_or_create(tier=Member.Tier.INSTITUTIONAL)[0],
        own_place=own_place,
        canaries=canaries,
    )


def _inbox(*, has_files: bool) -> Any:
    """A ticket with a file, a mail that came in too large for it, and what the desk prepared."""
    ticket = make_ticket(name="Canary-visitor-Name", email="canary-visitor@example.org")
    TicketFile.objects.create(
        message=ticket.messages.get(),
        file=ContentFile(png(), name="t.png") if has_files else "tickets/t.png",
        original_filename="canary-visitor.png",
        content_type="image/png",
        size=100,
    )
    InboundMail.objects.create(
        message_id="<canary@example.org>", outcome="too_large", ticket=ticket, raw=b"x"
    )
    SpamRule.objects.create(kind="word", value="canary-spam")
    make_canned_answer(title="Canary-prepared")
    return ticket


def _summed_up(member: Member) -> Any:
    """A survey that some answered, with its summary for everyone."""
    survey = make_survey("closed", result_en="What we learnt.")
    make_survey_answer(survey, member, says={"one": 1, "several": [1, 2], "number": 3, "scale": 4})
    publish_survey(survey, by=SYSTEM)
    return survey


def _told(appeal: Appeal) -> dict[str, Any]:
    """News, an event and an issue of the newsletter."""
    words = {"title_uk": "Нові партнерства", "text_uk": "Дванадцять громад знайшли **партнера**."}
    issue = make_issue()
    newsletter.send_issue(issue, by=SYSTEM)
    return {
        "news": make_news(appeal=appeal, original_language="uk", lead_uk="Що нового.", **words),
        "event": make_public_event(place_uk="Львів", online_url="https://meet.example.org/a", **words),
        "issue": issue,
        "subscription": make_subscription(is_active=False),
    }


def _appeal(giver: Member, need: Listing) -> Appeal:
    """One that runs, with a need and a promise of its own; the second line of its target is in words."""
    appeal = make_appeal(
        title_uk="Ліжка й генератори до зими",
        text_uk="Пункти незламності мають бути теплими.",
        line={"item": "ліжка", "quantity": 400, "unit": "piece"},
        original_language="uk",
    )
    AppealLine.objects.create(
        appeal=appeal, item="генератори", quantity=20, unit="piece", range_min=10, range_unit="kw", position=1
    )
    Listing.objects.filter(pk=need.pk).update(appeal=appeal)
    pledge = Pledge.objects.create(
        giver=giver,
        receiver=need.member,
        title="Ліжка",
        language="uk",
        appeal=appeal,
        note="Canary-pledge-Note",
    )
    line = PledgeLine.objects.create(pledge=pledge, item="ліжко", unit="piece")
    for kind in ("promised", "committed"):
        make_event(line, kind, 25)
    return appeal


def _pledged(giver: Member, receiver: Member, users: dict[str, User], *, has_files: bool) -> Pledge:
    """A pledge on its way, in which every verb has something left to say. Everyone may follow it; what only both
    sides read is a canary."""
    pledge = Pledge.objects.create(
        giver=giver, receiver=receiver, title="Ліжка", language="uk", note="Canary-pledge-Note"
    )
    line = PledgeLine.objects.create(pledge=pledge, item="ліжка", unit="piece")
    transport = Transport.objects.create(
        pledge=pledge,
        number=1,
        carrier="Canary-pledge-Carrier",
        vehicles="Canary-pledge-Plates",
        route="Canary-pledge-Route",
        state_code="Canary-pledge-Code",
        cleared_on=timezone.localdate() - timedelta(days=70),
    )
    told = {"actor_kind": "user", "actor": users["a_signatory"], "reason": "Canary-pledge-Reason"}
    write_history(line, "promised 50 · committed 40", **told)
    dispatched = write_history(line, "dispatched 30", transport=transport, **told)[-1]
    write_history(line, "received 19", actor_kind="user", actor=users["b_signatory"])
    write_history(line, "received 1", actor_kind="link", key="told")
    LinkTeller.objects.create(pledge=pledge, key="told", name="Canary-pledge-Teller")
    Pledge.objects.filter(pk=pledge.pk).update(due_on=timezone.localdate() + timedelta(days=9))
    DayChange.objects.create(
        pledge=pledge,
        before=timezone.localdate() + timedelta(days=9),
        after=timezone.localdate() + timedelta(days=19),
        reason="Canary-pledge-Day",
        asked_by=users["a_signatory"],
    )
    file = Evidence(
        pledge=pledge, caption="Canary-pledge-File", original_filename="protocol.pdf",
        content_type="application/pdf", size=len(pdf()), side="giver",
    )  # fmt: skip
    if has_files:
        file.file.save("protocol.pdf", ContentFile(pdf()), save=False)
    file.save()
    file.events.set([dispatched])
    return pledge


def _handshake(a: Member, association: Member, match: Match, users: dict[str, User]) -> dict[str, Any]:
    """A contact that both sides agreed to, its meetings, and what was asked of the desk about another one."""
    accepted, _is_new = request_match(
        member=association, to=a, text="Працюймо разом. Canary-message-ag", by=users["association"]
    )
    accept_match(accepted, member=a, by=users["a_editor"])
    accepted.refresh_from_db()
    blocked = make_member(official_name="Blocked")
    block_member(a, other=blocked, by=users["a_editor"])
    call, _is_new = request_help(match, member=a, kind="interpreter", by=users["a_editor"])
    report, _is_new = report_match(match, member=a, reason="abuse", by=users["a_editor"])
    return {
        "accepted": accepted,
        "proposed": make_meeting(
            accepted, association, topic="Перша розмова", where="https://video.example.org/Canary-message-ag"
        ),
        "agreed": make_meeting(accepted, association, status=Meeting.Status.AGREED, sequence=1),
        "blocked": blocked,
        "call": call,
        "report": report,
    }


def _twinned(twinning: Twinning, a: Member, users: dict[str, User], *, has_files: bool) -> dict[str, Any]:
    """It was asked whether it is still right. What only its parties read is a canary."""
    twinning.asked_if_right_at = timezone.now() - timedelta(days=1)
    twinning.lively_at = twinning.asked_if_right_at - timedelta(days=1)
    twinning.save(update_fields=["asked_if_right_at", "lively_at"])
    party = twinning.parties.get(member=a)
    make_milestone(twinning, text="Canary-twinning-Plan", language="uk")
    document = make_twinning_document(party, caption="Canary-twinning-Document", language="uk")
    if has_files:
        document.file.save("plan.pdf", ContentFile(pdf()))
    make_twinning_news(party, title_uk="Учні приїхали", text_uk="Вони збудували міст.")
    invitation = Invitation.objects.create(
        member=a,
        email="successor@example.org",
        language="uk",
        invited_by=users["a_signatory"],
        expires_at=timezone.now() + timedelta(days=14),
    )
    hand_over = StaffHandOver.objects.create(
        party=party, seat="contact", invitation=invitation, asked_by=users["a_signatory"]
    )
    return {"twinning": twinning, "hand_over": hand_over}


def _clusters(a: Member, b: Member) -> dict[str, Cluster]:
    """One that A leads and B is in, with an invitation nobody answered, and one that A is invited to."""
    cluster = make_cluster(b, lead=a, name="Громади над річкою", language="uk")
    inviting = make_cluster(
        lead=make_member(official_name="Gmina Neighbour"), name="Gminy nad rzeką", language="pl"
    )
    ClusterMember.objects.create(cluster=cluster, member=inviting.lead)
    ClusterMember.objects.create(cluster=inviting, member=a)
    return {"cluster": cluster, "inviting": inviting}


def _computed_round(a: Member, b: Member) -> MatchingRound:
    """One pair, one side without; as a computation leaves it."""
    counts = {"all": 1, "with": 1, "new": 1, "new_with": 1, "without": {}}
    others = {"all": 2, "with": 1, "new": 1, "new_with": 0, "without": {"nobody_allowed": 1}}
    result = {
        "pairs": 1,
        "covered": 1,
        "covered_bound": 1,
        "value": 61.5,
        "bound": 61.5,
        "greedy": {"covered": 1, "value": 61.5, "loss": 0.0},
        "sides": {"left": counts, "right": others},
        "regions": [{"code": "", **counts}],
        "countries": [{"code": "PL", **others}],
    }
    now = timezone.now()
    matching_round = MatchingRound.objects.create(
        title="Весна",
        status="computed",
        frozen_at=now,
        inputs_hash="x",
        computed_at=now,
        result=result,
    )
    left, right, _alone = (
        RoundParticipant.objects.create(
            matching_round=matching_round, member=member, capacity=1, is_ukrainian=member == b, without=why
        )
        for member, why in ((b, ""), (a, ""), (make_member(), "nobody_allowed"))
    )
    RoundProposal.objects.create(matching_round=matching_round, left=left, right=right, score=61.5)
    return matching_round


def _partnerships(a: Member, b: Member, users: dict[str, User]) -> dict[str, Twinning]:
    """One in which B proposes to go on and A is asked, with a step on its way; and one into which A was invited."""
    asked = make_twinning(a, b, status=Twinning.Status.IN_APPROVAL, title="Łączy nas rzeka", language="pl")
    record_step(asked, member=a, kind="signed", happened_on=timezone.localdate(), by=users["a_editor"])
    propose_stage(asked, member=b, stage=Twinning.Status.IN_FORCE, by=users["b_signatory"])
    invited = make_twinning(b, make_member(official_name="Gmina Trzecia"), public_since=None)
    invite_party(invited, member=b, other=a, by=users["b_signatory"])
    return {"asked_twinning": asked, "invited_twinning": invited}


def _suggested(a: Member) -> dict[str, Member]:
    """A member that is suggested to A; another one it set aside and does not want to be proposed."""
    suggested = make_member(official_name="Тиха громада", country="UA", languages_spoken=["uk", "en"])
    make_suggestion(a, suggested, is_kept_seat=True)
    left_out = make_member(official_name="Далека громада", country="UA")
    make_suggestion(a, left_out, dismissed_at=timezone.now())
    PartnerVeto.objects.create(member=a, other=left_out)
    return {"suggested": suggested, "left_out": left_out}


def _journalled(member: Member, user: User) -> JournalEntry:
    record("member.edited", member, by=user)
    return JournalEntry.objects.about(member).latest("id")


def make_mandate(member: Member, *, has_files: bool) -> Mandate:
    mandate = Mandate(member=member, promised_by=timezone.localdate() + timedelta(days=30))
    if has_files:
        mandate.original_filename, mandate.content_type = "decision.pdf", "application/pdf"
        mandate.size, mandate.uploaded_at = len(pdf()), timezone.now()
        mandate.file.save("decision.pdf", ContentFile(pdf()), save=False)
    mandate.save()
    return mandate


def _people(a: Member, b: Member, association: Member) -> dict[str, User]:
    users = {
        name: make_user(
            email=f"canary-{name[0]}people-{name[2:]}@example.org",
            name=f"Canary-{name[0]}people-{name[2:]}",
            language="uk",
        )
        for name in ("a_viewer", "a_editor", "a_signatory", "b_signatory")
    }
    for name, user in users.items():
        make_representative(a if name[0] == "a" else b, user, role=name[2:])
    make_representative(association, users["a_signatory"], since=timezone.now() + timedelta(seconds=1))
    users["association"] = make_user(
        name="Canary-gamma-Signer", email="canary-gamma@example.org", language="uk"
    )
    make_representative(association, users["association"])
    users |= {
        "desk_one_factor": make_coordinator(language="uk", name="Desk One"),
        "desk": make_coordinator(language="uk", name="Desk Two"),
        "superuser": make_user(is_staff=True, is_superuser=True, language="uk", name="Super"),
    }
    for name in ("desk", "superuser"):
        TOTP.activate(users[name], TOTP_SECRET)
    EmailAddress.objects.update(verified=True)
    return users


def _listings(a: Member, b: Member, sector: Sector) -> dict[str, Listing]:
    polish = {"title_en": None, "text_en": None, "original_language": "pl"}
    listings = {
        "public_offer": make_listing(
            [sector], member=a, title_pl="Staż dla urbanistów", text_pl="Dwa tygodnie.", **polish
        ),
        "members_offer": make_listing([sector], member=a, audience="members", title_uk="Лише для учасників"),
        "draft_offer": make_listing(
            [sector], member=a, status=Listing.Status.DRAFT, published_at=None, title_uk="Чернетка"
        ),
        "need": make_listing([sector], member=b, kind=Listing.Kind.NEED, title_uk="Генератори для лікарні"),
        "foreign_need": make_listing(
            [sector],
            member=b,
            kind=Listing.Kind.NEED,
            title_en=None,
            text_en=None,
            original_language="de",
            original_texts={"title": "Feuerwehrausbildung", "text": "Zwei Wochen Ausbildung."},
        ),
    }
    for listing in listings.values():
        if listing.status == Listing.Status.PUBLISHED:
            index_listing(listing)
    return listings


def mail_stop_token(world: World) -> str:
    return sign("mail-stop", "canary-mail@example.org", Category.DESK)


def _drafted_twinning(a: Member, b: Member) -> Twinning:
    """With a version of the agreement that nobody else reads."""
    load_templates()
    twinning = make_twinning(a, b, title="Partnerstwo dla młodzieży", language="pl")
    words = [["title", "", "Угода"], ["paragraph", "", "Canary-message-ab-draft"]]
    make_draft(twinning, first=words, second=words)
    return twinning
