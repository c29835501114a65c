"""Days without a leading zero: “6 лютого 2027 р.”; the day and its month, the year and its “р.” stay in one line."""

DATE_FORMAT = "j\u00a0E Y\u00a0р."
DATETIME_FORMAT = "j\u00a0E Y\u00a0р.\u00a0H:i"
