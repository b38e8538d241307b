/* icecat - wire/ice as a program: lines on standard input and output are signalling.
 *
 * usage: icecat [--controlling] [--lite] [--stun ADDR:PORT] IP...
 * It says `ufrag U`, `pwd P`, `candidate:...` and `end`, and hears the same of the
 * other side; `data TEXT` sends, or says what came; `path BASE ADDR LOCAL REMOTE` and
 * `failed WHY` are said; `restart` is heard; the end of input ends it.
 */
#include "base/addr.h"
#include "base/cur.h"
#include "os/clock.h"
#include "os/rand.h"
#include "os/sockaddr.h"
#include "wire/ice/ice.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE = 1024, PACKET = 65536 };

struct icecat {
	struct ice ice;
	int fds[ICE_BASES];
	unsigned nfds;
	int64_t began;
	bool over, told;
	size_t n; /* bytes of line */
	char line[LINE];
	uint8_t ufrag[ICE_UFRAG];
	size_t ufrag_n;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

/* ---- saying ---- */

static void say_addr(const char *before, const struct addr *a)
{
	uint8_t room[80];
	struct fmt f = fmt_to(SPAN(room));

	addr_print(&f, a);
	printf("%s%.*s", before, (int)f.n, (const char *)room);
}

static void say_path(struct icecat *c)
{
	struct ice_path p;

	must(ice_path(&c->ice, &p, clock_ms()), "path");
	printf("path %u", p.base);
	say_addr(" ", &p.to);
	printf(" %s %s %s after %d ms\n", candidate_type((enum ice_type)p.here),
	       candidate_type((enum ice_type)p.there),
	       p.nominated ? "nominated" : "valid",
	       (int)(clock_ms() - c->began));
}

static void say_ourselves(struct icecat *c)
{
	struct bytes u = ice_ufrag(&c->ice), p = ice_pwd(&c->ice);

	printf("ufrag %.*s\npwd %.*s\n", (int)u.n, (const char *)u.p, (int)p.n,
	       (const char *)p.p);
}

static void say_candidate(const struct candidate *k)
{
	uint8_t room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	candidate_print(&f, k);
	printf("%.*s\n", (int)f.n, (const char *)room);
}

static void say_events(struct icecat *c)
{
	struct ice_event e;

	while (ice_event(&c->ice, &e)) {
		if (e.what == ICE_LOCAL)
			say_candidate(&e.candidate);
		else if (e.what == ICE_GATHERED)
			printf("end\n");
		else if (e.what == ICE_PATH)
			say_path(c);
		else
			printf("failed %s\n", ice_reason(e.reason));
	}
	fflush(stdout);
}

/* ---- hearing ---- */

static void describe(struct icecat *c, struct bytes pwd)
{
	struct ice_theirs t = { .ufrag = { c->ufrag, c->ufrag_n }, .pwd = pwd };
	struct bytes ours = ice_ufrag(&c->ice);
	uint8_t before[ICE_OWN_UFRAG];

	memcpy(before, ours.p, sizeof before);
	c->began = clock_ms();
	must(ice_describe(&c->ice, &t, c->began) == 0, "description");
	if (memcmp(before, ice_ufrag(&c->ice).p, sizeof before) != 0)
		say_ourselves(c);
}

static void send_data(struct icecat *c, struct bytes data)
{
	struct sockaddr_storage to;
	struct ice_path p;
	socklen_t n;

	if (!ice_path(&c->ice, &p, clock_ms()))
		return;
	n = sockaddr_of(&to, &p.to);
	sendto(c->fds[p.base], data.p, data.n, 0, (struct sockaddr *)&to, n);
}

static void hear_candidate(struct icecat *c, struct bytes line)
{
	struct candidate k;
	int rc = candidate_parse(&k, line);

	must(rc >= 0, "candidate");
	if (rc > 0)
		ice_ended(&c->ice);
	else
		must(ice_candidate(&c->ice, &k, clock_ms()) >= 0, "limit");
}

static void hear_line(struct icecat *c, struct bytes line)
{
	struct cur at = cur_of(line);
	struct bytes word = cur_until(&at, ' ');
	struct bytes rest = cur_bytes(&at, cur_left(&at));

	if (bytes_are(word, "ufrag")) {
		c->ufrag_n = min_size(rest.n, sizeof c->ufrag);
		memcpy(c->ufrag, rest.p, c->ufrag_n);
	} else if (bytes_are(word, "pwd")) {
		describe(c, rest);
	} else if (bytes_are(word, "end")) {
		ice_ended(&c->ice);
	} else if (bytes_are(word, "data")) {
		send_data(c, rest);
	} else if (bytes_are(word, "restart")) {
		ice_restart(&c->ice, clock_ms());
		say_ourselves(c);
	} else {
		hear_candidate(c, line);
	}
}

static void hear_input(struct icecat *c)
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

static void hear_packet(struct icecat *c, unsigned base)
{
	static uint8_t room[PACKET];
	struct sockaddr_storage from;
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(c->fds[base], room, sizeof room, MSG_DONTWAIT,
			     (struct sockaddr *)&from, &size);
	struct ice_heard h = { .base = base };

	if (n < 0)
		return;
	addr_of(&h.from, &from);
	h.data = (struct bytes){ room, (size_t)n };
	if (!ice_input(&c->ice, &h, clock_ms()) && n > 0 && room[0] > 3)
		printf("data %.*s\n", (int)n, (const char *)room);
}

/* ---- turning ---- */

static void send_all(struct icecat *c)
{
	uint8_t room[ICE_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct ice_out out = { .data = &f };

	while (ice_output(&c->ice, &out, clock_ms())) {
		struct sockaddr_storage to;
		socklen_t n = sockaddr_of(&to, &out.to);

		sendto(c->fds[out.base], room, f.n, 0, (struct sockaddr *)&to,
		       n);
		f.n = 0;
	}
}

static int wait_of(const struct icecat *c)
{
	int64_t due = ice_due(&c->ice), now = clock_ms();

	if (due == INT64_MAX)
		return -1;
	return due <= now ? 0 : (int)(due - now);
}

static void turn(struct icecat *c)
{
	struct pollfd p[1 + ICE_BASES] = { { .fd = 0, .events = POLLIN } };

	send_all(c);
	say_events(c);
	for (unsigned i = 0; i < c->nfds; i++)
		p[1 + i] = (struct pollfd){ c->fds[i], POLLIN, 0 };
	must(poll(p, 1 + c->nfds, wait_of(c)) >= 0, "poll");
	if (p[0].revents)
		hear_input(c);
	for (unsigned i = 0; i < c->nfds; i++)
		if (p[1 + i].revents)
			hear_packet(c, i);
}

/* ---- starting ---- */

static void add_socket(struct icecat *c, const char *ip)
{
	struct sockaddr_storage at;
	socklen_t n;
	struct addr a;
	int fd;

	must(addr_parse_ip(&a, bytes_of(ip)) == 0, ip);
	n = sockaddr_of(&at, &a);
	fd = socket(at.ss_family, SOCK_DGRAM, 0);
	must(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0, "bind");
	n = sizeof at;
	must(getsockname(fd, (struct sockaddr *)&at, &n) == 0, "getsockname");
	addr_of(&a, &at);
	must(ice_add(&c->ice, c->nfds, ICE_HOST, &a, clock_ms()) == 0, ip);
	c->fds[c->nfds++] = fd;
}

static void ask(struct icecat *c, const char *at)
{
	struct addr a;

	must(addr_parse(&a, bytes_of(at)) == 0, at);
	must(ice_ask(&c->ice, &a, clock_ms()) == 0, at);
}

int main(int argc, char **argv)
{
	static struct icecat c;
	uint8_t seed[ICE_SEED];
	struct ice_conf conf = { .seed = { seed, sizeof seed } };
	const char *stun = NULL;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--controlling") == 0)
			conf.controlling = true;
		else if (strcmp(argv[at], "--lite") == 0)
			conf.lite = true;
		else if (at + 1 < argc)
			stun = argv[++at];
	}
	rand_fill((struct span){ seed, sizeof seed });
	ice_init(&c.ice, &conf, clock_ms());
	c.began = clock_ms();
	if (stun)
		ask(&c, stun);
	for (; at < argc; at++)
		add_socket(&c, argv[at]);
	ice_added(&c.ice);
	say_ourselves(&c);
	while (!c.over)
		turn(&c);
	return 0;
}
