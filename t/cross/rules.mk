# Other processors, other systems. `make cross`: the unit tests under emulation.
# `make cross-check`: the product compiled and linked for what cannot be run here.

found = $(firstword $(wildcard $(addsuffix /$(1),$(subst :, ,$(PATH)))))

.PHONY: cross cross-check cross-selftest

# ---- cmocka's stand-in, beside the real one ----

check: cross-selftest
cross-selftest: build/cross/verdicts-ours \
	$(if $(findstring musl,$(CC)),,build/cross/verdicts-real)
	@$(PYTHON) t/cross/selftest.py $^
verdicts = mkdir -p $(@D); $(CC) -std=c11 $(WARN) $(WERROR) $(1) -o $@ $< $(2)
build/cross/verdicts-ours: t/cross/verdicts.c vendor/cmocka/cmocka.h
	@$(call verdicts,$(STAND_IN))
build/cross/verdicts-real: t/cross/verdicts.c
	@$(call verdicts,,-lcmocka)
