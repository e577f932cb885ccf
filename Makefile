# The targets a person remembers: demo test check bench. `make help` lists them all.
PYTHON ?= python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test faults check format bench bench-service bench-servers bench-model model samples simulate screenshots lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install what is missing (Debian packages, Python packages in .venv)
	@PYTHON=$(PYTHON) docker/setup.sh

setup-test: ## install what is missing for the tests, too
	@PYTHON=$(PYTHON) docker/setup.sh test

demo: setup ## read samples/ and show the records found
	@SAMNAO_FORMS=samples/forms $(BIN)/samnao digitize samples --out out/demo --again

test: setup-test ## run the tests
	@$(BIN)/pytest -q -n $(JOBS) --dist worksteal

faults: setup-test ## kill every part of the service again and again: nothing may be lost (15 minutes)
	@$(BIN)/python -m tests.e2e.faults

check: setup ## format, lint, types, imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## put the code in form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## speed and memory beside tesseract and OCRmyPDF
	@$(BIN)/python -m workers.bench

bench-service: setup ## what queue and store cost beside samnao digitize
	@SAMNAO_FORMS=samples/forms $(BIN)/python -m workers.bench_service

bench-servers: setup-test ## the same on PostgreSQL with RabbitMQ and with Redis
	@SAMNAO_FORMS=samples/forms $(BIN)/python -m tests.e2e.throughput

bench-model: setup ## the model beside tha, tha+eng and script/Thai
	@$(BIN)/python -m ocr.training evaluate $(ARGS)

model: setup ## train ocr/models/samnao.traineddata anew (hours; installs PyTorch)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-model.lock
	@$(BIN)/python -m ocr.training all $(ARGS)

samples: setup ## make samples/ anew (needs Chromium and npm)
	@$(BIN)/python -m samples.make samples

simulate: setup ## a million pages through the store, with a stub reader (an hour)
	@$(BIN)/python -m workers.simulate

screenshots: setup ## take docs/screenshots/ anew (needs Chromium)
	@$(BIN)/python -m tests.workers.web.review.screenshots docs/screenshots

lock: ## pin the newest releases with hashes (needs uv)
	@uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --universal --extra dev \
	    -o requirements.lock pyproject.toml
	@uv pip compile --quiet --python-version 3.11 --generate-hashes --universal -c requirements.lock \
	    -o docker/requirements.lock pyproject.toml
	@uv pip compile --quiet --python-version 3.11 --generate-hashes --universal --extra model -c requirements.lock \
	    -o requirements-model.lock pyproject.toml

clean: ## remove what the targets made
	@rm -rf out build .mypy_cache .pytest_cache .ruff_cache .hypothesis
