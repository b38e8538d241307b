#include "cmd/lasting.h"
#include "os/rand.h"

enum { TENTH = 100 };

/* In tenths of a second: what lived is rounded down, what died up. */
static void put_time(struct fmt *f, int64_t ms, bool up)
{
	int64_t tenths = (ms + (up ? TENTH - 1 : 0)) / TENTH;

	fmt_put(f, "%lld", (long long)(tenths / 10));
	if (tenths % 10)
		fmt_put(f, ".%lld", (long long)(tenths % 10));
	fmt_put(f, "s");
}

static void say_progress(struct lasting *l)
{
	const struct lifetime *life = &l->life;
	char room[96];
	struct fmt f = fmt_to(SPAN(room));

	if (l->died == life->died &&
	    (l->lived == life->lived || life->lived < 1000))
		return;
	l->lived = life->lived;
	l->died = life->died;
	fmt_put(&f, "an unused mapping");
	if (l->lived)
		fmt_put(&f, " is there after ");
	if (l->lived)
		put_time(&f, l->lived, false);
	if (l->died)
		fmt_put(&f, "%s is gone after ", l->lived ? "," : "");
	if (l->died)
		put_time(&f, l->died, true);
	diag_put(l->diag, "%s", fmt_text(&f));
}

/* The last thing that is done in a turn. */
static void go_on(struct lasting *l)
{
	const struct udp_to to = { &l->life.server, NULL };
	struct loop *loop = l->net->loop;
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));
	unsigned socket;
	int64_t due;

	while (lifetime_say(&l->life, &socket, &f, loop->now)) {
		udp_send(&l->sockets[socket].udp, &to, BYTES(""), fmt_done(&f));
		udp_flush(l->net);
		f.n = 0;
	}
	say_progress(l);
	due = lifetime_due(&l->life);
	if (due >= 0)
		timer_start(&l->due, loop, due);
	else
		l->done(l);
}

static void late(struct timer *t)
{
	go_on(container_of(t, struct lasting, due));
}

static void come(struct udp *u)
{
	struct lasting_socket *s = container_of(u, struct lasting_socket, udp);
	struct lasting *l = s->of;
	struct datagram d;

	while (udp_next(u, &d))
		lifetime_hear(&l->life, (unsigned)(s - l->sockets), d.peer,
			      d.data, l->net->loop->now);
	go_on(l);
}

int lasting_start(struct lasting *l, struct net *net, const struct addr *server,
		  int64_t most, void (*done)(struct lasting *l))
{
	bool four = server->family == ADDR_IP4;
	uint8_t random[STUN_ID];
	int rc = 0;

	l->net = net;
	l->done = done;
	for (size_t i = 0; i < LIFETIME_SOCKETS && rc == 0; i++) {
		l->sockets[i].of = l;
		rc = udp_bind(&l->sockets[i].udp, net,
			      four ? BYTES("0.0.0.0") : BYTES("::"), 0, come);
	}
	if (rc < 0)
		return rc;
	rand_fill(SPAN(random));
	lifetime_init(&l->life, server, most, bytes_in(SPAN(random)),
		      net->loop->now);
	timer_init(&l->due, late);
	timer_start(&l->due, net->loop, net->loop->now);
	return 0;
}

void lasting_stop(struct lasting *l)
{
	for (size_t i = 0; i < LIFETIME_SOCKETS; i++)
		udp_stop(&l->sockets[i].udp);
	if (l->net && timer_runs(&l->due))
		timer_stop(&l->due, l->net->loop);
}

/* Some NATs give the port again, which looks the same as if it had been there: what
 * lived is known by calls alone.
 */
void lasting_print(struct fmt *f, const struct lasting *l, bool json)
{
	int64_t lived = l->life.sure || l->life.died ? l->life.lived : 0;
	int64_t died = l->life.died;

	if (json) {
		fmt_put(f, ",\"lifetime_ms\":[");
		if (lived)
			fmt_put(f, "%lld,", (long long)lived);
		else
			fmt_put(f, "null,");
		if (died)
			fmt_put(f, "%lld]", (long long)died);
		else
			fmt_put(f, "null]");
		return;
	}
	fmt_put(f, ", lifetime ");
	if (!lived && !died)
		fmt_put(f, "not known");
	else if (!died)
		fmt_put(f, "more than ");
	if (lived)
		put_time(f, lived, false);
	if (died)
		fmt_put(f, lived ? " to " : "less than ");
	if (died)
		put_time(f, died, true);
}
