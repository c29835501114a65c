"""Who may see a field: the narrowest of what the model, the row and its author say."""

import pytest

from alliance.core.audience import ORDER, Audience, may_see, needed_for, visible


class Row:
    AUDIENCES = {"title": Audience.PUBLIC, "note": Audience.PARTNER}

    def __init__(self, audience=Audience.PUBLIC, **narrowed):
        self.audience, self.narrowed = audience, narrowed


class Plain:
    AUDIENCES = {"title": Audience.PUBLIC}


@pytest.mark.parametrize("needed", ORDER)
@pytest.mark.parametrize("viewer", ORDER)
def test_each_audience_sees_what_those_before_it_see(needed, viewer):
    assert may_see(needed, viewer) == (ORDER.index(viewer) >= ORDER.index(needed))


@pytest.mark.parametrize(
    ("row", "field", "needed"),
    [
        (Row(), "title", Audience.PUBLIC),
        (Row(), "note", Audience.PARTNER),
        (Row(), "forgotten", Audience.COORDINATORS),
        (Row(Audience.MEMBERS), "title", Audience.MEMBERS),
        (Row(Audience.MEMBERS), "note", Audience.PARTNER),
        (Row(title="partner"), "title", Audience.PARTNER),
        (Row(note="public"), "note", Audience.PARTNER),  # narrower, never wider
        (Row(Audience.MEMBERS, title="public"), "title", Audience.MEMBERS),
        (Row(title="everybody"), "title", Audience.COORDINATORS),
        (Row("everybody"), "title", Audience.COORDINATORS),
        (Plain(), "title", Audience.PUBLIC),
    ],
)
def test_the_narrowest_word_counts(row, field, needed):
    assert needed_for(row, field) == needed
    assert [viewer for viewer in ORDER if visible(row, field, viewer)] == ORDER[ORDER.index(needed) :]
