/* paths - by which ways peers may reach each other: settings, and what all peers of
 * a process share for it. Each peer's own ways are ways.h's.
 */
#ifndef NAT_NET_PATHS_H
#define NAT_NET_PATHS_H

#include "base/opt.h"
#include "net/named.h"
#include "net/relayed.h"

enum {
	PATHS_STUN = 4,
	PATHS_TURN = 3,
	PATHS_KEEP = 60000 /* ms */
};

struct paths_conf {
	struct opt_list stun;      /* HOST[:PORT]; none: whoever signals */
	struct opt_list turn;      /* URIs, turnuri.h */
	const char *turn_user;     /* NULL: none */
	const char *turn_password; /* NULL: none */
	bool turn_rest;   /* the password is a secret that makes passwords */
	const char *only; /* NULL, "relay", "direct" */
	int64_t keep;     /* ms that tunnels wait for another path */
	struct secure_conf tls; /* of TURN: whom to believe */
	char secret
		[RELAYED_USER]; /* where turn_password points once it has been
				    * found good: argv is wiped */
};

struct paths {
	struct net *net;
	const struct paths_conf *conf;
	bool direct, relays; /* which are wanted */
	uint8_t nstun, nturn;
	struct hostport stun[PATHS_STUN];
	struct relayed_server turn[PATHS_TURN];
	struct secure_conf tls; /* of them */
	struct slots slots;     /* of struct relay, ways.h */
	struct span memory;
	struct relayed_room room;
	struct named named;
};

/* Makes it fit; says all that is wrong with it. */
void paths_fit(struct paths_conf *conf, struct diag *d);

/* Of one that is fit; lent. peers: most at once. On failure what is wrong has been
 * said.
 */
MUST_USE int paths_start(struct paths **p, struct net *net,
			 const struct paths_conf *conf, uint32_t peers,
			 struct diag *d);
void paths_stop(struct paths *p);

/* What opens the servers of TURN now. */
void paths_login(const struct paths *p, struct fmt *user, struct fmt *password);

/* All that is queued goes out; what was lent for it is free. */
void paths_flush(struct paths *p);

#endif
