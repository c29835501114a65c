"""The page on which a party gives its partnership a title."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.core.forms import sent
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import twinning_title
from partnerships.forms.twinnings import TitleForm
from partnerships.views.twinning_closed import not_open
from partnerships.views.twinning_shared import ask, twinning_for


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_name(request: HttpRequest, slug: str) -> HttpResponse:
    twinning, is_open = twinning_for(request, slug, "name")
    if not is_open:
        return not_open(request, twinning, "name")
    form = TitleForm(sent(request)[0], initial={"title": twinning.title, "language": twinning.language})
    words = {
        "heading": _("Title of the partnership"),
        "explained": _("What you call it together, for example “Partnership of our schools”."),
        "label": _("Save"),
        "done": _("Saved."),
    }
    return ask(
        request,
        twinning,
        form,
        lambda: twinning_title.name_twinning(
            twinning, member=request.member, by=request.user, **form.cleaned_data
        ),
        words,
    )
