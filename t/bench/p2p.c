/* p2p - two peers in one process on loopback, signalling by calls: how long until both
 * are open, and what an idle one holds.
 *
 * usage: p2p CONNECTS PEERS
 * It says `connect MEDIAN P99` in ms and `peer BYTES`, resident memory of each.
 */
#include "net/peer.h"
#include "os/clock.h"
#include "os/mem.h"
#include "os/sock.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SLEEP = 1, TEXT = 4096 };

struct side {
	struct peer peer;
	struct side *other;
};

static struct loop loop;
static struct log to_nowhere;
static struct net net;
static struct rtc *rtc;
static struct paths *paths;
static int opened;
static struct timer patience;

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "p2p: %s\n", what);
	exit(1);
}

static struct side *side_of(struct peer *p)
{
	return container_of(p, struct side, peer);
}

static void local(struct peer *p, const struct candidate *c)
{
	uint8_t room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	if (c)
		candidate_print(&f, c);
	if (c)
		peer_candidate(&side_of(p)->other->peer, fmt_done(&f));
}

static void open_up(struct peer *p)
{
	(void)p;
	loop.quit = ++opened == 2;
}

static void come(struct peer *p, uint16_t sid, const struct dcep_open *o)
{
	(void)p, (void)sid, (void)o;
}

static void moved(struct peer *p)
{
	(void)p;
}

static bool again(struct peer *p)
{
	(void)p;
	return false;
}

static void ended(struct peer *p, const char *why)
{
	(void)p;
	fprintf(stderr, "p2p: over: %s\n", why);
	exit(1);
}

static const struct peer_ops ops = {
	local, open_up, come, moved, again, ended
};

static void start(struct side *s, bool offers)
{
	struct peer_ask ask = { .ops = &ops, .paths = paths, .offers = offers };

	must(addr_parse_ip(&ask.at, BYTES("127.0.0.1")) == 0, "address");
	must(peer_start(&s->peer, rtc, &ask) == 0, "start");
}

static void describe(struct side *from)
{
	uint8_t room[TEXT];
	struct fmt f = fmt_to(SPAN(room));

	peer_describe(&from->peer, &f);
	must(peer_hear(&from->other->peer, fmt_done(&f)) == 0, "description");
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void stop(struct timer *t)
{
	(void)t;
	loop.quit = true;
}

static void run_for(int64_t ms)
{
	loop.quit = false;
	timer_start(&patience, &loop, clock_ms() + ms);
	must(loop_run(&loop) == 0, "loop");
	timer_stop(&patience, &loop);
}

/* ms from both being started until both are open. */
static double connect(struct side *pair)
{
	double began = now_ms();

	opened = 0;
	pair[0].other = &pair[1];
	pair[1].other = &pair[0];
	start(&pair[0], true);
	start(&pair[1], false);
	describe(&pair[0]);
	describe(&pair[1]);
	run_for(30000);
	must(opened == 2, "does not connect");
	return now_ms() - began;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void measure_connects(int n)
{
	double *took = calloc((size_t)n, sizeof *took);

	for (int i = 0; i < n; i++) {
		struct side pair[2] = { 0 };

		took[i] = connect(pair);
		peer_stop(&pair[0].peer);
		peer_stop(&pair[1].peer);
	}
	qsort(took, (size_t)n, sizeof *took, by_size);
	printf("connect %.2f %.2f\n", took[n / 2], took[n * 99 / 100]);
	free(took);
}

static long resident(void)
{
	char text[256] = { 0 };
	int fd = open("/proc/self/statm", O_RDONLY);
	long all = 0, in = 0;

	must(fd >= 0 && read(fd, text, sizeof text - 1) > 0 &&
		     sscanf(text, "%ld %ld", &all, &in) == 2,
	     "statm");
	close(fd);
	return in * sysconf(_SC_PAGESIZE);
}

static void measure_memory(int peers)
{
	struct span mem = mem_reserve((size_t)peers * sizeof(struct side));
	struct side *sides = (struct side *)(void *)mem.p;
	long before = resident();

	for (int i = 0; i + 1 < peers; i += 2)
		connect(&sides[i]);
	run_for(3000); /* handshakes are over, buffers go back */
	printf("peer %ld\n", (resident() - before) / peers);
	for (int i = 0; i < peers; i++)
		peer_stop(&sides[i].peer);
	mem_release(mem);
}

int main(int argc, char **argv)
{
	const struct net_limits limits = { .memory = 256 << 20 };
	static struct paths_conf conf = { .keep = PATHS_KEEP };
	static struct diag quiet;

	must(argc == 3, "usage: p2p CONNECTS PEERS");
	sock_raise_fds(16384);
	timer_init(&patience, stop);
	must(loop_open(&loop, 16384) == 0, "loop");
	must(net_start(&net, &loop, &to_nowhere, &limits) == 0, "net");
	must(rtc_start(&rtc, &net) == 0, "rtc");
	must(paths_start(&paths, &net, &conf, 1, &quiet) == 0, "paths");
	measure_connects(atoi(argv[1]));
	measure_memory(atoi(argv[2]));
	return 0;
}
