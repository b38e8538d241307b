/* tun - unat over a TUN of this namespace: what comes from it goes through the NAT, over
 * a line in each direction, and back into it. Who routes what there is the caller's.
 *
 *      tun DEVICE PUBLIC [SETTING=VALUE]...    settings are rows of the table below
 */
#include "unat/link.h"
#include "unat/unat.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

struct set {
	struct unat_conf nat;
	struct link_conf line;
};

#define WORDS_OF_KIND \
	{ \
		"any", "host", "port" \
	}
static const struct {
	const char *name;
	const char *words[3]; /* the values 0, 1, 2; or it is a number */
	size_t at, size;
} rows[] = {
#define ROW(name, part, field, ...) \
	{ \
		name, __VA_ARGS__, offsetof(struct set, part.field), \
			sizeof((struct set *)NULL)->part.field \
	}
	ROW("mapping", nat, mapping, WORDS_OF_KIND),
	ROW("filtering", nat, filtering, WORDS_OF_KIND),
	ROW("ports", nat, ports, { "same", "next", "random" }),
	ROW("hairpin", nat, hairpin, { "no", "outer", "inner" }),
	ROW("refresh", nat, in_refreshes, { "no", "yes" }),
	ROW("lo", nat, lo, { NULL }),
	ROW("hi", nat, hi, { NULL }),
	ROW("lifetime", nat, lifetime, { NULL }),
	ROW("seed", nat, seed, { NULL }),
	ROW("loss", line, loss, { NULL }),
	ROW("delay", line, delay, { NULL }),
	ROW("reorder", line, reorder, { NULL }),
	ROW("rate", line, rate, { NULL }),
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t value_of(size_t row, const char *text)
{
	for (uint64_t i = 0; i < 3 && rows[row].words[i]; i++)
		if (strcmp(rows[row].words[i], text) == 0)
			return i;
	return strtoull(text, NULL, 10);
}

static void store(struct set *s, size_t row, uint64_t v)
{
	void *at = (char *)s + rows[row].at;
	uint8_t one = (uint8_t)v;
	uint16_t two = (uint16_t)v;
	uint32_t four = (uint32_t)v;

	switch (rows[row].size) {
	case 1:
		memcpy(at, &one, 1);
		break;
	case 2:
		memcpy(at, &two, 2);
		break;
	case 4:
		memcpy(at, &four, 4);
		break;
	default:
		memcpy(at, &v, 8);
		break;
	}
}

static void take(struct set *s, const char *word)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].name);

		if (strncmp(word, rows[i].name, n) == 0 && word[n] == '=') {
			store(s, i, value_of(i, word + n + 1));
			return;
		}
	}
	fprintf(stderr, "tun: no such setting: %s\n", word);
	exit(2);
}

static int open_tun(const char *name)
{
	struct ifreq r = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0)
		fail("tun");
	return fd;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

static struct unat nat;
static struct link lines[2]; /* from inside, from outside */

/* What is for the public address, and not from inside, comes from outside. */
static void translate(uint32_t public, uint8_t *p, size_t n)
{
	int64_t now = now_ms();
	struct span b = { p, n };
	uint32_t to;

	if (n < 20)
		return;
	memcpy(&to, p + 16, 4);
	if (ntohl(to) != public || (p[12] == 10)) {
		if (unat_out(&nat, now, b) != UNAT_DROP)
			link_put(&lines[0], now, 0, bytes_in(b));
	} else if (unat_in(&nat, now, b) != UNAT_DROP) {
		link_put(&lines[1], now, 0, bytes_in(b));
	}
}

static int deliver(int fd)
{
	int64_t now = now_ms(), wait = -1;

	for (int i = 0; i < 2; i++) {
		struct span b;
		int64_t due;
		int way;

		while ((b = link_get(&lines[i], now, &way)).p)
			if (write(fd, b.p, b.n) < 0)
				perror("tun: write");
		due = link_due(&lines[i]);
		if (due >= 0 && (wait < 0 || due - now < wait))
			wait = due > now ? due - now : 1;
	}
	return (int)wait;
}

int main(int argc, char **argv)
{
	struct set s = { .nat = { .filtering = UNAT_PORT,
				  .lo = 40000,
				  .hi = 60000,
				  .lifetime = 120000,
				  .seed = 1 } };
	struct in_addr public;
	uint8_t p[LINK_PACKET];
	int fd;

	if (argc < 3 || inet_pton(AF_INET, argv[2], &public) != 1)
		return 2;
	for (int i = 3; i < argc; i++)
		take(&s, argv[i]);
	s.nat.public = ntohl(public.s_addr);
	s.line.seed = s.nat.seed;
	unat_init(&nat, &s.nat);
	link_init(&lines[0], &s.line);
	link_init(&lines[1], &s.line);
	fd = open_tun(argv[1]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd look = { .fd = fd, .events = POLLIN };
		ssize_t n;

		poll(&look, 1, deliver(fd));
		while ((n = read(fd, p, sizeof p)) > 0)
			translate(s.nat.public, p, (size_t)n);
	}
}
