# The page of nat's own, and the module for other pages, as bytes of the program.

.PHONY: page lint-page
page: ## src/app/admin/page.c, of page.html; src/app/signal/module.c, of nat.js
	@$(PYTHON) t/page/pack.py
	@$(PYTHON) t/page/module.py
lint: lint-page
lint-page:
	@$(PYTHON) t/page/pack.py --check
	@$(PYTHON) t/page/module.py --check
