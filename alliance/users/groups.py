"""The group of the desk and what its people may do. `manage.py prepare` and the factories call it."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

COORDINATORS = "coordinators"

# By app and model. "change" also means: may use the buttons for verbs. Nobody may delete anything but a line of the
# target of an appeal, a quota of a round that is not computed, captions of a video, a question that nobody was asked
# yet, and a section of a page, which its versions keep.
RIGHTS = {
    "members.member": ("view", "change"),
    "members.place": ("view", "change"),
    "members.sector": ("view", "change"),
    "members.representative": ("view",),
    "members.invitation": ("view",),
    "members.mandate": ("view",),
    "members.addresschange": ("view", "change"),
    "partnerships.listing": ("view", "change"),
    "partnerships.reviewrule": ("view", "change"),
    "partnerships.matchweights": ("view", "change"),
    "partnerships.match": ("view", "change"),
    "partnerships.cluster": ("view",),
    "partnerships.twinning": ("view", "change"),
    "partnerships.twinningparty": ("view",),
    "partnerships.twinningstep": ("view",),
    "partnerships.helprequest": ("view", "change"),
    "partnerships.report": ("view", "change"),
    "partnerships.appeal": ("view", "add", "change"),
    "partnerships.appealline": ("view", "add", "change", "delete"),
    "partnerships.matchinground": ("view", "add", "change"),
    "partnerships.countryquota": ("view", "add", "change", "delete"),
    "partnerships.roundproposal": ("view",),
    "partnerships.roundparticipant": ("view",),
    "partnerships.agreementtemplate": ("view", "change"),
    "partnerships.agreementwording": ("view",),
    "partnerships.pledge": ("view",),
    "partnerships.pledgeline": ("view", "change"),
    "content.page": ("view", "add", "change"),
    "content.section": ("view", "add", "change", "delete"),
    "content.translationgap": ("view",),
    "content.newsitem": ("view", "add", "change"),
    "content.event": ("view", "add", "change"),
    "content.newsletterissue": ("view", "add", "change"),
    "content.subscription": ("view",),
    "content.ticket": ("view", "change"),
    "content.evidencereport": ("view",),
    "content.policyissue": ("view", "change"),
    "content.survey": ("view", "add", "change"),
    "content.surveyquestion": ("view", "add", "change", "delete"),
    "content.document": ("view", "add", "change"),
    "content.documentfile": ("view", "add", "change"),
    "content.video": ("view", "add", "change"),
    "content.videowords": ("view", "add", "change", "delete"),
    "content.inboundmail": ("view", "change"),
    "content.cannedanswer": ("view", "add", "change"),
    "content.spamrule": ("view", "add", "change"),
    "core.outgoingmail": ("view", "change"),
    "core.mailstop": ("view",),
    "core.journalentry": ("view",),
    "users.user": ("view", "change"),
}


def ensure_coordinators_group() -> Group:
    """The group with exactly these rights; idempotent. Rights exist only after `migrate`."""
    group, _is_new = Group.objects.get_or_create(name=COORDINATORS)
    wanted = Q(pk__in=[])
    for label, verbs in RIGHTS.items():
        app, model = label.split(".")
        codenames = [f"{verb}_{model}" for verb in verbs]
        wanted |= Q(content_type__app_label=app, content_type__model=model, codename__in=codenames)
    group.permissions.set(Permission.objects.filter(wanted))
    return group
