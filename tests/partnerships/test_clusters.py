"""Clusters: neighbours form one themselves, each says yes for itself, one leads; what pages show and mails tell."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed, move
from members.models import Member
from partnerships.actions import clusters as actions
from partnerships.links import cluster_path
from partnerships.models import Block, Cluster, ClusterMember
from partnerships.models.clusters import nearest_first
from partnerships.refusals import ClusterRefused, KeptApart
from tests.factories import (
    PASSWORD,
    make_cluster,
    make_member,
    make_place,
    make_representative,
    make_user,
)
from tests.partnerships.test_match_races import ROUNDS, at_once, refused

pytestmark = pytest.mark.django_db
Status = Cluster.Status


def hromada(**changes):
    return make_member(country="UA", **changes)


def invite(cluster, member=None):
    member = member or hromada()
    actions.invite_to_cluster(cluster, member=member, by=make_user())
    return member


def verbs_of(cluster):
    return list(JournalEntry.objects.about(cluster).order_by("id").values_list("verb", flat=True))


def mails(stem):
    return {mail.to: mail for mail in OutgoingMail.objects.filter(name=f"partnerships/{stem}")}


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


# --- The verbs ---------------------------------------------------------------------------------------------


def test_create_cluster_makes_the_lead_its_first_member():
    lead, user = hromada(), make_user()
    cluster = Cluster(lead=lead, name="Over the Desna", language="en")
    actions.create_cluster(cluster, by=user)
    row = cluster.memberships.get()
    assert (row.member, row.joined_by, cluster.status) == (lead, user, Status.FORMING)
    assert verbs_of(cluster) == ["cluster.created"]
    with pytest.raises(ClusterRefused):
        actions.create_cluster(Cluster(lead=lead, name="Another", language="en"), by=user)
    for other in (hromada(status="on_hold"), hromada(kind="association", place=None)):
        with pytest.raises(NotAllowed):
            actions.create_cluster(Cluster(lead=other, name="No", language="en"), by=user)


def test_the_second_member_makes_it_active_and_the_lead_is_told():
    cluster = make_cluster()
    make_representative(cluster.lead, make_user(email="lead@example.org"))
    member = hromada(official_name="Desna")
    make_representative(member, make_user(email="desna@example.org", language="uk"))
    assert invite(cluster, member) == member
    assert "desna@example.org" in mails("cluster_invited")
    assert not actions.invite_to_cluster(cluster, member=member, by=make_user())
    assert len(mails("cluster_invited")) == 1
    actions.join_cluster(cluster, member=member, by=make_user())
    cluster.refresh_from_db()
    assert cluster.status == Status.ACTIVE
    assert verbs_of(cluster) == ["cluster.invited", "cluster.joined", "cluster.activated"]
    assert "Desna" in mails("cluster_joined")["lead@example.org"].subject
    with pytest.raises(NotAllowed):
        actions.join_cluster(cluster, member=member, by=make_user())


def test_who_cannot_be_invited():
    cluster, user = make_cluster(), make_user()
    for stranger in (
        make_member(country="PL"),
        hromada(kind="association", place=None),
        hromada(status="on_hold"),
    ):
        with pytest.raises(NotAllowed):
            actions.invite_to_cluster(cluster, member=stranger, by=user)
    taken = hromada()
    make_cluster(taken)
    with pytest.raises(ClusterRefused):
        actions.invite_to_cluster(cluster, member=taken, by=user)
    blocker = hromada()
    Block.objects.create(member=blocker, blocked=cluster.lead)
    with pytest.raises(KeptApart):
        actions.invite_to_cluster(cluster, member=blocker, by=user)
    assert not cluster.memberships.filter(joined_at=None).exists()


def test_a_cluster_has_room_for_so_many_invitations_counted(monkeypatch):
    monkeypatch.setattr(actions, "MOST_MEMBERS", 3)
    cluster = make_cluster(hromada())
    waiting = invite(cluster)
    with pytest.raises(ClusterRefused):
        invite(cluster)
    actions.withdraw_cluster_invitation(cluster, member=waiting, by=make_user())
    with pytest.raises(NotAllowed):
        actions.join_cluster(cluster, member=waiting, by=make_user())
    invite(cluster)


def test_a_member_says_yes_to_one_cluster_at_a_time():
    member = hromada()
    first, second = make_cluster(), make_cluster()
    for cluster in (first, second):
        invite(cluster, member)
    actions.join_cluster(first, member=member, by=make_user())
    with pytest.raises(ClusterRefused):
        actions.join_cluster(second, member=member, by=make_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        make_cluster(member)
    actions.leave_cluster(first, member=member, by=make_user())
    actions.join_cluster(second, member=member, by=make_user())
    assert Cluster.objects.joined_by(member).get() == second


def test_declined_left_too_small_and_the_lead_may_not_just_go():
    member = hromada()
    cluster = make_cluster(member)
    make_representative(cluster.lead, make_user(email="lead@example.org"))
    other = invite(cluster)
    actions.decline_cluster(cluster, member=other, by=make_user())
    with pytest.raises(ClusterRefused):
        actions.leave_cluster(cluster, member=cluster.lead, by=make_user())
    actions.leave_cluster(cluster, member=member, by=make_user())
    cluster.refresh_from_db()
    assert cluster.status == Status.FORMING
    assert verbs_of(cluster)[1:] == ["cluster.declined", "cluster.left", "cluster.too_small"]
    assert set(mails("cluster_declined")) == set(mails("cluster_left")) == {"lead@example.org"}
    for verb in (actions.leave_cluster, actions.decline_cluster):
        with pytest.raises(NotAllowed):
            verb(cluster, member=member, by=make_user())


def test_the_lead_is_handed_over_and_the_new_one_is_told():
    member = hromada()
    cluster = make_cluster(member)
    make_representative(member, make_user(email="new@example.org"))
    invited = invite(cluster)
    for wrong in (cluster.lead, invited, hromada()):
        with pytest.raises(NotAllowed):
            actions.hand_over_cluster(cluster, to=wrong, by=make_user())
    before = cluster.lead
    actions.hand_over_cluster(cluster, to=member, by=make_user())
    cluster.refresh_from_db()
    assert cluster.lead == member
    assert set(mails("cluster_handed_over")) == {"new@example.org"}
    actions.leave_cluster(cluster, member=before, by=make_user())


def test_the_end_frees_everybody_and_tells_the_others():
    member = hromada()
    cluster = make_cluster(member)
    make_representative(cluster.lead, make_user(email="lead@example.org"))
    make_representative(member, make_user(email="member@example.org"))
    invited = invite(cluster)
    make_representative(invited, make_user(email="invited@example.org"))
    actions.end_cluster(cluster, by=make_user())
    assert not ClusterMember.objects.present().exists()
    assert set(mails("cluster_ended")) == {"member@example.org", "invited@example.org"}
    with pytest.raises(NotAllowed):
        actions.end_cluster(cluster, by=make_user())
    for verb in (actions.join_cluster, actions.decline_cluster, actions.leave_cluster):
        with pytest.raises(NotAllowed):
            verb(cluster, member=invited, by=make_user())
    with pytest.raises(NotAllowed):
        invite(cluster)


@pytest.mark.parametrize(("was", "to"), list(itertools.product(Status, Status)))
def test_every_move_of_a_cluster(was, to):
    cluster = make_cluster(status=was)
    if to in Cluster.MOVES[was]:
        move(cluster, to, by=make_user(), verb="cluster.test")
    else:
        with pytest.raises(NotAllowed):
            move(cluster, to, by=make_user(), verb="cluster.test")
    cluster.refresh_from_db()
    assert cluster.status == (to if to in Cluster.MOVES[was] else was)


def test_neighbours_come_nearest_first_and_only_those_that_can_be_invited():
    cluster = make_cluster(lead=hromada(place=make_place(country="UA", lat=51.0, lon=31.0)))
    far = hromada(place=make_place(country="UA", lat=52.0, lon=31.0))
    near = hromada(place=make_place(country="UA", lat=51.0, lon=31.2))
    hromada(place=make_place(country="UA"))  # no map knows where it is
    make_member(place=make_place(lat=51.0, lon=31.1))
    make_cluster(lead=hromada(place=make_place(country="UA", lat=51.0, lon=31.1)))
    invite(cluster, hromada(place=make_place(country="UA", lat=51.0, lon=31.1)))
    found = list(nearest_first(cluster.could_invite(), cluster.lead.place))
    assert found == [near, far]
    assert [round(member.km) for member in found] == [14, 111]


# --- Pages -------------------------------------------------------------------------------------------------


def test_a_cluster_is_formed_and_joined_on_its_pages(client):
    lead = hromada(official_name="Ripky", place=make_place(country="UA", lat=51.8, lon=31.1))
    member = hromada(official_name="Dobrianka", place=make_place(country="UA", lat=52.0, lon=31.2))
    login(client, lead, role="editor")
    assert client.post(url("cluster_create"), {"name": " "}).status_code == 422
    client.post(url("cluster_create"), {"name": "Over the Desna"})
    cluster = Cluster.objects.get()
    page = client.get(url("cluster_invite", cluster.slug)).text
    assert "Dobrianka" in page
    assert "23 km away" in page
    assert "Dobrianka" in client.get(url("cluster_invite", cluster.slug), {"q": "dobrianka"}).text
    answer = client.post(url("cluster_invite_member", cluster.slug), {"member": member.slug}, follow=True)
    assert "Dobrianka is invited" in answer.text
    client.logout()
    login(client, member)
    assert "Over the Desna" in client.get(url("cluster_list")).text
    assert "Over the Desna" in client.get(reverse("content:dashboard")).text
    answer = client.get(cluster_path(cluster, member), follow=True)
    assert "Join the cluster" in answer.text
    answer = client.post(url("cluster_join", cluster.slug), follow=True)
    assert "You are in the cluster now." in answer.text
    answer = client.post(url("cluster_join", cluster.slug), follow=True)
    assert "Nothing changed" in answer.text
    cluster.refresh_from_db()
    assert cluster.status == Status.ACTIVE


def test_the_lead_renames_hands_over_and_the_new_one_ends_it(client):
    member = hromada()
    cluster = make_cluster(member)
    login(client, cluster.lead)
    client.post(url("cluster_edit", cluster.slug), {"name": "Another name"})
    wrong = client.post(url("cluster_hand_over", cluster.slug), {"to": "nobody"})
    assert wrong.status_code == 422
    client.post(url("cluster_hand_over", cluster.slug), {"to": member.slug})
    cluster.refresh_from_db()
    assert (cluster.name, cluster.lead) == ("Another name", member)
    assert client.get(url("cluster_leave", cluster.slug)).status_code == 200
    client.logout()
    login(client, member)
    assert client.get(url("cluster_end", cluster.slug)).status_code == 200
    answer = client.post(url("cluster_end", cluster.slug), follow=True)
    assert "The cluster has ended." in answer.text


def test_whoever_stays_takes_the_lead_when_the_lead_has_left_the_alliance(client):
    member = hromada()
    cluster = make_cluster(member)
    login(client, member)
    assert client.get(url("cluster_hand_over", cluster.slug)).status_code == 302
    Member.objects.filter(pk=cluster.lead_id).update(status="left", left_at=timezone.now())
    assert url("cluster_hand_over", cluster.slug) in client.get(url("cluster_detail", cluster.slug)).text
    client.post(url("cluster_hand_over", cluster.slug), {"to": member.slug})
    cluster.refresh_from_db()
    assert cluster.lead == member
    assert client.get(url("cluster_end", cluster.slug)).status_code == 200


def test_strangers_find_nothing_and_viewers_change_nothing(client):
    member = hromada()
    cluster = make_cluster(member)
    login(client, hromada())
    for name in ("cluster_detail", "cluster_invite", "cluster_leave", "cluster_end", "cluster_hand_over"):
        assert client.get(url(name, cluster.slug)).status_code == 404
    for name in ("cluster_join", "cluster_decline", "cluster_withdraw", "cluster_invite_member"):
        assert client.post(url(name, cluster.slug)).status_code == 404
    client.logout()
    login(client, cluster.lead, role="viewer")
    assert client.get(url("cluster_detail", cluster.slug)).status_code == 200
    for name in ("cluster_invite", "cluster_edit", "cluster_end", "cluster_hand_over"):
        assert client.get(url(name, cluster.slug)).status_code == 403
    assert client.post(url("cluster_end", cluster.slug)).status_code == 403
    assert client.get(url("cluster_create")).status_code == 403
    cluster.refresh_from_db()
    assert cluster.status == Status.ACTIVE


def test_a_link_leads_to_the_list_once_the_invitation_is_gone(client):
    cluster = make_cluster()
    member = invite(cluster)
    path = cluster_path(cluster, member)
    assert client.get(path).status_code == 302
    login(client, member)
    actions.withdraw_cluster_invitation(cluster, member=member, by=make_user())
    assert client.get(path).url == url("cluster_list")
    assert client.get(url("cluster_open", "nonsense")).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_of_a_cluster_costs_the_same_for_many(client, django_assert_num_queries, many):
    cluster = make_cluster(*(hromada() for _ in range(many)))
    login(client, cluster.lead)
    for _ in range(many):
        invite(cluster)
    client.get(url("cluster_detail", cluster.slug))
    with django_assert_num_queries(8):
        client.get(url("cluster_detail", cluster.slug))


# --- Two at one instant ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", ROUNDS[:2])
def test_two_invitations_accepted_at_once_are_one_cluster(_round):
    member, user = hromada(), make_user()
    first, second = make_cluster(), make_cluster()
    for cluster in (first, second):
        invite(cluster, member)
    results = at_once(
        *[lambda one=one: actions.join_cluster(one, member=member, by=user) for one in (first, second)]
    )
    assert sorted(refused(results)) == [False, True]
    assert ClusterMember.objects.joined().filter(member=member).count() == 1
