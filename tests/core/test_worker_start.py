"""What a worker reads before it takes a task, and nothing else does."""

import os
import subprocess
import sys

from celery.signals import worker_init
from django.conf import settings

from alliance.celery import warm_up

STARTED = """
import sys
import django
django.setup()
import alliance.urls
from alliance.celery import warm_up
from alliance.core import morphology
assert not {"numpy", "pymorphy3", "morfeusz2"} & sys.modules.keys(), "read too early"
warm_up()
assert {"numpy", "partnerships.ranking"} <= sys.modules.keys()
assert morphology._dictionary.cache_info().currsize == 3
"""


def test_a_worker_reads_dictionaries_and_numpy_before_its_processes_are_forked():
    assert warm_up in [receiver() for _key, receiver, *_more in worker_init.receivers]


def test_nobody_else_reads_them():
    subprocess.run([sys.executable, "-c", STARTED], cwd=settings.BASE_DIR, env=os.environ, check=True)
