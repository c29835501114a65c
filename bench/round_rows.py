"""A matching round through the database: from members, wishes, needs and offers to handshakes and their mails, against
one numpy pass of the portal's own scores over the frozen inputs.

Data: made up and seeded; 1,469 hromadas and SIZE members outside Ukraine, all looking, each with a person who reads
mail; a third of them with an offer, all hromadas with two needs; 1,000 known partnerships, 5,000 vetoes. One process
makes them; another is the worker, under the settings of production (a statement has 15 seconds), whose peak of memory
is its VmHWM. The time of a step is that of the worker: what the page shows as its progress.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.tables import show

HROMADAS, LINKS, VETOES, ROWS = 1_469, 1_000, 5_000, 5_000
SEED = 20261126
COUNTRIES = ("PL", "DE", "FR", "IT", "ES", "CZ", "SK", "LT", "RO", "NL")
LANGUAGES = ("en", "de", "fr", "pl", "it", "es", "cs", "sk", "lt", "ro")
ITEMS, QUOTAS = 34, {"PL": 300, "DE": 200}
HEAD = ["step", "s", "/ pass", "MB so far"]


def run(size: int) -> None:
    from bench.__main__ import with_suffix

    env = {**os.environ, "DATABASE_URL": with_suffix("_bench")}
    for argv in (["seed", str(size)], ["measure", str(size)]):
        command = [sys.executable, "-m", "bench.round_rows", *argv]
        child = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(child.stdout.splitlines()[-1])
    one_pass = told["steps"]["one pass"][0]
    rows = [[name, spent, spent / one_pass, round(peak)] for name, (spent, peak) in told["steps"].items()]
    show(f"{HROMADAS:,} hromadas, {size:,} members, {told['pairs']:,} pairs", HEAD, rows)
    print(
        "handed out: {handed_out:,}, mails: {mails:,}, with a partner: {covered:,} of {bound:,}".format(
            **told
        )
    )
    print(f"\nround-rows: {told['computed'] / one_pass:.2f}")


def measured() -> dict[str, Any]:
    from alliance.core.models import OutgoingMail
    from alliance.users.models import User
    from bench.limits import score_all
    from partnerships.actions import round_proposals, round_runs, rounds
    from partnerships.actions.round_inputs import inputs_of
    from partnerships.models import CountryQuota, Match, MatchingRound
    from partnerships.round_problem import Scores, problem_of

    steps: dict[str, tuple[float, float]] = {}
    by = User.objects.order_by("pk").first()
    matching_round = MatchingRound(title="Bench")
    rounds.open_round(matching_round, by=by)
    quotas = [CountryQuota(country=country, most=most) for country, most in QUOTAS.items()]
    rounds.set_quotas(matching_round, changed=quotas, by=by)
    rounds.start_round(matching_round, by=by)
    watched(round_runs.Pulse, steps)
    whole = timed(round_runs.compute_waiting)
    steps.pop("")
    matching_round.refresh_from_db()
    if matching_round.status != MatchingRound.Status.COMPUTED:
        raise SystemExit(f"{matching_round.status}: {matching_round.failure}")
    rounds.publish_round(matching_round, by=by)
    steps["handing out"] = timed(round_proposals.hand_out_proposals), peak_mb()
    inputs = inputs_of(matching_round)
    steps["one pass"] = score_all.seconds(problem_of(inputs, Scores(inputs))), peak_mb()
    result = matching_round.result
    return {
        "steps": {"computing, whole": (whole, steps["check"][1])} | steps,
        "computed": whole,
        "pairs": result["pairs"],
        "covered": result["covered"],
        "bound": result["covered_bound"],
        "handed_out": Match.objects.count(),
        "mails": OutgoingMail.objects.count(),
    }


def watched(pulse: Any, steps: dict[str, tuple[float, float]]) -> None:
    """Note when the worker tells of another step: what was between the two is the earlier one's."""
    tell, keep = pulse.tell, {"step": "", "since": time.perf_counter()}

    def noting(self: Any, step: str, share: float) -> None:
        now = time.perf_counter()
        name = str(keep["step"])
        if name != step or name == "check":
            spent = steps.get(name, (0.0, 0.0))[0] + now - float(keep["since"])
            steps[name] = spent, peak_mb()
            keep.update(step=str(step), since=now)
        tell(self, step, share)

    pulse.tell = noting


def timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def peak_mb() -> float:
    from bench.round import peak

    return peak() / 1024


# --- The data -----------------------------------------------------------------------------------------------


def seed(size: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    started = time.monotonic()
    call_command("load_sectors", verbosity=0)
    call_command("load_items", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("TRUNCATE members_member, members_place, users_user, core_outgoingmail CASCADE")
    rng = random.Random(SEED)
    members = seed_members(size, rng)
    seed_wishes(members, rng)
    seed_listings(members, rng)
    seed_links(members, rng)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    print(f"made in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def keep(rows: list) -> list:
    return type(rows[0])._base_manager.bulk_create(rows, batch_size=ROWS) if rows else []


def seed_members(size: int, rng: random.Random) -> list:
    """Hromadas first; each with a place and a person who signs for it."""
    from django.utils import timezone

    from alliance.users.models import User
    from members.models import Member, Place, Representative

    now, total = timezone.now(), HROMADAS + size
    countries = ["UA"] * HROMADAS + [rng.choice(COUNTRIES) for _ in range(size)]
    codes = sorted({f"{country}{n:02}" for country in (*COUNTRIES, "UA") for n in range(24)})
    regions = keep([
        Place(
            register="own", code=code, level="region", country=code[:2], official_name=code, name_en=code,
            name_pl=code, name_uk=code,
        )
        for code in codes
    ])  # fmt: skip
    of = {region.code: region for region in regions}
    places, members, users = [], [], []
    for n, country in enumerate(countries):
        is_ours = country == "UA"
        lat, lon = (
            (rng.uniform(46, 52), rng.uniform(23, 38))
            if is_ours
            else (rng.uniform(37, 60), rng.uniform(-9, 27))
        )
        spoken = {"uk", "en"} if is_ours else {rng.choice(LANGUAGES), *(["en"] if rng.random() < 0.6 else [])}
        name = f"Municipality {n}"
        places.append(Place(
            register="own", code=f"bench-{n}", level="municipality", country=country, official_name=name,
            name_en=name, name_pl=name, name_uk=name, region=of[f"{country}{rng.randrange(24):02}"],
            lat=lat, lon=lon, population=int(2 ** rng.uniform(9, 20)), verified_at=now,
        ))  # fmt: skip
        members.append(Member(
            kind="municipality", status="approved", reference=f"B{n}", slug=f"b{n:09}", country=country,
            official_name=name, name_en=name, contact_name="x", contact_email="bench@example.org",
            email_confirmed_at=now, principles_accepted_at=now, submitted_at=now, approved_at=now,
            sort_en=f"{n:07}", sort_pl=f"{n:07}", sort_uk=f"{n:07}", spellings=f"municipality {n}",
            languages_spoken=sorted(spoken),
        ))  # fmt: skip
        language = {"UA": "uk", "PL": "pl"}.get(country, "en")
        users.append(User(email=f"bench{n}@example.org", name=f"Person {n}", language=language))
    for member, place in zip(members, keep(places), strict=True):
        member.place = place
    keep(members)
    people = zip(members, keep(users), strict=True)
    keep([Representative(member=member, user=user, role="signatory") for member, user in people])
    assert len(members) == total
    seed_sectors(members, rng)
    return members


def seed_sectors(members: list, rng: random.Random) -> None:
    from members.models import Member, Sector

    sectors = list(Sector.objects.values_list("pk", flat=True))
    through = Member.sectors.through
    keep([
        through(member_id=member.pk, sector_id=pk)
        for member in members
        for pk in rng.sample(sectors, rng.randint(0, 6))
    ])  # fmt: skip


def seed_wishes(members: list, rng: random.Random) -> None:
    from django.utils import timezone

    from partnerships.models import PartnerVeto, PartnerWish

    now = timezone.now()
    keep([
        PartnerWish(
            member=member, looking_since=now, capacity=rng.choice([1, 1, 1, 2, 3]),
            must_countries=["UA"] if member.country != "UA" and rng.random() < 0.02 else [],
        )
        for member in members
    ])  # fmt: skip
    pairs = {(rng.randrange(HROMADAS), rng.randrange(HROMADAS, len(members))) for _ in range(VETOES)}
    keep([PartnerVeto(member=members[one], other=members[other]) for one, other in sorted(pairs)])


def seed_listings(members: list, rng: random.Random) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from partnerships.models import ItemTemplate, Listing, ListingLine

    now, last = timezone.now(), timezone.localdate() + timedelta(days=60)
    items = list(ItemTemplate.objects.exclude(unit="money").order_by("pk")[:ITEMS])
    listings = []
    for n, member in enumerate(members):
        kinds = ["need"] * 2 if n < HROMADAS else ["offer"] * (rng.random() < 0.33)
        for number, kind in enumerate(kinds):
            listings.append(Listing(
                kind=kind, status="published", slug=f"{kind[0]}{n}-{number}", member=member, title_en="x",
                text_en="x", original_language="en", published_at=now, expires_on=last,
            ))  # fmt: skip
    keep(listings)
    lines = []
    for listing in listings:
        item = rng.choice(items)
        lines.append(ListingLine(
            listing=listing, template=item, item="", quantity=rng.randint(1, 90), unit=item.unit
        ))  # fmt: skip
    keep(lines)


def seed_links(members: list, rng: random.Random) -> None:
    from django.utils import timezone

    from partnerships.models import Twinning, TwinningParty

    now = timezone.now()
    sides = [(rng.randrange(HROMADAS), rng.randrange(HROMADAS, len(members))) for _ in range(LINKS)]
    twinnings = keep([
        Twinning(
            origin="imported", source_note="bench", source_language="en", public_since=now,
            needs_registration=False,
        )
        for _ in sides
    ])  # fmt: skip
    keep([
        TwinningParty(twinning=twinning, place=members[n].place, country=members[n].country, position=position)
        for twinning, pair in zip(twinnings, sides, strict=True)
        for position, n in enumerate(pair)
    ])  # fmt: skip


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    if sys.argv[1] == "seed":
        seed(int(sys.argv[2]))
    else:
        print(json.dumps(measured()))
