/* usrcat - the same as sctpcat by usrsctp: data channels, packets in datagrams.
 *
 * usage: usrcat PORT PEER-PORT [NAME=VALUE]...    connect, odd, channels, bytes, size,
 * echo, want, close, stay, type, limit as there
 */
#include "crypt/hash.h"
#include "wire/sctp/dcep.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <usrsctp.h>

enum { MESSAGE = 65536, STREAMS = 1024, PATIENCE_MS = 20000 };

struct said {
	struct said *next;
	uint16_t sid;
	uint32_t ppid;
	size_t n;
	uint8_t b[];
};

struct cat {
	unsigned long connect, odd, channels, bytes, size, echo, want, close,
		stay, type, limit;
	int fd;
	struct socket *s;
	pthread_mutex_t lock;
	struct said *first, **last; /* heard, and to be looked at */
	uint64_t sent, got, sum_in, sum_out, n_in, n_out;
	unsigned opened, closed;
	int up, down, ended;
	int64_t moved;
	uint8_t reset[65536]; /* by us */
	uint8_t types[65536];
	uint32_t limits[65536];
};

static struct cat cat;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	nanosleep(&t, NULL);
}

static void add_to(uint64_t *sum, const uint8_t *p, size_t n)
{
	uint8_t digest[SHA256_SIZE];
	uint64_t word = 0;
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, (struct bytes){ p, n });
	hash_end(&h, digest);
	for (size_t i = 0; i < 8; i++)
		word = word << 8 | digest[i];
	*sum += word;
}

/* ---- packets ---- */

static int on_packet(void *addr, void *b, size_t n, uint8_t tos, uint8_t df)
{
	(void)addr, (void)tos, (void)df;
	return send(cat.fd, b, n, 0) < 0 ? 0 : 0;
}

static void *pump(void *none)
{
	uint8_t b[4096];
	ssize_t n;

	(void)none;
	for (;;) {
		n = recv(cat.fd, b, sizeof b, 0);
		if (n <= 0)
			continue;
		cat.moved = now_ms();
		usrsctp_conninput(&cat, b, (size_t)n, 0);
	}
	return NULL;
}

/* ---- sending ---- */

static int say(uint16_t sid, uint32_t ppid, const uint8_t *p, size_t n)
{
	struct sctp_sendv_spa spa = { 0 };
	bool plain = ppid == PPID_DCEP;
	int kind = cat.types[sid] & 3;

	spa.sendv_flags = SCTP_SEND_SNDINFO_VALID;
	spa.sendv_sndinfo.snd_sid = sid;
	spa.sendv_sndinfo.snd_ppid = htonl(ppid);
	if (!plain && cat.types[sid] & DCEP_UNORDERED)
		spa.sendv_sndinfo.snd_flags = SCTP_UNORDERED;
	if (!plain && kind) {
		spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
		spa.sendv_prinfo.pr_policy =
			kind == 1 ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
		spa.sendv_prinfo.pr_value = cat.limits[sid];
	}
	return usrsctp_sendv(cat.s, p, n, NULL, 0, &spa, sizeof spa,
			     SCTP_SENDV_SPA, 0) < 0
		       ? -1
		       : 0;
}

static void say_bytes(uint16_t sid, const uint8_t *p, size_t n)
{
	while (say(sid, n ? PPID_BINARY : PPID_BINARY_EMPTY,
		   n ? p : (const uint8_t *)"", n ? n : 1) < 0) {
		if (cat.down)
			return;
		pause_ms(1);
	}
	add_to(&cat.sum_out, p, n);
	cat.sent += n;
	cat.n_out++;
}

static void open_channel(uint16_t sid)
{
	uint8_t room[64];
	struct pack p = pack_to(SPAN(room));
	struct dcep_open o = { .type = (uint8_t)cat.type,
			       .limit = (uint32_t)cat.limit,
			       .label = BYTES("usr") };

	dcep_put(&p, &o);
	say(sid, PPID_DCEP, room, p.n);
	cat.types[sid] = o.type;
	cat.limits[sid] = o.limit;
}

static void close_channel(uint16_t sid)
{
	struct {
		struct sctp_reset_streams r;
		uint16_t sid;
	} x = { { 0, SCTP_STREAM_RESET_OUTGOING, 1 }, sid };

	if (cat.reset[sid]++)
		return;
	for (int i = 0; i < 1000 && !cat.down; i++) {
		if (usrsctp_setsockopt(cat.s, IPPROTO_SCTP, SCTP_RESET_STREAMS,
				       &x, sizeof x) == 0)
			return;
		pause_ms(5); /* one at a time */
	}
	fprintf(stderr, "usrcat: %u: not reset\n", sid);
}

/* ---- what comes ---- */

static void on_dcep(const struct said *m)
{
	struct dcep_open o;

	if (m->b[0] == DCEP_ACK || !dcep_read(&o, (struct bytes){ m->b, m->n }))
		return;
	cat.types[m->sid] = o.type;
	cat.limits[m->sid] = o.limit;
	cat.opened++;
	say(m->sid, PPID_DCEP, (const uint8_t *)"\2", 1);
}

static void on_message(struct said *m)
{
	if (m->ppid == 0) { /* a stream that was reset */
		cat.closed++;
		close_channel(m->sid);
		return;
	}
	if (m->ppid == PPID_DCEP) {
		on_dcep(m);
		return;
	}
	if (m->ppid >= PPID_TEXT_EMPTY)
		m->n = 0;
	add_to(&cat.sum_in, m->b, m->n);
	cat.got += m->n;
	cat.n_in++;
	if (cat.echo)
		say_bytes(m->sid, m->b, m->n);
}

static void queue(uint16_t sid, uint32_t ppid, const void *p, size_t n)
{
	struct said *m = malloc(sizeof *m + n + 1);

	m->next = NULL;
	m->sid = sid;
	m->ppid = ppid;
	m->n = n;
	memcpy(m->b, p, n);
	pthread_mutex_lock(&cat.lock);
	*cat.last = m;
	cat.last = &m->next;
	pthread_mutex_unlock(&cat.lock);
}

static bool look(void)
{
	struct said *m;

	pthread_mutex_lock(&cat.lock);
	m = cat.first;
	if (m)
		cat.first = m->next;
	if (!cat.first)
		cat.last = &cat.first;
	pthread_mutex_unlock(&cat.lock);
	if (!m)
		return false;
	on_message(m);
	free(m);
	return true;
}

static void on_note(const union sctp_notification *n, size_t len)
{
	const struct sctp_stream_reset_event *r = &n->sn_strreset_event;
	uint16_t state = n->sn_assoc_change.sac_state;

	if (n->sn_header.sn_type == SCTP_ASSOC_CHANGE) {
		cat.up |= state == SCTP_COMM_UP;
		cat.down |= state == SCTP_COMM_LOST ||
			    state == SCTP_SHUTDOWN_COMP ||
			    state == SCTP_CANT_STR_ASSOC;
	}
	if (n->sn_header.sn_type != SCTP_STREAM_RESET_EVENT ||
	    !(r->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN))
		return;
	for (size_t i = 0; sizeof *r + 2 * i < len; i++)
		queue(r->strreset_stream_list[i], 0, "", 0);
}

static int on_receive(struct socket *s, union sctp_sockstore addr, void *b,
		      size_t n, struct sctp_rcvinfo info, int flags, void *arg)
{
	(void)s, (void)addr, (void)arg;
	if (!b) {
		cat.down = 1;
		return 1;
	}
	if (flags & MSG_NOTIFICATION)
		on_note(b, n);
	else
		queue(info.rcv_sid, ntohl(info.rcv_ppid), b, n);
	free(b);
	return 1;
}

/* ---- starting, running ---- */

static void settings(int argc, char **argv)
{
	static const struct {
		const char *name;
		unsigned long *to;
	} names[] = {
		{ "connect=", &cat.connect },   { "odd=", &cat.odd },
		{ "channels=", &cat.channels }, { "bytes=", &cat.bytes },
		{ "size=", &cat.size },         { "echo=", &cat.echo },
		{ "want=", &cat.want },         { "close=", &cat.close },
		{ "stay=", &cat.stay },         { "type=", &cat.type },
		{ "limit=", &cat.limit },
	};

	for (int i = 3; i < argc; i++)
		for (size_t k = 0; k < COUNT(names); k++)
			if (text_begins(argv[i], names[k].name))
				*names[k].to =
					strtoul(argv[i] + strlen(names[k].name),
						NULL, 0);
}

static void udp(const char *port, const char *peer)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int big = 4 << 20;

	cat.fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(cat.fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
	a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (bind(cat.fd, (struct sockaddr *)&a, sizeof a) < 0)
		exit(1);
	a.sin_port = htons((uint16_t)strtoul(peer, NULL, 10));
	if (connect(cat.fd, (struct sockaddr *)&a, sizeof a) < 0)
		exit(1);
}

static void options(struct socket *s)
{
	static const uint16_t types[] = { SCTP_ASSOC_CHANGE,
					  SCTP_STREAM_RESET_EVENT };
	struct sctp_assoc_value reset = { SCTP_ALL_ASSOC,
					  SCTP_ENABLE_RESET_STREAM_REQ };
	struct sctp_initmsg init = { .sinit_num_ostreams = STREAMS,
				     .sinit_max_instreams = STREAMS };
	struct sctp_event event = { .se_on = 1 };
	int on = 1, big = 4 << 20;

	usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &reset,
			   sizeof reset);
	usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
	usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init);
	usrsctp_setsockopt(s, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
	usrsctp_setsockopt(s, SOL_SOCKET, SO_SNDBUF, &big, sizeof big);
	for (size_t i = 0; i < COUNT(types); i++) {
		event.se_type = types[i];
		usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_EVENT, &event,
				   sizeof event);
	}
}

/* Who hears before it listens answers by ABORT. */
static void hear(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, pump, NULL);
}

static void associate(void)
{
	struct sockaddr_conn a = { .sconn_family = AF_CONN,
				   .sconn_port = htons(5000),
				   .sconn_addr = &cat };
	struct socket *s = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP,
					  on_receive, NULL, 0, NULL);

	options(s);
	usrsctp_bind(s, (struct sockaddr *)&a, sizeof a);
	cat.s = s;
	if (cat.connect) {
		hear();
		if (usrsctp_connect(s, (struct sockaddr *)&a, sizeof a) < 0)
			perror("usrcat: connect");
	} else {
		usrsctp_listen(s, 1);
		hear();
		cat.s = usrsctp_accept(s, NULL, NULL);
		if (!cat.s)
			perror("usrcat: accept");
	}
	cat.up = 1;
}

static void send_next(void)
{
	static uint8_t text[MESSAGE];
	static const size_t edges[] = { 0,    1,     2,    3,    4,
					1159, 1160,  1161, 1162, 1163,
					1164, 65535, 65536 };
	size_t n = cat.size, left = cat.bytes - cat.sent;
	uint16_t sid = (uint16_t)(cat.n_out % cat.channels * 2 + cat.odd);

	if (n == 0)
		n = cat.n_out < COUNT(edges) ? edges[cat.n_out]
					     : (size_t)rand() % 65537;
	memcpy(text, &cat.n_out, sizeof cat.n_out);
	say_bytes(sid, text, n < left ? n : left);
}

static void end(void)
{
	if (cat.close) {
		for (unsigned i = 0; i < cat.channels; i++)
			close_channel((uint16_t)(2 * i + cat.odd));
		for (int i = 0; i < 500 && cat.closed < cat.channels; i++) {
			while (look())
				;
			pause_ms(10);
		}
	}
	usrsctp_shutdown(cat.s, SHUT_RDWR);
	for (int i = 0; i < 300 && !cat.down; i++)
		pause_ms(10);
}

static void run(void)
{
	while (!cat.down && now_ms() - cat.moved < PATIENCE_MS) {
		if (!look() && cat.sent >= cat.bytes)
			pause_ms(1);
		if (cat.sent < cat.bytes)
			send_next();
		else if (!cat.stay && cat.got >= cat.want)
			break;
	}
	if (!cat.stay)
		end();
	while (look())
		;
}

int main(int argc, char **argv)
{
	int64_t start;

	settings(argc, argv);
	cat.last = &cat.first;
	pthread_mutex_init(&cat.lock, NULL);
	udp(argv[1], argv[2]);
	cat.moved = now_ms();
	usrsctp_init(0, on_packet, NULL);
	usrsctp_sysctl_set_sctp_ecn_enable(0);
	usrsctp_register_address(&cat);
	associate();
	start = now_ms();
	for (unsigned i = 0; i < cat.channels; i++)
		open_channel((uint16_t)(2 * i + cat.odd));
	run();
	printf("end err=0 sent=%llu got=%llu messages=%llu,%llu opened=%u "
	       "closed=%u ms=%lld out=%016llx in=%016llx\n",
	       (unsigned long long)cat.sent, (unsigned long long)cat.got,
	       (unsigned long long)cat.n_out, (unsigned long long)cat.n_in,
	       cat.opened, cat.closed, (long long)(now_ms() - start),
	       (unsigned long long)cat.sum_out, (unsigned long long)cat.sum_in);
	fflush(stdout);
	_exit(0);
}
