# Which sources are compiled: one way of waiting, one kind of processor, and the
# parts in MODULES. What is left out is replaced by a small file that says no.

PARTS = manual sandbox admin reload native tools plain private nets udp tls tracker http https natpass edge \
	map journal redis handover access page ws webrtc shell peer signal
MODULES ?= $(PARTS)
IN := $(filter $(MODULES),$(PARTS))
IN := $(if $(filter tls,$(IN)),$(IN),$(filter-out natpass,$(IN)))
IN := $(if $(filter tracker,$(IN)),$(IN),$(filter-out journal redis,$(IN)))
# A shell is asked for by natpass, and a command beside those of the tracker's.
IN := $(filter-out $(if $(filter-out $(IN),natpass tracker private),shell),$(IN))
# handover is asked for by admin, and knows visitors of http.
IN := $(if $(filter-out $(IN),admin http),$(filter-out handover,$(IN)),$(IN))
# WebSocket begins as HTTP, and clients want it by TLS.
IN := $(filter-out $(if $(filter-out $(IN),tls http),ws),$(IN))
# Peers are behind NATs, and what they say is sealed.
IN := $(filter-out $(if $(filter-out $(IN),tls tracker),webrtc),$(IN))
# A peer's services go by DTLS and SCTP, and by standard input and output.
IN := $(filter-out $(if $(filter-out $(IN),webrtc private),peer),$(IN))
# access writes of requests, and https is of them.
IN := $(if $(filter http,$(IN)),$(IN),$(filter-out access https,$(IN)))
# signal speaks WebSocket, and STUN, which is the tracker's.
IN := $(filter-out $(if $(filter-out $(IN),tls http ws tracker),signal),$(IN))
LEFT := $(filter-out $(IN),$(PARTS))

LOOPS = epoll kqueue select
OUT = $(patsubst %,os/loop_%,$(filter-out $(LOOP),$(LOOPS))) \
	$(addprefix crypt/%_,$(CPUS) $(WIDTHS))
# $(call part,NAME,FILES,STAND-INS)
part = $(eval OUT += $(if $(filter $(1),$(IN)),$(3),$(2)))
$(call part,manual,cmd/help cmd/manual cmd/complete cmd/near,cmd/help_small)
$(call part,sandbox,cmd/sandbox os/confine os/calls,cmd/sandbox_small)
$(call part,admin,cmd/asked cmd/status cmd/table app/relay/report app/client/report app/tracker/report app/signal/report app/natpass/report app/peer/report \
	$(patsubst src/%.c,%,$(wildcard src/app/admin/*.c)),cmd/asked_small)
$(call part,reload,cmd/reload app/client/renew base/change,\
	cmd/reload_small app/client/renew_small)
$(call part,native,os/ticks,os/ticks_small)
$(call part,tools,cmd/check cmd/keygen cmd/keygen_small,cmd/tools_small)
# What only TLS needs of crypt; who is left has SHA-256 and HMAC.
CRYPT = aead aes big bitslice cert chacha der ec ecdsa gcm ghash hash hkdf key md5 mont \
	p256 p256_base p384 pem poly1305 prf rsa rsa_make rsa_pad sha1 sha512 spki x25519
$(call part,tls,cmd/keygen net/creds net/creds_make net/records net/sealed net/seals \
	net/secure net/trust net/veil wire/stun_auth $(CRYPT:%=crypt/%) \
	$(patsubst src/%.c,%,$(filter-out %/peek.c,$(wildcard src/wire/tls/*.c src/wire/x509*.c))),\
	cmd/keygen_small net/secure_small net/veil_small wire/stun_auth_small crypt/hash_small)
UNTESTED = $(if $(filter tls,$(LEFT)),hmac.c $(patsubst t/unit/test_%,%,$(wildcard t/unit/test_tls*.c))) \
	$(if $(filter tracker,$(LEFT)),unat.c)
UNAIDED = $(if $(filter tls,$(LEFT)),$(addprefix t/unit/,between.c certs.c tls_pair.c))
$(call part,plain,app/relay/plain app/client/plain,\
	app/relay/plain_small app/client/plain_small)
$(call part,nets,base/cidr,base/cidr_small)
$(call part,private,app/relay/private app/client/reach app/client/call,\
	app/relay/private_small app/client/reach_small)
$(call part,udp,app/relay/flow app/relay/path app/client/udplink app/client/lane \
	net/framed,app/relay/flow_small app/client/udplink_small)
$(call part,tracker,cmd/commands cmd/members cmd/stun cmd/lasting cmd/errand \
	wire/stun wire/stun_auth wire/stun_auth_small wire/nattype net/natprobe wire/lifetime \
	$(addprefix app/tracker/,binding list others peers probe) \
	$(patsubst src/%.c,%,$(wildcard src/app/members/*.c)),\
	cmd/commands_small app/tracker/others_small)
$(call part,journal,app/tracker/journal app/tracker/replay,\
	app/tracker/journal_small)
$(call part,redis,app/tracker/store app/tracker/orders net/redis wire/resp wire/redisurl \
	app/signal/presence,app/tracker/store_small $(if $(filter signal,$(IN)),app/signal/presence_small))
$(call part,http,app/relay/web app/relay/vhost app/relay/exchange app/relay/bodies app/relay/pages app/relay/route \
	app/client/vhost cmd/pages wire/forward wire/site,\
	app/relay/web_small app/client/vhost_small cmd/pages_small)
# Strands stand where veils do, which are of TLS.
MUX := $(if $(filter tls,$(IN)),$(filter http,$(IN)))
OUT += $(if $(MUX),app/client/shares_small net/strand_small,app/relay/shared app/client/shares wire/mux net/mux net/strand)
OUT += $(if $(filter tls,$(IN)),,net/strand_small)
OUT += $(if $(MUX),app/relay/shared_small,$(if $(filter http,$(IN)),,app/relay/shared_small))
$(call part,https,app/relay/https wire/tls/peek,$(if $(filter http,$(IN)),app/relay/https_small))
OUT += $(if $(filter http,$(IN)),,app/relay/https_small)
$(call part,natpass,wire/pb wire/natpass wire/passfile wire/passrule wire/allowed net/backlog net/straight cmd/forward \
	$(patsubst src/%.c,%,$(filter-out %_small.c,$(wildcard src/app/natpass/*.c))),\
	net/straight_small app/natpass/server_small)
$(call part,edge,app/relay/allowance app/relay/front app/relay/group wire/edge wire/token_edge wire/proxyline \
	app/client/grouped app/client/health app/client/proxied app/client/shapes os/borrow \
	net/shape base/bucket,app/relay/allowance_small app/relay/front_small app/relay/group_small wire/edge_small \
	wire/token_edge_small app/client/grouped_small app/client/health_small \
	app/client/proxied_small app/client/shapes_small os/borrow_small net/shape_small)
# Ports of gateways, of which UPnP speaks HTTP.
MAP := $(if $(filter tracker,$(IN)),$(filter map,$(IN)))
OUT += $(if $(MAP),net/mapping_small,cmd/map net/mapping net/fetch wire/portmap wire/pcp wire/upnp)
OUT += $(if $(MAP)$(filter http,$(IN)),,wire/http1 wire/body)

$(call part,shell,os/keeper os/sitter os/pty os/term wire/yaml wire/npimport \
	cmd/import cmd/shell cmd/escape cmd/early app/natpass/shell,cmd/early_small)
OUT += $(if $(filter handover shell,$(IN)),,os/pass)

$(call part,handover,net/legacy os/supervisor wire/handover app/relay/handover app/client/heir \
	cmd/takeover cmd/handover,net/legacy_small app/client/heir_small \
	app/relay/handover_small cmd/handover_small)
$(call part,access,app/relay/access wire/access os/trail,app/relay/access_small)
$(call part,page,app/admin/served app/admin/page,app/admin/served_small)

$(call part,ws,net/wsock net/wsopen net/wsdata net/tunnel wire/ws wire/upgrade wire/proxy \
	app/client/way app/client/outward,\
	net/wsock_small app/client/way_small app/client/outward_small)

# $(call engine,NAME,FILES): one of those that are stacked for WebRTC
engine = $(call part,webrtc,$(2),)
$(call engine,ice,$(patsubst src/%.c,%,$(wildcard src/wire/ice/*.c)) wire/sdp wire/mdns wire/turn wire/turn_peers)
UNTESTED += $(if $(filter webrtc,$(LEFT)),$(patsubst t/unit/test_%,%,$(wildcard t/unit/test_ice*.c)))
UNAIDED += $(if $(filter webrtc,$(LEFT)),t/unit/icenet.c)
$(call engine,dtls,$(patsubst src/%.c,%,$(wildcard src/wire/dtls/*.c)))
UNTESTED += $(if $(filter webrtc,$(LEFT)),$(patsubst t/unit/test_%,%,$(wildcard t/unit/test_dtls*.c)))
UNAIDED += $(if $(filter webrtc,$(LEFT)),t/unit/dtls_pair.c)
$(call engine,sctp,$(patsubst src/%.c,%,$(wildcard src/wire/sctp/*.c)))
UNTESTED += $(if $(filter webrtc,$(LEFT)),$(patsubst t/unit/test_%,%,$(wildcard t/unit/test_sctp*.c)))
UNAIDED += $(if $(filter webrtc,$(LEFT)),t/unit/sctp_pair.c)
$(call part,peer,wire/showchain wire/chainkey cmd/peer cmd/peerask \
	$(patsubst src/%.c,%,$(wildcard src/app/peer/*.c)),)
$(call part,signal,cmd/signal wire/ming wire/admit net/wstext \
	$(addprefix app/signal/,conn door module presence presence_small report route server),\
	app/signal/server_small)

# host and join are peers that find each other by signalling.
PEERS := $(if $(filter signal,$(IN)),$(filter webrtc,$(IN)))
UNTESTED += $(if $(PEERS),,multicast.c)
OUT += $(if $(PEERS),,cmd/host cmd/join cmd/p2p net/peer net/describe net/ways net/paths net/relayed net/named os/group wire/turnuri \
	$(addprefix app/p2p/,host join keys line services))
OUT += $(if $(PEERS)$(filter private,$(IN)),,net/stdio os/ends)
# Services of peers go by channels, however they have met.
OUT += $(if $(PEERS)$(filter peer,$(IN)),,net/assoc net/chan net/ties net/joint net/flow net/service os/ifaces)

SRC := $(filter-out $(OUT:%=src/%.c),$(sort $(shell find src -name '*.c')))
HDR := $(sort $(shell find src -name '*.h'))
PURE = $(filter src/base/% src/crypt/% src/wire/%,$(rel_src))

DEFINES = -DNAT_PARTS=$(subst $(none) $(none),$(comma),$(IN)) \
	-DNAT_TLS=$(if $(filter tls,$(IN)),in,out) \
	-DNAT_JOURNAL=$(if $(filter journal,$(IN)),in,out) \
	-DNAT_REDIS=$(if $(filter redis,$(IN)),in,out) \
	-DNAT_ACCESS=$(if $(filter access,$(IN)),in,out) \
	-DNAT_HANDOVER=$(if $(filter handover,$(IN)),in,out) \
	-DNAT_HTTP=$(if $(filter http,$(IN)),in,out) \
	-DNAT_HTTPS=$(if $(filter https,$(IN)),in,out) \
	-DNAT_NATPASS=$(if $(filter natpass,$(IN)),in,out) \
	-DNAT_EDGE=$(if $(filter edge,$(IN)),in,out) \
	-DNAT_SHELL=$(if $(filter shell,$(IN)),in,out) \
	-DNAT_MAP=$(if $(MAP),in,out) \
	-DNAT_PEER=$(if $(filter peer,$(IN)),in,out) \
	-DNAT_PEERS=$(if $(PEERS),in,out) \
	-DNAT_SIGNAL=$(if $(filter signal,$(IN)),in,out) \
	-DNAT_WS=$(if $(filter ws,$(IN)),in,out) \
	-DNAT_WORDS=$(if $(filter manual,$(IN)),full,none)
