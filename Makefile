# Zwei Befehle genügen: `make run` startet die E-Akte, `make test` prüft sie.
# Vorausgesetzt sind nur Debian 12 oder Ubuntu (Python 3.11 oder neuer in den Paketquellen) und `make`.

.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
ASSETS := eakte/web/static/vendor/manifest.json
export PYTHONUTF8 := 1

help: ## Diese Übersicht
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

# In der Demo-Stadt soll niemand vierzehn Tage warten, und Papierakten zum Migrieren liegen bereit.
run: export EAKTE_COOLING_OFF_DAYS ?= 0
run: export EAKTE_MIGRATION_FOLDER ?= $(or $(EAKTE_DATA_FOLDER),var)/migration
run: setup ## E-Akte starten: fehlendes einrichten, Demo-Stadt einmal laden, Web und Worker in einem Prozess
	$(PYTHON) -m eakte migrate
	$(PYTHON) -m eakte demo --once
	exec $(PYTHON) -m eakte serve

worker: setup ## Einen weiteren Worker ohne Weboberfläche starten
	exec $(PYTHON) -m eakte worker

setup: ## Nur einrichten, was zum Starten fehlt (Systempakete, .venv, Oberfläche)
	@tools/setup.sh run
	@$(MAKE) --silent $(ASSETS)

setup-test: ## Einrichten, was die Tests zusätzlich brauchen (Chromium, PostgreSQL, Prüfprogramme)
	@tools/setup.sh test
	@$(MAKE) --silent $(ASSETS)

test: setup-test check-all ## Alles prüfen: Stil, Typen, Schichten, Lizenzen, Migrationen, alle Tests
	$(PYTHON) -m pytest -n auto --dist loadgroup

unit: setup-test ## Nur die schnellen Tests (ohne Browser und Absturztests)
	$(PYTHON) -m pytest -n auto --dist loadgroup -m "not browser and not durability"

check: setup-test check-all ## Nur die Prüfungen ohne Tests

check-all:
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/reuse lint --quiet || .venv/bin/reuse lint
	$(PYTHON) -m tools.migration

pictures: setup-test ## Bilder aller Bildschirme aus einer geladenen Demo-Stadt neu aufnehmen (docs/bildschirme.md)
	$(PYTHON) tools/pictures.py $(or $(EAKTE_DATA_FOLDER),var)

fmt: setup-test ## Code formatieren und einfache Mängel beheben
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

migration: setup-test ## Nächste Migration aus den Tabellen schreiben: make migration NAME="was sich ändert"
	$(PYTHON) -m tools.migration $(or $(NAME),$(error NAME fehlt: make migration NAME="was sich ändert"))

lock: ## Sperrdateien aus pyproject.toml neu bilden (braucht das Programm uv)
	tools/lock.sh

sbom: setup-test ## Stückliste der Fassung schreiben (CycloneDX): build/eakte.cdx.json
	$(PYTHON) -m tools.sbom build/eakte.cdx.json

# Fragt im Netz nach bekannten Schwachstellen; das Prüfprogramm kommt in eine eigene Umgebung, damit es nichts mitbringt.
audit: setup ## Abhängigkeiten auf bekannte Schwachstellen prüfen (braucht Netz)
	$(PYTHON) -m venv build/audit
	build/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	build/audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements.lock

$(ASSETS): package.json package-lock.json tools/assets.py $(shell find eakte/web/ui eakte/web/templates -type f 2>/dev/null)
	$(PYTHON) tools/assets.py node_modules

.NOTPARALLEL:
.PHONY: help run worker setup setup-test test unit check check-all pictures fmt migration lock sbom audit
