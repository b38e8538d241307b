/* sctpcat - an association with data channels by our engine, its packets in datagrams
 * of UDP on 127.0.0.1, for tests beside other people's.
 *
 * usage: sctpcat PORT PEER-PORT [NAME=VALUE]...
 *
 *	connect=1      sends INIT; without, the other has to
 *	odd=1          our channels have odd numbers
 *	channels=N     opens so many
 *	bytes=N        so many are sent, over all of them in turn
 *	size=N         in messages of that size; 0: of 1 to 65536, empty ones too
 *	type=N limit=N of the channels (RFC 8832 5.1)
 *	echo=1         what comes goes back
 *	want=N         goes on until so many bytes have come
 *	close=1        then closes the channels, and waits until they are
 *	abort=1        ends by ABORT, not by shutting down
 *	stay=1         ends when the peer does
 *	lose=N         of a thousand datagrams, either way
 *	mtu=N
 *
 * One line when it is open, one at the end: what was sent and came, and sums of SHA-256
 * of the messages of both. Exit 1: it ended in trouble.
 */
#include "crypt/crc.h"
#include "crypt/hash.h"
#include "os/cpu.h"
#include "wire/sctp/channel.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SLABS = 512, PATIENCE_MS = 20000, MOST_CHANNELS = 1024, MTU = 1191 };

struct set {
	uint64_t connect, odd, channels, bytes, size, type, limit, echo, want,
		close, abort, stay, lose, mtu;
};

static const struct {
	const char *name;
	size_t at;
} names[] = {
	{ "connect", offsetof(struct set, connect) },
	{ "odd", offsetof(struct set, odd) },
	{ "channels", offsetof(struct set, channels) },
	{ "bytes", offsetof(struct set, bytes) },
	{ "size", offsetof(struct set, size) },
	{ "type", offsetof(struct set, type) },
	{ "limit", offsetof(struct set, limit) },
	{ "echo", offsetof(struct set, echo) },
	{ "want", offsetof(struct set, want) },
	{ "close", offsetof(struct set, close) },
	{ "abort", offsetof(struct set, abort) },
	{ "stay", offsetof(struct set, stay) },
	{ "lose", offsetof(struct set, lose) },
	{ "mtu", offsetof(struct set, mtu) },
};

struct cat {
	struct set set;
	int fd;
	int64_t start, open_at, moved;
	uint64_t sent, got, messages_in, messages_out, chance;
	unsigned turn, opened, closed, n;
	uint16_t sids[MOST_CHANNELS];
	bool closing, done;
	uint64_t sum_in, sum_out;
	struct { /* what is to go back, while there is no room */
		uint16_t sid;
		uint8_t kind;
		size_t n;
		bool waits;
	} back;
	struct sctp s;
	struct sctp_conf conf;
	struct pool pool;
	struct pool_slab slabs[SLABS];
	uint8_t room[SCTP_MESSAGE], text[SCTP_MESSAGE];
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint64_t chance(struct cat *c)
{
	c->chance ^= c->chance << 13;
	c->chance ^= c->chance >> 7;
	c->chance ^= c->chance << 17;
	return c->chance;
}

/* The same for the same messages in another order. */
static void add_to(uint64_t *sum, struct bytes b)
{
	uint8_t digest[SHA256_SIZE];
	uint64_t word = 0;
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, b);
	hash_end(&h, digest);
	for (size_t i = 0; i < 8; i++)
		word = word << 8 | digest[i];
	*sum += word;
}

/* ---- what goes out ---- */

static void open_channels(struct cat *c, int64_t now)
{
	struct dcep_open o = { .type = (uint8_t)c->set.type,
			       .limit = (uint32_t)c->set.limit,
			       .label = BYTES("cat") };

	while (c->n < c->set.channels) {
		int sid = channel_open(&c->s, &o, now);

		if (sid < 0)
			return;
		c->sids[c->n++] = (uint16_t)sid;
	}
}

static size_t next_size(struct cat *c)
{
	static const size_t edges[] = { 0,    1,    2,     3,    4,
					1159, 1160, 1161,  1162, 1163,
					1164, 2320, 65535, 65536 };
	uint64_t left = c->set.bytes - c->sent, n = c->set.size;

	if (n == 0 && c->messages_out < COUNT(edges))
		n = edges[c->messages_out];
	else if (n == 0)
		n = chance(c) % 65537;
	return (size_t)(n < left ? n : left);
}

static bool send_one(struct cat *c, int64_t now)
{
	uint16_t sid = c->sids[c->turn % c->n];
	uint64_t before = c->chance;
	size_t n = next_size(c);
	struct bytes b = { c->text, n };

	for (size_t i = 0; i + 8 <= n; i += 8 * 64) {
		uint64_t word = c->sent + i + before;

		memcpy(c->text + i, &word, 8);
	}
	if (channel_send(&c->s, sid, CHANNEL_BINARY, b, now) < 0) {
		c->chance = before;
		return false;
	}
	add_to(&c->sum_out, b);
	c->sent += n;
	c->messages_out++;
	c->turn++;
	return true;
}

static void send_back(struct cat *c, int64_t now)
{
	struct bytes b = { c->room, c->back.n };
	int rc = channel_send(&c->s, c->back.sid, c->back.kind, b, now);

	c->back.waits = rc == -NAT_EAGAIN;
	if (rc < 0)
		return;
	add_to(&c->sum_out, b);
	c->sent += b.n;
	c->messages_out++;
}

/* ---- what comes in ---- */

static void take(struct cat *c, uint16_t sid, const struct channel_in *in,
		 int64_t now)
{
	if (in->what == CHANNEL_OPENED)
		c->opened++;
	if (in->what == CHANNEL_WRONG)
		fprintf(stderr, "sctpcat: %u: wrong message\n", sid);
	if (in->what != CHANNEL_TEXT && in->what != CHANNEL_BINARY)
		return;
	add_to(&c->sum_in, in->text);
	c->got += in->text.n;
	c->messages_in++;
	c->back.sid = sid;
	c->back.kind = in->what;
	c->back.n = in->text.n;
	if (c->set.echo)
		send_back(c, now);
}

static void receive(struct cat *c, int64_t now)
{
	struct channel_in in;

	list_each (at, &c->s.streams.all) {
		uint16_t sid = stream_all(at)->sid;

		while (!c->back.waits &&
		       channel_recv(&c->s, sid, SPAN(c->room), &in, now))
			take(c, sid, &in, now);
	}
}

static void events(struct cat *c, int64_t now)
{
	struct sctp_event e;

	while (sctp_event(&c->s, &e)) {
		if (e.what == SCTP_UP) {
			c->open_at = now;
			printf("open ms=%lld\n", (long long)(now - c->start));
			fflush(stdout);
		}
		if (e.what == SCTP_OVER)
			c->done = true;
		if (e.what == SCTP_ENDED && sctp_reset(&c->s, e.sid) < 0)
			fprintf(stderr, "sctpcat: %u: no reset\n", e.sid);
		c->closed += e.what == SCTP_ENDED;
	}
	if (c->back.waits)
		send_back(c, now);
	receive(c, now);
}

/* ---- the end ---- */

static bool all_said(const struct cat *c)
{
	return c->s.state >= SCTP_OPEN && c->n == c->set.channels &&
	       c->sent >= c->set.bytes && c->got >= c->set.want;
}

static void finish(struct cat *c)
{
	if (c->done || c->set.stay || !all_said(c))
		return;
	if (c->set.close && !c->closing)
		for (unsigned i = 0; i < c->n; i++)
			if (sctp_reset(&c->s, c->sids[i]) < 0)
				fprintf(stderr, "sctpcat: no reset\n");
	c->closing = true;
	if (c->set.close && c->s.streams.n > 0)
		return;
	if (c->set.abort)
		sctp_abort(&c->s);
	else
		sctp_shutdown(&c->s);
}

static void tell(struct cat *c)
{
	int64_t ms = now_ms() - c->open_at;

	printf("end err=%d sent=%llu got=%llu messages=%llu,%llu opened=%u "
	       "closed=%u left=%u mtu=%u resent=%u lapsed=%u silences=%u "
	       "ms=%lld "
	       "out=%016llx in=%016llx\n",
	       c->s.err, (unsigned long long)c->sent,
	       (unsigned long long)c->got, (unsigned long long)c->messages_out,
	       (unsigned long long)c->messages_in, c->opened, c->closed,
	       c->s.streams.n, c->s.mtu, c->s.counts.resent, c->s.counts.lapsed,
	       c->s.counts.silences, (long long)ms,
	       (unsigned long long)c->sum_out, (unsigned long long)c->sum_in);
}

/* ---- packets ---- */

static void flush(struct cat *c)
{
	uint8_t b[SCTP_MTU_MOST];
	size_t n;

	while ((n = sctp_output(&c->s, SPAN(b), now_ms())))
		if (chance(c) % 1000 >= c->set.lose && send(c->fd, b, n, 0) < 0)
			continue; /* as if lost */
}

static void hear(struct cat *c)
{
	uint8_t b[SCTP_MTU_MOST];

	for (int i = 0; i < 64; i++) {
		ssize_t n = recv(c->fd, b, sizeof b, 0);

		if (n < 0)
			return;
		if (chance(c) % 1000 < c->set.lose)
			continue;
		c->moved = now_ms();
		sctp_input(&c->s, (struct bytes){ b, (size_t)n }, c->moved);
	}
}

static void wait_for(struct cat *c)
{
	int64_t now = now_ms(), due = sctp_due(&c->s);
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int ms = due < 0 || due - now > 1000 ? 1000
		 : due > now                 ? (int)(due - now)
					     : 0;

	if (poll(&p, 1, ms) > 0)
		hear(c);
	if (now - c->moved > PATIENCE_MS) {
		c->s.err = -NAT_ETIMEOUT;
		c->done = true;
	}
}

static void run(struct cat *c)
{
	while (!c->done) {
		int64_t now = now_ms();

		events(c, now);
		if (!c->closing)
			open_channels(c, now);
		while (c->n > 0 && c->sent < c->set.bytes && send_one(c, now))
			;
		finish(c);
		flush(c);
		if (!c->done)
			wait_for(c);
	}
	flush(c);
}

/* ---- starting ---- */

static void settings(struct set *set, int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		size_t k = 0, n = strcspn(argv[i], "=");

		while (k < COUNT(names) && (strlen(names[k].name) != n ||
					    strncmp(names[k].name, argv[i], n)))
			k++;
		if (k == COUNT(names) || argv[i][n] != '=') {
			fprintf(stderr, "sctpcat: %s?\n", argv[i]);
			exit(2);
		}
		*(uint64_t *)(void *)((char *)set + names[k].at) =
			strtoull(argv[i] + n + 1, NULL, 0);
	}
}

static struct sockaddr_in here(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
}

static void start(struct cat *c, const char *port, const char *peer)
{
	struct sockaddr_in own = here(port), other = here(peer);
	size_t n = (size_t)SLABS * POOL_SLAB;
	struct span mem = { aligned_alloc(4096, n), n };
	uint8_t random[SCTP_RANDOM];
	int fd = open("/dev/urandom", O_RDONLY), big = 4 << 20;

	if (read(fd, random, sizeof random) != sizeof random)
		exit(1);
	close(fd);
	c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
	if (bind(c->fd, (struct sockaddr *)&own, sizeof own) < 0 ||
	    connect(c->fd, (struct sockaddr *)&other, sizeof other) < 0) {
		perror("sctpcat");
		exit(1);
	}
	pool_init(&c->pool, mem, c->slabs, SLABS);
	c->conf = (struct sctp_conf){ .pool = &c->pool,
				      .port = 5000,
				      .peer = 5000,
				      .mtu = MTU,
				      .streams = MOST_CHANNELS,
				      .message = SCTP_MESSAGE,
				      .in = 8 << 20,
				      .out = 8 << 20,
				      .zero_sum = c->set.odd,
				      .odd = c->set.odd };
	if (c->set.mtu)
		c->conf.mtu = (uint16_t)c->set.mtu;
	sctp_init(&c->s, &c->conf, random);
	c->start = c->moved = now_ms();
	c->chance = 88172645463325252;
	if (c->set.connect)
		sctp_connect(&c->s, 0, c->start);
}

int main(int argc, char **argv)
{
	static struct cat c;

	if (argc < 3) {
		fprintf(stderr, "usage: sctpcat PORT PEER-PORT [NAME=VALUE]\n");
		return 2;
	}
	settings(&c.set, argc, argv);
	crc32c_native(cpu_has_crc32c());
	start(&c, argv[1], argv[2]);
	run(&c);
	tell(&c);
	return c.s.err < 0 && !(c.set.abort && c.s.err == -NAT_ECLOSED);
}
