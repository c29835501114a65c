"""What a round keeps of a side is the whole side, through JSON and back."""

import json
import random

from partnerships.kept_profiles import kept, profile_of
from partnerships.matching import Profile
from tests.partnerships.profiles import profile


def test_a_profile_comes_back_as_it_was():
    rng = random.Random(7)
    for key in range(300):
        one = profile(rng, key, rng.choice(["UA", "PL"]), sparse=0.4)
        assert profile_of(json.loads(json.dumps(kept(one)))) == one


def test_what_is_not_known_takes_no_room():
    assert kept(Profile(7)) == {"key": 7}
