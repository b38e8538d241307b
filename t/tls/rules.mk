# TLS beside other people's: our engine as a program, and who talks to it.

# $(call tlscat,VARIANT): the program in a variant
define tlscat
$($(1))/t/tls/tlscat: $(patsubst %.c,$($(1))/%.o,$(wildcard t/tls/*.c)) $($(1))/libnat.a
	$$(call say,LINK)$(CC) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(eval $(call tlscat,rel))
$(eval $(call tlscat,san))

.PHONY: tls tls-short
ifneq ($(filter tls,$(IN)),)
tls: $(rel)/t/tls/tlscat ## TLS with openssl, gnutls, curl, Python: all rows (ROWS=WORD for some)
	@$(PYTHON) t/tls/interop.py $(ROWS:%=--only '%') $<

tls-short: $(tried)/t/tls/tlscat | $(QUIET)
	@$(PYTHON) t/tls/interop.py --short $<
interop: tls-short
else
tls:
	@echo 'tls: skipped: no part tls'
endif
