"""Days without a leading zero: “6 лютого 2027 р.”."""

DATE_FORMAT = "j E Y р."
DATETIME_FORMAT = "j E Y р. H:i"
