#include "app/relay/visitor.h"
#include "app/relay/access.h"
#include "app/relay/allowance.h"
#include "app/relay/front.h"
#include "app/relay/session.h"
#include "app/relay/web.h"
#include "os/rand.h"
#include "os/sock.h"

enum { RETRY_MS = 3000, MOVES = 3 };

static void begin(struct visitor *v);

static void expect_expiry(struct relay *r)
{
	const struct visitor_wait *w;

	if (list_alone(&r->waits.told) || timer_runs(&r->waits.expiry))
		return;
	w = container_of(r->waits.told.next, const struct visitor_wait, node);
	timer_start(&r->waits.expiry, r->net->loop, w->deadline);
}

static struct visitor *of_wait(struct visitor_wait *w)
{
	return container_of(w, struct visitor, wait);
}

static void expect_it(struct visitor *v)
{
	struct relay *r = v->published->relay;

	list_remove(&v->wait.node);
	list_append(&r->waits.told, &v->wait.node);
	v->wait.deadline = relay_now(r) + VISITOR_TELL_MS;
	expect_expiry(r);
}

/* Its data connection may have come to grief, in a stranger's flood say. Who serves
 * it already passes that over, as far as it remembers; plain clients do not.
 */
static void tell_again(struct visitor *v)
{
	const struct session *s = v->published->session;
	int rc = 0;

	if (!s->plain && s->n.pending <= VISITOR_FEW)
		rc = visitor_say(v);
	(void)rc; /* without room for it, the next time */
	v->wait.told++;
	expect_it(v);
}

void visitors_expire(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, waits.expiry);

	while (!list_alone(&r->waits.told)) {
		struct visitor_wait *w = container_of(
			r->waits.told.next, struct visitor_wait, node);

		if (w->deadline > relay_now(r))
			break;
		if (w->told < VISITOR_TELLINGS) {
			tell_again(of_wait(w));
			continue;
		}
		r->gate.counts[GATE_VISITOR_LATE]++;
		visitor_stop(of_wait(w), -NAT_ETIMEOUT,
			     "the client did not fetch it in time");
	}
	expect_expiry(r);
}

static struct bytes out_id_of(const struct visitor *v)
{
	return (struct bytes){ v->wait.out_id, v->wait.out_id_n };
}

/* ---- parked connections ---- */

/* The first of what it says goes along, and stays until there is an answer. */
static void say_early(struct visitor *v)
{
	struct span in, to;

	if (web_has(v)) {
		web_early(v);
		return;
	}
	if (v->wait.early)
		return;
	in = stream_peek(&v->outer.stream, 1);
	to = in.p ? stream_reserve(&v->inner.stream, 1) : in;
	if (!to.p)
		return;
	v->wait.early = (uint16_t)min_size(min_size(in.n, to.n), VISITOR_EARLY);
	memcpy(to.p, in.p, v->wait.early);
	stream_commit(&v->inner.stream, v->wait.early);
}

/* While it waits only its leaving matters, and what it says first to a parked
 * connection.
 */
static void wake_waiting(struct waker *w, unsigned what)
{
	struct visitor_wait *wait = container_of(w, struct visitor_wait, waker);

	if (what & STREAM_DOWN)
		visitor_stop(of_wait(wait), -NAT_ERESET,
			     "left before it began");
	else if (wait->asked)
		say_early(of_wait(wait));
}

static struct fastnat start_proxy(const struct visitor *v)
{
	const struct session *by =
		slots_find(&v->published->relay->sessions, v->by);
	struct fastnat m = session_start_proxy(v->published->session,
					       v->published, out_id_of(v));

	m.has |= by ? HAS_NAME : 0u;
	m.name = bytes_of(by ? by->name : "");
	return m;
}

/* Where it came; one that is carried for requests, to their connection. */
static void tell_where(struct fastnat *m, const struct visitor *v,
		       struct span room)
{
	front_tell_here(m, v->web ? &v->web->tcp : &v->outer, room);
}

int visitor_say(const struct visitor *v)
{
	struct fastnat m = start_proxy(v);
	uint8_t room[FRONT_TEXT];

	tell_where(&m, v, SPAN(room));
	return session_say_proxy(v->published->session, &m, &v->from);
}

static void expect_answer(struct relay *r)
{
	const struct visitor_wait *w;

	if (list_alone(&r->waits.asked) || timer_runs(&r->waits.answer))
		return;
	w = container_of(r->waits.asked.next, const struct visitor_wait, node);
	timer_start(&r->waits.answer, r->net->loop, w->deadline);
}

/* By a reset: what it has said early is not to be read there any more. */
static void stop_asking(struct visitor *v)
{
	if (v->wait.asked)
		stream_stop(&v->inner.stream, true);
	v->wait.asked = false;
	v->wait.early = 0;
}

/* The usual way, then. */
static void unanswered(struct visitor *v)
{
	struct session *s = v->published->session;

	stop_asking(v);
	list_remove(&v->wait.node);
	list_append(&s->unannounced, &v->wait.node);
	session_announce(s);
}

void visitors_unanswered(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, waits.answer);

	while (!list_alone(&r->waits.asked)) {
		struct visitor_wait *w = container_of(
			r->waits.asked.next, struct visitor_wait, node);

		if (w->deadline > relay_now(r))
			break;
		unanswered(of_wait(w));
	}
	expect_answer(r);
}

/* 1: {"outId":"...","ok":1}; 0: not yet; less: something else. */
static int hear_answer(struct visitor *v)
{
	struct heard h;
	int rc;

	rc = talk_hear(&v->inner.stream, &v->wait.scan, &h);
	if (rc <= 0)
		return rc;
	return h.m.command == FASTNAT_NONE && h.m.yes == 1 &&
			       bytes_equal(h.m.out_id, out_id_of(v))
		       ? 1
		       : -NAT_EPROTO;
}

static void wake_answer(struct waker *w, unsigned what)
{
	struct visitor *v =
		of_wait(container_of(w, struct visitor_wait, answer));
	struct stream *in = &v->inner.stream;
	int rc = hear_answer(v);

	(void)what;
	if (rc > 0)
		begin(v);
	else if (rc < 0 || in->err || in->ended)
		unanswered(v);
}

void visitor_ask(struct visitor *v, struct tcp *parked)
{
	struct relay *r = v->published->relay;
	struct visitor_wait *w = &v->wait;
	struct fastnat m = start_proxy(v);
	uint8_t room[FRONT_TEXT];

	tell_where(&m, v, SPAN(room));
	w->tried = w->asked = true;
	w->answer.wake = wake_answer;
	tcp_move(&v->inner, parked, &w->answer);
	list_remove(&w->node);
	list_append(&r->waits.asked, &w->node);
	w->deadline = relay_now(r) + VISITOR_ANSWER_MS;
	expect_answer(r);
	if (session_say_parked(&v->inner.stream, &m, &v->from) == 0)
		say_early(v);
}

/* Plain ids are short; those of logged-in clients cannot be guessed. */
static void make_out_id(struct visitor *v, bool plain)
{
	struct visitor_wait *w = &v->wait;
	uint8_t raw[FASTNAT_NONCE / 2];
	struct fmt f = fmt_to(SPAN(w->out_id));
	struct bytes id;

	if (plain) {
		relay_make_id(w->out_id, FASTNAT_ID);
		w->out_id_n = FASTNAT_ID;
	} else {
		rand_fill(SPAN(raw));
		fmt_hex(&f, (struct bytes){ raw, sizeof raw });
		w->out_id_n = FASTNAT_NONCE;
	}
	id = (struct bytes){ w->out_id, w->out_id_n };
	map_put(&v->published->relay->by_out_id, &w->by_id, map_hash(id));
}

static void say_turned_away(const struct published *p, const struct addr *from,
			    const char *why)
{
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	addr_print(&f, from);
	relay_warn(p->relay, "relay", "%s: %s is turned away: %s", p->name,
		   fmt_text(&f), why);
}

/* The client of p is to be told of it. */
static void await(struct visitor *v, struct published *p)
{
	v->published = p;
	published_enter(p);
	p->past.visitors++;
	make_out_id(v, p->session->plain);
	list_append(&p->session->unannounced, &v->wait.node);
	p->session->n.pending++;
	session_expect(p->session);
}

static struct visitor *take_slot(struct published *p, const struct addr *from,
				 struct web_conn *web)
{
	struct relay *r = p->relay;
	enum gate_count verdict = web ? gate_request(p) : gate_visitor(p, from);
	struct visitor *v;

	if (verdict != GATE_VISITORS) {
		say_turned_away(p, from, gate_reason(verdict));
		return NULL;
	}
	v = slots_get(&r->visitors);
	v->web = web;
	v->from = *from;
	v->since = relay_now(r);
	v->wait.waker.wake = wake_waiting;
	if (!web)
		gate_enter(r, from, GATE_OF_VISITOR);
	await(v, p);
	return v;
}

/* Who is not let in sees a reset, before anything was set up. */
void visitor_start(struct published *p, int fd, const struct addr *from)
{
	struct visitor *v = take_slot(p, from, NULL);

	if (v)
		tcp_start(&v->outer, p->relay->net, fd, &v->wait.waker);
	else
		sock_close(fd, true);
}

static struct visitor *start_moved(struct published *p, struct tcp *from,
				   const struct addr *who)
{
	struct visitor *v = take_slot(p, who, NULL);

	if (v)
		tcp_move(&v->outer, from, &v->wait.waker);
	return v;
}

bool visitor_start_told(struct published *p, struct tcp *from,
			const struct addr *who)
{
	return start_moved(p, from, who);
}

bool visitor_start_private(struct published *p, struct tcp *from,
			   struct session *by)
{
	struct addr at = { 0 };
	struct visitor *v;

	if (sock_there(tcp_fd(from), &at) < 0)
		return false;
	v = start_moved(p, from, &at);
	if (!v)
		return false;
	v->by = slots_name(&p->relay->sessions, by);
	by->visits.n++;
	return true;
}

struct visitor *visitor_start_web(struct published *p, struct web_conn *web,
				  const struct addr *from)
{
	return take_slot(p, from, web);
}

struct visitor *visitor_find(struct relay *r, struct bytes out_id)
{
	struct map_node *n = NULL;
	uint32_t hash = map_hash(out_id);

	while ((n = map_find(&r->by_out_id, hash, n)) != NULL) {
		struct visitor_wait *w =
			container_of(n, struct visitor_wait, by_id);
		struct bytes id = { w->out_id, w->out_id_n };

		if (bytes_equal(id, out_id))
			return of_wait(w);
	}
	return NULL;
}

void visitor_announced(struct visitor *v)
{
	v->wait.told = 1;
	expect_it(v);
}

static void stop_waiting(struct visitor *v)
{
	struct session *s = v->published->session;

	map_remove(&v->published->relay->by_out_id, &v->wait.by_id);
	list_remove(&v->wait.node);
	session_expected(s);
	if (--s->n.pending == s->relay->conf->max_pending / 2)
		published_hold(s, false);
}

bool visitor_go_on(struct visitor *v, const struct session *gone)
{
	struct published *had = v->published, *to = group_other(had, gone);

	if (v->paired || !to || v->wait.moves >= MOVES)
		return false;
	v->wait.moves++;
	stop_asking(v);
	stop_waiting(v);
	await(v, to);
	v->wait.tried = false;
	published_leave(had);
	session_announce(to->session);
	return true;
}

/* The parked connection that was asked is the data connection. */
static void begin(struct visitor *v)
{
	v->early = v->wait.early;
	stop_waiting(v);
	v->paired = true;
	if (v->early && !web_has(v))
		stream_take(&v->outer.stream, v->early);
	visitor_carry(v);
}

static void over(struct pair *p, int err)
{
	struct visitor *v = container_of(p, struct visitor, pair);

	visitor_stop(v, err, err ? err_text(err) : "done");
}

void visitor_take(struct visitor *v, struct tcp *from)
{
	struct slot_name name = slots_name(&v->published->relay->visitors, v);
	struct session *s = v->published->session;

	stop_asking(v);
	stop_waiting(v);
	v->paired = true;
	tcp_move(&v->inner, from, NULL);
	session_claimed(s, name);
}

/* ---- private services ---- */

static bool is_private(const struct visitor *v)
{
	return v->by.gen != 0;
}

/* The byte behind it is the service's first. */
static void say_ok(struct visitor *v)
{
	struct fastnat yes = { .has = HAS_OUT_ID | HAS_OK,
			       .out_id = out_id_of(v),
			       .yes = 1 };

	if (is_private(v) && talk_say(&v->outer.stream, &yes, false) < 0)
		v->outer.stream.err = -NAT_EMEMORY;
}

/* It has said nothing that would be unread, so that no reset overtakes this. */
static void say_no(struct visitor *v, const char *why)
{
	struct fastnat no = { .command = FASTNAT_ERROR,
			      .has = HAS_ERROR | HAS_RETRY,
			      .error = bytes_of(why),
			      .retry_ms = RETRY_MS };

	if (is_private(v) && talk_say(&v->outer.stream, &no, true) == 0)
		tcp_push(&v->outer);
}

static void end_visit(struct visitor *v)
{
	struct session *by = slots_find(&v->published->relay->sessions, v->by);

	if (by)
		by->visits.n--;
}

void visitor_carry(struct visitor *v)
{
	if (web_has(v)) {
		web_carry(v);
		return;
	}
	say_ok(v);
	pair_join(&v->pair, v->published->relay->net, &v->outer.stream,
		  &v->inner.stream, over);
	allowance_join(v, &v->outer.stream);
	allowance_took(&v->pair.ab, v->early);
	pair_go(&v->pair);
}

struct traffic visitor_moved(const struct visitor *v)
{
	struct traffic t = { 0, 0, 0 };

	if (v->paired) {
		t = pair_moved(&v->pair);
		t.in += v->early;
	}
	return t;
}

static void say_end(const struct visitor *v, const struct traffic *t,
		    const char *why)
{
	char who[FASTNAT_NAME + 16], from[64];
	struct fmt w = fmt_to(SPAN(who)), f = fmt_to(SPAN(from));
	const struct relay *r = v->published->relay;

	fmt_put(&w, "relay %s", v->published->name);
	addr_print(&f, &v->from);
	log_info(r->net->log, fmt_text(&w),
		 "%s ended in=%llu out=%llu seconds=%llu reason=\"%s\"",
		 fmt_text(&f), (unsigned long long)t->in,
		 (unsigned long long)t->out,
		 (unsigned long long)(relay_now(r) - v->since) / 1000, why);
}

void visitor_stop(struct visitor *v, int err, const char *why)
{
	struct relay *r = v->published->relay;
	struct traffic t = visitor_moved(v);

	say_end(v, &t, why);
	if (!web_has(v))
		access_visit(v, &t);
	traffic_add(&v->published->past, &t);
	net_count(r->net, err);
	allowance_leave(v);
	if (!v->paired) {
		stop_asking(v);
		stop_waiting(v);
	}
	if (web_has(v)) {
		web_lost(v, err);
	} else if (v->paired) {
		pair_stop(&v->pair, err);
	} else {
		say_no(v, why);
		stream_stop(&v->outer.stream, !is_private(v));
	}
	if (!web_has(v))
		gate_leave(r, &v->from, GATE_OF_VISITOR);
	end_visit(v);
	published_leave(v->published);
	slots_put(&r->visitors, v);
}

void visitors_stop(struct session *s, bool all, const char *why)
{
	slots_each (struct visitor, v, &s->relay->visitors)
		if (v.it->published->session == s && (all || !v.it->paired) &&
		    !visitor_go_on(v.it, s))
			visitor_stop(v.it, -NAT_ERESET, why);
}
