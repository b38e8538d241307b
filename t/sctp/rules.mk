# SCTP beside other people's: our engine as a program, and who talks to it.

# $(call sctpcat,VARIANT): the program in a variant
define sctpcat
$($(1))/t/sctp/sctpcat: $($(1))/t/sctp/sctpcat.o $($(1))/libnat.a
	$$(call say,LINK)$(CC) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(eval $(call sctpcat,rel))
$(eval $(call sctpcat,san))

$(rel)/t/sctp/bench: $(rel)/t/sctp/bench.o $(rel)/libnat.a
	$(call say,LINK)$(CC) $(rel_link) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The same by usrsctp, where that is installed.
USRCAT = $(if $(wildcard /usr/include/usrsctp.h),$(rel)/t/sctp/usrcat)
$(rel)/t/sctp/usrcat: $(rel)/t/sctp/usrcat.o $(rel)/libnat.a
	$(call say,LINK)$(CC) $(rel_link) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lusrsctp -lpthread

.PHONY: sctp sctp-short sctp-sim sctp-bench
ifneq ($(filter webrtc,$(IN)),)
sctp: $(rel)/t/sctp/sctpcat $(USRCAT) ## SCTP with aiortc, usrsctp, itself: all rows (ROWS=WORD for some)
	@$(PYTHON) t/sctp/interop.py --verbose $(ROWS:%=--only '%') $^

sctp-short: $(tried)/t/sctp/sctpcat $(USRCAT) | $(QUIET)
	@$(PYTHON) t/sctp/interop.py --short $^
interop: sctp-short

sctp-sim: $(rel)/t/unit/test_sctp_sim ## two associations over SEEDS=10000 bad wires, in virtual time
	@SCTP_SEEDS=$(or $(SEEDS),10000) $<

sctp-bench: $(rel)/t/sctp/bench ## what a CPU-second of two associations carries
	@for n in 200 1160 16384 65536; do $< 300 $$n | sed -n '1p;3p;$$p' | head -n 2; done
else
sctp sctp-sim sctp-bench:
	@echo '$@: skipped: no part webrtc'
endif
