# What asks the binary about its tables.

.PHONY: man
man: $(rel)/nat ## docs/man and contrib/completions, from the binary
	@$(PYTHON) t/lint/manual.py --write $<

lint-options lint-manual lint-complete: lint-%: $(san)/nat
	@$(PYTHON) t/lint/$*.py $<
lint-install: all
	@$(PYTHON) t/lint/install.py $(MAKE)
