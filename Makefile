# Thin names for tools/dev.py; ARGS are passed on: make test ARGS="tests/unit -x"
PYTHON ?= python3

.PHONY: setup run test lint bench torture screenshots lock
setup run test lint bench torture screenshots lock:
	@$(PYTHON) tools/dev.py $@ $(ARGS)
