/* between - two engines of TLS, and one between them who has all keys: every
 * record is opened, shown, perhaps changed, sealed again and heard.
 *
 *	between_start(&b, TLS_VERSION_13, BETWEEN_ASK);
 *	b.edit = what_changes_things;
 *	between_run(&b);
 *
 * Chance repeats, so that a run is the same each time. A struct between may be
 * copied away and back, to go on from there once more.
 */
#ifndef NAT_T_UNIT_BETWEEN_H
#define NAT_T_UNIT_BETWEEN_H

#include "wire/tls/hs.h"
#include "wire/tls/record.h"

enum {                     /* kinds of handshakes */
       BETWEEN_ASK = 1,    /* for a client's certificate */
       BETWEEN_RETRY = 2,  /* another group: HelloRetryRequest */
       BETWEEN_RESUME = 4, /* by the session of a run before */
       BETWEEN_KINDS = 8,
       BETWEEN_ROUNDS = 64 /* more turns than these are a hang */
};

/* What is in a record: its type and text, with room behind. */
struct between_text {
	uint8_t type;
	size_t n;
	uint8_t b[TLS_RECORD_MOST + 1024];
};

struct between_wire {
	size_t n;
	uint8_t b[1 << 15];
};

struct between {
	struct tls ends[2];
	struct tls_hs hs[2];
	struct between_wire to[2];
	struct tls_conf conf[2];
	struct tls_session session;
	struct tls_tickets tickets;
	uint64_t chance;
	unsigned seen; /* records so far */
	unsigned most; /* a run ends behind so many; 0: it does not */
	/* Sees what ends[to] is about to hear; false: it does not hear it. */
	bool (*edit)(struct between *b, enum tls_role to,
		     struct between_text *text);
};

/* Of that version and kinds; nothing has been said. session is kept. */
void between_start(struct between *b, uint16_t version, unsigned kinds);

/* One record of those that ends[to] is sent; false: there is none. */
bool between_step(struct between *b, enum tls_role to);

/* Until nobody says anything; false: it did not end. */
bool between_run(struct between *b);

/* ends[to] hears a record of that, sealed if it hears sealed ones. */
void between_tell(struct between *b, enum tls_role to,
		  const struct between_text *text);

/* Both are open, without trouble. */
bool between_good(const struct between *b);

#endif
