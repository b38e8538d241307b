/* sessions - who was introduced to whom, and who talks to whom through here. */
#ifndef NAT_APP_PEER_SESSIONS_H
#define NAT_APP_PEER_SESSIONS_H

#include "app/peer/peers.h"

enum session_kind { SESSION_INTRODUCED, SESSION_PROXY };
enum { SESSIONS_EACH = 32 }; /* of one peer */

struct session {
	struct slot slot;
	struct map_node node;
	struct list idle;
	uint8_t token[CHAIN_SESSION];
	struct slot_name a, b; /* peers: who asked, for whom */
	int64_t used;          /* ms */
	uint8_t kind;          /* enum session_kind */
	uint8_t sent;          /* to b, before it */
	bool acked;            /* acknowledged the first */
};

struct sessions { /* private to sessions.c, but for the tables */
	struct slots rows;
	struct map by_token;
	struct list idle;
	struct map_seed seed;
};

/* The tables have been set up. */
void sessions_init(struct sessions *ss, const struct map_seed *seed);

/* NULL: one of the two limits is reached. */
struct session *sessions_begin(struct sessions *ss, struct peers *ps,
			       struct peer *a, const struct peer *b,
			       enum session_kind kind);
/* Of m, of that kind; NULL: there is none. */
struct session *sessions_of(const struct sessions *ss, const struct chain *m,
			    enum session_kind kind);
void sessions_use(struct sessions *ss, struct session *s, int64_t now);
/* It has done what it was for. */
void sessions_end(struct sessions *ss, struct peers *ps, struct session *s);
/* Forgets those that nobody has used for long. */
void sessions_expire(struct sessions *ss, struct peers *ps, int64_t now);

#endif
