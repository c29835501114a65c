"""People who write to each other in the database of a fault test: run as a program, it makes them and prints, as
JSON, the session of each and the address of their conversation."""

import json
import sys

import django

PAIRS = 6


def correspondents() -> list[dict[str, str]]:
    from django.test import Client

    from partnerships.actions.matches import request_match
    from tests.factories import make_listing, make_member, make_representative

    people = []
    for _ in range(PAIRS):
        member = make_member()
        user = make_representative(member).user
        listing = make_listing(member=make_representative().member)
        match, _is_new = request_match(member=member, listing=listing, text="Good day!", by=user)
        client = Client()
        client.force_login(user)
        people.append({"session": client.cookies["sessionid"].value, "path": f"/uk/matches/{match.slug}/"})
    return people


if __name__ == "__main__":
    django.setup()
    json.dump(correspondents(), sys.stdout)
