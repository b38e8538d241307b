#include "net/redis.h"
#include "base/cur.h"
#include "os/file.h"
#include "os/rand.h"
#include "os/sock.h"

enum {
	OWN = 255,  /* kind of what is asked by this file */
	LOOK = 250, /* ms between looks whether it is silent */
	BATCH = 512 /* tokens in one turn */
};

static struct loop *loop_of(const struct redis *r)
{
	return r->net->loop;
}

static void wait_for(struct redis *r, int64_t ms)
{
	timer_start(&r->timer, loop_of(r), loop_of(r)->now + ms);
}

/* ---- the end of a connection ---- */

static void hang_up(struct redis *r)
{
	if (r->state == REDIS_DIAL)
		dial_stop(&r->dial);
	if (r->state >= REDIS_GREET)
		stream_stop(&r->tcp.stream, false);
	soon_stop(&r->again);
	r->n = 0;
	r->depth = 0;
	r->state = REDIS_DOWN;
}

void redis_lose(struct redis *r, const char *why)
{
	uint32_t chance;

	rand_fill((struct span){ (uint8_t *)&chance, sizeof chance });
	hang_up(r);
	wait_for(r,
		 LOOK + backoff_next(&r->backoff, loop_of(r)->now, 0, chance));
	r->ops->down(r, why);
}

/* ---- asking ---- */

static size_t size_of(const struct bytes *words, size_t n)
{
	enum { COUNTS = 12 }; /* "$n\r\n" and "\r\n", or "*n\r\n" */
	size_t sum = COUNTS;

	for (size_t i = 0; i < n; i++)
		sum += words[i].n + COUNTS;
	return sum;
}

static int say(struct redis *r, struct redis_ask ask, const struct bytes *words,
	       size_t n)
{
	size_t size = size_of(words, n);
	struct span room = { NULL, 0 };
	struct fmt f;

	if (r->n < REDIS_ASKS && size <= REDIS_COMMAND)
		room = stream_reserve(&r->tcp.stream, size);
	if (!room.p)
		return -NAT_EAGAIN;
	f = fmt_to(room);
	resp_command(&f, n);
	for (size_t i = 0; i < n; i++)
		resp_word(&f, words[i]);
	stream_commit(&r->tcp.stream, f.n);
	if (r->n == 0)
		r->progress = loop_of(r)->now;
	r->asks[(r->first + r->n++) % REDIS_ASKS] = ask;
	return 0;
}

int redis_ask(struct redis *r, struct redis_ask ask, const struct bytes *words,
	      size_t n)
{
	return r->state == REDIS_UP ? say(r, ask, words, n) : -NAT_EAGAIN;
}

static int say_own(struct redis *r, const struct bytes *words, size_t n)
{
	return say(r, (struct redis_ask){ .kind = OWN }, words, n);
}

static struct bytes lent(const char *p, size_t n)
{
	return (struct bytes){ (const uint8_t *)p, n };
}

/* The last of them says that it is ready: while it loads its data it is not. */
static int greet(struct redis *r)
{
	const struct redisurl *u = r->url;
	struct bytes auth[3] = { BYTES("AUTH") },
		     select[2] = { BYTES("SELECT") }, ping = BYTES("PING");
	char text[16];
	struct fmt f = fmt_to(SPAN(text));
	size_t n = 1;
	int rc = 0;

	if (u->user_n)
		auth[n++] = lent(u->user, u->user_n);
	auth[n++] = lent(u->password, u->password_n);
	fmt_put(&f, "%lu", (unsigned long)u->db);
	select[1] = fmt_done(&f);
	if (u->password_n)
		rc = say_own(r, auth, n);
	if (rc == 0)
		rc = say_own(r, select, COUNT(select));
	return rc == 0 ? say_own(r, &ping, 1) : rc;
}

/* ---- hearing ---- */

/* Is the answer whole with this token? */
static bool ends(struct redis *r, const struct resp *token)
{
	if (token->kind == RESP_ARRAY && token->number > 0) {
		r->left[r->depth++] = token->number;
		return false;
	}
	while (r->depth > 0 && --r->left[r->depth - 1] == 0)
		r->depth--;
	return r->depth == 0;
}

static void own_heard(struct redis *r, const struct resp *token)
{
	char why[RESP_LINE + 1];
	struct fmt f = fmt_to(SPAN(why));

	if (token->kind == RESP_ERROR) {
		fmt_bytes(&f, token->text);
		redis_lose(r, fmt_text(&f));
		return;
	}
	if (r->n > 0 || r->state != REDIS_GREET)
		return;
	r->state = REDIS_UP;
	r->backoff = (struct backoff){ 0 };
	r->ops->up(r);
}

static void hear(struct redis *r, const struct resp *token)
{
	struct redis_ask ask = { .kind = 0 };
	bool whole;

	if (token->kind == RESP_ARRAY && r->depth == REDIS_DEPTH) {
		redis_lose(r, err_text(-NAT_EPROTO));
		return;
	}
	whole = ends(r, token);
	if (r->n > 0)
		ask = r->asks[r->first];
	if (whole && r->n > 0) {
		r->first = (r->first + 1) % REDIS_ASKS;
		r->n--;
	}
	r->progress = loop_of(r)->now;
	if (ask.kind == OWN)
		own_heard(r, token);
	else
		r->ops->heard(r, ask, token, whole);
}

/* The next token; false: there is none, or this connection is over. */
static bool hear_one(struct redis *r)
{
	struct stream *s = &r->tcp.stream;
	uint8_t copy[RESP_MOST];
	size_t have = 0;
	struct span in;
	struct resp token;
	int n = 0;

	while (n == 0) {
		in = stream_peek(s, have + 1);
		if (in.n <= have)
			break;
		have = min_size(in.n, RESP_MOST);
		n = resp_take(&token, (struct bytes){ in.p, have });
	}
	if (n == 0 && s->ended)
		n = -NAT_ECLOSED;
	if (n < 0)
		redis_lose(r, err_text(n));
	if (n <= 0)
		return false;
	if (token.text.n > 0) { /* what it asks next may move the buffer */
		memcpy(copy, token.text.p, token.text.n);
		token.text.p = copy;
	}
	stream_take(s, (size_t)n);
	hear(r, &token);
	return r->state >= REDIS_GREET;
}

static void look(struct redis *r)
{
	for (int i = 0; i < BATCH; i++)
		if (!hear_one(r))
			return;
	soon_start(&r->again, loop_of(r));
}

static void look_again(struct soon *again)
{
	look(container_of(again, struct redis, again));
}

static void woken(struct waker *w, unsigned what)
{
	struct redis *r = container_of(w, struct redis, waker);

	if (what & STREAM_DOWN)
		redis_lose(r, err_text(r->tcp.stream.err));
	else
		look(r);
}

/* ---- dialling and time ---- */

static void dialled(struct dial *d, int fd)
{
	struct redis *r = container_of(d, struct redis, dial);

	if (fd < 0) {
		r->state = REDIS_DOWN;
		redis_lose(r, err_text(fd));
		return;
	}
	r->state = REDIS_GREET;
	tcp_start(&r->tcp, r->net, fd, &r->waker);
	if (greet(r) < 0)
		redis_lose(r, err_text(-NAT_EMEMORY));
	else
		wait_for(r, LOOK);
}

static void begin(struct redis *r)
{
	const struct hostport to = {
		{ (const uint8_t *)r->url->host, r->url->host_n },
		r->url->port,
	};

	r->state = REDIS_DIAL;
	dial_start(&r->dial, r->net, &to, REDIS_PATIENCE, dialled);
}

static void tick(struct timer *timer)
{
	struct redis *r = container_of(timer, struct redis, timer);
	int64_t silent = loop_of(r)->now - r->progress;
	struct bytes ping = BYTES("PING");

	if (r->state == REDIS_DOWN) {
		begin(r);
		return;
	}
	if (r->n > 0 && silent >= REDIS_PATIENCE) {
		redis_lose(r, "it does not answer");
		return;
	}
	if (r->n == 0 && silent >= REDIS_PING && say_own(r, &ping, 1) < 0)
		r->progress = loop_of(r)->now; /* it is tried again */
	wait_for(r, LOOK);
}

void redis_start(struct redis *r, struct net *net, const struct redisurl *url,
		 const struct redis_ops *ops)
{
	r->net = net;
	r->url = url;
	r->ops = ops;
	r->waker.wake = woken;
	r->progress = net->loop->now;
	timer_init(&r->timer, tick);
	soon_init(&r->again, look_again);
	begin(r);
}

void redis_stop(struct redis *r)
{
	timer_stop(&r->timer, loop_of(r));
	hang_up(r);
}

/* ---- settings ---- */

int redis_read_password(struct redisurl *u, const char *path, struct diag *d)
{
	long n = file_read_secret(path, SPAN(u->password));
	struct cur c;

	if (n >= 0) {
		c = cur_of((struct bytes){ (uint8_t *)u->password, (size_t)n });
		u->password_n = cur_until(&c, '\n').n;
		return 0;
	}
	diag_put(d, "%s: %s", path,
		 n == -NAT_EINVAL ? "others can read it" : err_text((int)n));
	return (int)n;
}
