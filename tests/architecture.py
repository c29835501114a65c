"""The import rules of the house as a pure check over source text; `test_architecture.py` applies it.

Layers, highest first. A module may import its own layer's app and any lower one, never a higher one. Inside
an app a module may import roles to the right of its own in `ROLES`, never to the left; the three faces
(admin, views, tasks) never import each other.
"""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

APPS = ["alliance.core", "alliance.users", "members", "partnerships", "alliance.content"]  # lowest first
ROOT = ["alliance.settings", "alliance.urls", "alliance.celery", "alliance.wsgi", "alliance"]
# Lowest first. A module that is in no list is pure: it may import pure modules only.
ROLES = [
    ["models", "migrations"],
    ["emails", "permissions"],
    ["actions"],
    ["forms"],
    ["admin", "views", "tasks", "commands"],
    ["urls"],
]
FACES = ["admin", "views", "tasks", "commands"]
# Django finds these by name; they only register what their app holds.
PLUMBING = [
    *("apps", "translation", "history", "middleware", "adapters", "context"),
    *("checks", "templatetags", "admin_site", "admin_queue", "decorators", "receivers"),
]
# The kernel's modules are its tools, not the layers of an app; it has no arrow inside but this one.
KERNEL = "alliance.core"


def breaches_in_tree(root: Path) -> list[str]:
    """Every breach below ``root``, as ``module: imports other (why)``."""
    found = []
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if relative.parts[0] in ("alliance", "members", "partnerships"):
            found += breaches(module_name(PurePosixPath(relative)), path.read_text(encoding="utf-8"))
    return found


def module_name(path: PurePosixPath) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def breaches(module: str, source: str) -> list[str]:
    """The breaches of one module's source, imports inside functions included."""
    return [
        f"{module}: imports {other} ({why})"
        for other in sorted(set(imported(source)))
        if (why := forbidden(module, other))
    ]


def imported(source: str) -> Iterator[str]:
    """Every module of ours that a source names in an import; for `from x import y`, both x and x.y."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "relative import"


def forbidden(module: str, other: str) -> str:
    """Why ``module`` may not import ``other``; empty when it may."""
    if other == "relative import":
        return "name the whole module"
    theirs, ours = app_of(other), app_of(module)
    if ours is None:
        return ""  # the composition root knows every app
    if theirs is None:
        return "an app imports the composition root" if other.split(".")[0] == "alliance" else ""
    if APPS.index(theirs) > APPS.index(ours):
        return "arrows point down"
    if theirs != ours or ours == KERNEL:
        return ""
    return forbidden_inside(role_of(module, ours), role_of(other, ours))


def forbidden_inside(mine: str, its: str) -> str:
    if "plumbing" in (mine, its) or mine == its:
        return ""
    if mine in FACES and its in FACES:
        return f"{mine} and {its} are faces and never import each other"
    if height(its) >= height(mine):
        return f"{mine} stands below {its}"
    return ""


def app_of(module: str) -> str | None:
    return next((app for app in APPS if module == app or module.startswith(f"{app}.")), None)


def role_of(module: str, app: str) -> str:
    """The role of a module by its name inside the app: models, actions, … or pure."""
    parts = module.removeprefix(app).strip(".").split(".")
    if parts[0] == "management":
        return "commands"
    if parts[0] in PLUMBING:
        return "plumbing"
    return parts[0] if any(parts[0] in role for role in ROLES) else "pure"


def height(role: str) -> int:
    return next((level for level, roles in enumerate(ROLES, 1) if role in roles), 0)
