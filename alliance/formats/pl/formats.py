"""Days as Polish offices write them: “26 listopada 2026 r.”, and 26.11.2026 where there is little room.

The day and its month, the year and its “r.” stay in one line.
"""

DATE_FORMAT = "j\u00a0E Y\u00a0\\r."
DATETIME_FORMAT = "j\u00a0E Y\u00a0\\r., H:i"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
