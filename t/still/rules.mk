# still: the release binary in scenarios, ended when it sets memory aside after
# it has begun to wait. In `make check SAN=1` in some of them, by itself in all.

STILL_NOT = examples help symlink bulk_1g
STILL_SOME = echo half_close reset splice plain_both wrong_token little_memory \
	mallory_garbage service_down max_visitors
STILL := $(if $(filter check rest,$(MAKECMDGOALS)),$(STILL_SOME:%=t/scn/%.scn),\
	$(filter-out $(STILL_NOT:%=t/scn/%.scn),$(wildcard t/scn/*.scn)))

.PHONY: still
rest: still
ifneq ($(findstring musl,$(CC)),)
still:
	@echo 'still: skipped: it stands in for the heap of glibc alone'
else
still: build/still/nat | $(if $(filter check rest,$(MAKECMDGOALS)),scn) ## scenarios: no turn of the loop allocates
	@$(PYTHON) t/scn/run.py --nat $< $(or $(S),$(STILL))
endif

build/still/nat: $(rel)/nat build/still/still.so
	@{ echo '#!/bin/sh'; echo 'LD_PRELOAD=$(CURDIR)/build/still/still.so exec $(CURDIR)/$< "$$@"'; } > $@
	@chmod +x $@
build/still/still.so: t/still/still.c
	@mkdir -p $(@D); $(CC) -std=c11 $(WARN) $(WERROR) -O1 -fPIC -shared -o $@ $< -ldl
