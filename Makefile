# Ba Không: every command that people and CI run. Needs Python 3.11 or newer and make; installs the rest by itself.

UV_VERSION := 0.13.9
IS_NEW_ENOUGH := import sys; sys.exit(not (3, 11) <= sys.version_info[:2])
HAS_SPACE := import shutil, sys; sys.exit(shutil.disk_usage(".").free < 2 * 1000**3)
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	command -v $$python >/dev/null 2>&1 && $$python -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
DATA_DIR ?= .data

UV := .tools/bin/uv
VENV := .venv/bin
SYNCED := .venv/.synced
PYTEST := $(VENV)/pytest
WORKERS ?= auto
TYPED = $(filter-out %/tests, $(patsubst %/__init__.py, %, $(wildcard libs/*/*/__init__.py services/*/*/__init__.py gateway/*/__init__.py))) \
	deploy conftest.py $(wildcard bench)

COMPOSE_URL := https://localhost:$(or $(HTTPS_PORT),8443)

unexport VIRTUAL_ENV
# A network that inspects TLS has its own certificate authority, which the system knows: uv and pip use the system's.
export UV_SYSTEM_CERTS ?= true
SYSTEM_CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
$(if $(SYSTEM_CERTIFICATES),$(eval export PIP_CERT ?= $(SYSTEM_CERTIFICATES)))
test-compose: export BAKHONG_URL := $(COMPOSE_URL)
test-compose: export SSL_CERT_FILE := deploy/secrets/tls_certificate.pem
.DEFAULT_GOAL := help
.PHONY: help run test test-mutation fuzz test-kafka test-browser test-identity test-alerts test-chart test-rollback test-ha test-compose check lint-api format clients examples test-clients bench bench-gate bench-long up rollback preflight down backup restore generate \
	openapi rebuild-reports clean install

help: ## shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: .venv/.runs ## starts the whole platform here, with a demo: no Docker, no Java; Ctrl-C stops it
	@exec $(VENV)/python -m deploy.local --end-with $$PPID

test: install ## unit, contract, real PostgreSQL, embedded bus
	$(PYTEST) -n $(WORKERS) --maxprocesses 4 --dist loadfile

test-kafka: install ## the tests against a real Apache Kafka (fetched by Maven, or KAFKA_BOOTSTRAP_SERVERS)
	@test -n "$$KAFKA_BOOTSTRAP_SERVERS" || $(VENV)/python -m deploy.kafka.broker
	$(PYTEST) -m kafka

test-browser: install ## the tests in a real browser
	@$(UV) sync --frozen --inexact --group browser --quiet
	$(PYTEST) -m browser

test-identity: install ## the tests against a real Keycloak, one of them in a real browser
	@$(UV) sync --frozen --inexact --group browser --quiet
	@$(VENV)/python -m deploy.identity.keycloak
	$(PYTEST) -m identity

test-chart: install ## the Helm chart: lint, templates, refused values, and a dry run by the server that KUBECONFIG names
	$(PYTEST) -m chart deploy/chart

test-alerts: install ## fires every alert at a real Prometheus and Alertmanager (apt install prometheus prometheus-alertmanager)
	@command -v prometheus >/dev/null && command -v prometheus-alertmanager >/dev/null || \
		{ echo "No Prometheus and Alertmanager here (Debian: apt install prometheus prometheus-alertmanager)."; exit 3; }
	$(PYTEST) -m alerts deploy/observability

test-rollback: install ## the way back: services of earlier releases on data that the newest one has migrated
	$(PYTEST) -m rollback tests/upgrade

test-ha: install ## three hosts as network namespaces, any of which dies: make test-ha [HA_DEATHS=20] (root; apt install etcd-server haproxy caddy)
	@$(UV) sync --frozen --inexact --group ha --quiet
	$(PYTEST) -m ha -s tests/ha

test-mutation: install ## changes the rules one place at a time and runs their tests: make test-mutation [RULES="casework-lifecycle"] [MINUTES=60]
	@$(UV) sync --frozen --inexact --group mutation --quiet
	@$(VENV)/python -m tests.mutation $(RULES) --minutes $(or $(MINUTES),60)

fuzz: install ## schemathesis over the whole API document, every phase, as every role (FUZZ_EXAMPLES cases each; long)
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),20) $(PYTEST) tests/security/test_fuzz.py

test-compose: up ## the tests against the compose stack, which it starts
	$(VENV)/python -m deploy.demo.load $(COMPOSE_URL)
	$(PYTEST) -m compose

lint-api: install ## the API documents under the rules of Spectral, Redocly and openapi-spec-validator (Node 20)
	@.ci/lint-api

check: install ## what CI runs: format, lint, types, import contracts, generated files, linted API, dependency and secret audit, tests
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy $(TYPED)
	$(VENV)/lint-imports
	@$(VENV)/python -m deploy.generate --check
	@.ci/lint-api
	@.ci/audit $(UV)
	@$(MAKE) --no-print-directory test

format: install ## writes the format and the fixes of the linter that are safe
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

bench: install ## benchmarks in at most 15 minutes, one table, ratios against named baselines
	$(VENV)/python -m bench

bench-gate: install ## make bench three times; fails where a ratio is below 0.70 of its record on this kind of machine [RECORD=1 ONLY="reads relay"]
	$(VENV)/python -m bench.gate $(if $(RECORD),--record) $(if $(ONLY),--only $(ONLY))

bench-long: install ## growth, spike and soak
	$(VENV)/python -m bench --long

.PHONY: docker
docker:
	@docker compose version >/dev/null 2>&1 || { echo "No Docker with Compose here: this needs both."; exit 3; }

up: docker install ## checks first, then builds and starts the compose stack: PostgreSQL, Kafka, the services, the gateway
	@$(VENV)/python -m deploy.release up

rollback: docker install ## the release before, with its images and its files; what was accepted stays
	@$(VENV)/python -m deploy.release rollback

preflight: docker install ## the checks of make up alone; changes nothing
	@$(VENV)/python -m deploy.preflight

down: docker ## stops the compose stack
	docker compose down

backup: docker install ## one base backup of the compose stack while it serves, and its log: make backup TO=/srv/backup
	@test -n "$(TO)" || { echo "make backup TO=FOLDER"; exit 2; }
	$(VENV)/python -m deploy.backup base $(TO)

restore: docker install ## the newest backup into an empty compose stack: make restore FROM=/srv/backup [UNTIL="2026-11-22 08:30+07"]
	@test -n "$(FROM)" || { echo "make restore FROM=FOLDER"; exit 2; }
	$(VENV)/python -m deploy.backup restore $(FROM) $(if $(UNTIL),--until "$(UNTIL)")

clients: install ## packages of the API's clients in dist/: Python, TypeScript, Java, Go, Dart sources [ONLY="python go"]
	@$(VENV)/python -m deploy.clients $(ONLY)

test-clients: install ## compiles each client and plays one journey with it against a running platform
	$(PYTEST) -m clients tests/clients

examples: install ## records the examples of the API document from a running platform: make examples URL=http://localhost:8080
	@$(VENV)/python -m deploy.generate.examples $(or $(URL),http://localhost:8080)
	@$(VENV)/python -m deploy.generate

generate: install ## writes every generated file: API documents, routing table, tables of events
	@$(VENV)/python -m deploy.generate

openapi: generate

rebuild-reports: install ## replays the events into new projections and replaces the old ones
	$(VENV)/python -m deploy.local.rebuild_reports

clean: ## removes what the other targets made, the data of make run too
	@DATA_DIR=$(DATA_DIR) $(PYTHON) -m deploy.local.clean
	rm -rf .venv .tools .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(SYNCED)

# What the platform needs to run, without the developers' tools; what is installed already stays.
.venv/.runs: uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml) | $(UV) space
	$(UV) sync --frozen --inexact --no-default-groups --group local --python $(PYTHON)
	@touch $@

.PHONY: space
space:
	@$(PYTHON) -c '$(HAS_SPACE)' || { echo "The disk is nearly full: the platform needs 2 GB here and in DATA_DIR."; exit 3; }

$(SYNCED): uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml) | $(UV)
	$(UV) sync --frozen --python $(PYTHON)
	@touch $@ .venv/.runs

$(UV): | python
	$(PYTHON) -m venv .tools || { echo "$(PYTHON) cannot make a virtual environment (Debian: apt install python3-venv)."; exit 3; }
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 3; }
