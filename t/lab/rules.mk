# NATs in network namespaces: does nat stun name each of them? (docs/lab.md)
.PHONY: lab lab-carry lab-peers
lab: all build/lab/tun ## nat stun behind every kind of NAT, as root, with nftables (L=FILES for some)
	@$(PYTHON) t/lab/lab.py ./nat $(L)

# The one of our own, over a TUN; its engine is tested among the units.
build/lab/tun: t/lab/tun.c $(wildcard t/lab/unat/*.[ch])
	@mkdir -p $(@D); $(CC) -std=c11 -O2 -D_DEFAULT_SOURCE $(WARN) $(WERROR) -Isrc -It/lab \
	-o $@ $(filter %.c,$^)

.PHONY: lab-pairs
lab-pairs: all ## nat host and nat join through each pair of NATs, as root (P="t1-t4..." for some)
	@$(PYTHON) t/lab/pairs.py ./nat $(P)

lab-carry: all ## ssh and iperf3 between signed peers by each path, as root (L=--write)
	@$(PYTHON) t/lab/carry.py $(L) ./nat

lab-peers: all ## the path that signed peers take between each two kinds of NAT, as root
	@$(PYTHON) t/lab/peers.py ./nat $(L)
