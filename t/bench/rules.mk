# Measures beside others. B= takes the options: make bench B="--only nat,frp"
.PHONY: bench
bench: all ## measures beside others (B="--help": what and whom)
	@$(PYTHON) t/bench/bench.py --nat ./nat $(B)
