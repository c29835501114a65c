# The commands of the portal. Everything is done by tools/portal.py; nothing here asks a question.
# Variables, before or after the command: PORT, DATABASE_URL, REDIS_URL, EMAIL_URL, DEMO for run; ARGS for test;
# SIZE for bench, OUT for bench-twins, LIGHTHOUSE, RUNS, SLOWDOWN for bench-lighthouse; PYTHON for all.

PYTHON ?= python3
PORTAL = exec $(PYTHON) -m tools.portal

.DEFAULT_GOAL := help
.PHONY: help run test bench format assets lock messages clean

help:
	@echo "make run             set up and start the portal with demo data: http://localhost:8000 (PORT=…)"
	@echo "make test            everything that must hold: lint, migrations, tests, browser journeys (ARGS=…)"
	@echo "make bench           all benches; make bench-<name> one of them (SIZE=10k|100k|1m)"
	@echo "make bench-twins     how well real partners are found (OUT=ranking.csv: the 500 best of every hromada)"
	@echo "make bench-lighthouse ten pages as a phone gets them (needs lighthouse: npm install -g lighthouse; RUNS=3)"
	@echo "make format          code and templates in the house's form"
	@echo "make assets          try again to fetch the outlines of the map"
	@echo "make messages        collect the texts to translate into locale/ (needs gettext)"
	@echo "make lock            compile the lock files anew (needs uv)"
	@echo "make clean           stop what runs here; remove .venv, var (demo data, mails, logs), node_modules"

run test bench format assets lock messages clean:
	@$(PORTAL) $@

bench-%:
	@$(PORTAL) bench $*
