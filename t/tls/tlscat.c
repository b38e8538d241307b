/* tlscat - one end of TLS by our engine, for tests beside other people's.
 *
 * usage: tlscat client|server HOST:PORT [NAME=VALUE]...
 *
 *	least=1.2 most=1.3 suites=HEX groups=HEX record=N alpn=A,B
 *	id=CERT,KEY ca=FILE pin=BASE64 insecure=1 ask=any|always name=HOST
 *	tickets=1 session=FILE now=SECONDS
 *	send=N      so many bytes, pseudo-random ones; text=TEXT: these
 *	want=N      goes on until so many have come
 *	echo=1      what came goes back; http=1: a page for each request
 *	rekey=N     changes keys every so many bytes
 *	pieces=1    records of random length
 *	cut=1       ends without close_notify
 *	times=N     connections, one after the other; full=1: never resumes
 *
 * For each connection a line of what was negotiated, and one of how it ended.
 * Exit 1: one of them ended in trouble. A session is kept from one to the next.
 */
#include "tlscat.h"
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BUSY = 16384, PATIENCE_MS = 20000 };

static int64_t clock_ms(const struct cat_set *set)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (set->now)
		t.tv_sec = set->now;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- what goes out ---- */

/* xorshift: the same bytes each time. */
static void put_random(struct cat *c, struct span to)
{
	for (size_t i = 0; i < to.n; i++) {
		if (i % 8 == 0) {
			c->chance ^= c->chance << 13;
			c->chance ^= c->chance >> 7;
			c->chance ^= c->chance << 17;
		}
		to.p[i] = (uint8_t)(c->chance >> i % 8 * 8);
	}
}

static size_t put_queued(struct cat *c, struct span to)
{
	size_t n = min_size(to.n, c->queued_n);

	memcpy(to.p, c->queued, n);
	c->queued_n -= n;
	memmove(c->queued, c->queued + n, c->queued_n);
	return n;
}

static size_t put_data(struct cat *c, struct span to)
{
	size_t n;

	if (c->queued_n > 0)
		return put_queued(c, to);
	n = (size_t)(c->left < to.n ? c->left : to.n);
	put_random(c, (struct span){ to.p, n });
	c->left -= n;
	return n;
}

static void rekey_in_time(struct cat *c, size_t n)
{
	uint64_t every = c->set->rekey;

	if (every && c->sent / every != (c->sent + n) / every)
		tls_rekey(&c->t);
}

/* One record of data; false: there is none, or no room. */
static bool seal_some(struct cat *c)
{
	struct span out = { c->out + c->out_n, sizeof c->out - c->out_n };
	struct span room;
	size_t n;

	if (!c->t.open || c->t.finished || (!c->queued_n && !c->left) ||
	    out.n < TLS_RECORD_MOST)
		return false;
	room = tls_room(&c->t, out);
	if (c->set->pieces && room.n > 1)
		room.n = 1 + (size_t)rand() % room.n;
	n = put_data(c, room);
	hash_add(&c->sum_out, (struct bytes){ room.p, n });
	rekey_in_time(c, n);
	c->sent += n;
	c->out_n += tls_seal(&c->t, out, n);
	return n > 0;
}

static void say_all(struct cat *c)
{
	size_t n;

	do {
		struct span out = { c->out + c->out_n,
				    sizeof c->out - c->out_n };

		n = out.n < TLS_SAY_LEAST ? 0 : tls_say(&c->t, out);
		c->out_n += n;
	} while (n > 0 || (!c->t.err && seal_some(c)));
}

/* ---- what comes ---- */

static void answer_http(struct cat *c)
{
	static const char page[] = "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n"
				   "Connection: close\r\n\r\nhello\n";

	memcpy(c->queued, page, sizeof page - 1);
	c->queued_n = sizeof page - 1;
	c->want = 0;
}

static void take(struct cat *c, struct span text)
{
	hash_add(&c->sum_in, bytes_in(text));
	c->got += text.n;
	if (c->set->echo) {
		memcpy(c->queued + c->queued_n, text.p, text.n);
		c->queued_n += text.n;
	}
	if (c->set->http && c->got >= 4)
		answer_http(c);
	if (c->set->show)
		fwrite(text.p, 1, text.n, stdout);
}

static void hear_all(struct cat *c)
{
	size_t at = 0;

	c->t.now_ms = clock_ms(c->set);
	while (!c->t.err && sizeof c->queued - c->queued_n >= BUSY) {
		struct span in = { c->in + at, c->in_n - at }, text = { 0 };
		long n = tls_hear(&c->t, in, &text);

		if (n <= 0)
			break;
		at += (size_t)n;
		if (text.n > 0)
			take(c, text);
	}
	c->in_n -= at;
	memmove(c->in, c->in + at, c->in_n);
}

/* ---- the socket ---- */

static void receive(struct cat *c)
{
	ssize_t n = read(c->fd, c->in + c->in_n, sizeof c->in - c->in_n);

	if (n > 0) {
		c->in_n += (size_t)n;
		return;
	}
	c->gone = true;
	if (!c->finished)
		tls_cut(&c->t);
}

static void transmit(struct cat *c)
{
	ssize_t n = write(c->fd, c->out, c->out_n);

	if (n < 0) {
		c->gone = true;
		return;
	}
	c->out_n -= (size_t)n;
	memmove(c->out, c->out + n, c->out_n);
}

static bool move(struct cat *c)
{
	struct pollfd p = { .fd = c->fd };

	if (c->in_n < sizeof c->in)
		p.events |= POLLIN;
	if (c->out_n > 0)
		p.events |= POLLOUT;
	if (poll(&p, 1, PATIENCE_MS) <= 0) {
		printf("nothing happens any more\n");
		return false;
	}
	if (p.revents & POLLOUT)
		transmit(c);
	if (!c->gone && p.revents & (POLLIN | POLLHUP | POLLERR))
		receive(c);
	return true;
}

/* All is said, all that was wanted has come: no more from here. */
static void finish_in_time(struct cat *c)
{
	bool more = c->queued_n > 0 || c->left > 0 || c->got < c->want;

	if (!c->t.open || c->finished || more ||
	    (c->set->echo && !c->t.ended) || (c->set->http && !c->got))
		return;
	c->finished = true;
	if (!c->set->cut)
		tls_finish(&c->t);
	say_all(c);
}

static bool over(const struct cat *c)
{
	if (c->gone)
		return true;
	if (c->out_n > 0)
		return false;
	return c->t.err || (c->finished && (c->t.ended || c->set->cut));
}

static void converse(struct cat *c)
{
	bool told = false;

	do {
		say_all(c);
		if (c->t.open && !told) {
			cat_tell(c);
			told = true;
		}
		finish_in_time(c);
		if (over(c) || !move(c))
			break;
		hear_all(c);
	} while (true);
	cat_tell_end(c);
}

/* ---- one connection after the other ---- */

static bool connection(struct cat *c, const struct cat_set *set,
		       struct tls_session *session, int fd)
{
	bool client = set->conf.role == TLS_CLIENT;

	memset(c, 0, offsetof(struct cat, in));
	c->set = set;
	c->fd = fd;
	c->chance = 0x9e3779b97f4a7c15;
	c->left = set->send;
	c->want = set->want;
	c->queued_n = set->text ? strlen(set->text) : 0;
	if (set->text)
		memcpy(c->queued, set->text, c->queued_n);
	hash_init(&c->sum_in, &hash_sha256);
	hash_init(&c->sum_out, &hash_sha256);
	tls_start(&c->t, &c->hs, &set->conf, bytes_of(set->name),
		  clock_ms(set));
	c->t.session = client ? session : NULL;
	converse(c);
	client = c->t.err == 0 ||
		 (c->finished && c->got >= c->want && c->t.err == -NAT_ECLOSED);
	tls_stop(&c->t);
	close(fd);
	return client;
}

int main(int argc, char **argv)
{
	static struct cat_set set;
	static struct cat c;
	static struct tls_session session;
	int listener = -1;
	bool good = true;

	setvbuf(stdout, NULL, _IOLBF, 0);
	cat_settings(&set, argc, argv);
	cat_session_load(&set, &session);
	if (set.conf.role == TLS_SERVER)
		listener = cat_listen(&set);
	for (uint32_t i = 0; i < set.times; i++) {
		int fd =
			listener < 0 ? cat_connect(&set) : cat_accept(listener);

		if (set.full)
			session.ticket_n = 0;
		good &= connection(&c, &set, &session, fd);
	}
	cat_session_store(&set, &session);
	return good ? 0 : 1;
}
