/* turncat - wire/turn as a program, over UDP, TCP, or TLS by our engine.
 *
 * usage: turncat udp|tcp|tls SERVER:PORT USER PASSWORD [6]
 * It says `relayed ADDR also ADDR mapped ADDR for S`, `data ADDR TEXT`, `over ERROR
 * CODE`; it hears `peer ADDR`, `bind ADDR`, `send ADDR TEXT`, `close`; the end of input
 * ends it.
 */
#include "base/addr.h"
#include "base/cur.h"
#include "os/clock.h"
#include "os/rand.h"
#include "os/sockaddr.h"
#include "wire/tls/hs.h"
#include "wire/turn.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE = 4096, ROOM = 1 << 17 };

struct turncat {
	struct turn turn;
	struct tls tls;
	struct tls_hs hs;
	int fd;
	bool datagrams, sealed, over, told, ready;
	size_t n, in_n, text_n;
	char line[LINE];
	uint8_t in[ROOM], text[ROOM]; /* as it came, as it was opened */
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

static void fill(struct span to)
{
	rand_fill(to);
}

/* ---- out ---- */

static void put(struct turncat *c, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(c->fd, p, n);

		must(done > 0 || c->datagrams, "write");
		p += done;
		n -= (size_t)done;
		if (c->datagrams)
			return;
	}
}

static void say_tls(struct turncat *c)
{
	uint8_t room[TLS_RECORD_MOST];
	size_t n;

	while ((n = tls_say(&c->tls, SPAN(room))) > 0)
		put(c, room, n);
}

static void put_sealed(struct turncat *c, struct bytes b)
{
	uint8_t room[TLS_RECORD_MOST];
	struct span at = tls_room(&c->tls, SPAN(room));

	memcpy(at.p, b.p, b.n);
	put(c, room, tls_seal(&c->tls, SPAN(room), b.n));
}

static void put_message(struct turncat *c, const struct fmt *f)
{
	if (c->sealed)
		put_sealed(c, fmt_done(f));
	else
		put(c, f->to.p, f->n);
}

static void send_all(struct turncat *c)
{
	uint8_t room[TURN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	if (c->sealed)
		say_tls(c);
	if (c->sealed && !c->tls.open)
		return;
	while (turn_output(&c->turn, &f, clock_ms())) {
		must(!f.full, "room");
		put_message(c, &f);
		f.n = 0;
	}
}

/* ---- what is said ---- */

static void say_addr(const char *word, const struct addr *a)
{
	uint8_t room[80];
	struct fmt f = fmt_to(SPAN(room));

	addr_print(&f, a);
	printf("%s %.*s", word, (int)f.n, (const char *)room);
}

static void say_state(struct turncat *c)
{
	if (c->turn.state == TURN_READY && !c->ready) {
		say_addr("relayed", &c->turn.relayed);
		if (c->turn.also.family)
			say_addr(" also", &c->turn.also);
		say_addr(" mapped", &c->turn.mapped);
		printf(" for %u\n", c->turn.lifetime);
		c->ready = true;
	}
	if (c->turn.state == TURN_OVER && !c->told) {
		printf("over %s %u\n", err_name(c->turn.err), c->turn.error);
		c->told = true;
	}
	fflush(stdout);
}

static void hear_message(struct turncat *c, struct bytes b)
{
	struct turn_data got;

	if (turn_input(&c->turn, b, clock_ms(), &got) <= 0)
		return;
	say_addr("data", &got.from);
	printf(" %.*s\n", (int)got.data.n, (const char *)got.data.p);
}

/* ---- in ---- */

static void hear_stream(struct turncat *c)
{
	int n;

	while ((n = turn_frame((struct bytes){ c->text, c->text_n })) > 0) {
		hear_message(c, (struct bytes){ c->text, (size_t)n });
		c->text_n -= (size_t)n;
		memmove(c->text, c->text + n, c->text_n);
	}
	must(n == 0, "frame");
}

static void take(struct turncat *c, struct bytes b)
{
	memcpy(c->text + c->text_n, b.p, b.n);
	c->text_n += b.n;
}

static void open_all(struct turncat *c)
{
	struct span text = { NULL, 0 };
	long n;

	while ((n = tls_hear(&c->tls, (struct span){ c->in, c->in_n }, &text)) >
	       0) {
		if (text.n)
			take(c, bytes_in(text));
		c->in_n -= (size_t)n;
		memmove(c->in, c->in + n, c->in_n);
	}
	must(!c->tls.err, c->tls.why ? c->tls.why : "tls");
}

static void hear_socket(struct turncat *c)
{
	ssize_t n = read(c->fd, c->in + c->in_n, ROOM - c->in_n);

	if (n <= 0) {
		c->over = c->over || !c->datagrams;
		return;
	}
	if (c->datagrams) {
		hear_message(c, (struct bytes){ c->in, (size_t)n });
		return;
	}
	c->in_n += (size_t)n;
	if (c->sealed) {
		open_all(c);
	} else {
		take(c, (struct bytes){ c->in, c->in_n });
		c->in_n = 0;
	}
	hear_stream(c);
}

static void send_data(struct turncat *c, const struct addr *to,
		      struct bytes text)
{
	uint8_t room[LINE + TURN_HEAD + TURN_PAD];
	struct fmt f = fmt_to(SPAN(room));
	int rc = turn_wrap(&c->turn, to, text, &f, clock_ms());

	send_all(c);
	if (rc == 0)
		put_message(c, &f);
	else
		printf("refused %s\n", err_name(rc));
}

static void hear_line(struct turncat *c, struct bytes line)
{
	struct cur at = cur_of(line);
	struct bytes word = cur_until(&at, ' '), where = cur_until(&at, ' ');
	struct addr to;
	int rc = 0;

	if (bytes_are(word, "close")) {
		turn_close(&c->turn, clock_ms());
		return;
	}
	must(addr_parse(&to, where) == 0, "address");
	if (bytes_are(word, "peer"))
		rc = turn_peer(&c->turn, &to, clock_ms());
	else if (bytes_are(word, "bind"))
		rc = turn_bind(&c->turn, &to, clock_ms());
	else
		send_data(c, &to, cur_bytes(&at, cur_left(&at)));
	if (rc < 0)
		printf("refused %s\n", err_name(rc));
}

static void hear_input(struct turncat *c)
{
	ssize_t n = read(0, c->line + c->n, LINE - c->n);
	char *end;

	c->over = n <= 0;
	c->n += (size_t)(n > 0 ? n : 0);
	while ((end = memchr(c->line, '\n', c->n)) != NULL) {
		size_t used = (size_t)(end - c->line) + 1;

		hear_line(c, (struct bytes){ (uint8_t *)c->line, used - 1 });
		c->n -= used;
		memmove(c->line, end + 1, c->n);
	}
}

/* ---- turning ---- */

static int wait_of(const struct turncat *c)
{
	int64_t due = turn_due(&c->turn), now = clock_ms();

	if (due == INT64_MAX || (c->sealed && !c->tls.open))
		return -1;
	return due <= now ? 0 : (int)(due - now);
}

static void turn(struct turncat *c)
{
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN },
			       { .fd = c->fd, .events = POLLIN } };

	send_all(c);
	say_state(c);
	must(poll(p, 2, wait_of(c)) >= 0, "poll");
	if (p[0].revents)
		hear_input(c);
	if (p[1].revents)
		hear_socket(c);
}

static void connect_to(struct turncat *c, const struct addr *server)
{
	struct sockaddr_storage at;
	socklen_t n = sockaddr_of(&at, server);

	c->fd = socket(at.ss_family, c->datagrams ? SOCK_DGRAM : SOCK_STREAM,
		       0);
	must(c->fd >= 0 && connect(c->fd, (struct sockaddr *)&at, n) == 0,
	     "connect");
}

int main(int argc, char **argv)
{
	static struct turncat c;
	static struct tls_conf tls = { .insecure = true, .fill = fill };
	uint8_t seed[TURN_SEED];
	struct turn_conf conf = { .seed = { seed, sizeof seed } };

	if (argc < 5)
		return 2;
	c.datagrams = strcmp(argv[1], "udp") == 0;
	c.sealed = strcmp(argv[1], "tls") == 0;
	must(addr_parse(&conf.server, bytes_of(argv[2])) == 0, argv[2]);
	conf.user = (struct stun_user){ bytes_of(argv[3]), bytes_of(argv[4]) };
	conf.framed = !c.datagrams;
	conf.family = argc > 5 ? ADDR_IP6 : ADDR_NONE;
	fill(SPAN(seed));
	connect_to(&c, &conf.server);
	if (c.sealed)
		tls_start(&c.tls, &c.hs, &tls, bytes_of("turn"),
			  clock_unix() * 1000);
	turn_init(&c.turn, &conf, clock_ms());
	while (!c.over)
		turn(&c);
	say_state(&c);
	return 0;
}
