#include "cmd/handover.h"
#include "app/admin/admin.h"
#include "cmd/takeover.h"
#include "os/pass.h"
#include "os/sock.h"

enum {
	GO_MS = 60000,   /* for the successor to be ready */
	YIELD_MS = 2000, /* for clients to fetch who waits for them */
	LOOK_MS = 5,
	PASS_MS = 20 /* who could not be passed on is tried again */
};

/*   state    does                                  leaves by
 *   NOBODY   nothing                               somebody asks
 *   TELLS    tells of its sockets                  all are told of
 *   WAITS    serves                                "go"
 *   YIELDS   lets nobody new in at services        nobody waits for a client
 *   GIVES    tells of what is published            all is told of
 *   GONE     drains, passes visitors on            the end
 */
enum { NOBODY, TELLS, WAITS, YIELDS, GIVES, GONE };

static struct relay *relay_of(const struct handover *h)
{
	return takeover_relay(h->what);
}

static void expect(struct handover *h, int64_t ms)
{
	timer_start(&h->timer, h->net->loop, h->net->loop->now + ms);
}

/* The successor is no more. */
static void lose(struct handover *h)
{
	uint8_t state = h->state;

	timer_stop(&h->timer, h->net->loop);
	io_stop(&h->io);
	sock_close(h->io.fd, false);
	h->state = NOBODY;
	if (state == GONE)
		relay_pass(relay_of(h), true);
	else
		log_warn(h->net->log, "nat",
			 "who was to take over is gone: serving on");
	if (state == YIELDS || state == GIVES)
		relay_yield(relay_of(h), false);
}

static int say(struct handover *h, enum handover_word word, int fd)
{
	uint8_t text[16];
	struct fmt f = fmt_to(SPAN(text));

	handover_print(&f, &(struct handover_line){ .word = word });
	return pass_send(h->io.fd, fmt_done(&f), fd);
}

static int tell(struct handover *h)
{
	int rc = 0;

	for (; rc == 0 && h->at < h->sockets.n; h->at += rc == 0)
		rc = say(h, h->sockets.v[h->at].word, h->sockets.v[h->at].fd);
	if (rc == 0)
		rc = say(h, HANDOVER_READY, -1);
	if (rc < 0)
		return rc;
	h->state = WAITS;
	expect(h, GO_MS);
	return 0;
}

/* From here on nothing leads back. */
static int give(struct handover *h)
{
	int rc = relay_bequeath(relay_of(h), h->io.fd, &h->at);

	if (rc == 0)
		rc = say(h, HANDOVER_END, -1);
	if (rc < 0)
		return rc;
	h->state = GONE;
	admin_leave(h->admin);
	relay_leave(relay_of(h), h->io.fd);
	log_info(h->net->log, "nat", "handed over to our successor");
	course_leave(h->course, h->now->common->drain);
	expect(h, PASS_MS);
	return 0;
}

static void yields(struct handover *h)
{
	if (relay_awaited(relay_of(h)) && h->net->loop->now < h->until) {
		expect(h, LOOK_MS);
		return;
	}
	h->state = GIVES;
	h->at = 0;
	io_want(&h->io, LOOP_IN | LOOP_OUT);
}

static int hear(struct handover *h)
{
	uint8_t word[8];
	int fd;
	long n = pass_recv(h->io.fd, SPAN(word), &fd, false);

	if (fd >= 0)
		sock_close(fd, false);
	if (n == -NAT_EAGAIN)
		return 0;
	if (n <= 0 || h->state != WAITS || word[0] != 'g')
		return -NAT_EPROTO;
	log_info(h->net->log, "nat", "a successor is ready: giving way");
	h->state = YIELDS;
	h->until = h->net->loop->now + YIELD_MS;
	relay_yield(relay_of(h), true);
	yields(h);
	return 0;
}

static void ready(struct io *io, unsigned what)
{
	struct handover *h = container_of(io, struct handover, io);
	int rc = 0;

	if (what & LOOP_OUT) {
		io_want(io, LOOP_IN);
		if (h->state == TELLS)
			rc = tell(h);
		else if (h->state == GIVES)
			rc = give(h);
	}
	if (rc == -NAT_EAGAIN)
		io_want(io, LOOP_IN | LOOP_OUT);
	else if (rc == 0 && what & LOOP_IN)
		rc = hear(h);
	if (rc < 0 && rc != -NAT_EAGAIN)
		lose(h);
}

static void late(struct timer *t)
{
	struct handover *h = container_of(t, struct handover, timer);

	if (h->state == YIELDS) {
		yields(h);
	} else if (h->state == GONE) {
		relay_pass(relay_of(h), false);
		expect(h, PASS_MS);
	} else {
		lose(h);
	}
}

void handover_ask(void *of, int fd)
{
	struct handover *h = of;
	int fds[2];

	if (h->state != NOBODY || course_ends(h->course) ||
	    !takeover_fits(h->what)) {
		log_warn(h->net->log, "nat",
			 "somebody asks to take over, but not now");
		sock_close(fd, false);
		return;
	}
	h->state = TELLS;
	h->at = h->sockets.n = 0;
	admin_sockets(h->admin, fds);
	handover_add(&h->sockets, HANDOVER_UNIX, fds[0]);
	handover_add(&h->sockets, HANDOVER_TCP, fds[1]);
	takeover_sockets(h->what->v[0]->set, &h->sockets);
	io_init(&h->io, ready);
	io_start(&h->io, h->net->loop, fd, LOOP_IN | LOOP_OUT);
}

void handover_init(struct handover *h, struct net *net,
		   const struct serve_what *what, const struct handover_of *of)
{
	h->net = net;
	h->what = what;
	h->admin = of->admin;
	h->course = of->course;
	h->now = of->now;
	timer_init(&h->timer, late);
}

void handover_stop(struct handover *h)
{
	if (h->state == NOBODY)
		return;
	timer_stop(&h->timer, h->net->loop);
	io_stop(&h->io);
	sock_close(h->io.fd, false);
}
