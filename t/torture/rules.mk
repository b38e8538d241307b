# Torture: scenarios and unit tests with a system call of src/os failing
# (docs/decisions/0011). Only the objects of src/os are bound to wrap.c, each by
# a partial link: what tests and sanitizers call themselves stays as it is.

torture := $(san)/torture
TORTURE_OS := $(patsubst %.c,$(torture)/%.o,$(filter src/os/%,$(san_src)))
TORTURE_REST := $(patsubst %.c,$(san)/%.o,$(filter-out src/os/%,$(san_src)))

# The calls that wrap.c defines are those that are wrapped.
$(torture)/wraps: $(san)/t/torture/wrap.o
	@mkdir -p $(@D); nm $< | sed -n 's/.* T __wrap_/-Wl,--wrap=/p' > $@

$(torture)/src/%.o: $(san)/src/%.o $(torture)/wraps
	$(call say,WRAP)mkdir -p $(@D); $(CC) -nostdlib -r @$(torture)/wraps -o $@ $<

$(torture)/nat: $(TORTURE_REST) $(TORTURE_OS) $(san)/t/torture/wrap.o $(san)/list
	$(call say,LINK)$(CC) $(san_link) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^)

.PHONY: torture torture-found lint-torture
torture: $(torture)/nat ## a failing system call in each scenario (N= PATHS=1 FULL=1 MOST= S=), or kill -9 at it (KILL=1)
	@$(PYTHON) t/torture/torture.py --nat $< $(N:%=--budget %) \
	$(if $(PATHS),--paths) $(if $(FULL),--full) $(if $(KILL),--kill) $(MOST:%=--most %) $(S)

# What has found a fault before, and nothing else: CI asks for it.
torture-found: FOUND_IN = $(sort $(shell sed -n 's/^\([a-z_0-9]*\) .*/\1/p' t/torture/found))
torture-found: $(torture)/nat
	@$(PYTHON) t/torture/torture.py --nat $< --budget 0 $(FOUND_IN:%=t/scn/%.scn)

# Each call of src/os is wrapped, or exempt with a reason.
lint: lint-torture
lint-torture: $(TORTURE_OS) $(TORTURE_REST)
	@$(PYTHON) t/torture/calls.py $(TORTURE_OS) --with $(TORTURE_REST)

# Tests that bring their own clock (t/unit/rig.h) take the rest from an archive.
$(torture)/libos.a: $(TORTURE_OS)
	$(call say,AR  )rm -f $@; $(AR) rcs $@ $^
$(torture)/test_%: $(san)/t/torture/test_%.o $(san)/t/torture/wrap.o $(torture)/libos.a $(san)/libnat.a
	$(call say,LINK)$(CC) $(san_link) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(call cmocka,$(san_flags))
$(san)/t/torture/%: build_cc += -I.

TORTURE_TESTS := $(patsubst t/%.c,$(san)/%,$(wildcard t/torture/test_*.c))
unit: $(if $(SAN),$(TORTURE_TESTS))
