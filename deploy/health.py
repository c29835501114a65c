"""Health checks of the containers: python deploy/health.py web|worker|beat; exit code 0 means healthy.

A process that lives is not a portal that works: the web server must answer a page, the worker must have finished a
task lately (beat asks for one every few seconds), beat must have written its schedule.
"""

import os
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

LATEST_TASK = 5 * 60  # seconds
LATEST_SCHEDULE = 10 * 60  # beat writes its schedule every three minutes


def web() -> bool:
    public = urllib.parse.urlsplit(os.environ.get("PUBLIC_URL", "http://localhost:8000"))
    port = os.environ.get("GRANIAN_PORT", "8000")
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/en/", headers=headers)
    with urllib.request.urlopen(request, timeout=8) as answer:
        return answer.status == 200


def is_recent(paths: list[Path], seconds: float) -> bool:
    moments = [path.stat().st_mtime for path in paths if path.exists()]
    return bool(moments) and time.time() - max(moments) < seconds


def worker() -> bool:
    return is_recent([Path(os.environ["TASK_MARK"])], LATEST_TASK)


def beat() -> bool:
    return is_recent(
        list(Path(os.environ.get("STATE_DIR", "/data")).glob("celerybeat-schedule*")), LATEST_SCHEDULE
    )


if __name__ == "__main__":
    try:
        healthy = {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]()
    except OSError as error:
        sys.exit(str(error))
    sys.exit(0 if healthy else "nothing finished lately")
