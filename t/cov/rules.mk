# Coverage of src by unit tests and scenarios together.

COV_LEAST = 90

.PHONY: cov
cov: $(cov)/nat $(TESTS:%.c=$(cov)/%) ## lines of src that unit tests and scenarios reach (MISSED=1: which not)
	@find $(cov) -name '*.gcda' -delete
	@$(PYTHON) t/unit/run.py --jobs $(JOBS) $(TESTS:%.c=$(cov)/%) | tail -n 1
	@$(PYTHON) t/scn/run.py --nat $< | tail -n 1
	@$(PYTHON) t/scn/run.py --nat $< $(INTEROP) | tail -n 1
	@$(PYTHON) t/cov/cov.py --least $(COV_LEAST) $(if $(MISSED),--missed) $(cov)/src
