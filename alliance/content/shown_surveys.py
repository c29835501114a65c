"""A survey as its readers see it: what stands above the questions, and the summary with a table and bars for each. The
pages and the desk's previews show the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.content import evidence_words
from alliance.content.evidence_charts import Bar, chart_of
from alliance.content.evidence_words import number
from alliance.content.survey_figures import NOTHING_SAID
from alliance.core.countries import country_name
from alliance.core.languages import reader_language, shown

FILES = ("csv", "json")
SHEETS_AT_ONCE = 500


def survey_words(survey: Any) -> dict[str, Any]:
    """What an office reads above the questions; the preview of the desk, too."""
    return {
        "survey": survey,
        "title": shown(survey, "title"),
        "introduction": shown(survey, "introduction"),
        "until": moment(survey.closes_at),
    }


def moment(value: Any) -> str:
    return date_format(localtime(value), "DATETIME_FORMAT") if value else ""


def label_of(question: Any) -> str:
    label, unit = shown(question, "label").text, shown(question, "unit").text
    return f"{label} ({unit})" if unit else label


def said_words(answer: Any) -> list[dict[str, str]]:
    """Question and answer as text, in the order of the survey; what was left out is not in it."""
    values: dict[int, list[Any]] = {}
    for value in answer.values.all():
        values.setdefault(value.question_id, []).append(value)
    return [
        {
            "term": label_of(question),
            "text": "\n".join(_in_words(value) for value in values[question.pk]),
            "lang": answer.language
            if question.kind == "text" and answer.language != reader_language()
            else "",
        }
        for question in answer.survey.questions.all()
        if question.pk in values
    ]


def sheet_table(survey: Any, sheets: Any) -> tuple[list[str], Iterator[list[str]]]:
    """For the desk: a heading, and a row for each member that was asked, as many columns as questions."""
    questions = list(survey.questions.all())
    head = [
        _("Member"),
        _("Number of the member"),
        _("Country"),
        _("First answered"),
        _("Last changed"),
        _("Language"),
    ]
    return head + [label_of(question) for question in questions], _sheet_rows(questions, sheets)


def _sheet_rows(questions: list[Any], sheets: Any) -> Iterator[list[str]]:
    for sheet in sheets.iterator(chunk_size=SHEETS_AT_ONCE):
        said: dict[int, list[str]] = {}
        for value in sheet.values.all():
            said.setdefault(value.question_id, []).append(_in_words(value))
        moments = [_day_and_time(sheet.answered_at), _day_and_time(sheet.changed_at)]
        member = [sheet.member.shown_name, sheet.member.reference, country_name(sheet.member.country)]
        answers = ["; ".join(said.get(question.pk, [])) for question in questions]
        yield [*member, *moments, sheet.language, *answers]


def _day_and_time(value: Any) -> str:
    return localtime(value).isoformat(timespec="minutes") if value else ""


def _in_words(value: Any) -> str:
    if value.option:
        return shown(value.option, "label").text
    if value.number is not None:
        return number_format(
            value.number.normalize() if value.number % 1 else int(value.number), force_grouping=True
        )
    return str(value.scale) if value.scale else value.text


# --- The summary ---


def summary_of(survey: Any, figures: dict[str, Any]) -> dict[str, Any]:
    """The context of its page; the desk's preview gives figures that are not published yet."""
    return {
        "survey": survey,
        "title": shown(survey, "title"),
        "introduction": shown(survey, "introduction"),
        "result": shown(survey, "result"),
        "facts": facts_of(survey, figures),
        "blocks": blocks_of(survey, figures),
        "kept_back": evidence_words.KEPT_BACK_MEANING % {"sign": evidence_words.KEPT_BACK},
        "crumbs": crumbs(),
        "files": [
            {"label": kind.upper(), "url": reverse("content:survey_file", args=[survey.slug, kind])}
            for kind in FILES
        ],
    }


def facts_of(survey: Any, figures: dict[str, Any]) -> list[dict[str, str]]:
    answered = figures["answered"]
    rows = [
        {"term": _("Who was asked"), "text": asked_words(survey)},
        {"term": _("Asked"), "text": str(figures["asked"])},
        {"term": _("Answered"), "text": _("fewer than 5") if answered is None else _members(answered)},
        {"term": _("Answers could be given"), "text": f"{day(survey.opened_at)} – {day(survey.closed_at)}"},
    ]
    if survey.published_at:
        rows.append({"term": _("Published"), "text": day(survey.published_at)})
    return rows


def asked_words(survey: Any) -> str:
    """“members outside Ukraine; core partner; Poland, Spain”."""
    parts = [survey.get_side_display(), survey.get_tier_display() if survey.tier else ""]
    parts.append(", ".join(country_name(code) for code in survey.countries))
    return "; ".join(str(part) for part in parts if part)


def _members(count: int) -> str:
    return ngettext("%(count)d member", "%(count)d members", count) % {"count": count}


def crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Policy dialogue"), "url": reverse("content:policy")},
        {"label": _("What members told us"), "url": reverse("content:survey_list")},
    ]


def day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


def answered_words(figures: Mapping[str, Any]) -> str:
    """“57 of 104 members answered”."""
    asked, answered = figures["asked"], figures["answered"]
    if answered is None:
        return _("Only a few members answered (asked: %(asked)d)") % {"asked": asked}
    words = ngettext(
        "%(answered)d of %(asked)d members answered", "%(answered)d of %(asked)d members answered", answered
    )
    return words % {"answered": answered, "asked": asked}


def blocks_of(survey: Any, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One for each question, in the order in which they were asked."""
    told = {each["id"]: each for each in figures["questions"]}
    return [
        _block(question, told[question.pk], figures["answered"])
        for question in survey.questions.all()
        if question.pk in told
    ]


def _block(question: Any, told: Mapping[str, Any], answered: int | None) -> dict[str, Any]:
    name, title, table = f"q{question.pk}", label_of(question), _table(question, told, answered)
    return {
        "id": name,
        "title": title,
        "help": shown(question, "help").text,
        "note": _note(question, told),
        "table": table,
        "chart": chart_of(table, title, name),
    }


def _note(question: Any, told: Mapping[str, Any]) -> str:
    if question.kind == "several":
        return _("A member could choose several answers.")
    if question.kind == "scale" and told.get("average") is not None:
        return _("Average: %(number)s") % {"number": number(_plain(told["average"]))}
    if question.kind != "text":
        return ""
    if told["given"] is None:
        return _("Members answered in their own words; these are not published.")
    words = ngettext(
        "%(count)d member answered in its own words; these are not published.",
        "%(count)d members answered in their own words; these are not published.",
        told["given"],
    )
    return words % {"count": told["given"]}


def _table(question: Any, told: Mapping[str, Any], answered: int | None) -> dict[str, Any]:
    """Empty where there is none; bars are for `evidence_charts`."""
    if question.kind == "text":
        return {}
    if question.kind == "number":
        rows = [(_("Members that gave a number"), told["given"])]
        if "average" in told:
            rows += [
                (_("Average"), told["average"]),
                (_("Half of them gave less, half more"), told["median"]),
            ]
        heads = [evidence_words.COLUMNS["measure"], pgettext("column of figures", "Number")]
        return {
            "columns": _columns(*heads),
            "rows": [[label, number(_plain(value))] for label, value in rows],
        }
    labels = {str(option.pk): shown(option, "label").text for option in question.options.all()}
    labels[NOTHING_SAID] = _("No answer")
    cells = [(labels.get(cell["key"], cell["key"]), cell["count"]) for cell in told["cells"]]
    if all(count is None for _label, count in cells):
        return {"columns": [], "rows": [], "is_kept_back": True}
    return {
        "columns": _columns(pgettext("column of figures", "Answer"), _("Members"), _("Share")),
        "rows": [[label, number(count), _share(count, answered)] for label, count in cells],
        "bars": [Bar(label, _share(count, answered), _percent(count, answered)) for label, count in cells],
        "measure": _("share of the members that answered"),
    }


def _plain(value: float | None) -> float | None:
    """Without a zero after the point."""
    return int(value) if value is not None and value == int(value) else value


def _columns(*heads: Any) -> list[dict[str, Any]]:
    return [{"label": str(head), "is_number": position > 0} for position, head in enumerate(heads)]


def _share(count: int | None, answered: int | None) -> str:
    if count is None or not answered:
        return str(evidence_words.KEPT_BACK) if count is None else "–"
    return f"{round(100 * count / answered)}%"


def _percent(count: int | None, answered: int | None) -> float | None:
    return None if count is None else 100 * count / answered if answered else 0
