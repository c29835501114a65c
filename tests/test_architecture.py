"""The arrows of the house hold, and the check that says so finds each kind of planted breach."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from alliance.core.states import Stated
from tests.architecture import breaches, breaches_in_tree

ROOT = Path(settings.BASE_DIR)


def test_arrows_point_down():
    assert breaches_in_tree(ROOT) == []


PLANTED = [
    ("alliance.core.mail", "from members.models import Member"),
    ("alliance.core.mail", "import alliance.settings"),
    ("alliance.users.views", "from members import models"),
    ("members.actions.desk", "from partnerships.models import Listing"),
    ("partnerships.matching", "from partnerships.models import Listing"),
    ("members.models.member", "from members.actions import desk"),
    ("members.permissions", "from members.actions import desk"),
    ("members.actions.desk", "from members.forms import joining"),
    ("members.actions.desk", "from members.tasks import sweep"),
    ("members.actions.desk", "def f():\n    from members.tasks import sweep"),
    ("members.views.join", "from members.admin import MemberAdmin"),
    ("members.tasks", "from members.views import join"),
    ("members.forms.joining", "from members.views import join"),
    ("members.views.join", "from members import urls"),
    ("members.views.join", "from . import places"),
    ("partnerships.views.listings", "from alliance.content.models import Ticket"),
    ("members.models.member", "from members.emails import desk"),
    ("members.emails.desk", "from members.actions import desk"),
    ("members.emails.desk", "from members.permissions import can_decide"),
    ("members.management.commands.import_places", "from members.tasks import sweep"),
]


@pytest.mark.parametrize(("module", "source"), PLANTED)
def test_a_planted_breach_is_found(module, source):
    assert breaches(module, source)


def test_each_rule_has_its_planted_breach():
    found = "\n".join(breach for planted in PLANTED for breach in breaches(*planted))
    rules = ["name the whole module", "imports the composition root", "arrows point down", "are faces"]
    pairs = ["permissions", "actions", "forms", "views", "emails", "models", "pure"]
    rules += [f"{role} stands below" for role in pairs]
    assert [rule for rule in rules if rule not in found] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("alliance.urls", "from members.views import join"),
        ("alliance.content.views", "from partnerships.models import Listing"),
        ("partnerships.actions.listings", "from members.models import Member"),
        ("members.urls", "from members.views import join"),
        ("members.views.join", "from members.actions import joining"),
        ("members.actions.desk", "from members.emails import desk"),
        ("members.models.member", "from alliance.core.states import Stated"),
        ("members.middleware", "from members.models import Representative"),
    ],
)
def test_what_the_house_allows_is_no_breach(module, source):
    assert breaches(module, source) == []


def _sources() -> list[Path]:
    return [
        path
        for folder in ("alliance", "members", "partnerships")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    ]


def long_files(paths: list[Path], limit: int = 400) -> list[str]:
    return [str(path) for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > limit]


def long_functions(source: str, limit: int = 50) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, kinds) and node.end_lineno - node.lineno + 1 > limit
    ]


def test_files_stay_under_400_lines(tmp_path):
    assert long_files(_sources()) == []
    planted = tmp_path / "long.py"
    planted.write_text("x = 1\n" * 401)
    assert long_files([planted])


def test_functions_stay_under_50_lines():
    assert {
        str(p): names for p in _sources() if (names := long_functions(p.read_text(encoding="utf-8")))
    } == {}
    assert long_functions("def f():\n" + "    x = 1\n" * 50) == ["f"]


FORBIDDEN_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py", "signals.py"}


def nameless(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths if path.name in FORBIDDEN_NAMES]


def test_every_module_is_named_after_what_it_holds():
    assert nameless(_sources()) == []
    assert nameless([Path("members/utils.py"), Path("members/kinds.py")]) == ["members/utils.py"]


def without_docstring(path: Path) -> bool:
    source = path.read_text(encoding="utf-8")
    return bool(source.strip()) and ast.get_docstring(ast.parse(source)) is None


def test_every_module_says_what_lives_in_it(tmp_path):
    assert [str(p) for p in _sources() if p.name != "apps.py" and without_docstring(p)] == []
    planted = tmp_path / "silent.py"
    planted.write_text("x = 1\n")
    assert without_docstring(planted)


def status_writes(source: str) -> list[int]:
    """Lines that set a status on an object instead of calling move(); keyword arguments are reads or creation."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "status"]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            found += [node.lineno for keyword in node.keywords if keyword.arg == "status"]
    return found


# move() itself, and what records the answer of another machine: the outbox, and machine translation.
STATUS_WRITERS = {
    "alliance/core/states.py",
    "alliance/core/delivery.py",
    "alliance/core/machine_translation.py",
}


def test_no_status_changes_outside_move():
    found = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := status_writes(path.read_text(encoding="utf-8")))
    }
    assert {name: lines for name, lines in found.items() if name not in STATUS_WRITERS} == {}
    assert status_writes("member.status = 'approved'") == [1]
    assert status_writes("Member.objects.update(status='approved')") == [1]


def stated_models():
    return [model for model in apps.get_models() if issubclass(model, Stated)]


@pytest.mark.parametrize("model", stated_models(), ids=lambda model: model._meta.label)
def test_moves_name_every_status_and_nothing_else(model):
    assert strange_moves(model.MOVES, model.Status.values) == set()


def strange_moves(moves: dict, statuses: list[str]) -> set[str]:
    """Statuses without a row of moves, and names in the table that are no status."""
    named = set(moves) | {to for targets in moves.values() for to in targets}
    return (set(statuses) - set(moves)) | (named - set(statuses))


def test_a_planted_move_is_found():
    assert strange_moves({"draft": ["sent"], "sent": []}, ["draft", "sent"]) == set()
    assert strange_moves({"draft": ["sent"]}, ["draft", "sent"]) == {"sent"}
    assert strange_moves({"draft": ["gone"], "sent": []}, ["draft", "sent"]) == {"gone"}


def signal_receivers(source: str) -> list[int]:
    """Lines that import Django's model signals or the decorator that listens to them."""
    homes = ("django.db.models.signals", "django.dispatch")
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(homes))
        or (isinstance(node, ast.Import) and any(alias.name.startswith(homes) for alias in node.names))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "django.db.models"
            and "signals" in names_of(node)
        )
    ]


def names_of(node: ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names]


def test_no_signals_between_our_own_models():
    found = {
        str(p): n for p in _sources() if p.name != "receivers.py" and (n := signal_receivers(p.read_text()))
    }
    assert found == {}
    assert signal_receivers("from django.db.models.signals import post_save")
    assert signal_receivers("from django.db.models import signals")
    assert signal_receivers("from django.dispatch import receiver")


def translations(source: str) -> list[int]:
    """Lines that bring in any of gettext's functions, by import or by attribute."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.ImportFrom) and any("gettext" in name for name in names_of(node)))
        or (isinstance(node, ast.Attribute) and "gettext" in node.attr)
    ]


def is_action(path: Path) -> bool:
    return path.name == "actions.py" or "actions" in path.parent.parts


def test_actions_hold_no_wording():
    actions = [path for path in _sources() if is_action(path)]
    assert len(actions) > 10
    assert {str(p): lines for p in actions if (lines := translations(p.read_text(encoding="utf-8")))} == {}
    assert translations("from django.utils.translation import gettext_lazy as _")
    assert translations("from django.utils import translation\ntranslation.pgettext('a', 'b')") == [2]
