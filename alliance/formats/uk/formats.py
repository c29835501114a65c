"""Days without a leading zero: “6 лютого 2027 р.”; the year and its “р.” stay in one line."""

DATE_FORMAT = "j E Y\u00a0р."
DATETIME_FORMAT = "j E Y\u00a0р. H:i"
