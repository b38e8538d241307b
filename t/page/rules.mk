# The page of nat's own, as bytes of the program.

.PHONY: page lint-page
page: ## src/app/admin/page.c, of page.html
	@$(PYTHON) t/page/pack.py
lint: lint-page
lint-page:
	@$(PYTHON) t/page/pack.py --check
