#include "wire/tls/tls.h"
#include "crypt/ct.h"
#include "wire/tls/both12.h"
#include "wire/tls/post.h"
#include "wire/tls/record.h"

enum {
	IDLE_MOST = 32,  /* records in a row that move nothing */
	REKEY = 1 << 23, /* records; RFC 8446 5.5 has 2^24.5 for AES-GCM */
	WORN = 1 << 24
};

/* ---- trouble ---- */

#define HEARD "the other side says: "

const struct tls_alert_row *tls_alert_row(uint8_t number)
{
	static const struct tls_alert_row rows[] = {
#define X(name, number, err, text) { number, NAT_##err, text, HEARD text },
		TLS_ALERTS(X)
#undef X
	};
	static const struct tls_alert_row other = { 0, NAT_EPROTO, NULL,
						    HEARD "an unknown alert" };

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].number == number)
			return &rows[i];
	return &other;
}

int tls_fail(struct tls *t, enum tls_alert alert, const char *why)
{
	const struct tls_alert_row *row = tls_alert_row((uint8_t)alert);

	if (t->err)
		return t->err;
	t->err = -row->err;
	t->why = why ? why : row->said;
	t->about.alert = (uint8_t)alert;
	t->to_say = SAY_ALERT;
	return t->err;
}

static int over(struct tls *t, int err, const char *why)
{
	t->err = err;
	t->why = why;
	t->to_say = 0;
	return err;
}

/* ---- hearing ---- */

int tls_idle(struct tls *t)
{
	if (t->heard.idle++ < IDLE_MOST)
		return 0;
	return tls_fail(t, TLS_UNEXPECTED_MESSAGE, "a flood of empty records");
}

/* RFC 8446 6: in 1.3 the level says nothing, and what is no warning by its
 * nature ends the connection.
 */
static int hear_alert(struct tls *t, struct span b)
{
	enum { WARNING = 1 };
	const struct tls_alert_row *row;

	if (b.n != 2)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	row = tls_alert_row(b.p[1]);
	if (b.p[1] == TLS_CLOSE_NOTIFY && !t->hs) {
		t->ended = true;
		return 0;
	}
	if (b.p[1] == TLS_USER_CANCELED ||
	    (b.p[0] == WARNING && b.p[1] != TLS_CLOSE_NOTIFY &&
	     t->about.version != TLS_VERSION_13))
		return tls_idle(t);
	t->about.alert = b.p[1];
	return over(t, -row->err, row->heard);
}

static int hear_data(struct tls *t, struct span b)
{
	if (!t->heard.data)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE,
				"data before the handshake is over");
	if (t->heard.head_n > 0 || t->heard.skip > 0)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE,
				"data in the middle of a message");
	if (b.n == 0)
		return tls_idle(t);
	t->heard.idle = 0;
	return 0;
}

static int hear_handshake(struct tls *t, struct span b)
{
	if (t->hs)
		return hs_hear(t, bytes_in(b));
	return post_hear(t, bytes_in(b));
}

static int hear_ccs(struct tls *t, struct span b)
{
	if (!t->hs || b.n != 1 || *b.p != 1)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	return tls_idle(t) < 0 ? t->err : hs_hear_ccs(t);
}

/* Early data that we have not accepted: keys fit none of it, RFC 8446 4.2.10. */
static bool is_early(struct tls *t, const struct tls_record *r)
{
	uint32_t *left = t->hs ? &t->hs->v13.early : NULL;

	if (!left || r->type != TLS_DATA || r->all.n > *left)
		return false;
	*left -= (uint32_t)r->all.n;
	return true;
}

/* What in 1.3 is not sealed though keys are there: CCS, and the alert of one who
 * could not make those keys.
 */
static bool is_plain(const struct tls *t, const struct tls_record *r)
{
	return t->hs && t->about.version == TLS_VERSION_13 &&
	       (r->type == TLS_CHANGE_CIPHER_SPEC ||
		(r->type == TLS_ALERT && t->in.seq == 0));
}

static bool too_long(const struct tls *t, const struct tls_record *r, size_t n)
{
	bool new = t->about.version == TLS_VERSION_13;
	size_t most = TLS_RECORD_TEXT + new;

	if (t->heard.most)
		most = t->heard.most;
	if (new)
		n = r->all.n - TLS_RECORD_HEAD - AEAD_TAG;
	return n > most;
}

/* Opened where it stands. > 0: there is something in it. */
static int open_sealed(struct tls *t, struct tls_record *r, struct span *text)
{
	bool new = t->about.version == TLS_VERSION_13;

	if (new && r->type != TLS_DATA)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	if (!record_open(r, t->suite, &t->in, text)) {
		if (!text->p)
			return tls_fail(t, TLS_UNEXPECTED_MESSAGE,
					"a record of nothing but padding");
		return is_early(t, r) ? 0
				      : tls_fail(t, TLS_BAD_RECORD_MAC, NULL);
	}
	if (t->hs)
		t->hs->v13.early = 0;
	if (too_long(t, r, text->n))
		return tls_fail(t, TLS_RECORD_OVERFLOW, NULL);
	if (new && r->type == TLS_CHANGE_CIPHER_SPEC)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	return 1;
}

static int open_record(struct tls *t, struct tls_record *r, struct span *text)
{
	if (t->in.on && !is_plain(t, r))
		return open_sealed(t, r, text);
	*text = (struct span){ r->all.p + TLS_RECORD_HEAD,
			       r->all.n - TLS_RECORD_HEAD };
	if (text->n > TLS_RECORD_TEXT)
		return tls_fail(t, TLS_RECORD_OVERFLOW, NULL);
	return !is_early(t, r);
}

static int hear_record(struct tls *t, struct tls_record *r, struct span *text)
{
	static int (*const rows[])(struct tls * t, struct span b) = {
		hear_ccs, hear_alert, hear_handshake, hear_data
	}; /* by enum tls_content */
	struct span inside = *text;
	int rc = open_record(t, r, &inside);
	size_t kind = (size_t)r->type - TLS_CHANGE_CIPHER_SPEC;

	if (rc <= 0)
		return rc;
	if (kind >= COUNT(rows))
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	if (r->type == TLS_DATA)
		*text = inside;
	return rows[kind](t, inside);
}

long tls_hear(struct tls *t, struct span in, struct span *text)
{
	struct tls_record r;
	int rc;

	*text = (struct span){ in.p, 0 };
	if (t->err)
		return t->err;
	if (t->ended)
		return (long)in.n;
	rc = record_next(&r, in, t->in.on);
	if (rc < 0)
		rc = tls_fail(t, (enum tls_alert) - rc, NULL);
	else if (rc > 0)
		rc = hear_record(t, &r, text) < 0 ? t->err : (int)r.all.n;
	if (t->err) {
		hs_end(t);
		*text = (struct span){ in.p, 0 };
	}
	return rc;
}

/* ---- saying ---- */

/* One of three, the gravest first. */
static size_t say_alert(struct tls *t, struct span room)
{
	enum { WARNING = 1, FATAL };
	uint8_t *text = room.p + record_front(t->suite, &t->out);
	uint8_t level = WARNING, alert = TLS_CLOSE_NOTIFY, left = 0;

	if (t->to_say & SAY_ALERT) {
		level = FATAL;
		alert = t->about.alert;
	} else if (t->to_say & SAY_NO) {
		alert = TLS_NO_RENEGOTIATION;
		left = t->to_say & ~SAY_NO & 0xff;
	}
	text[0] = level;
	text[1] = alert;
	t->to_say = left;
	return record_seal(room.p, 2, TLS_ALERT, t->suite, &t->out);
}

static size_t say_one(struct tls *t, struct span room)
{
	size_t n;

	if (t->hs && !t->err && !t->finished && (n = hs_say(t, room)) > 0)
		return n;
	if (t->to_say & (SAY_ALERT | SAY_CLOSE | SAY_NO))
		return say_alert(t, room);
	if (t->err || t->hs || t->finished || !t->to_say)
		return 0;
	return post_say(t, room);
}

size_t tls_say(struct tls *t, struct span room)
{
	enum { LEAST = 64 };
	size_t n = 0, more;

	do {
		more = say_one(t, (struct span){ room.p + n, room.n - n });
		n += more;
	} while (more > 0 && room.n - n >= LEAST);
	if (t->err)
		hs_end(t);
	return n;
}

struct span tls_room(const struct tls *t, struct span out)
{
	size_t around = record_around(t->suite, &t->out);

	if (!t->open || t->finished || t->err || out.n <= TLS_OVERHEAD)
		return (struct span){ out.p, 0 };
	return (struct span){ out.p + record_front(t->suite, &t->out),
			      min_size(out.n - around, t->record_most) };
}

/* 1.2 has no new keys but by a handshake, and of those there is one. */
static bool worn_out(const struct tls *t)
{
	return t->out.seq >= WORN && t->suite->aead != &aead_chacha20_poly1305;
}

size_t tls_seal(struct tls *t, struct span out, size_t n)
{
	size_t made;

	if (t->out.seq >= REKEY)
		tls_rekey(t);
	t->heard.idle = 0; /* who only hears answers KeyUpdates of ours */
	made = record_seal(out.p, n, TLS_DATA, t->suite, &t->out);
	if (worn_out(t))
		tls_fail(t, TLS_INTERNAL_ERROR,
			 "its key has sealed all that it may");
	return made;
}

/* ---- from start to stop ---- */

void tls_start(struct tls *t, struct tls_hs *hs, const struct tls_conf *conf,
	       struct bytes name, int64_t now_ms)
{
	*t = (struct tls){ .conf = conf,
			   .hs = hs,
			   .now_ms = now_ms,
			   .record_most = TLS_RECORD_TEXT };
	memset(hs, 0, offsetof(struct tls_hs, room.b));
	hs->machine = conf->role == TLS_CLIENT ? &tls_client : &tls_server;
	hs->state = 1;
	transcript_start(&hs->script);
	if (name.n > HS_NAME_MOST) {
		tls_fail(t, TLS_INTERNAL_ERROR, "the host's name is too long");
		return;
	}
	hs->name_n = (uint8_t)name.n;
	if (name.n > 0)
		memcpy(hs->name, name.p, name.n);
}

void tls_finish(struct tls *t)
{
	if (t->finished || t->err)
		return;
	t->finished = true;
	t->to_say = SAY_CLOSE;
}

void tls_cut(struct tls *t)
{
	if (t->err || t->ended)
		return;
	over(t, -NAT_ECLOSED, "the connection was cut off");
	hs_end(t);
}

void tls_rekey(struct tls *t)
{
	if (t->open && t->about.version == TLS_VERSION_13)
		t->to_say |= SAY_ASK;
}

bool tls_export(const struct tls *t, const char *label, struct bytes context,
		struct span out)
{
	if (!t->open || t->err || out.n > TLS_EXPORT_MOST ||
	    strlen(label) > KEYS13_LABEL_MOST)
		return false;
	if (t->about.version == TLS_VERSION_12)
		return both12_export(t, label, context, out);
	keys13_export(t->suite->hash, t->exporter, label, context, out);
	return true;
}

void tls_stop(struct tls *t)
{
	hs_end(t);
	ct_wipe(t, sizeof *t);
}
