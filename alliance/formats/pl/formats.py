"""Days as Polish offices write them: “26 listopada 2026 r.”, and 26.11.2026 where there is little room."""

DATE_FORMAT = "j E Y \\r."
DATETIME_FORMAT = "j E Y \\r., H:i"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
