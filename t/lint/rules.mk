# What asks the binary about its tables.

.PHONY: man
man: $(rel)/nat ## docs/man and contrib/completions, from the binary
	@$(PYTHON) t/lint/manual.py --write $<

lint-options lint-manual lint-complete: lint-%: $(rel)/nat
	@$(PYTHON) t/lint/$*.py $<
lint-install: all
	@$(PYTHON) t/lint/install.py $(MAKE)

.PHONY: size
HAVE_MUSL := $(shell command -v $(MUSL) 2>/dev/null)
size: all $(HAVE_MUSL:%=static) ## bytes per module and layer; fails over budget
	@$(PYTHON) t/lint/size.py $(if $(MODULES),768,128) $(rel)/nat.map nat $(wildcard nat-static)
