#include "wire/tls/start.h"
#include "base/addr.h"
#include "crypt/ct.h"
#include "wire/tls/session.h"

/* RFC 8446 4.1.3: how a server that could do better ends its random. */
#define DOWNGRADED "DOWNGRD"
enum { TO_11 = 0, TO_12 = 1, FALLBACK_SCSV = 0x5600, RECORD_LEAST = 64 };

bool start_speaks(const struct tls_conf *conf, enum tls_version version)
{
	return (!conf->least || conf->least <= version) &&
	       (!conf->most || conf->most >= version);
}

/* ---- what is answered ---- */

/* RFC 8449 4: what stands in the extension counts the type's byte of 1.3. */
static uint16_t record_wish(const struct tls *t, bool new)
{
	return t->conf->record ? t->conf->record
			       : (uint16_t)(TLS_RECORD_TEXT + new);
}

static int take_record(struct tls *t, const struct hello *h)
{
	bool new = t->about.version == TLS_VERSION_13;
	uint16_t n;

	if (!hello_has(h, HELLO_RECORD))
		return 0;
	n = hello_number(h->ext[HELLO_RECORD]);
	if (n < RECORD_LEAST)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	t->record_most = (uint16_t)min_size((size_t)n - new, TLS_RECORD_TEXT);
	t->heard.most = record_wish(t, new);
	return 0;
}

/* The name of a protocol in a list of such names. */
static bool names(struct bytes list, const char *name)
{
	struct cur c = cur_of(list);

	while (cur_left(&c) > 0)
		if (bytes_are(cur_bytes(&c, cur_u8(&c)), name))
			return true;
	return false;
}

/* RFC 7301 3.2: our preference counts. */
static int choose_alpn(struct tls *t, const struct hello *h)
{
	struct bytes list = h->ext[HELLO_ALPN];

	if (!list.p || t->conf->alpn_n == 0)
		return 0;
	for (size_t i = 0; i < t->conf->alpn_n && !t->about.alpn; i++)
		if (names(list, t->conf->alpn[i]))
			t->about.alpn = (uint8_t)(1 + i);
	return t->about.alpn ? 0
			     : tls_fail(t, TLS_NO_APPLICATION_PROTOCOL, NULL);
}

void start_answer(struct tls *t, struct hello *h, struct start_answers *a)
{
	bool new = t->about.version == TLS_VERSION_13;
	struct pack p = pack_to(SPAN(a->alpn)), r = pack_to(SPAN(a->record));

	if (t->hs->name_n > 0)
		h->ext[HELLO_NAME] = (struct bytes){ t->hs->name, 0 };
	if (t->about.alpn)
		pack_vector(&p, bytes_of(t->conf->alpn[t->about.alpn - 1]), 1);
	if (t->about.alpn)
		h->ext[HELLO_ALPN] = pack_done(&p);
	pack_u16(&r, record_wish(t, new));
	if (t->heard.most)
		h->ext[HELLO_RECORD] = pack_done(&r);
}

int start_answered(struct tls *t, const struct hello *h)
{
	struct cur c = cur_of(h->ext[HELLO_ALPN]);
	struct bytes name;

	if (take_record(t, h) < 0)
		return t->err;
	if (!hello_has(h, HELLO_ALPN))
		return 0;
	name = cur_bytes(&c, cur_u8(&c));
	for (size_t i = 0; i < t->conf->alpn_n; i++)
		if (bytes_are(name, t->conf->alpn[i]))
			t->about.alpn = (uint8_t)(1 + i);
	if (!t->about.alpn || cur_left(&c) > 0)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	return 0;
}

/* ---- a client's hello ---- */

/* Room for what stands in it. */
struct wish {
	struct start_wishes lists;
	uint8_t versions[4], record[2];
	uint8_t name[3 + HS_NAME_MOST], alpn[256];
	uint8_t share[4 + SHARE_PUBLIC];
	uint8_t psk[2 + 2 + TLS_TICKET_MOST + 4 + 2 + 1 + SHA384_SIZE];
};

static void put_suites(struct pack *p, const struct tls_conf *conf, bool chacha)
{
	for (size_t i = 0; i < TLS_SUITES; i++) {
		const struct tls_suite *s = &tls_suites[i];

		if ((!conf->suites || conf->suites >> i & 1) &&
		    start_speaks(conf, s->version) &&
		    chacha == (s->aead == &aead_chacha20_poly1305))
			pack_u16(p, s->id);
	}
}

static struct bytes wish_suites(const struct tls_conf *conf, struct span room)
{
	struct pack p = pack_to(room);

	put_suites(&p, conf, conf->no_aes);
	put_suites(&p, conf, !conf->no_aes);
	return pack_done(&p);
}

static struct bytes wish_versions(const struct tls_conf *conf, struct span room)
{
	struct pack p = pack_to(room);

	if (start_speaks(conf, TLS_VERSION_13))
		pack_u16(&p, TLS_VERSION_13);
	if (start_speaks(conf, TLS_VERSION_12))
		pack_u16(&p, TLS_VERSION_12);
	return pack_done(&p);
}

static struct bytes wish_groups(const struct tls_conf *conf, struct span room)
{
	struct pack p = pack_to(room);

	for (size_t i = 0; i < SHARES; i++)
		if (!conf->groups || conf->groups >> i & 1)
			pack_u16(&p, shares[i].group);
	return pack_done(&p);
}

static struct bytes wish_schemes(struct span room)
{
	struct pack p = pack_to(room);

	for (size_t i = 0; i < AUTH_SCHEMES; i++)
		pack_u16(&p, auth_schemes[i].number);
	return pack_done(&p);
}

void start_wish(const struct tls_conf *conf, struct hello *h,
		struct start_wishes *w)
{
	h->suites = wish_suites(conf, SPAN(w->suites));
	h->ext[HELLO_GROUPS] = wish_groups(conf, SPAN(w->groups));
	h->ext[HELLO_SCHEMES] = wish_schemes(SPAN(w->schemes));
	if (!start_speaks(conf, TLS_VERSION_12))
		return;
	h->ext[HELLO_POINTS] = BYTES("\0");
	h->ext[HELLO_MASTER] = h->ext[HELLO_RENEGOTIATION] = BYTES("");
}

/* RFC 6066 3: no address is a name. */
static struct bytes wish_name(const struct tls_hs *hs, struct span room)
{
	struct bytes name = { hs->name, hs->name_n };
	struct pack p = pack_to(room);
	struct addr a;

	if (name.n == 0 || addr_parse_ip(&a, name) == 0)
		return (struct bytes){ NULL, 0 };
	pack_u8(&p, 0);
	pack_vector(&p, name, 2);
	return pack_done(&p);
}

static struct bytes wish_alpn(const struct tls_conf *conf, struct span room)
{
	struct pack p = pack_to(room);

	for (size_t i = 0; i < conf->alpn_n; i++)
		pack_vector(&p, bytes_of(conf->alpn[i]), 1);
	return conf->alpn_n ? pack_done(&p) : (struct bytes){ NULL, 0 };
}

/* One key: of the group that is wanted, else of our best. */
static struct bytes wish_share(struct tls *t, struct span room)
{
	struct tls_hs *hs = t->hs;
	struct pack p = pack_to(room);

	for (size_t i = 0; i < SHARES && !hs->share; i++)
		hs->share = share_of(shares[i].group, t->conf->groups);
	if (!hs->v13.retried || hs->v13.retry)
		share_make(hs->share, hs->share_key, hs->share_public,
			   t->conf->fill);
	pack_u16(&p, hs->share->group);
	pack_vector(&p, (struct bytes){ hs->share_public, hs->share->public_n },
		    2);
	return pack_done(&p);
}

static void wish_13(struct tls *t, struct hello *h, struct wish *w)
{
	struct tls_hs13 *v = &t->hs->v13;

	h->ext[HELLO_VERSIONS] = wish_versions(t->conf, SPAN(w->versions));
	h->ext[HELLO_SHARES] = wish_share(t, SPAN(w->share));
	if (v->cookie_n)
		h->ext[HELLO_COOKIE] = (struct bytes){ v->cookie, v->cookie_n };
	if (t->session)
		h->ext[HELLO_PSK_MODES] = BYTES("\1");
	h->ext[HELLO_PSK] = session_wish(t, SPAN(w->psk));
}

static int give_hello(struct tls *t, struct pack *p)
{
	struct tls_hs *hs = t->hs;
	bool new = start_speaks(t->conf, TLS_VERSION_13);
	struct pack r;
	struct hello h = { .where = HELLO_CLIENT, .random = hs->client_random };
	struct wish w;

	if (!hs->v13.retried) {
		session_name(t);
		t->conf->fill(SPAN(hs->client_random));
		t->conf->fill(SPAN(hs->id));
		hs->id_n = new ? TLS_SESSION_ID : 0;
	}
	h.id = (struct bytes){ hs->id, hs->id_n };
	start_wish(t->conf, &h, &w.lists);
	h.ext[HELLO_NAME] = wish_name(hs, SPAN(w.name));
	h.ext[HELLO_ALPN] = wish_alpn(t->conf, SPAN(w.alpn));
	r = pack_to(SPAN(w.record));
	pack_u16(&r, record_wish(t, new));
	h.ext[HELLO_RECORD] = pack_done(&r);
	if (new)
		wish_13(t, &h, &w);
	hs->offered = hello_set(&h);
	hello_write(p, &h);
	session_bind(t, p);
	return 0;
}

/* ---- what the server makes of it ---- */

/* The version of a ServerHello, or the alert: < 0. */
static int version_answered(const struct tls *t, const struct hello *h)
{
	const uint8_t *end = h->random + TLS_RANDOM - 8;
	bool new = start_speaks(t->conf, TLS_VERSION_13);

	if (h->where != HELLO_SERVER12) {
		if (hello_number(h->ext[HELLO_VERSIONS]) != TLS_VERSION_13 ||
		    h->version != TLS_VERSION_12 ||
		    !ct_equal(h->id, (struct bytes){ t->hs->id, t->hs->id_n }))
			return -TLS_ILLEGAL_PARAMETER;
		return TLS_VERSION_13;
	}
	if (t->hs->v13.retried)
		return -TLS_ILLEGAL_PARAMETER;
	if (new &&memcmp(end, DOWNGRADED, 7) == 0 && end[7] <= TO_12)
		return -TLS_ILLEGAL_PARAMETER;
	if (h->version != TLS_VERSION_12 ||
	    !start_speaks(t->conf, TLS_VERSION_12))
		return -TLS_PROTOCOL_VERSION;
	return TLS_VERSION_12;
}

static int take_answer(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	struct hello h;
	uint8_t alert = hello_read_server(&h, body, hs->offered);
	int version;

	if (alert)
		return tls_fail(t, alert, NULL);
	version = version_answered(t, &h);
	if (version < 0)
		return tls_fail(t, (enum tls_alert) - version, NULL);
	t->about.version = (uint16_t)version;
	memcpy(hs->server_random, h.random, TLS_RANDOM);
	hs->machine = version == TLS_VERSION_13 ? &tls_client13 : &tls_client12;
	return hs->machine->begin(t, &h);
}

static int begun(struct tls *t)
{
	return t->hs->machine->begun(t);
}

/* ---- a server takes a client's hello ---- */

/* The best of both, or the alert: < 0. */
static int version_chosen(const struct tls *t, const struct hello *h)
{
	struct bytes said = h->ext[HELLO_VERSIONS];
	bool old = said.p ? hello_lists(said, TLS_VERSION_12)
			  : h->version >= TLS_VERSION_12;

	if (said.p && hello_lists(said, TLS_VERSION_13) &&
	    start_speaks(t->conf, TLS_VERSION_13))
		return TLS_VERSION_13;
	if (!old || !start_speaks(t->conf, TLS_VERSION_12))
		return -TLS_PROTOCOL_VERSION;
	if (t->hs->v13.retried)
		return -TLS_ILLEGAL_PARAMETER;
	if (hello_lists(h->suites, FALLBACK_SCSV) &&
	    start_speaks(t->conf, TLS_VERSION_13))
		return -TLS_INAPPROPRIATE_FALLBACK;
	return TLS_VERSION_12;
}

static void draw_random(struct tls *t)
{
	uint8_t *random = t->hs->server_random;

	t->conf->fill((struct span){ random, TLS_RANDOM });
	if (t->about.version == TLS_VERSION_13 ||
	    !start_speaks(t->conf, TLS_VERSION_13))
		return;
	memcpy(random + TLS_RANDOM - 8, DOWNGRADED, 7);
	random[TLS_RANDOM - 1] = TO_12;
}

static int take_name(struct tls *t, const struct hello *h)
{
	struct bytes name;

	if (!hello_name(h, &name))
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (name.n > HS_NAME_MOST || bytes_have(name, 0))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	t->hs->name_n = (uint8_t)name.n;
	if (name.n > 0)
		memcpy(t->hs->name, name.p, name.n);
	session_name(t);
	return 0;
}

static int take_hello(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	struct hello h;
	uint8_t alert = hello_read_client(&h, body);
	int version;

	if (alert)
		return tls_fail(t, alert, NULL);
	version = version_chosen(t, &h);
	if (version < 0)
		return tls_fail(t, (enum tls_alert) - version, NULL);
	t->about.version = (uint16_t)version;
	hs->v13.early = 0;
	hs->id_n = (uint8_t)h.id.n;
	memcpy(hs->id, h.id.p, h.id.n);
	memcpy(hs->client_random, h.random, TLS_RANDOM);
	hs->schemes = auth_set(h.ext[HELLO_SCHEMES]);
	draw_random(t);
	if (take_name(t, &h) < 0 || choose_alpn(t, &h) < 0 ||
	    take_record(t, &h) < 0)
		return t->err;
	hs->machine = version == TLS_VERSION_13 ? &tls_server13 : &tls_server12;
	return hs->machine->begin(t, &h);
}

/* ---- the tables ---- */

static const struct tls_give client_gives[] = {
	{ START_CCS, HS_CCS, START_HELLO, NULL, NULL },
	{ START_HELLO, TLS_CLIENT_HELLO, START_ANSWER, give_hello, NULL },
};

static const struct tls_take client_takes[] = {
	{ START_ANSWER, TLS_SERVER_HELLO, 0, take_answer, begun },
};

const struct tls_machine tls_client = { NULL,
					NULL,
					client_takes,
					client_gives,
					COUNT(client_takes),
					COUNT(client_gives) };

static const struct tls_take server_takes[] = {
	{ START_HELLO, TLS_CLIENT_HELLO, 0, take_hello, begun },
};

const struct tls_machine tls_server = {
	NULL, NULL, server_takes, NULL, COUNT(server_takes), 0
};
