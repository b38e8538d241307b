#include "app/relay/gate.h"
#include "app/relay/allowance.h"
#include "app/relay/flow.h"
#include "app/relay/parked.h"
#include "app/relay/session.h"
#include "os/rand.h"
#include <assert.h>

const char *const gate_count_names[GATE_COUNTED] = {
#define X(name, text) [GATE_##name] = (text),
	GATE_COUNTS(X, X)
#undef X
};

const bool gate_lets_in[GATE_COUNTED] = {
#define IN(name, text) [GATE_##name] = true,
#define NOT(name, text)
	GATE_COUNTS(IN, NOT)
#undef IN
#undef NOT
};

/* They have been found good when the settings were read. */
static void take_nets(struct cidrs *to, const struct opt_list *from)
{
	to->n = 0;
	for (uint32_t i = 0; i < from->n; i++) {
		const char *why = cidrs_parse(to, bytes_of(from->v[i]));

		assert(!why);
		(void)why;
	}
}

void gate_init(struct relay *r, struct span bans, struct span rates)
{
	struct gate *g = &r->gate;
	const struct ban_rule none = { 0, 0 };
	struct map_seed seed;

	rand_fill((struct span){ (uint8_t *)&seed, sizeof seed });
	g->tally.seed = seed;
	bans_init(&g->bans, bans, &none, &seed);
	limit_init(&g->rates, rates, &seed);
	gate_reload(r);
}

void gate_reload(struct relay *r)
{
	const struct relay_gate *c = &r->conf->gate;
	struct gate *g = &r->gate;

	g->bans.rule = (struct ban_rule){ c->ban_after, c->ban_time };
	take_nets(&g->allow, &c->allow);
	take_nets(&g->deny, &c->deny);
}

/* What is let in has its own lines. */
void gate_say(const struct relay *r)
{
	char text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));

	for (unsigned i = 0; i < GATE_COUNTED; i++)
		if (r->gate.counts[i] && !gate_lets_in[i])
			fmt_put(&f, " %s=%llu", gate_count_names[i],
				(unsigned long long)r->gate.counts[i]);
	if (f.n)
		log_info(r->net->log, "relay", "turned away:%s", fmt_text(&f));
}

/* ---- by address ---- */

void gate_enter(struct relay *r, const struct addr *a, enum gate_kind kind)
{
	uint8_t key[TALLY_KEY];

	addr_host(key, a);
	tally_add(&r->gate.tally, key, kind);
}

void gate_leave(struct relay *r, const struct addr *a, enum gate_kind kind)
{
	uint8_t key[TALLY_KEY];

	addr_host(key, a);
	tally_drop(&r->gate.tally, key, kind);
}

uint32_t gate_of(const struct relay *r, const struct addr *a,
		 enum gate_kind kind)
{
	uint8_t key[TALLY_KEY];

	addr_host(key, a);
	return tally_of(&r->gate.tally, key, kind);
}

bool gate_knock(const struct relay *r, const struct addr *a)
{
	uint64_t most = r->conf->gate.max_unknown_address;

	most += gate_of(r, a, GATE_OF_EXPECTED);
	most += (uint64_t)gate_of(r, a, GATE_OF_SESSION) * PARKED_MOST;
	return gate_of(r, a, GATE_OF_DOOR) < most;
}

/* ---- bans ---- */

enum { HOST = 16, BAN_KEY = HOST + FASTNAT_NAME };

static struct bytes key_of(uint8_t key[BAN_KEY], const struct gate_who *who)
{
	addr_host(key, who->from);
	memcpy(key + HOST, who->name.p, who->name.n);
	return (struct bytes){ key, HOST + who->name.n };
}

static bool exempt(const struct relay *r, const struct gate_who *who)
{
	return gate_of(r, who->from, GATE_OF_SESSION) > 0;
}

int64_t gate_banned(const struct relay *r, const struct gate_who *who)
{
	uint8_t key[BAN_KEY];

	return exempt(r, who) ? 0
			      : bans_left(&r->gate.bans, key_of(key, who),
					  relay_now(r));
}

void gate_failed(struct relay *r, const struct gate_who *who)
{
	uint8_t key[BAN_KEY];

	if (!exempt(r, who) &&
	    bans_failed(&r->gate.bans, key_of(key, who), relay_now(r)))
		r->gate.counts[GATE_BAN]++;
}

void gate_proven(struct relay *r, const struct gate_who *who)
{
	uint8_t key[BAN_KEY];

	bans_forgive(&r->gate.bans, key_of(key, who));
}

/* ---- visitors ---- */

const char *gate_rules_read(struct gate_rules *rules, const struct fastnat *m)
{
	const struct fastnat_rules *asked = &m->rules;
	const char *why = NULL;

	*rules = (struct gate_rules){ .rate = { 0, 0 } };
	if (m->has & HAS_ALLOW)
		why = cidrs_parse(&rules->allow, asked->allow);
	if (!why && (m->has & HAS_DENY))
		why = cidrs_parse(&rules->deny, asked->deny);
	if (m->has & HAS_RATE)
		rules->rate.rate = asked->rate;
	rules->rate.burst = m->has & HAS_BURST ? asked->burst : 2 * asked->rate;
	rules->most = allowance_most(m);
	return why;
}

static bool lets_in(const struct cidrs *allow, const struct cidrs *deny,
		    const struct addr *a)
{
	return !cidrs_have(deny, a) && (!allow->n || cidrs_have(allow, a));
}

bool gate_denies(const struct published *p, const struct addr *a)
{
	const struct gate *g = &p->relay->gate;

	return !lets_in(&g->allow, &g->deny, a) ||
	       !lets_in(&p->rules.allow, &p->rules.deny, a) ||
	       (p->session && !token_lets_in(&p->session->rights, a));
}

static const uint32_t of_client = 1u << 31; /* beside indexes of services */

static bool is_one_more(struct relay *r, const struct addr *a, uint32_t index,
			const struct limit_rate *rate)
{
	uint8_t key[HOST + sizeof index];

	if (!rate->rate)
		return false;
	addr_host(key, a);
	memcpy(key + HOST, &index, sizeof index);
	return !limit_take(&r->gate.rates, (struct bytes){ key, sizeof key },
			   rate, relay_now(r));
}

static bool of_all_too_often(struct relay *r, const struct session *s,
			     const struct addr *a)
{
	struct limit_rate rate = token_rate(&s->rights);

	return is_one_more(r, a, slots_name(&r->sessions, s).index | of_client,
			   &rate);
}

/* For the service, and for all of its client. */
static bool too_often(struct published *p, const struct addr *a)
{
	struct relay *r = p->relay;

	return is_one_more(r, a, slots_name(&r->published, p).index,
			   &p->rules.rate) ||
	       (p->session && of_all_too_often(r, p->session, a));
}

/* 0: there is no limit. */
static bool is_full(uint32_t n, uint32_t most)
{
	return most && n >= most;
}

static bool client_full(const struct published *p)
{
	const struct session *s = p->session;

	return is_full(s->n.visitors,
		       p->relay->conf->gate.max_visitors_client) ||
	       is_full(s->n.visitors, token_visitors(&s->rights)) ||
	       allowance_full(p);
}

static bool address_full(const struct relay *r, const struct addr *a)
{
	return is_full(gate_of(r, a, GATE_OF_VISITOR) +
			       gate_of(r, a, GATE_OF_FLOW),
		       r->conf->gate.max_visitors_address);
}

static enum gate_count counted(struct relay *r, enum gate_count why)
{
	r->gate.counts[why]++;
	return why;
}

enum gate_count gate_visitor(struct published *p, const struct addr *from)
{
	struct relay *r = p->relay;

	if (gate_denies(p, from))
		return counted(r, GATE_VISITOR_DENIED);
	if (too_often(p, from))
		return counted(r, GATE_VISITOR_RATE);
	if (address_full(r, from))
		return counted(r, GATE_VISITOR_ADDRESS);
	if (client_full(p))
		return counted(r, GATE_VISITOR_CLIENT);
	if (r->visitors.used == r->visitors.limit)
		return counted(r, GATE_VISITOR_ALL);
	return counted(r, GATE_VISITORS);
}

bool gate_comes(const struct relay *r, const struct addr *from)
{
	return lets_in(&r->gate.allow, &r->gate.deny, from) &&
	       !address_full(r, from);
}

bool gate_asks_too_often(struct published *p, const struct addr *from)
{
	bool yes = too_often(p, from);

	p->relay->gate.counts[GATE_VISITOR_RATE] += yes;
	return yes;
}

enum gate_count gate_request(struct published *p)
{
	struct relay *r = p->relay;

	if (client_full(p))
		return counted(r, GATE_VISITOR_CLIENT);
	if (r->visitors.used == r->visitors.limit)
		return counted(r, GATE_VISITOR_ALL);
	return counted(r, GATE_VISITORS);
}

/* Who has half of a full table takes nothing from others. */
static bool takes_too_much(const struct relay *r, const struct addr *a)
{
	const struct slots *t = &r->flows.table;

	return t->used == t->limit &&
	       gate_of(r, a, GATE_OF_FLOW) >= t->limit - t->limit / 2 &&
	       !addr_same_ip(a, &flow_to_displace(r)->from);
}

enum gate_count gate_flow(struct published *p, const struct addr *from)
{
	struct relay *r = p->relay;

	if (gate_denies(p, from))
		return counted(r, GATE_FLOW_DENIED);
	if (too_often(p, from))
		return counted(r, GATE_FLOW_RATE);
	if (!flow_is_timely(r, from))
		return counted(r, GATE_FLOW_FRESH);
	if (address_full(r, from) || takes_too_much(r, from))
		return counted(r, GATE_FLOW_ADDRESS);
	if (client_full(p))
		return counted(r, GATE_FLOW_CLIENT);
	return counted(r, GATE_FLOWS);
}

const char *gate_reason(enum gate_count why)
{
	static const char *const texts[GATE_COUNTED] = {
		[GATE_VISITOR_DENIED] = "not allowed, or denied",
		[GATE_VISITOR_RATE] = "too many visits a second from there",
		[GATE_VISITOR_ALL] = "too many visitors",
		[GATE_VISITOR_CLIENT] =
			"too many visitors of this client or service",
		[GATE_VISITOR_ADDRESS] = "too many visitors from there",
	};

	return texts[why];
}
