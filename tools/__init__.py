"""The launcher behind the Makefile: standard library only, no Django, works before anything is installed."""
