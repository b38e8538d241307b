# Signed peers in numbers: a thousand in virtual time, the memory of many.

# (PEERS is of src/rules.mk.)
# $(call chain,VARIANT,PROGRAM): a program in a variant
define chain
$($(1))/t/chain/$(2): $($(1))/t/chain/$(2).o $($(1))/libnat.a
	$$(call say,LINK)$(CC) $$($(1)_link) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach p,sim crowd,$(eval $(call chain,rel,$(p))))

build/chain-keys: t/chain/keys.py
	@mkdir -p $(@D); $(PYTHON) $< 1000 $@

.PHONY: chain chain-flow
ifneq ($(filter peer,$(IN)),)
chain: $(rel)/t/chain/sim $(rel)/t/chain/crowd build/chain-keys ## 1,000 signed peers in virtual time; bytes of 100,000 (CROWD= MINUTES=)
	@$(rel)/t/chain/crowd 100000
	@$(rel)/t/chain/sim build/chain-keys $(or $(CROWD),1000) $(or $(MINUTES),20)
chain-flow: all ## what data costs by each path of signed peers, beside host and join
	@$(PYTHON) t/chain/flow.py ./nat
else
chain chain-flow:
	@echo '$@: skipped: no part peer'
endif
