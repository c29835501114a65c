"""Verbs of an application, from the first claim of a place to its arrival at the desk."""

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from alliance.core.journal import LINK, record
from alliance.core.languages import LANGUAGES
from alliance.core.slugs import make_reference, make_slug
from alliance.core.states import NotAllowed, lock, move
from alliance.core.uploads import CleanUpload
from members import application
from members.actions.places import create_own_place
from members.actions.profile import apply_changes
from members.emails import joining as mails
from members.models import Mandate, Member, Place
from members.names import derive_search

# A second POST of the same page within this time is the same click.
DOUBLE_CLICK_SECONDS = 3600

NOT_WHILE_TYPING = {"contact_email", "accepts_principles", "logo_upload"}


class Incomplete(Exception):
    """Something required is missing; `steps` names the steps that lack it."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__(", ".join(steps))
        self.steps = steps


def start_application(
    *,
    kind: str,
    email: str,
    language: str,
    slug: str = "",
    place: Place | None = None,
    contact_name: str = "",
    official_name: str = "",
    country: str = "",
    region_text: str = "",
    parent: Member | None = None,
    by: Any = LINK,
    email_is_confirmed: bool = False,
) -> Member:
    """Create a draft, prefilled from the place, and mail the link that resumes it and confirms the address.

    :param slug: minted with the page that shows the form: the same page sent twice makes one draft, one mail
    :param place: from a register; an authority without one gets an own, unverified place
    :param parent: the association that enters its member; the mail then says so
    :param email_is_confirmed: the person is logged in with this address: nothing is mailed
    """
    slug, email = slug or make_slug(), email.strip().lower()
    with transaction.atomic():
        if twin := _same_click(slug, email, place):
            return twin
        if Member.objects.filter(slug=slug).exists():
            # The page was sent again with another address, or shown to somebody else, too.
            slug = make_slug()
        if place is None and kind in (Member.Kind.MUNICIPALITY, Member.Kind.REGION):
            # “My place is not listed”: an entry of our own, which the desk confirms or merges.
            level = Place.Level.REGION if kind == Member.Kind.REGION else Place.Level.MUNICIPALITY
            full = f"{official_name} ({region_text})" if region_text else official_name
            place = create_own_place(
                name=official_name, official_name=full, country=country, level=level, by=by
            )
        member = Member(slug=slug, kind=kind, place=place, parent=parent, contact_email=email)
        member.contact_name, member.contact_language = contact_name, language
        if email_is_confirmed:
            member.email_confirmed_at = timezone.now()
        _prefill(member, official_name, country)
        derive_search(member)
        member.save(force_insert=True)
        record("application.started", member, by=by, **({"parent": parent.slug} if parent else {}))
        if parent:
            mails.application_invited(member)
        elif not email_is_confirmed:
            mails.application_started(member)
    return member


def _same_click(slug: str, email: str, place: Place | None) -> Member | None:
    """The draft that the same page made a moment ago. Waits for a POST that is being worked on right now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"application:{slug}"])
    twin = Member.objects.filter(slug=slug, status=Member.Status.DRAFT, contact_email=email).first()
    if twin is None or (place and twin.place_id != place.pk):
        return None
    age = (timezone.now() - twin.created_at).total_seconds()
    return twin if age < DOUBLE_CLICK_SECONDS else None


def _prefill(member: Member, official_name: str, country: str) -> None:
    """What follows from the kind, the language and the place; the applicant corrects it in the first step."""
    place, language = member.place, member.contact_language
    member.reference, member.original_language = make_reference("ALL"), language
    if member.kind == Member.Kind.INSTITUTION:
        member.tier = Member.Tier.INSTITUTIONAL
    if place and place.register != Place.Register.OWN:
        member.official_name = official_name or place.official_name
        member.country, member.population = place.country, place.population
        for code in LANGUAGES:
            setattr(member, f"name_{code}", getattr(place, f"name_{code}") or None)
    else:
        member.official_name, member.country = official_name, country
        setattr(member, f"name_{language}", official_name)


@transaction.atomic
def save_step(member: Member, *, changes: dict[str, Any], by: Any = LINK) -> Member:
    """Save the fields of one step. A new address of a draft must be confirmed anew: it gets the link.

    :raises NotAllowed: the application was submitted or decided in the meantime
    """
    stored = _editable(member)
    changes = dict(changes)
    accepts = changes.pop("accepts_principles", None)
    if accepts is not None:
        _accept_principles(stored, accepts, by=by)
    email = changes.get("contact_email")
    moved = bool(email) and email != stored.contact_email
    if moved and stored.status != Member.Status.DRAFT:
        raise NotAllowed(member, stored.status, "edited")
    apply_changes(stored, changes, by=by)
    if moved:
        stored.email_confirmed_at = None
        # A link that went to a mistyped address ends here.
        stored.link_version += 1
        stored.save(update_fields=["email_confirmed_at", "link_version"])
        mails.application_started(stored)
    return stored


@transaction.atomic
def keep_typed(member: Member, *, changes: dict[str, Any]) -> None:
    """Keep what is being typed, against power cuts. Neither the address nor a declaration is changed this way.

    :raises NotAllowed: the application was submitted or decided in the meantime
    """
    kept = {name: value for name, value in changes.items() if name not in NOT_WHILE_TYPING}
    apply_changes(_editable(member), kept, by=None)


def _accept_principles(stored: Member, accepts: bool, *, by: Any) -> None:
    if accepts == bool(stored.principles_accepted_at):
        return
    if not accepts and stored.status != Member.Status.DRAFT:
        raise NotAllowed(stored, stored.status, "edited")
    stored.principles_accepted_at = timezone.now() if accepts else None
    stored.save(update_fields=["principles_accepted_at", "updated_at"])
    record("principles.accepted" if accepts else "principles.withdrawn", stored, by=by)


@transaction.atomic
def save_mandate(
    member: Member, *, upload: CleanUpload | None = None, promised_by: Any = None, by: Any = LINK
) -> Mandate:
    """Keep the council's decision, or the day by which it is promised. A file wins over a promise.

    Also open to members beyond the application: a promised decision may follow later.

    :raises NotAllowed: the application was refused or the member left
    """
    stored = lock(member)
    if stored.status in (Member.Status.REFUSED, Member.Status.LEFT):
        raise NotAllowed(member, stored.status, "edited")
    mandate = Mandate.objects.filter(member=stored).first() or Mandate(member=stored)
    if upload:
        if old := mandate.file.name:
            storage = mandate.file.storage
            transaction.on_commit(lambda: storage.delete(old), robust=True)
        mandate.file.save(upload.name, ContentFile(upload.content), save=False)
        mandate.original_filename = upload.original_filename
        mandate.content_type, mandate.size = upload.content_type, upload.size
        mandate.uploaded_at, mandate.promised_by = timezone.now(), None
        record("mandate.uploaded", stored, by=by)
    elif not mandate.file and promised_by != mandate.promised_by:
        mandate.promised_by = promised_by
        record("mandate.promised", stored, by=by, day=promised_by)
    mandate.save()
    stored.save(update_fields=["updated_at"])
    return mandate


@transaction.atomic
def send_link(member: Member, *, occasion: str = "") -> None:
    """Mail the link again, to the stored address and no other."""
    mails.application_link(member, occasion or f"application_link:{uuid.uuid4()}")


@transaction.atomic
def confirm_email(member: Member, *, by: Any = LINK) -> Member:
    """The owner of the mailbox opened the link. Completes a submission that waited for it. Twice does it once.

    Whoever comes back to a draft is still at it: the time after which it is removed begins anew.
    """
    stored = lock(member)
    if stored.status == Member.Status.DRAFT:
        stored.save(update_fields=["updated_at"])
    if stored.email_confirmed_at is None:
        stored.email_confirmed_at = timezone.now()
        stored.save(update_fields=["email_confirmed_at"])
        record("member.email_confirmed", stored, by=by)
    waits = stored.status == Member.Status.DRAFT and stored.submitted_at is not None
    if waits and not application.missing_steps(stored):
        _complete_submission(stored, by=by)
    return stored


@transaction.atomic
def submit_application(member: Member, *, by: Any = LINK) -> Member:
    """Hand the application to the desk. While the address is not confirmed it only waits for that.

    A second submission, by a double click or another tab, changes nothing. Journal: `member.submitted` or
    `member.resubmitted`; mails the applicant and the desk's inbox.

    :raises Incomplete: something required is missing
    :raises NotAllowed: decided in the meantime
    """
    stored = lock(member)
    if stored.status == Member.Status.PENDING:
        return stored
    if stored.status not in Member.EDITABLE_BY_APPLICANT:
        raise NotAllowed(member, stored.status, Member.Status.PENDING)
    if missing := application.missing_steps(stored):
        raise Incomplete(missing)
    if stored.email_confirmed_at:
        _complete_submission(stored, by=by)
    elif stored.submitted_at is None:
        stored.submitted_at = timezone.now()
        stored.save(update_fields=["submitted_at", "updated_at"])
    return stored


def _complete_submission(stored: Member, *, by: Any) -> None:
    again = stored.status == Member.Status.RETURNED
    verb = "member.resubmitted" if again else "member.submitted"
    submitted_at = timezone.now() if again else stored.submitted_at or timezone.now()
    move(stored, Member.Status.PENDING, by=by, verb=verb, submitted_at=submitted_at)
    mails.application_received(stored)
    if again:
        mails.application_resubmitted(stored)
    else:
        mails.application_arrived(stored)


def _editable(member: Member) -> Member:
    stored = lock(member)
    if stored.status not in Member.EDITABLE_BY_APPLICANT:
        raise NotAllowed(member, stored.status, "edited")
    return stored
