# NATs in network namespaces: does nat stun name each of them? (docs/lab.md)
.PHONY: lab
lab: all ## nat stun behind every kind of NAT, as root, with nftables (L=FILES for some)
	@$(PYTHON) t/lab/lab.py ./nat $(L)
