"""The open data for people: what there is, what each field means, how programs ask; daily files and catalogue."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext
from django.views.decorators.http import require_safe

from alliance.content.models import Download
from alliance.content.open_data import rdf
from alliance.content.open_data.catalogue import Catalogue, Distribution, statements
from alliance.content.open_data.datasets import BY_NAME, CONTENT_TYPES, DATASETS, Dataset
from alliance.content.open_data.dictionary import fields_of
from alliance.content.open_data.file_columns import columns_of
from alliance.content.views.linked_data import catalogue_json_ld
from alliance.core import files, ranges
from alliance.core.inboxes import inbox
from alliance.core.languages import DEFAULT_LANGUAGE
from alliance.core.links import absolute
from alliance.core.problems import open_to_readers
from partnerships import dream

TITLE = gettext_lazy("Open data of the Alliance")
TEXT = gettext_lazy(
    "Members, needs and offers, partnerships, promises and deliveries: what everyone may read on the portal, for "
    "programs."
)
SERVICE = gettext_lazy("Open interface of the Alliance (API)")
WRITERS: dict[str, tuple[Callable[..., str], str]] = {
    "ttl": (rdf.as_turtle, "text/turtle; charset=utf-8"),
    "rdf": (rdf.as_rdf_xml, "application/rdf+xml; charset=utf-8"),
    "jsonld": (rdf.as_json_ld, "application/ld+json"),
}


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    made = {(row.name, row.form): row for row in Download.objects.all()}
    context = {
        "lead": TEXT,
        "crumbs": [],
        "json_ld": catalogue_json_ld(str(TITLE), str(TEXT)),
        "sets": [_set(dataset, made) for dataset in DATASETS],
        "licence_url": files.LICENCES.get(settings.SITE_LICENCE, ""),
        "api_url": absolute(reverse("api:api-root")),
        "description_url": absolute(reverse("api:openapi-json")),
        "changes_url": absolute(reverse("api:changes")),
        "project_url": absolute(reverse("api:changes")) + f"?dream_id={dream.EXAMPLE}",
        "example_url": absolute(reverse("api:needs")) + "?sector=ENE&limit=10",
        "catalogues": [
            {"label": label, "url": reverse("open_data_catalogue", args=[form])}
            for form, label in (("rdf", "RDF/XML"), ("ttl", "Turtle"), ("jsonld", "JSON-LD"))
        ],
    }
    return render(request, "content/open_data.html", context)


def _set(dataset: Dataset, made: dict[tuple[str, str], Download]) -> dict[str, Any]:
    links = [
        {
            "label": FORM_NAMES[form],
            "url": reverse("open_data_file", args=[dataset.name, form]),
            "note": filesizeformat(made[dataset.name, form].size),
        }
        for form in dataset.files
        if (dataset.name, form) in made
    ]
    links += [
        {"label": pgettext("open data", "list for programs"), "url": reverse(f"api:{name}"), "note": name}
        for name in dataset.lists
    ]
    if dataset.feed:
        links.append({"label": "Atom", "url": reverse(dataset.feed), "note": ""})
    if dataset.has_iati:
        links.append({"label": "IATI", "url": reverse("partnerships:iati_alliance"), "note": ""})
    moments = [made[dataset.name, form].made_at for form in dataset.files if (dataset.name, form) in made]
    return {
        "name": dataset.name,
        "title": dataset.title,
        "text": dataset.text,
        "page": reverse(dataset.page) if dataset.page != "content:open_data" else "",
        "links": links,
        "made": date_format(localtime(max(moments)), "DATETIME_FORMAT") if moments else "",
        "dictionary": f"{reverse('content:data_dictionary')}#{dataset.name}",
    }


FORM_NAMES = {"csv": "CSV", "json": "JSON", "geojson": "GeoJSON"}


@require_safe
def data_dictionary(request: HttpRequest) -> HttpResponse:
    """Each field of each set, read from the schemas that write the answers."""
    columns = [
        pgettext("column of a file", "Field"),
        _("What it says"),
        pgettext("column of a file", "Type"),
        _("Unit"),
        pgettext("column of a file", "Standard"),
        _("Who may read it"),
    ]
    context = {
        "crumbs": [{"label": TITLE, "url": reverse("content:open_data")}],
        "sets": [
            {
                "name": dataset.name,
                "title": dataset.title,
                "rows": [[value or "–" for value in field] for field in fields_of(dataset.schema)],
                "file_rows": [[column, field.name, field.text] for column, field in columns_of(dataset.name)],
                "help_url": reverse("partnerships:sheet_help") if dataset.name == "needs-and-offers" else "",
            }
            for dataset in DATASETS
        ],
        "columns": [{"label": label} for label in columns],
        "file_columns": [
            {"label": label}
            for label in (
                pgettext("column of a file", "Column"),
                pgettext("column of a file", "Field"),
                _("What it says"),
            )
        ],
    }
    return render(request, "content/data_dictionary.html", context)


# --- For programs ----------------------------------------------------------------------------------------------


@require_safe
def open_data_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The file of the last night, also part by part."""
    download = get_object_or_404(Download, name=name, form=form)
    stored = ranges.Stored(
        file=download.file,
        size=download.size,
        digest=download.sha256,
        changed_at=download.made_at,
        content_type=CONTENT_TYPES[form],
        filename=f"{name}.{form}",
    )
    response = ranges.answer(request, stored)
    if url := files.LICENCES.get(settings.SITE_LICENCE):
        response.headers["Link"] = f'<{url}>; rel="license"'
    return open_to_readers(response)


@require_safe
def open_data_catalogue(request: HttpRequest, form: str) -> HttpResponse:
    """DCAT-AP 3.0.1, for portals that collect catalogues."""
    if form not in WRITERS:
        raise Http404
    write, content_type = WRITERS[form]
    with override(DEFAULT_LANGUAGE):
        content = write(statements(_catalogue()))
    return open_to_readers(HttpResponse(content, content_type=content_type))


def _catalogue() -> Catalogue:
    made: dict[str, list[Download]] = {}
    for row in Download.objects.all():
        made.setdefault(row.name, []).append(row)
    moments = [row.made_at for rows in made.values() for row in rows]
    return Catalogue(
        url=absolute(reverse("open_data_catalogue", args=["rdf"])).removesuffix(".rdf"),
        title=TITLE,
        text=TEXT,
        publisher=settings.SITE_NAME,
        home=absolute(reverse("content:home")),
        email=inbox(),
        licence=settings.SITE_LICENCE,
        licence_url=files.LICENCES.get(settings.SITE_LICENCE, ""),
        service_title=SERVICE,
        service_url=absolute(reverse("api:api-root")),
        service_description=absolute(reverse("api:openapi-json")),
        documentation=absolute(reverse("content:open_data")),
        made_at=max(moments, default=timezone.now()),
        datasets=[
            (dataset, absolute(reverse(dataset.page)), _distributions(dataset, made.get(dataset.name, [])))
            for dataset in BY_NAME.values()
        ],
    )


def _distributions(dataset: Dataset, made: list[Download]) -> list[Distribution]:
    found = [
        Distribution(
            row.form,
            absolute(reverse("open_data_file", args=[row.name, row.form])),
            row.size,
            row.sha256,
            row.made_at,
        )
        for row in made
    ]
    found += [
        Distribution("json", absolute(reverse(f"api:{name}")), is_service=True) for name in dataset.lists
    ]
    if dataset.feed:
        found.append(Distribution("atom", absolute(reverse(dataset.feed))))
    if dataset.has_iati:
        found.append(Distribution("iati", absolute(reverse("partnerships:iati_alliance"))))
    return found
