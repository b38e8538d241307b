#include "app/client/relays.h"
#include <assert.h>

/* What hostport_parse does not take: a host alone, "[v6]", and v6 bare. */
static bool host_alone(struct hostport *hp, struct bytes text, uint16_t port)
{
	struct addr a;
	bool colon = false;

	hp->port = port;
	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = (struct bytes){ text.p + 1, text.n - 2 };
	hp->host = text;
	for (size_t i = 0; i < text.n; i++)
		colon = colon || text.p[i] == ':';
	return text.n > 0 && (!colon || addr_parse_ip(&a, text) == 0);
}

static bool read_relay(struct hostport *hp, struct way *way, struct bytes text)
{
	if (!way_read(way, &text))
		return false;
	if (hostport_parse(hp, text) < 0)
		return host_alone(hp, text, way_port(way));
	if (hp->host.n == 0)
		hp->host = BYTES("127.0.0.1");
	return hp->port != 0;
}

static bool same(const struct hostport *a, const struct hostport *b)
{
	return a->port == b->port && bytes_equal(a->host, b->host);
}

static void put(struct relays *r, uint32_t i, const struct hostport *hp)
{
	memcpy(r->hosts[i], hp->host.p, hp->host.n);
	r->at[i] = (struct hostport){ { r->hosts[i], hp->host.n }, hp->port };
}

int relays_init(struct relays *r, const struct opt_list *list, struct diag *d)
{
	struct hostport hp;
	int err = 0;

	*r = (struct relays){ .n = list->n };
	for (uint32_t i = 0; i < list->n; i++) {
		if (read_relay(&hp, &r->ways[i], bytes_of(list->v[i])) &&
		    hp.host.n < RELAY_HOST) {
			put(r, i, &hp);
			continue;
		}
		diag_put(d, "relay: %s is not HOST or HOST:PORT", list->v[i]);
		err = -NAT_ECONF;
	}
	if (list->n == 0) {
		diag_put(d, "relay: say where it is: --relay HOST:PORT");
		err = -NAT_ECONF;
	}
	return err;
}

const char *relays_fault(const char *text, bool *tls)
{
	struct way way = { .kind = NULL };
	struct hostport hp;
	char with_port[RELAY_HOST + 16];
	struct fmt f = fmt_to(SPAN(with_port));
	struct addr a;
	bool good =
		read_relay(&hp, &way, bytes_of(text)) && hp.host.n < RELAY_HOST;

	*tls = good && way.kind && way.kind->tls;
	if (good && addr_parse_ip(&a, hp.host) < 0) {
		fmt_put(&f, "%.*s:%u", (int)hp.host.n, (const char *)hp.host.p,
			(unsigned)hp.port);
		good = hostport_parse(&hp, fmt_done(&f)) == 0;
	}
	return good ? NULL
		    : "is not host, host:port or [v6]:port, or that behind "
		      "tcp://, tls://, ws:// or wss://";
}

enum relays_new relays_take(struct relays *r, const struct opt_list *list)
{
	const struct hostport *at_hand = &r->at[r->now];
	bool all = r->n == list->n, kept = false;
	uint32_t now = 0;
	int rc;

	for (uint32_t i = 0; i < list->n; i++) {
		struct hostport hp;
		struct way way = { .kind = NULL };
		bool is_it;

		if (!read_relay(&hp, &way, bytes_of(list->v[i])))
			continue;
		all = all && same(&hp, &r->at[i]) &&
		      way_same(&way, &r->ways[i]);
		is_it = same(&hp, at_hand) && way_same(&way, &r->ways[r->now]);
		if (!kept && is_it)
			now = i;
		kept = kept || is_it;
	}
	if (all)
		return RELAYS_SAME;
	rc = relays_init(r, list, NULL);
	assert(rc == 0);
	(void)rc;
	r->now = now;
	return kept ? RELAYS_KEPT : RELAYS_GONE;
}

void relays_print_port(struct fmt *f, const struct relays *r, uint16_t port)
{
	struct bytes host = r->at[r->now].host;
	bool v6 = false;

	for (size_t i = 0; i < host.n; i++)
		v6 = v6 || host.p[i] == ':';
	fmt_put(f, v6 ? "[" : "");
	fmt_bytes(f, host);
	fmt_put(f, v6 ? "]:%u" : ":%u", (unsigned)port);
}

void relays_print(struct fmt *f, const struct relays *r)
{
	relays_print_port(f, r, r->at[r->now].port);
}
