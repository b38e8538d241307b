# DTLS beside other people's: our engine as a program over UDP, and who talks to it.

# $(call dtlscat,VARIANT): the program in a variant
define dtlscat
$($(1))/t/dtls/dtlscat: $($(1))/t/dtls/dtlscat.o $($(1))/t/tls/settings.o $($(1))/libnat.a
	$$(call say,LINK)$(CC) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(eval $(call dtlscat,rel))
$(eval $(call dtlscat,san))

.PHONY: dtls dtls-short dtls-sim
ifneq ($(filter webrtc,$(IN)),)
dtls: $(rel)/t/dtls/dtlscat ## DTLS with openssl, gnutls, aiortc: all rows (ROWS=WORD for some)
	@$(PYTHON) t/dtls/interop.py $(ROWS:%=--only '%') $<

dtls-short: $(tried)/t/dtls/dtlscat | $(QUIET)
	@$(PYTHON) t/dtls/interop.py --short $<
interop: dtls-short

dtls-sim: $(rel)/t/unit/test_dtls_sim ## handshakes over bad roads, each way SEEDS=5000 of them
	@DTLS_SEEDS=$(or $(SEEDS),5000) $<
else
dtls:
	@echo 'dtls: skipped: no part webrtc'
endif
