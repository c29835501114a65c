"""What README.md and docs/ name is there: files, folders, commands, and the first mention of every check."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
# Addresses of pages and volumes, what the commands make, and names that stand for many.
ELSEWHERE = ("/", "var/", "locale/<code>", "templates/<app>", "<app>/", "app/stem")
HERE = [
    "",
    "alliance/",
    "alliance/core/",
    "members/",
    "members/data/",
    "members/models/",
    "partnerships/",
    "templates/",
    "tests/",
]
PATH = re.compile(r"[\w.*{},<>-]*(?:/[\w.*{},<>-]+)+/?|[\w*]+\.(?:py|md|csv|yaml|yml|txt|in|css)")


def words(document: Path) -> list[str]:
    """What stands between backticks, outside of blocks of commands."""
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def exists(path: str) -> bool:
    """Somewhere where a reader would look; `*sectors.csv` and `{a,b}` as in a shell."""
    names = [path]
    if found := re.search(r"\{([^}]*)\}", path):
        names = [path.replace(found[0], part) for part in found[1].split(",")]
    return all(any(next(ROOT.glob(f"{start}{name.rstrip('/')}"), None) for start in HERE) for name in names)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document):
    paths = {word for word in words(document) if PATH.fullmatch(word) and not word.startswith(ELSEWHERE)}
    assert [path for path in sorted(paths) if not exists(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_is_there(document):
    text = document.read_text()
    targets = set(re.findall(r"^([a-z%-]+(?: [a-z%-]+)*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = {target for line in targets for target in line.split()}
    asked = set(re.findall(r"`make ([a-z]+)`", text))
    assert asked - known == set()
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - set(get_commands()) == set()


def test_a_document_that_names_what_is_not_there_is_told(tmp_path):
    document = tmp_path / "page.md"
    document.write_text("See `members/nowhere.py`, `alliance/core/mail.py` and `mail.py`.")
    named = [word for word in words(document) if PATH.fullmatch(word)]
    assert [path for path in named if not exists(path)] == ["members/nowhere.py"]


def test_the_readme_has_what_a_newcomer_looks_for():
    text = (ROOT / "README.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:4] == ["Two commands", "The map of the house", "The arrows", "Where do I change…"]
    assert {"Words", "Adding a language", "Licence"} <= set(headings)
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+\.png)\)", text)
    assert (ROOT / picture).stat().st_size > 20_000
    assert {"make run", "make test"} <= set(re.findall(r"^(make \w+) +#", text, re.MULTILINE))
    assert "(docs/deployment.md)" in text
    assert "| in the code | po polsku | українською | what it means |" in text
    assert len(re.findall(r"^\| [a-z]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)) >= 12
