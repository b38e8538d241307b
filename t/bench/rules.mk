# Measures beside others. B= takes the options: make bench B="--only nat,frp"
.PHONY: bench bench-crypto
bench: all ## measures beside others (B="--help": what and whom)
	@$(PYTHON) t/bench/bench.py --nat ./nat $(B)

# How fast crypt/ is, in itself: the objects of the release.
$(rel)/t/bench/crypt: $(rel)/t/bench/crypt.o $(rel)/libnat.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

bench-crypto: $(rel)/t/bench/crypt $(rel)/t/tls/tlscat ## crypt/ and handshakes beside OpenSSL and nginx
	@$(PYTHON) t/bench/crypto.py $^ $(B)

.PHONY: bench-tracker
bench-tracker: all ## nat tracker beside a bare echo loop and coturn (B="--help")
	@$(PYTHON) t/bench/tracker.py $(B) ./nat

.PHONY: bench-http
bench-http: all ## requests by name beside nginx and haproxy (B="--help")
	@$(PYTHON) t/bench/vhost.py $(B) ./nat

.PHONY: bench-peer
bench-peer: all ## signed requests verified beside openssl speed (B="--help")
	@$(PYTHON) t/bench/peer.py $(B) ./nat

# Peers of WebRTC: connect time and memory, in one process; throughput by p2p.py.
$(rel)/t/bench/p2p: $(rel)/t/bench/p2p.o $(rel)/libnat.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

.PHONY: bench-p2p
bench-p2p: all $(rel)/t/bench/p2p ## host and join: connect time, memory of a peer, throughput (B="--help")
	@$(PYTHON) t/bench/p2p.py $(B) ./nat $(rel)/t/bench/p2p
