# nat: one binary; plain `make` leaves it at ./nat, `make help` lists the rest.
#
# On the line: CC=clang LOOP=epoll|kqueue|select MODULES= SAN=1 CFLAGS=... LDFLAGS=... WERROR= V=1.
# Every variant builds in a directory named after itself, its compiler, its loop
# and its parts (build/san-gcc-epoll), so that none mixes objects with another.

MAKEFLAGS += --no-builtin-rules
ifeq ($(filter demo bench scn accept torture,$(MAKECMDGOALS)),)
MAKEFLAGS += --output-sync=target
endif
ifeq ($(filter -j%,$(MAKEFLAGS)),)
# Of a check's jobs two mostly wait.
MAKEFLAGS += -j$(shell echo $$(($$(nproc 2>/dev/null || echo 2)$(if $(filter check,$(MAKECMDGOALS)), + 2))))
endif
export PYTHONDONTWRITEBYTECODE = 1
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(origin CC),default)
CC = gcc
endif
MUSL ?= musl-gcc
# The system's, before one that a version manager looks for at each start.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
CLANG_FORMAT ?= clang-format
PREFIX ?= /usr/local
WERROR ?= -Werror
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
none :=
comma := ,
include vendor/rules.mk

# ---- sources: src/rules.mk says which are compiled ----

include src/rules.mk
TESTS := $(filter-out $(addprefix t/unit/test_,$(notdir $(OUT:%=%.c)) $(UNTESTED)),$(sort $(wildcard t/unit/test_*.c)))
AIDS := $(filter-out t/unit/test_% $(UNAIDED),$(sort $(wildcard t/unit/*.c t/lab/unat/*.c)))
CODE := $(sort $(shell find src t -name '*.[ch]'))

# ---- flags ----

WARN = -Wall -Wextra -Wshadow -Wpointer-arith -Wundef -Wwrite-strings -Wvla
STRICT = -Wpedantic -Wconversion -Wmissing-prototypes -Wstrict-prototypes
# Without -fno-builtin-bcmp, clang turns memcmp() == 0 into another symbol.
C11 = -std=c11 -fno-builtin-bcmp -D_POSIX_C_SOURCE=200809L $(SYSTEM_CC) -Isrc $(DEFINES) -MMD -MP $(WARN) $(WERROR)
SECTIONS = -ffunction-sections -fdata-sections

rel_flags = -Os $(SECTIONS) -fstack-protector-strong \
	-fno-asynchronous-unwind-tables -ffile-prefix-map=$(CURDIR)/=
rel_link = -s -Wl,--gc-sections,-z,relro,-z,now,-Map=$@.map
rel_end = -Wl,--print-gc-sections >$@.removed 2>&1; bad=$$?; grep -v 'removing unused' $@.removed; exit $$bad
static_flags = $(rel_flags) -fno-pie -flto=auto $(aligned) $(if $(LEFT),$(small_flags),-fstack-protector)
aligned = $(if $(call defines,$(MUSL),__x86_64__),-malign-data=abi)
small_flags = -Oz -fno-inline-functions-called-once -fno-stack-protector -isystem vendor/small \
	$(SMALLER:%=-fno-%) -fmerge-all-constants
SMALLER = tree-fre partial-inlining move-loop-invariants tree-tail-merge tree-forwprop if-conversion \
	optimize-sibling-calls caller-saves
static_link = -static -no-pie -flto=auto -flto-partition=one -Os $(aligned) $(if $(LEFT),$(small_flags)) \
	$(rel_link),-z,noseparate-code,-z,norelro,-z,common-page-size=16,--build-id=none
static_end = && $(PYTHON) vendor/small/sstrip.py $@
# Most time of a first check is the compiler's; what runs long is in two layers.
rel_unit = -O0 -fno-function-sections -fno-data-sections -fno-stack-protector $(if $(findstring clang,$(CC)),,-Wno-maybe-uninitialized)
san_flags = $(if $(findstring clang,$(CC)),-O1,-O0) -g1 -fno-omit-frame-pointer $(SANITIZE)
san_busy = -O1
san_link = $(SANITIZE) $(QUICK_LINK)
cov_flags = -O0 -g --coverage
cov_link = --coverage

# ---- what every variant can build: objects, program, library, unit tests ----

V ?= 0
ifeq ($(V),0)
say = @echo '  $(1) $@';
endif
tag = $(subst $(none) $(none),_,$(notdir $(1))-$(LOOP)$(if $(LEFT),-with $(IN)))

# $(call variant,NAME,COMPILER): build/NAME-COMPILER-LOOP/...
define variant
$(1) := build/$(1)-$(call tag,$(2))
$(1)_src := $(SRC) $(call kinds,$(call cpu,$(2)),$(call width,$(2)))
$$($(1))/%: build_cc = $(2) $$(C11) $$($(1)_flags)
$$($(1))/src/%: build_cc += $$(STRICT)
$$($(1))/t/unit/%: build_cc += $$($(1)_unit)
$$($(1))/src/wire/%: build_cc += $$($(1)_busy)
$$($(1))/src/crypt/%.o: build_cc += $$($(1)_busy) $$(call kind_cc,$$@,$$($(1)_flags) $$($(1)_busy))
$$($(1))/%.o: %.c $$($(1))/flags
	$$(call say,CC  )mkdir -p $$(@D); $$(build_cc) $$(CFLAGS) -c -o $$@ $$<
$$($(1))/flags: FORCE
	$$(call stamp,$(2) $$(C11) $$(STRICT) $$($(1)_flags) $$(CFLAGS) $$(LDFLAGS))
$$($(1))/list: FORCE
	$$(call stamp,$$($(1)_src))
$$($(1))/nat: $$($(1)_src:%.c=$$($(1))/%.o) $$($(1))/list
	$$(call say,LINK)$(2) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(LIBS) $$($(1)_end)
$$($(1))/libnat.a: $$(patsubst %.c,$$($(1))/%.o,$$(filter-out src/main.c,$$($(1)_src))) $$($(1))/list
$$($(1))/aids.a: $$(AIDS:%.c=$$($(1))/%.o)
$$($(1))/libnat.a $$($(1))/aids.a:
	$$(call say,AR  )rm -f $$@; $$(AR) rcs $$@ $$(filter %.o,$$^)
$$($(1))/t/unit/test_%: $$($(1))/t/unit/test_%.o $$($(1))/aids.a $$($(1))/libnat.a
	$$(call say,LINK)$(2) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) $$(COUNTED) -o $$@ $$^ $$(LIBS) \
	$$(call cmocka,$$($(1)_flags))
endef
stamp = @mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
FORCE:

# ALT is the other compiler, for what must hold of the objects of both.
ALT := $(notdir $(shell command -v $(if $(findstring clang,$(CC)),gcc,clang) 2>/dev/null))
$(foreach v,rel san cov,$(eval $(call variant,$(v),$(CC))))
$(eval $(call variant,static,$(MUSL)))
alt_flags = $(rel_flags)
$(if $(ALT),$(eval $(call variant,alt,$(ALT))))
$(san)/nat: san_link += $(STARTS)
$(rel)/t/unit/test_%: private rel_link = $(QUICK_LINK)
# Tested are the release's objects, or by SAN=1 sanitized ones. musl has no libcmocka.
SAN ?= $(if $(findstring musl,$(CC)),1)
tried := $(if $(SAN),$(san),$(rel))
QUICK = $(if $(SAN),,--quick)
-include $(shell find build -name '*.d' 2>/dev/null)

# ---- targets ----

.PHONY: all static check rest quick unit scn interop interop-scn accept lint format dead \
	compdb demo install uninstall clean help FORCE
.DEFAULT_GOAL := all

all: $(rel)/nat ## ./nat, the release binary (the default)
	@cmp -s $< nat || { cp $< nat.new && mv nat.new nat; }

static: $(static)/nat ## ./nat-static, the same without shared libraries (musl-gcc)
	@cmp -s $< nat-static || { cp $< nat-static.new && mv nat-static.new nat-static; }

check: interop-scn scn unit interop $(if $(SAN),rest) ## all tests; SAN=1: sanitized, and what takes longer
# Scenarios measure time: they wait until nothing compiles for long.
QUIET = $(if $(SAN),$(filter unit,$(MAKECMDGOALS:check=unit)))

quick: unit ## unit tests only
unit: $(TESTS:%.c=$(tried)/%) ## unit tests
	@$(PYTHON) t/unit/run.py --jobs $(JOBS) $^

scn: $(tried)/nat | $(QUIET) ## scenarios (S=FILES for some)
	@$(PYTHON) t/scn/run.py $(QUICK) --nat $< $(S)

interop: interop-scn ## scenarios against other people's programs (S=FILES)
interop-scn: $(tried)/nat | $(QUIET)
	@$(PYTHON) t/scn/run.py $(if $(SAN),--jobs $(JOBS)) $(QUICK) --nat $< $(or $(S),t/interop)

accept: all ## scenarios that take long, with the release binary
	@$(PYTHON) t/scn/run.py --jobs 1 --nat nat --accept $(or $(S),t/scn t/interop)

# ---- lint: each check says file:line: what ----

# Some ask the binary about all that it can do.
WHOLE = options manual complete install
LINT = shape includes text selftest symbols headers format $(if $(LEFT),,$(WHOLE))
.PHONY: $(LINT:%=lint-%)
lint: $(LINT:%=lint-%) $(if $(LEFT),,dead) ## shape, layers, symbols, formatting, dead code
	@echo 'lint: clean$(if $(LEFT),; without $(LEFT) not asked: $(WHOLE) dead)'

lint-shape lint-includes lint-text lint-selftest: lint-%:
	@$(PYTHON) t/lint/$*.py
lint-symbols: $(rel_src:%.c=$(rel)/%.o) $(if $(ALT),$(PURE:%.c=$(alt)/%.o))
	@$(PYTHON) t/lint/symbols.py $(rel) $(ALT:%=$(alt))
lint-headers: $(HDR:%=$(rel)/%.alone)
lint-format:
	@command -v $(CLANG_FORMAT) >/dev/null || \
	{ echo 'lint: no $(CLANG_FORMAT), formatting not checked'; exit 0; }; \
	$(CLANG_FORMAT) --dry-run -Werror $(CODE) 2>&1 | awk -F: '/error:/ && !seen[$$1]++ { bad = 1; \
	print $$1 ":" $$2 ": not as `make format` lays it out" } END { exit bad }'
$(rel)/%.h.alone: %.h $(rel)/flags
	@mkdir -p $(@D)
	@$(build_cc) -fsyntax-only -MF $@.d -MT $@ -include $< -x c /dev/null
	@touch $@

dead: $(rel)/nat ## functions that the product does not reach
	@$(PYTHON) t/lint/dead.py $<.removed

format: ## lays all C out by .clang-format
	$(CLANG_FORMAT) -i $(CODE)

compdb: ## compile_commands.json for editors
	@mkdir -p build; { echo '['; for f in $(rel_src); do \
	echo "{\"directory\": \"$(CURDIR)\", \"file\": \"$$f\","; \
	echo "\"command\": \"$(CC) $(C11) $(STRICT) -c $$f\"},"; \
	done; echo '{}]'; } > build/compile_commands.json

demo: all ## a relay, a client and a visitor on this machine
	@$(PYTHON) contrib/demo.py

install: all ## nat, pages, completions, units into $(DESTDIR)$(PREFIX)
uninstall: ## takes all but the config file away again
install uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' contrib/install.sh $@

clean: ## removes what was built
	rm -rf build nat nat-static

help: ## this list
	@awk -F': .*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(sort $(MAKEFILE_LIST:%.d=))

# Tools that only one folder of t/ needs: fuzzing, torture, cross builds...
include $(sort $(wildcard t/*/rules.mk))
