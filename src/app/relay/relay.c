#include "app/relay/relay.h"
#include "app/relay/core.h"
#include "app/relay/door.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "os/mem.h"
#include "os/rand.h"
#include "os/sock.h"

enum { MOST_PUBLISHED = 65536, DEFAULT_PORT = 8888 };

bool relay_may_warn(struct relay *r)
{
	uint32_t unsaid;

	if (!log_may(&r->rate, relay_now(r), &unsaid))
		return false;
	if (unsaid)
		log_warn(r->net->log, "relay", "%u more such lines left out",
			 unsaid);
	return true;
}

void relay_make_id(uint8_t *to, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)letters[rand_below(sizeof letters - 1)];
}

/* ---- memory ---- */

/* The parts of one reservation, each aligned. */
static struct span carve(struct span *rest, size_t n)
{
	size_t whole = (n + 63) & ~(size_t)63;
	struct span s = { rest->p, n };

	rest->p += whole;
	rest->n -= whole;
	return s;
}

static int reserve(struct relay *r)
{
	const struct relay_conf *c = r->conf;
	uint64_t most = (uint64_t)c->max_clients * c->max_services;
	uint32_t npublished =
		most < MOST_PUBLISHED ? (uint32_t)most : MOST_PUBLISHED;
	uint32_t nbuckets = map_buckets(c->max_visitors);
	const struct {
		struct slots *slots;
		size_t size;
		uint32_t limit;
	} rows[] = {
		{ &r->doors, sizeof(struct door), RELAY_DOORS },
		{ &r->sessions, sizeof(struct session), c->max_clients },
		{ &r->published, sizeof(struct published), npublished },
		{ &r->visitors, sizeof(struct visitor), c->max_visitors },
	};
	size_t table = nbuckets * sizeof(struct map_node *);
	size_t need = table + 64 * (COUNT(rows) + 1);
	struct span rest;

	for (size_t i = 0; i < COUNT(rows); i++)
		need += rows[i].size * rows[i].limit;
	r->memory = rest = mem_reserve(need);
	if (!rest.p)
		return -NAT_EMEMORY;
	map_init(&r->by_out_id, carve(&rest, table), nbuckets);
	for (size_t i = 0; i < COUNT(rows); i++)
		slots_init(rows[i].slots,
			   carve(&rest, rows[i].size * rows[i].limit),
			   rows[i].size, rows[i].limit);
	return 0;
}

/* ---- listeners ---- */

static int open_port(struct relay *r, struct bytes host, uint16_t port,
		     bool greets)
{
	struct relay_port *p = &r->ports[r->nports];
	int rc = listener_start(&p->listener, r->net, host, port, door_come);

	if (rc < 0)
		return rc;
	p->relay = r;
	p->greets = greets;
	r->nports++;
	return 0;
}

static int open_ports(struct relay *r, struct diag *d)
{
	const struct opt_list *l = &r->conf->listen;
	struct hostport hp = { { NULL, 0 }, DEFAULT_PORT };

	for (uint32_t i = 0; i < l->n; i++) {
		int rc = hostport_parse(&hp, bytes_of(l->v[i]));

		if (rc == 0)
			rc = open_port(r, hp.host, hp.port, r->conf->open);
		if (rc < 0) {
			diag_put(d, "cannot listen on %s: %s", l->v[i],
				 err_text(rc));
			return rc;
		}
	}
	return r->conf->open ? open_port(r, hp.host, 0, false) : 0;
}

static void say_ready(const struct relay *r)
{
	for (uint32_t i = 0; i < r->conf->listen.n; i++) {
		char at[64];
		struct fmt f = fmt_to(SPAN(at));

		addr_print(&f, &r->ports[i].listener.at);
		log_say(r->net->log, "relay: ready on %s", fmt_text(&f));
	}
}

/* The command to paste on the inner machine, with our address as far as we can
 * tell it.
 */
static void say_token(const struct relay *r, const char *state_dir)
{
	struct addr at = r->ports[0].listener.at, own;
	struct bytes token = tokens_first(&r->tokens);
	static const uint8_t zeros[16];
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	if (memcmp(at.ip, zeros, sizeof zeros) == 0 &&
	    sock_own_addr(&own) == 0) {
		own.port = at.port;
		at = own;
	}
	addr_print(&f, &at);
	log_say(r->net->log,
		"relay: made a token and keeps it in %s/token; on the inner "
		"machine run, for its SSH:",
		state_dir);
	log_say(r->net->log,
		"    nat client --relay %s --token %.*s ssh=tcp:22@6022",
		fmt_text(&f), (int)token.n, (const char *)token.p);
}

/* ---- life ---- */

static int set_up(struct relay *r, const char *state_dir, struct diag *d)
{
	int rc = reserve(r);

	if (rc < 0) {
		diag_put(d,
			 "%s for the limits asked for: lower --max-visitors "
			 "or --max-clients",
			 err_text(rc));
		return rc;
	}
	rc = tokens_load(&r->tokens, r->conf, state_dir, d);
	if (rc < 0)
		return rc;
	return open_ports(r, d);
}

int relay_start(struct relay **out, struct net *net,
		const struct relay_conf *conf, const char *state_dir,
		struct diag *d)
{
	struct span memory = mem_reserve(sizeof(struct relay));
	struct relay *r = (struct relay *)(void *)memory.p;
	int rc;

	if (!r)
		return -NAT_EMEMORY;
	r->net = net;
	r->conf = conf;
	list_init(&r->knocking);
	list_init(&r->waiting);
	timer_init(&r->expiry, visitors_expire);
	rc = set_up(r, state_dir, d);
	if (rc < 0) {
		relay_stop(r);
		return rc;
	}
	say_ready(r);
	if (r->tokens.made)
		say_token(r, state_dir);
	*out = r;
	return 0;
}

static void stop_all(struct relay *r)
{
	slots_each (struct door, d, &r->doors)
		door_stop(d.it);
	slots_each (struct visitor, v, &r->visitors)
		visitor_stop(v.it, 0, "the relay stops");
	slots_each (struct session, s, &r->sessions)
		session_stop(s.it, "the relay stops");
	timer_stop(&r->expiry, r->net->loop);
	mem_release(r->memory);
}

void relay_stop(struct relay *r)
{
	if (r->memory.p)
		stop_all(r);
	for (uint32_t i = 0; i < r->nports; i++)
		listener_stop(&r->ports[i].listener);
	tokens_unload(&r->tokens);
	mem_release((struct span){ (uint8_t *)r, sizeof *r });
}
