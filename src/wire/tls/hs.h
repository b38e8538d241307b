/* hs - a handshake while it lasts: messages put together and taken apart, and
 * the tables by which the state machines of both versions run.
 *
 * A machine has two tables. A state in which there is a row of gives writes its
 * message when tls_say is called; in any other the next message heard must have a
 * row of takes. Each goes on to row->next, unless then() has set another state;
 * 0: the functions set it. HS_OVER ends the handshake.
 *
 *	start.c      ClientHello, and the ServerHello that decides the version:
 *	             then hs->machine is that of the version, and its begin is
 *	             called with the hello, its begun when that is in the transcript
 *	client13.c   ... of 1.3      client12.c   ... of 1.2, and servers likewise
 *
 * The order of things for a message heard:
 *	take(body)   the transcript ends before the message. raw is all of it
 *	...          it is added to the transcript
 *	then()       keys that need it; hs_turned after a key of t->in has changed
 * and for one to say:
 *	give(pack)   writes the body; the transcript ends before the message
 *	...          it is added, and leaves in as many records as it takes
 *	then()       the last of it has been written: keys of t->out change here
 *
 * A message of type HS_CCS is a ChangeCipherSpec, in both tables. One that is
 * heard and has no row is passed over in 1.3, as RFC 8446 5 has it.
 *
 * Nothing here knows of records but hs_say; a struct tls_hs holds no pointer
 * into what it has heard but raw, which is of the message being taken.
 */
#ifndef NAT_WIRE_TLS_HS_H
#define NAT_WIRE_TLS_HS_H

#include "wire/tls/auth.h"
#include "wire/tls/keys12.h"
#include "wire/tls/keys13.h"
#include "wire/tls/pack.h"
#include "wire/tls/proto.h"
#include "wire/tls/share.h"
#include "wire/tls/tls.h"
#include "wire/tls/transcript.h"

enum { HS_CCS = 255, HS_OVER = 255, HS_NAME_MOST = 253, HS_COOKIE_MOST = 512 };

struct hello;

struct tls_take {
	uint8_t state, type;
	uint8_t next;
	int (*take)(struct tls *t, struct bytes body); /* 0, or tls_fail */
	int (*then)(struct tls *t);                    /* NULL: nothing */
};

struct tls_give {
	uint8_t state, type;
	uint8_t next;
	int (*give)(struct tls *t, struct pack *body); /* 0, or tls_fail */
	int (*then)(struct tls *t);                    /* NULL: nothing */
};

struct tls_machine {
	int (*begin)(struct tls *t, const struct hello *h);
	int (*begun)(struct tls *t);
	const struct tls_take *takes;
	const struct tls_give *gives;
	uint8_t takes_n, gives_n;
};

extern const struct tls_machine tls_client, tls_server; /* start.c */
extern const struct tls_machine tls_client13, tls_server13;
extern const struct tls_machine tls_client12, tls_server12;

/* What is heard in parts, or is to be said in parts; never both. */
struct tls_message_room {
	size_t n, at; /* bytes in it; those that have been said */
	uint8_t b[TLS_MESSAGE_HEAD + TLS_MESSAGE_MOST];
};

/* What only 1.3 has. */
struct tls_hs13 {
	struct keys13 keys;
	uint8_t client[TLS_SECRET], server[TLS_SECRET]; /* traffic */
	uint8_t shared[SHARE_KEY];
	uint8_t psk[TLS_SECRET];
	uint16_t cookie_n;
	uint8_t cookie[HS_COOKIE_MOST];
	const struct tls_suite *offering; /* a client's psk is of it; or NULL */
	uint16_t psk_id; /* which of those offered the server took */
	bool resuming;   /* psk is agreed upon */
	bool retry;      /* a HelloRetryRequest is due, */
	bool retried;    /* and there was one */
	bool ticket;     /* the client can use one */
	uint32_t early;  /* bytes of 0-RTT that may yet be passed over */
};

/* What only 1.2 has. */
struct tls_hs12 {
	struct keys12 keys;
	uint8_t premaster[SHARE_KEY];
	uint16_t version; /* a hello of ours says; 0: 0x0303 */
	bool extended;    /* RFC 7627 */
};

struct tls_hs {
	const struct tls_machine *machine;
	const struct tls_give *giving; /* its message is in room */
	uint8_t state;
	bool turned; /* see hs_turned */
	struct bytes raw;
	struct transcript script;
	uint8_t client_random[TLS_RANDOM], server_random[TLS_RANDOM];
	uint8_t id[TLS_SESSION_ID], id_n;       /* legacy_session_id */
	uint8_t name[HS_NAME_MOST + 1], name_n; /* the server's, as asked for */
	const struct share *share;              /* the group; NULL: none yet */
	uint8_t share_key[SHARE_KEY], share_public[SHARE_PUBLIC];
	uint32_t offered; /* bits of hello.h: extensions in our ClientHello */
	uint32_t schemes; /* that the other side verifies: a set of auth.h */
	bool asked;       /* for a client's certificate */
	const struct tls_identity *me; /* whom we show; NULL: nobody */
	struct auth_peer peer;
	struct tls_hs13 v13;
	struct tls_hs12 v12;
	struct tls_message_room room; /* last: nobody clears it at the start */
};

/* ---- for the machines ---- */

/* What an alert means to us (proto.h); of one that is unknown, a row of its own. */
struct tls_alert_row {
	uint8_t number, err;
	const char *said, *heard; /* in words, when it is ours and when not */
};
const struct tls_alert_row *tls_alert_row(uint8_t number);

/* It is over, for this reason: < 0, always, to be returned. Only the first
 * counts. why NULL: the alert's own words.
 */
int tls_fail(struct tls *t, enum tls_alert alert, const char *why);

/* Something came that moves nothing: 0, or tls_fail when that goes on and on. */
int tls_idle(struct tls *t);

/* Keys of t->in have changed: nothing more may follow in this record. */
void hs_turned(struct tls *t);

/* The digest of the transcript. */
void hs_digest(const struct tls *t, uint8_t out[SHA384_SIZE]);

/* The row for a message in that state, heard or to be said; NULL: none. */
const struct tls_take *hs_take_of(const struct tls_hs *hs, uint8_t type);
const struct tls_give *hs_give_of(const struct tls_hs *hs);

/* ---- for tls.c ---- */

/* What a handshake record held, and a ChangeCipherSpec: 0, or tls_fail. */
int hs_hear(struct tls *t, struct bytes b);
int hs_hear_ccs(struct tls *t);

/* One record into room, which has TLS_SAY_LEAST; 0: nothing to say. */
size_t hs_say(struct tls *t, struct span room);

/* Wipes it and gives it back. */
void hs_end(struct tls *t);

#endif
