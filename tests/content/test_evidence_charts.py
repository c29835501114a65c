"""Charts of the evidence: what is drawn of a number, of a zero and of what is kept back."""

import re
from xml.etree import ElementTree

from django.template.loader import render_to_string

from alliance.content.evidence_charts import LINE_LENGTH, Bar, bars_of_counts, placed
from alliance.content.models.evidence_shown import chart_of

SVG = "{http://www.w3.org/2000/svg}"
COUNTED = [("Energy", "120", 120), ("Water & roads", "0", 0), ("Schools", "c", None), ("Health", "1", 1)]


def drawn(counted=COUNTED, **table):
    chart = chart_of({"bars": bars_of_counts(counted), **table}, "Unmet needs", "needs")
    page = render_to_string("content/_evidence_chart.html", {"chart": chart, "table_id": "needs-table-1"})
    svg = re.search(r"<svg.*?</svg>", page, re.S)[0].replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ')
    return page, ElementTree.fromstring(svg)


def test_a_longest_bar_a_zero_and_what_is_kept_back_differ():
    assert [bar.share for bar in bars_of_counts(COUNTED)] == [100, 0, None, 100 / 120]
    lines = placed(bars_of_counts(COUNTED))["lines"]
    assert [line["width"] for line in lines] == ["100.0%", "", "", "1.0%"]
    assert [line["is_kept_back"] for line in lines] == [False, False, True, False]


def test_bars_follow_each_other_without_touching():
    chart = placed([Bar("A very long name of a reason that needs two lines", "12", 10.0), Bar("B", "1", 1.0)])
    first, second = chart["lines"]
    assert len(first["words"]) == 2
    assert all(len(words["text"]) <= LINE_LENGTH for words in first["words"])
    em = lambda text: float(text.removesuffix("em"))  # noqa: E731
    assert em(first["words"][1]["y"]) < em(first["y"])
    assert em(first["y"]) + em(chart["thickness"]) < em(second["words"][0]["y"]) - 0.5
    assert em(second["y"]) + em(chart["thickness"]) <= em(chart["height"])


def test_the_picture_says_what_it_is_and_where_its_numbers_stand():
    page, svg = drawn(measure="in days")
    assert svg.get("role") == "img"
    names = {
        element.get("id"): element.text for element in svg if element.tag in (f"{SVG}title", f"{SVG}desc")
    }
    assert list(names) == svg.get("aria-labelledby").split()
    assert list(names.values()) == [
        "Chart: Unmet needs",
        "Unmet needs, in days. The longest bar: Energy – 120. Kept back, and hatched: 1. "
        "The table below says the same in numbers.",
    ]
    assert 'href="#needs-table-1"' in page
    assert "style=" not in page
    told = [" ".join("".join(text.itertext()).split()) for text in svg.iter(f"{SVG}text")]
    assert told == ["Energy 120", "Water & roads 0", "Schools c", "Health 1"]
    hatch = svg.find(f".//{SVG}pattern").get("id")
    fills = [rect.get("fill") or rect.get("class") for rect in svg.iter(f"{SVG}rect")]
    track, fill = "evidence-track", "evidence-fill"
    assert fills == [track, fill, track, f"url(#{hatch})", track, fill]


def test_nothing_is_hatched_where_all_is_told():
    page, svg = drawn([("Energy", "120", 120)])
    assert svg.find(f".//{SVG}pattern") is None
    assert "atched" not in page


def test_no_chart_of_what_is_not_told():
    assert chart_of({"bars": []}, "Time", "time") is None
    assert chart_of({"bars": [Bar("Energy", "c", None)]}, "Time", "time") is None
    assert chart_of({"bars": [Bar("Energy", "0", 0)]}, "Time", "time")
    assert chart_of({}, "Time", "time") is None
