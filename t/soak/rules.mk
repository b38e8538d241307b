.PHONY: soak
soak: all static ## the long proofs of size and resilience (S="crowd strangers")
	@$(PYTHON) t/soak/soak.py --nat ./nat-static $(S)
