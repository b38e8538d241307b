/* unat - a NAT for UDP over IPv4 whose every trait is a setting (RFC 4787). Pure and
 * seeded: packets and time come in, packets go out; two runs of one seed are the same.
 *
 * It stands in where nftables cannot do a kind exactly, in the laboratory over a TUN
 * (t/lab/tun.c), and in simulations in virtual time. Other packets than whole UDP
 * datagrams are dropped. Loss, delay and rate are link.h's.
 */
#ifndef NAT_T_LAB_UNAT_UNAT_H
#define NAT_T_LAB_UNAT_UNAT_H

#include "base/span.h"

enum { UNAT_MAPPINGS = 1024, UNAT_PEERS = 32 };

/* Of what a mapping depends, and what a filter looks at (RFC 4787 4.1, 5). */
enum unat_kind { UNAT_ANY, UNAT_HOST, UNAT_PORT };
enum unat_ports { UNAT_SAME, UNAT_NEXT, UNAT_RANDOM };
enum unat_hairpin {
	UNAT_NO_HAIRPIN,
	UNAT_OUTER_SOURCE, /* the neighbour sees the public address */
	UNAT_INNER_SOURCE  /* or the inner one, as it must not (RFC 4787 6) */
};

struct unat_conf {
	uint32_t public; /* addresses are numbers here: 192.0.2.1 is c0000201 */
	uint8_t mapping, filtering; /* enum unat_kind */
	uint8_t ports;     /* enum unat_ports; SAME: if it is free, else NEXT */
	uint8_t hairpin;   /* enum unat_hairpin */
	bool in_refreshes; /* what comes in keeps a mapping alive too */
	uint16_t lo, hi;   /* ports of NEXT and RANDOM */
	int64_t lifetime;  /* ms */
	uint64_t seed;     /* not 0 */
};

struct unat_end {
	uint32_t ip;
	uint16_t port;
};

struct unat_mapping {                /* private to unat.c, as the rest is */
	struct unat_end inner, peer; /* peer: as far as mapping looks at it */
	uint16_t outer;              /* 0: there is none */
	int64_t used;
	struct {
		struct unat_end to;
		int64_t at; /* 0: never */
	} peers[UNAT_PEERS];
};

struct unat {
	struct unat_conf conf;
	uint64_t chance;
	uint16_t next;
	struct unat_mapping mappings[UNAT_MAPPINGS];
};

void unat_init(struct unat *u, const struct unat_conf *conf);

/* A packet from inside, a packet from outside; where it goes, changed for that. now is
 * in ms, and more than 0.
 */
enum unat_where { UNAT_DROP, UNAT_INSIDE, UNAT_OUTSIDE };
enum unat_where unat_out(struct unat *u, int64_t now, struct span packet);
enum unat_where unat_in(struct unat *u, int64_t now, struct span packet);

#endif
