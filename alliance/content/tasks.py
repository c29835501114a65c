"""Celery tasks of the public face. They wake work that the tables know about; losing one loses nothing."""

from celery import shared_task

from alliance.content.actions import documents


@shared_task
def read_documents() -> int:
    """Take the words out of new files, for the search; returns how many were read."""
    return documents.read_texts()
