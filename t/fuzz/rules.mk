# Fuzzing: t/fuzz/fuzz_T.c is target T, checked by libFuzzer (clang) or AFL++
# from the same source; `make check SAN=1` replays what they have found, sanitized.

FUZZERS := $(patsubst t/fuzz/fuzz_%.c,%,$(sort $(wildcard t/fuzz/fuzz_*.c)))
fuzz_T = $(or $(T),json)
fuzz_S = $(or $(S),60)
FUZZ_MOST = 4096

fuzz_flags = -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link $(SANITIZE)
fuzz_link = -fsanitize=fuzzer $(SANITIZE)
afl_flags = -O1 -g -fno-omit-frame-pointer $(SANITIZE)
afl_link = $(fuzz_link)
$(eval $(call variant,fuzz,clang))
$(eval $(call variant,afl,afl-clang-fast))

# The system is stood in for by world.c, where a target refers to it.
FUZZ_WRAP = -Wl,--wrap=file_read,--wrap=mem_reserve,--wrap=mem_release,--wrap=mem_spare,--wrap=console_err

# $(call fuzzer,VARIANT,COMPILER,OBJECTS): the targets in a variant
define fuzzer
$($(1))/t/fuzz/aids.a: $(patsubst %,$($(1))/t/fuzz/%.o,document dtls ice linked sctp settings tls world) \
		$($(1))/t/unit/between.o $($(1))/t/unit/dtls_pair.o
	$$(call say,AR  )rm -f $$@; $$(AR) rcs $$@ $$^
$($(1))/t/fuzz/fuzz_%: $($(1))/t/fuzz/fuzz_%.o \
		$(patsubst %,$($(1))/t/fuzz/%.o,fuzz $(3)) \
		$($(1))/t/fuzz/aids.a $($(1))/libnat.a
	$$(call say,LINK)$(2) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ \
	$(FUZZ_WRAP),--start-group $$^ -Wl,--end-group $$(LIBS)
endef
$(eval $(call fuzzer,fuzz,clang))
$(eval $(call fuzzer,afl,afl-clang-fast))
$(eval $(call fuzzer,san,$(CC),replay))
$(san)/t/fuzz/json_values: $(san)/t/fuzz/json_values.o $(san)/libnat.a
	$(call say,LINK)$(CC) $(san_link) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: fuzz afl corpus json-diff fuzz-run fuzz-replay fuzz-diff
KEPT = t/fuzz/corpus/$(fuzz_T)
FOUND = build/corpus/$(fuzz_T)

fuzz: $(if $(filter json-diff,$(T)),json-diff,fuzz-run) ## libFuzzer on T=json for S=60 s; T=all; T=json-diff: beside Python's

FUZZ_NOW = $(if $(filter all,$(T)),$(FUZZERS),$(fuzz_T))
fuzz-run: $(FUZZ_NOW:%=$(fuzz)/t/fuzz/fuzz_%)
	@for t in $(FUZZ_NOW); do mkdir -p build/corpus/$$t; \
	$(fuzz)/t/fuzz/fuzz_$$t -max_len=$(FUZZ_MOST) -max_total_time=$(fuzz_S) -timeout=5 \
	-artifact_prefix=build/$$t- build/corpus/$$t t/fuzz/corpus/$$t >build/fuzz-$$t.log 2>&1 \
	|| { tail -n 40 build/fuzz-$$t.log; exit 1; }; \
	echo "$$t: $$(grep -a DONE build/fuzz-$$t.log)"; done

json-diff: $(san)/t/fuzz/json_values
	@$(PYTHON) t/fuzz/json_diff.py --seconds $(fuzz_S) --seed $$(date +%s) $<

afl: $(afl)/t/fuzz/fuzz_$(fuzz_T) ## AFL++ on a target: T=json S=60
	@mkdir -p build/afl/$(fuzz_T)
	@AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_AUTORESUME=1 \
	AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_COLOR=1 \
	afl-fuzz -i $(KEPT) -o build/afl/$(fuzz_T) -G $(FUZZ_MOST) -V $(fuzz_S) -- $< \
	>build/afl/$(fuzz_T)/log || { tail -n 20 build/afl/$(fuzz_T)/log; exit 1; }
	@cd build/afl/$(fuzz_T)/default; grep -E '^(run_time|execs_done|edges_found|saved_)' \
	fuzzer_stats; ! ls crashes hangs | grep ^id

# What a person has named stays; of the rest, what adds to it, small.
corpus: $(fuzz)/t/fuzz/fuzz_$(fuzz_T) ## keeps what fuzzing T has found, minimised
	@rm -rf build/kept; mkdir -p build/kept $(FOUND)
	@find $(KEPT) -type f -name '$(subst _,?,________________________________________)' \
	-exec mv {} build/kept ';'
	@$< -set_cover_merge=1 -use_counters=0 -max_len=$(FUZZ_MOST) $(KEPT) build/kept $(FOUND) \
	$(wildcard build/afl/$(fuzz_T)/*/queue) 2>&1 | tail -n 1; du -sb $(KEPT)

fuzz-replay: $(FUZZERS:%=$(san)/t/fuzz/fuzz_%) | $(QUIET)
	@sum=0; for t in $(FUZZERS); do n=$$($(san)/t/fuzz/fuzz_$$t t/fuzz/corpus/$$t) || \
	{ echo "fuzz: $$t: see above"; exit 1; }; sum=$$((sum + n)); done; \
	echo "fuzz: $$sum kept inputs, $(words $(FUZZERS)) targets"

fuzz-diff: $(san)/t/fuzz/json_values | $(QUIET)
	@$(PYTHON) t/fuzz/json_diff.py --seconds 2 $<

rest: fuzz-replay fuzz-diff

.PHONY: lint-fuzz
lint-fuzz:
	@awk 'FNR == 31 { print FILENAME ":31: a target has at most 30 lines"; bad = 1 } \
	END { exit bad }' t/fuzz/fuzz_*.c
lint: lint-fuzz
