#include "net/lookup.h"
#include "net/resolver.h"
#include "os/rand.h"
#include "os/sock.h"

enum {
	LIES = 64, /* of a try: then somebody is guessing our ids */
	HOPS = 8   /* CNAMEs that had to be asked for one by one */
};

/* What to do after something was heard; the greatest of several. */
enum verdict { WAIT, KNOWN, AGAIN, NEXT };

static struct net *net_of(const struct lookup *l)
{
	return l->resolver->net;
}

static const struct resolvconf *conf_of(const struct lookup *l)
{
	return &l->resolver->conf;
}

static bool all_known(const struct lookup *l)
{
	return l->asks[0].known && l->asks[1].known;
}

/* ---- telling ---- */

static void add_found(struct found *f, const struct ask *a)
{
	for (int i = 0; i < a->addrs.n && f->n < RESOLVE_ADDRS; i++) {
		struct addr *to = &f->addrs[f->n++];

		*to = (struct addr){ .family = ADDR_IP4 };
		if (a->q.type == DNS_AAAA)
			to->family = ADDR_IP6;
		memcpy(to->ip, a->addrs.ip[i], sizeof to->ip);
	}
}

/* All that is known and was not told. */
static void find_news(struct lookup *l, struct found *f)
{
	*f = (struct found){ .err = l->err };
	for (int i = 0; i < 2; i++) {
		struct ask *a = &l->asks[i];

		if (!a->known)
			continue;
		if (!a->told)
			add_found(f, a);
		a->told = a->addrs.n > 0;
		if (a->addrs.n)
			f->err = 0;
	}
}

/* The last thing done: l may be over, or somebody else's. */
static void tell(struct lookup *l, bool last)
{
	struct found f;
	struct list due;

	find_news(l, &f);
	f.last = last;
	if (!last && f.n == 0)
		return;
	list_move(&due, &l->waiting);
	l->telling = true;
	while (!list_alone(&due)) {
		struct resolve *r =
			container_of(due.next, struct resolve, node);

		list_remove(&r->node);
		if (last)
			r->lookup = NULL;
		else
			list_append(&l->waiting, &r->node);
		r->heard(r, &f);
	}
	l->telling = false;
	if (list_alone(&l->waiting))
		lookup_end(l);
}

/* ---- names: the search list ---- */

static void look_up_answer(struct lookup *l, struct ask *a)
{
	const struct dns_addrs *had = answers_find(&l->resolver->answers, &a->q,
						   net_of(l)->loop->now);

	if (!had)
		return;
	a->known = true;
	a->addrs = *had;
}

/* Begins with the next name that host may mean; false: there is none. */
static bool next_name(struct lookup *l)
{
	static const uint16_t types[] = { DNS_AAAA, DNS_A };
	struct bytes host = { l->host, l->host_n };
	int rc;

	do
		rc = resolvconf_name(conf_of(l), host, l->candidate++,
				     &l->name);
	while (rc == -NAT_EINVAL);
	if (rc < 0)
		return false;
	l->first = l->resolver->server;
	l->tries = 0;
	l->answered = false;
	for (int i = 0; i < 2; i++) {
		l->asks[i] = (struct ask){ .ttl = UINT32_MAX,
					   .q = { 0, types[i], l->name } };
		look_up_answer(l, &l->asks[i]);
	}
	return true;
}

/* ---- a try ---- */

static struct addr server_of(const struct lookup *l)
{
	const struct resolvconf *c = conf_of(l);
	unsigned n = c->nservers, i = (l->first + l->tries) % n;
	struct addr a = c->servers[i];

	if (c->zones[i].n)
		a.scope = sock_scope(c->zones[i]);
	return a;
}

static void end_try(struct lookup *l)
{
	timer_stop(&l->late, net_of(l)->loop);
	if (l->way == LOOKUP_UDP) {
		udp_stop(&l->udp);
	} else if (l->way == LOOKUP_DIAL) {
		dial_stop(&l->dial);
	} else if (l->way == LOOKUP_TCP) {
		stream_stop(&l->tcp.stream, false);
	}
	l->way = LOOKUP_IDLE;
}

/* Whoever asks after this begins with the next one too. */
static void next_server(struct lookup *l)
{
	struct resolver *rs = l->resolver;
	unsigned n = rs->conf.nservers, i = (l->first + l->tries) % n;

	log_debug(net_of(l)->log, "names", "%.*s: server %u is of no use",
		  (int)l->host_n, (const char *)l->host, i + 1);
	if (rs->server == i)
		rs->server = (uint8_t)((i + 1) % n);
	l->tries++;
	l->by_tcp = l->no_edns = false;
}

static void draw_ids(struct lookup *l)
{
	for (int i = 0; i < 2; i++) {
		uint16_t *id = &l->asks[i].q.id;

		rand_fill((struct span){ (uint8_t *)id, sizeof *id });
	}
}

static bool send_all(struct lookup *l)
{
	static const struct udp_to server = { NULL, NULL };

	for (int i = 0; i < 2; i++) {
		uint8_t room[DNS_QUERY];
		struct fmt f = fmt_to(SPAN(room));

		if (l->asks[i].known)
			continue;
		dns_print_query(&f, &l->asks[i].q, l->edns);
		udp_send(&l->udp, &server, (struct bytes){ NULL, 0 },
			 fmt_done(&f));
		udp_flush(net_of(l));
	}
	return l->udp.lost == 0;
}

static void come(struct udp *u);
static void dialled(struct dial *d, int fd);

static bool start_try(struct lookup *l)
{
	struct addr to = server_of(l);

	l->lies = 0;
	l->said = false;
	l->edns = !l->no_edns;
	draw_ids(l);
	if (l->by_tcp) {
		l->way = LOOKUP_DIAL;
		dial_addr(&l->dial, net_of(l), &to, conf_of(l)->timeout_ms,
			  dialled);
		return true;
	}
	if (udp_connect(&l->udp, net_of(l), &to, come) < 0)
		return false;
	l->way = LOOKUP_UDP;
	return send_all(l);
}

/* False: every server was asked as often as it may be. */
static bool ask_server(struct lookup *l)
{
	const struct resolvconf *c = conf_of(l);
	struct loop *loop = net_of(l)->loop;

	for (; l->tries < c->nservers * c->attempts; next_server(l)) {
		if (start_try(l)) {
			timer_start(&l->late, loop, loop->now + c->timeout_ms);
			return true;
		}
		end_try(l);
	}
	return false;
}

/* ---- what is heard ---- */

static enum verdict take(struct lookup *l, struct ask *a,
			 const struct dns_answer *got)
{
	struct dns_question key = { 0, a->q.type, l->name };

	a->ttl = got->ttl < a->ttl ? got->ttl : a->ttl;
	if (got->addrs.n == 0 && got->rcode == DNS_NOERROR && !got->soa &&
	    !dns_same_name(&got->name, &a->q.name) && a->hops++ < HOPS) {
		a->q.name = got->name;
		return AGAIN;
	}
	a->known = true;
	a->addrs = got->addrs;
	answers_put(&l->resolver->answers, &key, &a->addrs,
		    net_of(l)->loop->now,
		    got->addrs.n || got->soa ? a->ttl : 0);
	return KNOWN;
}

static enum verdict judge(struct lookup *l, struct ask *a,
			  const struct dns_answer *got)
{
	enum { BADVERS = 16 };
	bool old = got->rcode == DNS_FORMERR || got->rcode == DNS_NOTIMP ||
		   got->rcode == BADVERS;

	if (got->truncated && l->way == LOOKUP_UDP) {
		l->by_tcp = true;
		return AGAIN;
	}
	if (old && l->edns) {
		l->no_edns = true;
		return AGAIN;
	}
	if (got->truncated ||
	    (got->rcode != DNS_NOERROR && got->rcode != DNS_NXDOMAIN))
		return NEXT;
	return take(l, a, got);
}

static enum verdict hear(struct lookup *l, struct bytes msg)
{
	struct dns_answer got;

	for (int i = 0; i < 2; i++) {
		struct ask *a = &l->asks[i];

		if (a->known || !dns_answers(msg, &a->q))
			continue;
		l->answered = true;
		if (dns_parse(&got, msg, &a->q) < 0)
			return NEXT;
		return judge(l, a, &got);
	}
	return ++l->lies < LIES ? WAIT : NEXT;
}

static enum verdict hear_datagrams(struct lookup *l)
{
	enum verdict all = WAIT, v;
	struct datagram d;

	while (!all_known(l) && udp_next(&l->udp, &d)) {
		v = hear(l, d.data);
		all = v > all ? v : all;
		if (v == NEXT)
			break;
	}
	return l->udp.err && all == WAIT ? NEXT : all;
}

/* RFC 7766: each message with its length before it, in any order. */
static enum verdict hear_stream(struct lookup *l)
{
	struct stream *s = &l->tcp.stream;
	enum verdict all = WAIT, v;

	while (!all_known(l)) {
		struct span in = stream_peek(s, 2);
		size_t n = in.n < 2 ? 0 : (size_t)in.p[0] << 8 | in.p[1];

		if (in.n >= 2 && in.n < 2 + n)
			in = stream_peek(s, 2 + n);
		if (in.n < 2 + n || in.n < 2)
			return s->ended && all < AGAIN ? NEXT : all;
		v = hear(l, (struct bytes){ in.p + 2, n });
		stream_take(s, 2 + n);
		all = v > all ? v : all;
		if (v == NEXT)
			break;
	}
	return all;
}

/* ---- going on ---- */

/* May the next name be asked for? Not when this one exists, nor when nobody says
 * a word: the others would only take longer.
 */
static bool give_up(struct lookup *l)
{
	struct bytes host = { l->host, l->host_n };
	bool dead = !all_known(l) && !l->answered;
	int err = -NAT_ENAME;

	for (int i = 0; i < 2; i++) {
		struct ask *a = &l->asks[i];

		if (!a->known)
			err = -NAT_ENODNS;
		a->known = true;
	}
	if (l->candidate - 1u == resolvconf_itself(conf_of(l), host))
		l->err = err;
	return !dead && l->asks[0].addrs.n + l->asks[1].addrs.n == 0;
}

/* Until a server is asked, or the last word can be told. */
static void go_on(struct lookup *l)
{
	do {
		if (!all_known(l) && ask_server(l)) {
			tell(l, false);
			return;
		}
	} while (give_up(l) && next_name(l));
	tell(l, true);
}

static void act(struct lookup *l, enum verdict v)
{
	if (v == WAIT)
		return;
	if (v == KNOWN && !all_known(l)) {
		tell(l, false);
		return;
	}
	end_try(l);
	if (v == NEXT)
		next_server(l);
	go_on(l);
}

static void come(struct udp *u)
{
	struct lookup *l = container_of(u, struct lookup, udp);

	act(l, hear_datagrams(l));
}

static void too_late(struct timer *t)
{
	act(container_of(t, struct lookup, late), NEXT);
}

/* ---- TCP ---- */

static void print_message(struct fmt *f, const struct lookup *l,
			  const struct ask *a)
{
	size_t at = f->n;

	fmt_bytes(f, (struct bytes){ (const uint8_t[2]){ 0 }, 2 });
	dns_print_query(f, &a->q, l->edns);
	f->to.p[at] = (uint8_t)((f->n - at - 2) >> 8);
	f->to.p[at + 1] = (uint8_t)(f->n - at - 2);
}

static void say(struct lookup *l)
{
	struct stream *s = &l->tcp.stream;
	struct span room = stream_reserve(s, 2 * (2 + DNS_QUERY));
	struct fmt f = fmt_to(room);

	if (!room.p)
		return;
	for (int i = 0; i < 2; i++)
		if (!l->asks[i].known)
			print_message(&f, l, &l->asks[i]);
	stream_commit(s, f.n);
	l->said = true;
}

static void woken(struct waker *w, unsigned what)
{
	struct lookup *l = container_of(w, struct lookup, waker);

	if (!l->said)
		say(l);
	act(l, what & STREAM_DOWN ? NEXT : hear_stream(l));
}

static void dialled(struct dial *d, int fd)
{
	struct lookup *l = container_of(d, struct lookup, dial);

	if (fd < 0) {
		act(l, NEXT);
		return;
	}
	l->way = LOOKUP_TCP;
	l->waker.wake = woken;
	tcp_start(&l->tcp, net_of(l), fd, &l->waker);
	say(l);
}

/* ---- beginning and end ---- */

void lookup_begin(struct lookup *l, struct bytes host)
{
	struct resolver *rs = l->resolver;
	bool named =
		dns_name_of(&l->name, host, (struct bytes){ NULL, 0 }) == 0;

	l->err = named ? -NAT_ENODNS : -NAT_ENAME;
	timer_init(&l->late, too_late);
	l->host_n = (uint8_t)host.n;
	memcpy(l->host, host.p, host.n);
	if (rs->conf.rotate)
		rs->server = (uint8_t)((rs->server + 1) % rs->conf.nservers);
	if (next_name(l))
		go_on(l);
	else
		tell(l, true);
}

void lookup_end(struct lookup *l)
{
	struct resolver *rs = l->resolver;

	if (l->telling)
		return;
	end_try(l);
	slots_put(&rs->lookups, l);
	resolver_freed(rs);
}

bool lookup_serves(const struct lookup *l, struct bytes host)
{
	return bytes_equal(host, (struct bytes){ l->host, l->host_n }) &&
	       !l->asks[0].told && !l->asks[1].told && !l->telling;
}
