/* door - how connections begin: TLS or not, a request of HTTP, WebSocket. */
#include "app/signal/core.h"
#include "app/signal/module.h"
#include "base/addr.h"
#include "base/cur.h"
#include "net/veil.h"
#include "wire/upgrade.h"

/* ---- who may come ---- */

static const struct http1_field *field(const struct http1_head *h,
				       struct bytes name)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (http1_same(h->v[i].name, name))
			return &h->v[i];
	return NULL;
}

/* Programs say none; browsers say of which page they are. */
static bool may_come(const struct signal *s)
{
	const struct http1_field *f = field(&s->request.head, BYTES("origin"));
	const struct opt_list *l = &s->conf->origin;

	if (!f || !l->n)
		return true;
	for (uint32_t i = 0; i < l->n; i++)
		if (http1_same(f->value, bytes_of(l->v[i])))
			return true;
	return false;
}

/* As M2 shows it: "Authorization: Bearer TOKEN"; or, since browsers cannot, as
 * token=TOKEN in the query.
 */
static struct bytes token_of(const struct http1_request *r)
{
	const struct http1_field *f = field(&r->head, BYTES("authorization"));
	struct cur c = cur_of(f ? f->value : r->target);

	if (f)
		return http1_same(cur_word(&c), BYTES("bearer")) ? cur_word(&c)
								 : BYTES("");
	cur_until(&c, '?');
	while (cur_left(&c) > 0) {
		struct cur one = cur_of(cur_until(&c, '&'));

		if (bytes_are(cur_until(&one, '='), "token"))
			return cur_bytes(&one, cur_left(&one));
	}
	return BYTES("");
}

static bool proves(struct signal_conn *c)
{
	struct signal *s = c->of;
	struct bytes token = token_of(&s->request);
	uint8_t key[16];
	struct bytes who = { key, sizeof key };

	if (signal_is_open(s) || signal_admits(s, token, &c->admit))
		return true;
	addr_host(key, &c->from);
	if (token.n)
		bans_failed(&s->gate.bans, who, s->net->loop->now);
	return false;
}

/* ---- answers ---- */

static bool asks_module(const struct http1_request *r)
{
	return bytes_are(r->method, "GET") && !r->head.upgrades &&
	       bytes_are(r->target, "/nat.js");
}

/* 0: it is a WebSocket now. */
static unsigned answer(struct signal_conn *c, struct fmt *f)
{
	struct signal *s = c->of;
	unsigned status = 0;

	if (!may_come(s))
		status = 403;
	else if (s->request.head.upgrades && !proves(c))
		status = 401;
	if (!status)
		return upgrade_answer(f, &s->request, BYTES(""));
	upgrade_refuse(f, status);
	return status;
}

static const char *reason(unsigned status)
{
	if (status == 401)
		return "it has no token that is good here";
	return status == 403 ? "it is of a page of elsewhere"
			     : "it asks for no WebSocket";
}

/* ---- the head ---- */

/* > 0: its bytes; 0: not all of it is here; or an error. */
static long next_head(struct signal_conn *c, struct bytes *in)
{
	size_t seen;
	long n;

	do {
		struct span all = stream_peek(&c->tcp.stream, c->scan.at + 1);

		seen = c->scan.at;
		*in = (struct bytes){ all.p, all.n > seen ? all.n : seen };
		n = http1_scan(&c->scan, *in, UPGRADE_HEAD);
	} while (n == 0 && c->scan.at > seen);
	return n == 0 && c->tcp.stream.ended ? -NAT_ECLOSED : n;
}

static unsigned read_head(struct signal_conn *c, struct bytes in, long n)
{
	struct bytes head = { in.p + c->scan.lead, (size_t)n - c->scan.lead };

	return n > 0 ? http1_request(&c->of->request, head) : 400;
}

static bool begin(struct signal_conn *c, struct bytes in, long n)
{
	unsigned status = read_head(c, in, n);
	struct span room =
		stream_reserve(&c->tcp.stream, UPGRADE_SAID + module_size());
	struct fmt f = fmt_to(room);
	bool module = !status && asks_module(&c->of->request);

	if (module)
		module_put(&f);
	else if (status)
		upgrade_refuse(&f, status);
	else
		status = answer(c, &f);
	if (room.p)
		stream_commit(&c->tcp.stream, f.n);
	if (status || module || !room.p) {
		if (status)
			signal_complain(c, reason(status));
		signal_leave(c, "it is answered");
		return false;
	}
	stream_take(&c->tcp.stream, (size_t)n);
	wstext_start(&c->ws, &c->tcp, WS_SERVER, MING_MOST);
	signal_enter(c, SIGNAL_FIRST);
	return true;
}

bool signal_open(struct signal_conn *c)
{
	struct bytes in;
	long n;

	if (!secure_answer(c->of->secure, &c->tcp, c->tls)) {
		signal_complain(c, "TLS alone is spoken here");
		signal_drop(c, "no TLS");
		return false;
	}
	if (veil_waits(&c->tcp))
		return true;
	n = next_head(c, &in);
	if (n == -NAT_ECLOSED) {
		signal_drop(c, "it has closed");
		return false;
	}
	return n == 0 || begin(c, in, n);
}
