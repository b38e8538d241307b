#include "net/peer.h"
#include "os/mem.h"
#include "os/rand.h"

enum {
	SILENT =
		8000, /* ms: more than ICE lets pass between checks of a path */
	AGAIN = 3000  /* ms between restarts */
};

void peer_due(struct peer *p)
{
	if (p->state != PEER_OVER)
		soon_start(&p->run, p->of->net->loop);
}

static void fail(struct peer *p, const char *why)
{
	if (p->state == PEER_OVER)
		return;
	p->state = PEER_OVER;
	p->why = why;
	soon_start(&p->run, p->of->net->loop);
}

/* ---- what the association says ---- */

static struct peer *of(struct assoc *a)
{
	return container_of(a, struct peer, assoc);
}

static void send_data(struct assoc *a, struct bytes b)
{
	ways_send(&of(a)->ways, of(a)->base, &of(a)->to, b);
}

static void flush_data(struct assoc *a)
{
	paths_flush(of(a)->ways.paths);
}

static void open_up(struct assoc *a)
{
	struct peer *p = of(a);

	p->state = PEER_OPEN;
	p->ops->open(p);
}

static void come(struct assoc *a, uint16_t sid, const struct dcep_open *o)
{
	of(a)->ops->come(of(a), sid, o);
}

static void end(struct assoc *a, const char *why)
{
	fail(of(a), why);
}

static const struct assoc_ops assoc_ops = { send_data, flush_data, open_up,
					    come, end };

/* ---- what comes before it ---- */

static void keep_early(struct peer *p, struct bytes b)
{
	if (!p->early)
		p->early =
			(struct early *)(void *)mem_reserve(sizeof *p->early).p;
	if (p->early)
		early_keep(p->early, b);
}

static void drop_early(struct peer *p)
{
	if (p->early)
		mem_release(
			(struct span){ (uint8_t *)p->early, sizeof *p->early });
	p->early = NULL;
}

static void hear_early(struct peer *p)
{
	struct span b;

	while (p->early && (b = early_take(p->early)).p)
		assoc_hear(&p->assoc, b);
	drop_early(p);
}

int peer_begin(struct peer *p, const struct assoc_ask *ask)
{
	struct assoc_ask with = *ask;
	int rc;

	with.ops = &assoc_ops;
	rc = assoc_start(&p->assoc, p->of, &with);
	if (rc < 0)
		return rc;
	p->state = PEER_SHAKES;
	hear_early(p);
	return 0;
}

/* ---- what ICE says ---- */

static void say_ice(struct peer *p)
{
	uint8_t room[ICE_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct ice_out out = { .data = &f };

	while (ice_output(&p->ice, &out, peer_now(p))) {
		ways_send(&p->ways, out.base, &out.to, fmt_done(&f));
		paths_flush(p->ways.paths);
		f = fmt_to(SPAN(room));
	}
}

static void take_path(struct peer *p, const struct ice_path *way)
{
	bool other = !p->assoc.path || p->base != way->base ||
		     memcmp(&p->to, &way->to, sizeof p->to) != 0;

	p->heard = peer_now(p) - way->silent;
	if (!other)
		return;
	p->base = way->base;
	p->to = way->to;
	ways_favour(&p->ways, p->base, &p->to);
	assoc_path(&p->assoc, way->rtt);
	if (p->state == PEER_OPEN)
		p->ops->moved(p);
}

/* The association goes where the path leads. */
static void follow(struct peer *p)
{
	struct ice_path way;

	if (!p->assoc.state)
		return;
	if (ice_path(&p->ice, &way, peer_now(p))) {
		take_path(p, &way);
		return;
	}
	if (!p->assoc.path)
		return;
	assoc_wait(&p->assoc);
	if (p->state == PEER_OPEN)
		p->ops->moved(p);
}

static void tell_ice(struct peer *p)
{
	struct ice_event e;

	while (p->state != PEER_OVER && ice_event(&p->ice, &e)) {
		if (e.what == ICE_LOCAL)
			p->ops->local(p, &e.candidate);
		else if (e.what == ICE_GATHERED)
			p->untold = true;
		else if (e.what == ICE_FAILED && p->state != PEER_OPEN)
			fail(p, ice_reason((enum ice_reason)e.reason));
	}
	if (p->untold && p->theirs.nat) {
		p->untold = false;
		p->ops->local(p, NULL);
	}
}

/* ---- a path that is lost ---- */

static bool is_silent(const struct peer *p)
{
	return peer_now(p) - p->heard > SILENT;
}

bool peer_answers(const struct peer *p)
{
	return p->assoc.path && !is_silent(p);
}

static int64_t keep_of(const struct peer *p)
{
	return p->ways.paths->conf->keep;
}

/* Those who are not of our kind know no restart: they lose nothing by one when
 * there is no path. Who is called can only look after its relays.
 */
static bool wants_again(const struct peer *p)
{
	bool doubt =
		(p->offers && p->wanted) || peer_now(p) - p->heard > SILENT;

	return p->state == PEER_OPEN &&
	       (!p->assoc.path || (doubt && (p->theirs.nat || !p->offers)));
}

static void look_after(struct peer *p)
{
	if (p->state != PEER_OPEN)
		return;
	if (!p->assoc.path && peer_now(p) - p->heard >= keep_of(p)) {
		fail(p, "no other path in time");
		return;
	}
	if (!wants_again(p) || peer_now(p) < p->again)
		return;
	p->again = peer_now(p) + AGAIN;
	if (p->offers)
		p->wanted = !p->ops->again(p);
	else
		ways_doubt(&p->ways);
}

void peer_retell(struct peer *p)
{
	if (p->state == PEER_OVER)
		return;
	if (p->offers)
		p->again = peer_now(p);
	else
		ice_retell(&p->ice);
	peer_due(p);
}

void peer_restart(struct peer *p)
{
	ways_look(&p->ways, &p->ways.first);
	p->all = false;
	ice_restart(&p->ice, peer_now(p));
	peer_due(p);
}

void peer_look(struct peer *p, const struct addr *at)
{
	if (p->state == PEER_OVER || !ways_look(&p->ways, at))
		return;
	p->wanted = true;
	peer_due(p);
}

/* ---- time ---- */

static void wait(struct peer *p)
{
	int64_t at = ice_due(&p->ice);

	if (p->state == PEER_OPEN && !p->assoc.path &&
	    p->heard + keep_of(p) < at)
		at = p->heard + keep_of(p);
	if (wants_again(p) && p->again < at)
		at = p->again;
	if (at != INT64_MAX)
		timer_start(&p->timer, p->of->net->loop, at);
	else
		timer_stop(&p->timer, p->of->net->loop);
}

static void run(struct soon *soon)
{
	struct peer *p = container_of(soon, struct peer, run);

	if (p->state != PEER_OVER) {
		look_after(p);
		say_ice(p);
		follow(p);
		tell_ice(p);
	}
	if (p->state != PEER_OVER) {
		wait(p);
		return;
	}
	timer_stop(&p->timer, p->of->net->loop);
	assoc_stop(&p->assoc);
	if (p->told)
		return;
	p->told = true;
	p->ops->over(p, p->why);
}

static void tick(struct timer *t)
{
	peer_due(container_of(t, struct peer, timer));
}

/* ---- ways ---- */

static struct peer *owner(struct ways *w)
{
	return container_of(w, struct peer, ways);
}

static void way_up(struct ways *w, unsigned base, enum ice_type type,
		   const struct addr *at)
{
	struct peer *p = owner(w);

	(void)!ice_add(&p->ice, base, type, at, peer_now(p));
	peer_due(p);
}

static void way_down(struct ways *w, unsigned base)
{
	struct peer *p = owner(w);

	ice_remove(&p->ice, base);
	peer_due(p);
}

static void stun_found(struct ways *w, const struct addr *server)
{
	struct peer *p = owner(w);

	(void)!ice_ask(&p->ice, server, peer_now(p));
	peer_due(p);
}

static void named(struct ways *w, const struct candidate *c)
{
	struct peer *p = owner(w);

	(void)!ice_candidate(&p->ice, c, peer_now(p));
	peer_due(p);
}

static void gathered(struct ways *w)
{
	struct peer *p = owner(w);

	ice_added(&p->ice);
	peer_due(p);
	if (p->state != PEER_OPEN && p->ice.nlocals == 0)
		fail(p, ice_reason(ICE_NO_LOCAL));
}

static void heard(struct ways *w, unsigned base, const struct addr *from,
		  struct span data)
{
	enum { STUN_LAST = 3, HANDSHAKE = 22 };
	struct peer *p = owner(w);
	const struct ice_heard h = { base, *from, bytes_in(data) };
	uint8_t first = data.n ? *data.p : UINT8_MAX;

	if (p->state == PEER_OVER)
		return;
	if (first <= STUN_LAST) {
		if (ice_input(&p->ice, &h, peer_now(p)))
			peer_due(p);
	} else if (p->state == PEER_NEW) {
		if (first == HANDSHAKE)
			keep_early(p, bytes_in(data));
	} else if (assoc_wants(first)) {
		assoc_hear(&p->assoc, data);
	}
}

static const struct ways_ops ways_ops = { way_up, way_down, stun_found,
					  named,  gathered, heard };

/* ---- for people ---- */

void peer_explain(const struct peer *p, struct fmt *f)
{
	struct ice_path way;

	if (!ice_path(&p->ice, &way, peer_now(p))) {
		fmt_put(f, "no path: %s",
			ice_reason((enum ice_reason)p->ice.reason));
		ways_explain(&p->ways, f);
		return;
	}
	fmt_put(f, "connected by ");
	addr_print(f, &way.to);
	fmt_put(f, ", %s to %s, %u ms", candidate_type((enum ice_type)way.here),
		candidate_type((enum ice_type)way.there), way.rtt + 0U);
	if (way.here == ICE_RELAY)
		fmt_put(f, ", %s", ways_name(&p->ways, way.base));
	ice_explain(&p->ice, f);
	ways_explain(&p->ways, f);
}

/* ---- life ---- */

int peer_start(struct peer *p, struct rtc *of, const struct peer_ask *ask)
{
	uint8_t seed[ICE_SEED];
	const struct ice_conf conf = { .controlling = ask->offers,
				       .seed = { seed, sizeof seed } };
	const struct ways_ask ways = { &ways_ops, ask->at, ask->stun };

	p->of = of;
	p->ops = ask->ops;
	p->offers = ask->offers;
	timer_init(&p->timer, tick);
	soon_init(&p->run, run);
	rand_fill(SPAN(seed));
	rand_fill((struct span){ (uint8_t *)&p->session, sizeof p->session });
	p->session >>= 2;
	ice_init(&p->ice, &conf, peer_now(p));
	peer_due(p);
	return ways_start(&p->ways, ask->paths, &ways);
}

void peer_stop(struct peer *p)
{
	p->state = PEER_OVER;
	assoc_stop(&p->assoc);
	timer_stop(&p->timer, p->of->net->loop);
	soon_stop(&p->run);
	drop_early(p);
	ways_stop(&p->ways);
}
