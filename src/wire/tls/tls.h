/* tls - TLS 1.3 (RFC 8446) and 1.2 (RFC 5246), both roles, without a socket.
 *
 * An engine over lent buffers. Its user gives it what came (tls_hear) and asks
 * what shall go out (tls_say, until it says 0), and that is the handshake. Then
 * tls_hear opens records where they stand, and tls_room and tls_seal make them
 * where they will be sent from:
 *
 *	tls_start(&t, &hs, &conf, name, now_ms);
 *	while (!t.err) {
 *		send(out, tls_say(&t, out));            until 0
 *		n = tls_hear(&t, in, &text);            one record, 0: not whole
 *		... text is what was said, in is used up to n
 *	}
 *
 * Between records it keeps no expanded key, no buffer and, once the handshake is
 * over, no handshake: about 500 bytes. What a record may hold is limited, and
 * handshake messages by TLS_MESSAGE_MOST. It owns no clock and no heap, and
 * chance is asked for through conf.
 *
 * Trouble is sticky in err (-NAT_EPROTO, -NAT_ECERT...); why holds the words.
 * After it tls_say still has the alert, and tls_hear hears nothing more.
 */
#ifndef NAT_WIRE_TLS_TLS_H
#define NAT_WIRE_TLS_TLS_H

#include "base/err.h"
#include "wire/tls/conf.h"

enum {
	TLS_RECORD_HEAD = 5,
	TLS_RECORD_TEXT = 16384,           /* most of a record's plaintext */
	TLS_RECORD_MOST = 5 + 16384 + 256, /* on the wire, 1.3; of 1.2 less */
	TLS_OVERHEAD = 5 + 8 + 16 + 1,     /* of a record of ours, at most */
	TLS_SAY_LEAST = 512,               /* tls_say needs that much room */
	TLS_MESSAGE_MOST = 16384, /* a handshake message, reassembled */
	TLS_EXPORT_MOST = 64
};

struct tls_hs;

/* One way of the record layer: enough to make the next record's key. */
struct tls_way {
	uint8_t key[32], iv[12];
	uint64_t seq;
	bool on; /* false: records go as they are */
};

/* What is heard beside data; private to tls.c and post.c. */
struct tls_heard {
	bool data;       /* may come */
	uint8_t idle;    /* records in a row that have moved nothing */
	uint8_t head[5]; /* the front of a message after the handshake */
	uint8_t head_n;
	uint16_t most; /* of a record's insides, when we have asked; 0: not */
	uint32_t skip; /* bytes of a ticket that are passed over */
};

/* What came out of a handshake; to be read by anybody. */
struct tls_about {
	uint16_t version; /* 0x0304, 0x0303 */
	uint16_t group;   /* as on the wire; 0: none */
	uint8_t alpn;     /* 1 + which of conf->alpn; 0: none */
	uint8_t identity; /* which of conf->ids a server took */
	uint8_t alert;    /* what was said, or heard */
	bool resumed;
	bool verified;        /* the peer has shown a certificate we believe */
	uint8_t pin[TLS_PIN]; /* of the peer's key; all 0: it has shown none;
			       * believed or not, which verified says */
};

struct tls { /* fields are the engine's but for those said to be read */
	const struct tls_conf *conf;
	const struct tls_suite *suite;
	struct tls_hs *hs; /* read: NULL: the handshake is over, hs is yours */
	struct tls_session *session; /* lent; to be set: a client resumes by it,
				      * and fills it for the next time */
	struct tls_way in, out;
	struct tls_heard heard;
	uint8_t secret_in[TLS_SECRET],
		secret_out[TLS_SECRET]; /* traffic, 1.3 */
	uint8_t exporter[TLS_SECRET], resumption[TLS_SECRET];
	uint8_t name[TLS_PIN];  /* SHA-256 of the server's, for tickets */
	struct tls_about about; /* read */
	int64_t now_ms;         /* since 1970, of the start and the last call */
	uint16_t record_most;   /* what the peer takes */
	uint8_t to_say;  /* after the handshake: alert, KeyUpdate, ticket */
	bool open;       /* read: data may go */
	bool bound;      /* 1.2: the master secret is, RFC 7627 */
	bool ended;      /* read: close_notify has come */
	bool finished;   /* ours is to be said or has been */
	int err;         /* read: 0, or why it is over */
	const char *why; /* read: in words, static; NULL: none */
};

/* Begins. hs is lent until t->hs is NULL; its contents need no preparation. name
 * is a client's: the host that it wants, for SNI and to be verified ("" or an
 * address: no SNI); copied. Behind it t->session may be set.
 */
void tls_start(struct tls *t, struct tls_hs *hs, const struct tls_conf *conf,
	       struct bytes name, int64_t now_ms);

/* One record from the front of in, which is opened where it stands: how many
 * bytes it had, 0: it is not whole yet, or an error, which is t->err then. *text
 * lies inside in and may be empty: the record was not of data. Behind it t->open,
 * t->ended, t->hs may have changed and tls_say may have something to say.
 */
MUST_USE long tls_hear(struct tls *t, struct span in, struct span *text);

/* What has to go out for the handshake's sake, alerts and KeyUpdates: written
 * into room of TLS_SAY_LEAST or more; 0: nothing, for now. May sign, which takes
 * a millisecond: at most one message a call.
 */
size_t tls_say(struct tls *t, struct span room);

/* Where in out data may be put, to be sealed there: at most what a record takes,
 * nothing when out is no more than TLS_OVERHEAD. Only when t->open and tls_say has
 * nothing to say.
 */
struct span tls_room(const struct tls *t, struct span out);
/* The first n bytes of that room become a record: its length from out.p on. */
size_t tls_seal(struct tls *t, struct span out, size_t n);

/* No more data from here: tls_say will have a close_notify. */
void tls_finish(struct tls *t);
/* The transport has ended: an error, unless close_notify has come. */
void tls_cut(struct tls *t);
/* Changes the key of what goes out (RFC 8446 4.6.3), and asks for the same; done
 * by itself long before a key is worn out. Nothing in 1.2.
 */
void tls_rekey(struct tls *t);

/* Keying material for others (RFC 8446 7.5, RFC 5705); at most TLS_EXPORT_MOST,
 * once t->open. In 1.2 a context has at most as much, one without p is not an empty
 * one, and both sides must have offered extended_master_secret. False: out of
 * reach, and out is untouched.
 */
MUST_USE bool tls_export(const struct tls *t, const char *label,
			 struct bytes context, struct span out);

/* Wipes what it knows. */
void tls_stop(struct tls *t);

#endif
