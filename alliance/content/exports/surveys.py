"""The summary of a survey as files: CSV and JSON for machines and tables. Null, or nothing, is what is kept back."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from alliance.core.languages import LANGUAGES
from alliance.core.sheets import BOM, FORMULA

HEAD = ("question", "kind", "question_en", "measure", "choice", "choice_en", "value", "kept_back")
MEASURES = ("given", "average", "median")
FORMULA_RE = re.compile(FORMULA)


def as_csv(survey: Any) -> bytes:
    """One line for each number; texts in English, as the codes are, none of which a spreadsheet runs as a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for measure in ("asked", "answered"):
        table.writerow(["", "", "", measure, "", "", *_told(survey.figures[measure])])
    for number, question in enumerate(_questions(survey), start=1):
        about = [number, question["kind"], _plain(question["label"]["en"])]
        for row in question["answers"]:
            label = _plain(row["label"]["en"]) if row["label"] else ""
            table.writerow([*about, "members", row["key"], label, *_told(row["count"])])
        for measure in MEASURES:
            if measure in question:
                table.writerow([*about, measure, "", "", *_told(question[measure])])
    return BOM + out.getvalue().encode()


def as_json(survey: Any, about: Mapping[str, Any]) -> bytes:
    found = {
        **about,
        "title": _texts(survey, "title"),
        "result": _texts(survey, "result"),
        "opened_at": survey.opened_at.isoformat(),
        "closed_at": survey.closed_at.isoformat(),
        "published_at": survey.published_at.isoformat(),
        "kept_back": "null: from 1 to 4, or what these could be computed from",
        "asked": survey.figures["asked"],
        "answered": survey.figures["answered"],
        "questions": list(_questions(survey)),
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _questions(survey: Any) -> Iterator[dict[str, Any]]:
    told = {each["id"]: each for each in survey.figures["questions"]}
    for question in survey.questions.all():
        figures = told[question.pk]
        labels = {str(option.pk): _texts(option, "label") for option in question.options.all()}
        places = {str(option.pk): str(n) for n, option in enumerate(question.options.all(), start=1)}
        yield {
            "kind": question.kind,
            "label": _texts(question, "label"),
            "unit": _texts(question, "unit"),
            "answers": [
                {
                    "key": places.get(cell["key"], cell["key"]),
                    "label": labels.get(cell["key"]),
                    "count": cell["count"],
                }
                for cell in figures.get("cells", [])
            ],
            **{name: figures[name] for name in MEASURES if name in figures},
        }


def _texts(row: Any, name: str) -> dict[str, str]:
    return {code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGES}


def _plain(text: str) -> str:
    """“-5 to 0 °C” is a choice, and “=…” the words of whoever wrote the survey."""
    return f"'{text}" if FORMULA_RE.match(text) else text


def _told(value: Any) -> list[Any]:
    return ["" if value is None else value, "yes" if value is None else "no"]
