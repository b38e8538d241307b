# ICE beside other people's: our agent as a program, and who talks to it.

# $(call icecat,VARIANT): the program in a variant
define icecat
$($(1))/t/ice/icecat: $(patsubst %.c,$($(1))/%.o,$(wildcard t/ice/*.c)) $($(1))/libnat.a
	$$(call say,LINK)$(CC) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach v,rel san,$(eval $(call icecat,$(v))))

.PHONY: ice ice-short peer-sim
ifneq ($(filter webrtc,$(IN)),)
ice: $(san)/t/ice/icecat $(san)/t/unit/test_ice_sim ## ICE with aioice, both roles; 10,000 seeds of simulation (SEEDS=N)
	@$(PYTHON) t/ice/interop.py $<
	@UNIT_SEEDS=$(or $(SEEDS),10000) $(san)/t/unit/test_ice_sim

ice-short: $(tried)/t/ice/icecat | $(QUIET)
	@$(PYTHON) t/ice/interop.py $<
interop: ice-short

peer-sim: $(rel)/t/unit/test_peer ## peers whose addresses change in mid-transfer, SEEDS=10000 of them
	@UNIT_SEEDS=$(or $(SEEDS),10000) $<
else
ice:
	@echo 'ice: skipped: no part webrtc'
endif
