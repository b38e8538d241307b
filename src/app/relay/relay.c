#include "app/relay/relay.h"
#include "app/relay/access.h"
#include "app/relay/allowance.h"
#include "app/relay/core.h"
#include "app/relay/door.h"
#include "app/relay/flow.h"
#include "app/relay/front.h"
#include "app/relay/https.h"
#include "app/relay/parked.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "app/relay/web.h"
#include "crypt/ct.h"
#include "os/console.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"
#include "os/sock.h"

enum { MOST_PUBLISHED = 65536, DEFAULT_PORT = 8888 };

void relay_make_id(uint8_t *to, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)letters[rand_below(sizeof letters - 1)];
}

/* ---- memory ---- */

static uint32_t most_published(const struct relay_conf *c)
{
	uint64_t most = (uint64_t)c->max_clients * c->max_services;

	return most < MOST_PUBLISHED ? (uint32_t)most : MOST_PUBLISHED;
}

static int reserve(struct relay *r)
{
	const struct relay_conf *c = r->conf;
	/* a thing of each may come from an address of its own */
	uint32_t addresses = c->gate.max_unknown + c->max_clients +
			     c->max_visitors + c->max_flows +
			     (uint32_t)web_descriptors(c);
	struct span bans, rates;
	/* clang-format off */
	const struct part parts[] = {
		PART_SLOTS(&r->doors, struct door, c->gate.max_unknown),
		PART_SLOTS(&r->sessions, struct session, c->max_clients),
		PART_SLOTS(&r->published, struct published, most_published(c)),
		PART_SLOTS(&r->visitors, struct visitor, c->max_visitors),
		PART_SLOTS(&r->parked, struct parked, RELAY_PARKED),
		PART_MAP(&r->by_out_id, c->max_visitors),
		PART_SLOTS(&r->gate.tally.rows, struct tally_row, addresses),
		PART_MAP(&r->gate.tally.by_key, addresses),
		PART_MEM(&bans, struct ban_row, GATE_BANS),
		PART_MEM(&rates, struct limit_row, GATE_RATES),
	};
	/* clang-format on */
	int rc = parts_reserve(&r->memory, parts, COUNT(parts));

	if (rc == 0)
		gate_init(r, bans, rates);
	return rc;
}

/* A control port is one of TCP and one of UDP; a plain client has an intPort; a
 * visitor has a connection to each side, a UDP visitor at most the inner one.
 */
size_t relay_descriptors(const struct relay_conf *c)
{
	size_t ports = 2 * ((size_t)relay_listens(c) + c->open);
	size_t clients = c->max_clients * (c->open ? 2 : 1);
	size_t parked = min_size(RELAY_PARKED, c->max_clients * PARKED_MOST);

	return ports + clients + most_published(c) + c->gate.max_unknown +
	       parked + 2 * (size_t)c->max_visitors + c->max_flows +
	       web_descriptors(c) + front_descriptors(c);
}

/* ---- listeners ---- */

/* What silence means on the i-th, and whether only TLS is spoken there. With open
 * a last one never greets.
 */
static void tell_port(struct relay_port *p, uint32_t i)
{
	const struct relay_conf *conf = p->relay->conf;

	if (secure_runs(p->relay->secure))
		p->sealed = conf->tls->only || i >= conf->listen.n;
	p->greets = session_knows_plain && conf->open &&
		    i < relay_listens(conf) && !p->sealed;
}

static int open_port(struct relay *r, struct bytes host, uint16_t port)
{
	struct relay_port *p = &r->ports.v[r->ports.n];
	int rc = listener_start(&p->listener, r->net, host, port, door_come);

	if (rc < 0)
		return rc;
	p->relay = r;
	tell_port(p, r->ports.n++);
	rc = path_listen(p, r->net, host);
	if (rc < 0)
		log_warn(r->net->log, "relay",
			 "UDP port %u: %s: UDP services go over TCP",
			 (unsigned)p->listener.at.port, err_text(rc));
	return 0;
}

static int open_ports(struct relay *r, struct diag *d)
{
	const struct relay_conf *conf = r->conf;
	struct hostport hp = { { NULL, 0 }, DEFAULT_PORT };

	for (uint32_t i = 0; i < relay_listens(conf); i++) {
		const char *at = relay_listen(conf, i);
		int rc = hostport_parse(&hp, bytes_of(at));

		if (rc == 0)
			rc = open_port(r, hp.host, hp.port);
		if (rc < 0) {
			diag_put(d, "cannot listen on %s: %s", at,
				 err_text(rc));
			return rc;
		}
		https_share(&r->ports.v[i], at);
	}
	return conf->open ? open_port(r, hp.host, 0) : 0;
}

static void say_ports(const struct relay *r)
{
	for (uint32_t i = 0; i + r->conf->open < r->ports.n; i++) {
		const struct relay_port *p = &r->ports.v[i];
		char at[64];
		struct fmt f = fmt_to(SPAN(at));

		addr_print(&f, &p->listener.at);
		secure_port(&f, p->sealed);
		https_print_share(&f, p);
		log_say(r->net->log, "relay: ready on %s", fmt_text(&f));
	}
}

/* The command to paste on the inner machine, with our address as far as we can
 * tell it. The token is for who started us, not for who reads the log.
 */
static void say_token(const struct relay *r)
{
	struct addr at = r->ports.v[0].listener.at, own;
	struct bytes token = tokens_first(&r->tokens);
	static const uint8_t zeros[16];
	uint8_t line[512];
	char text[160];
	struct fmt f = fmt_to(SPAN(text)), all = fmt_to(SPAN(line));

	if (memcmp(at.ip, zeros, sizeof zeros) == 0 &&
	    sock_own_addr(&own) == 0) {
		own.port = at.port;
		at = own;
	}
	addr_print(&f, &at);
	secure_words(&f, r->secure);
	log_say(r->net->log,
		"relay: made a token and keeps it in %s/token; on the inner "
		"machine run, for its SSH:",
		r->state_dir);
	fmt_put(&all,
		"    nat client --relay %s --token %.*s ssh=tcp:22@6022\n",
		fmt_text(&f), (int)token.n, (const char *)token.p);
	console_err(fmt_done(&all));
	ct_wipe(line, sizeof line);
}

/* ---- life ---- */

/* Whoever connects may do so by TLS: the clients in every way, and who visits
 * private services.
 */
static int start_layers(struct relay *r, struct diag *d)
{
	const struct relay_conf *c = r->conf;
	const struct secure_wish wish = {
		.side = SECURE_SERVER,
		.most = c->gate.max_unknown + c->max_clients + RELAY_PARKED +
			2 * c->max_visitors + c->max_flows +
			(uint32_t)web_descriptors(c),
		.browsers = c->web.https.n,
		.conf = c->tls,
	};

	const struct wsock_wish ws = { .most = wish.most, .path = c->web.ws };
	int rc = secure_start(&r->secure, r->net, &wish, d);

	return rc < 0 ? rc : wsocks_start(&r->ports.ws, r->net, &ws);
}

static int set_up(struct relay *r, const char *state_dir, struct diag *d)
{
	int rc = reserve(r);

	if (rc == 0)
		rc = flows_start(r);
	if (rc < 0) {
		diag_put(d,
			 "%s for the limits asked for: lower --max-visitors "
			 "or --max-clients",
			 err_text(rc));
		return rc;
	}
	rc = allowance_start(r);
	if (rc == 0)
		rc = front_start(r);
	if (rc == 0)
		rc = tokens_load(&r->tokens, r->conf, state_dir, d);
	if (rc == 0)
		rc = start_layers(r, d);
	if (rc == 0)
		rc = access_start(r, d);
	if (rc == 0)
		rc = open_ports(r, d);
	return rc < 0 ? rc : web_start(r, d);
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
	r->state_dir = state_dir;
	list_init(&r->knocking);
	list_init(&r->waits.told);
	list_init(&r->orphans);
	timer_init(&r->adoption, published_expire);
	timer_init(&r->waits.expiry, visitors_expire);
	list_init(&r->waits.asked);
	timer_init(&r->waits.answer, visitors_unanswered);
	rc = set_up(r, state_dir, d);
	if (rc < 0) {
		relay_stop(r);
		return rc;
	}
	*out = r;
	return 0;
}

void relay_ready(const struct relay *r)
{
	say_ports(r);
	web_ready(r);
	if (r->tokens.made)
		say_token(r);
}

static void stop_all(struct relay *r)
{
	front_stop(r);
	web_stop(r);
	slots_each (struct door, d, &r->doors)
		door_stop(d.it);
	slots_each (struct visitor, v, &r->visitors)
		visitor_stop(v.it, -NAT_ECLOSED, "the relay stops");
	slots_each (struct session, s, &r->sessions)
		session_stop(s.it, "the relay stops");
	while (!list_alone(&r->orphans))
		published_close(
			container_of(r->orphans.next, struct published, node));
	timer_stop(&r->adoption, r->net->loop);
	timer_stop(&r->waits.expiry, r->net->loop);
	timer_stop(&r->waits.answer, r->net->loop);
	gate_say(r);
	flows_end(r);
	allowance_stop(r);
	mem_release(r->memory);
}

void relay_stop(struct relay *r)
{
	if (r->memory.p)
		stop_all(r);
	for (uint32_t i = 0; i < r->ports.n; i++) {
		udp_stop(&r->ports.v[i].udp);
		listener_stop(&r->ports.v[i].listener);
	}
	access_stop(r);
	tokens_unload(&r->tokens);
	tokens_unload(&r->fresh);
	wsocks_stop(r->ports.ws);
	secure_stop(r->secure);
	mem_release((struct span){ (uint8_t *)r, sizeof *r });
}

void relay_drain(struct relay *r)
{
	r->draining = true;
	web_drain(r);
	for (uint32_t i = 0; i < r->ports.n; i++)
		listener_stop(&r->ports.v[i].listener);
	slots_each (struct published, p, &r->published)
		listener_stop(&p.it->listener);
}

bool relay_busy(const struct relay *r)
{
	return r->visitors.used > 0 || web_busy(r);
}

/* A contest has a proof by a token of before. */
static void end_contests(struct relay *r)
{
	slots_each (struct door, d, &r->doors)
		if (d.it->state == DOOR_CONTEST)
			door_stop(d.it);
}

static bool keeps_ports(const struct session *s)
{
	struct opt_ports range = s->relay->conf->ports;

	list_each (at, &s->published) {
		const struct published *p =
			container_of(at, const struct published, node);

		if (p->port && (p->port < range.lo || p->port > range.hi))
			return false;
	}
	return true;
}

/* Who may do more or less than before logs in anew, and publishes anew; visitors
 * are carried on. Who was held back for there were too many is held anew if there
 * still are.
 */
static void review(struct session *s)
{
	static const struct token_rights none;
	const struct token_rights *now = &none;

	if (!s->plain)
		now = tokens_know(&s->relay->tokens, bytes_of(s->name),
				  s->as.token_tag);
	if (!now)
		session_stop(s, "its token is no longer valid");
	else if (memcmp(now, &s->rights, sizeof *now) != 0)
		session_stop(s, "its rights have changed");
	else if (!keeps_ports(s))
		session_stop(s, "it has a port that is no longer given");
	else
		published_hold(s, false);
}

void relay_check(struct relay *r, const struct relay_conf *conf, struct diag *d)
{
	tokens_unload(&r->fresh);
	if (tokens_load(&r->fresh, conf, r->state_dir, d) < 0)
		tokens_unload(&r->fresh);
	secure_check(r->secure, conf->tls, d);
	web_check(r, conf, d);
}

void relay_reload(struct relay *r, const struct relay_conf *conf)
{
	end_contests(r);
	log_info(r->net->log, "relay", "%u tokens, %u before",
		 (unsigned)r->fresh.n, (unsigned)r->tokens.n);
	tokens_unload(&r->tokens);
	r->tokens = r->fresh;
	r->fresh.memory.p = NULL;
	r->conf = conf;
	secure_reload(r->secure, conf->tls);
	gate_reload(r);
	front_reload(r);
	web_reload(r);
	access_reload(r);
	if (r->tokens.made)
		say_token(r);
	slots_each (struct session, s, &r->sessions)
		review(s.it);
}
