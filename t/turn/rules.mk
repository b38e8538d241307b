# TURN with coturn: our client as a program, over UDP, TCP and TLS.

# $(call turncat,VARIANT): the program in a variant
define turncat
$($(1))/t/turn/turncat: $(patsubst %.c,$($(1))/%.o,$(wildcard t/turn/*.c)) $($(1))/libnat.a
	$$(call say,LINK)$(CC) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach v,rel san,$(eval $(call turncat,$(v))))

.PHONY: turn turn-short
ifneq ($(filter webrtc,$(IN)),)
turn: $(san)/t/turn/turncat ## TURN with coturn, over UDP, TCP and TLS: all rows
	@$(PYTHON) t/turn/interop.py $<

turn-short: $(tried)/t/turn/turncat | $(QUIET)
	@$(PYTHON) t/turn/interop.py --short $<
interop: turn-short
else
turn:
	@echo 'turn: skipped: no part webrtc'
endif
