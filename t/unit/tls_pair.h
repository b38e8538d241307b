/* tls_pair - two engines of TLS, what one says being what the other hears, over
 * wires that may cut and change it; and identities to show.
 *
 *	struct tls_pair p;
 *
 *	pair_init(&p);                  both trust the CA, the server is pair_ec
 *	p.conf[TLS_SERVER].most = TLS_VERSION_12;
 *	pair_run(&p);
 *	assert_true(pair_open(&p));
 *	pair_talk(&p);                  data both ways, KeyUpdates between
 */
#ifndef NAT_T_UNIT_TLS_PAIR_H
#define NAT_T_UNIT_TLS_PAIR_H

#include "certs.h"
#include "wire/tls/hs.h"

/* Signed by pair_ca: a.example by P-256 and by RSA, c.example, out of date, a
 * client; pair_lone by itself.
 */
extern struct made pair_ca;
extern struct tls_identity pair_ec, pair_rsa, pair_other, pair_late, pair_user,
	pair_lone;
/* SHA-256 of pair_ec's, pair_late's and pair_lone's key. */
extern uint8_t pair_pin[TLS_PIN];

/* Once, of the group. */
int pair_setup(void **state);

struct pair_wire {
	size_t n;
	uint8_t b[1 << 17];
};

struct tls_pair {
	struct tls ends[2]; /* by enum tls_role */
	struct tls_hs hs[2];
	struct tls_conf conf[2];
	struct pair_wire to[2];    /* what that end has yet to hear */
	struct pair_wire heard[2]; /* the text of it */
	struct tls_session *session;
	const char *name;
	int64_t now_ms;
	size_t cut; /* bytes that come at a time; 0: all there are */
	/* Sees what ends[from] has said, *n bytes at b with room behind, and may
	 * change it.
	 */
	void (*meddle)(struct tls_pair *p, enum tls_role from, uint8_t *b,
		       size_t *n);
	int count; /* for meddle */
};

/* Settings; nothing has begun. */
void pair_init(struct tls_pair *p);

/* Begins, and goes on until nobody has anything to say. */
void pair_run(struct tls_pair *p);

/* The second half of that. */
void pair_go_on(struct tls_pair *p);

/* One end says data of n bytes, in as many records as it takes. */
void pair_say(struct tls_pair *p, enum tls_role from, size_t n);

/* Both are open, without trouble, and the handshakes are over. */
bool pair_open(const struct tls_pair *p);

/* Data of many lengths arrives as it was sent. */
void pair_talk(struct tls_pair *p);

/* One end is in trouble by that alert, and the other has heard of it. */
void pair_failed(const struct tls_pair *p, enum tls_role by, int alert);

#endif
