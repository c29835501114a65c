"""Files for other systems. Pure: rows go in, bytes come out; the views choose and read the rows."""
