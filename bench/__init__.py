"""How fast it is, against which limit: `make bench`, or `python -m bench <name>`; SIZE=10k|100k|1m."""
