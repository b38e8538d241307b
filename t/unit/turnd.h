/* turnd - a TURN server in a few lines that says what it is told to: its answers, and
 * the same at a socket of UDP and one of TCP, of the loopback. What a client sends to
 * a peer comes back from there, if it echoes. And a server of names.
 */
#ifndef NAT_T_UNIT_TURND_H
#define NAT_T_UNIT_TURND_H

#include "unit.h"
#include "os/dgram.h"
#include "os/loop.h"
#include "os/sock.h"
#include "wire/turn.h"

static const struct stun_user turnd_user = { BYTES("u"), BYTES("p") };

struct turnd {
	const char *nonce;
	uint16_t error; /* of what is allowed otherwise; 0: none */
	uint16_t only;  /* for this method alone; 0: for all */
	uint32_t lifetime;
	bool deaf, echoes;
	bool forgot; /* knows of no allocation until the next one */
	bool two;    /* gives an address of IPv6 beside, if asked for, */
	bool void4;  /* but none of IPv4, which is told as coturn does */
	bool strong; /* wants SHA-256 (RFC 8489 9.2), of a nonce that says so */
	uint16_t apart; /* what asking for two is refused by; 0: it is not */
	struct addr alternate;
	unsigned asked[16];   /* by method, */
	unsigned given;       /* and how many allocations; */
	unsigned heard;       /* all that came */
	struct stun_more got; /* what the last one said; slices have gone */
	uint32_t asked_lifetime;
	bool channel;      /* the last one was of a channel */
	struct loop *loop; /* at sockets */
	struct io udp, listener, stream;
	struct addr at, from; /* from: whose the last datagram was */
	size_t n;
	uint8_t in[4096];
};

static inline void turnd_init(struct turnd *s)
{
	*s = (struct turnd){ .nonce = "n1", .lifetime = 600 };
	s->alternate = (struct addr){ .family = ADDR_IP4,
				      .port = 3478,
				      .ip = { 192, 0, 2, 77 } };
}

/* ---- answers ---- */

static inline struct bytes turnd_number(uint8_t room[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		room[i] = (uint8_t)(v >> (24 - 8 * i));
	return (struct bytes){ room, 4 };
}

static inline void turnd_give(struct turnd *s, struct stun *a)
{
	static const struct addr four = { .family = ADDR_IP4,
					  .ip = { 192, 0, 2, 1 } },
				 six = { .family = ADDR_IP6,
					 .ip = { 0x20, 1, 0xd, 0xb8 } };
	struct stun_more *more = a->more;

	a->mapped = (struct addr){ .family = ADDR_IP4,
				   .port = 5,
				   .ip = { 203, 0, 113, 9 } };
	more->relayed = s->got.family ? six : four;
	if (s->two && s->got.additional)
		more->also = six;
	more->relayed.port = more->also.port = (uint16_t)(50000 + s->given);
	if (s->void4)
		more->relayed = (struct addr){ .family = ADDR_IP4 };
	s->given++;
	s->forgot = false;
}

static inline uint16_t turnd_refusal(const struct turnd *s,
				     const struct stun *q, struct bytes in,
				     struct bytes key)
{
	if (!q->nonce.n || !stun_is_signed(q, in, key, s->strong))
		return STUN_UNAUTHENTICATED;
	if (!bytes_are(q->nonce, s->nonce))
		return STUN_STALE_NONCE;
	if (s->apart && s->got.additional)
		return s->apart;
	if (s->forgot && q->type != STUN_ALLOCATE)
		return STUN_MISMATCH;
	if (s->only && s->only != q->type)
		return 0;
	return s->error;
}

static inline void turnd_note(struct turnd *s, const struct stun *q)
{
	const uint8_t *p = s->got.lifetime.p;

	s->asked[q->type & 15]++;
	s->asked_lifetime = UINT32_MAX;
	if (p)
		s->asked_lifetime =
			(uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

/* From whom it was sent to. */
static inline struct bytes turnd_echo(const struct turnd *s, struct fmt *f)
{
	struct stun_more more = { .peer = s->got.peer, .data = s->got.data };
	const struct stun m = { .type = STUN_DATA, .more = &more };

	if (!s->echoes || s->forgot)
		return (struct bytes){ NULL, 0 };
	stun_print(f, &m);
	return fmt_done(f);
}

static inline struct bytes turnd_answer(struct turnd *s, struct fmt *f,
					const struct stun *q, struct bytes in)
{
	static const uint8_t strong[] = { 0, STUN_SHA256, 0, 0 };
	struct stun_more more = { .priority = 0 };
	struct stun a = { .more = &more };
	uint8_t key[STUN_KEY], lifetime[4];
	struct bytes k = { key, 0 };

	k.n = stun_key(key, s->strong ? STUN_SHA256 : STUN_MD5, &turnd_user,
		       BYTES("r"));
	memcpy(a.id, q->id, STUN_ID);
	a.error = turnd_refusal(s, q, in, k);
	a.type = (uint16_t)(q->type | (a.error ? STUN_FAILED : STUN_OK));
	if (a.error == STUN_TRY_ALTERNATE)
		more.alternate = s->alternate;
	if (!a.error && q->type == STUN_ALLOCATE)
		turnd_give(s, &a);
	if (!a.error && q->type <= STUN_REFRESH)
		more.lifetime = turnd_number(lifetime, s->lifetime);
	if (a.error == STUN_UNAUTHENTICATED || a.error == STUN_STALE_NONCE) {
		a.realm = BYTES("r");
		a.nonce = bytes_of(s->nonce);
		if (s->strong)
			a.algorithms = (struct bytes){ strong, sizeof strong };
		stun_print(f, &a);
	} else {
		stun_print_signed(f, &a, k, s->strong);
	}
	return fmt_done(f);
}

/* What it says to a message; nothing: to nothing that is asked. */
static inline struct bytes turnd_reply(struct turnd *s, struct span room,
				       struct bytes in)
{
	static const struct bytes none;
	struct fmt f = fmt_to(room);
	struct stun q;

	s->heard++;
	s->channel = in.p[0] >= 0x40;
	if (s->channel)
		return s->echoes && !s->forgot ? in : none;
	assert_int_equal(stun_parse_more(&q, &s->got, in), 0);
	turnd_note(s, &q);
	if (q.type == STUN_SEND)
		return turnd_echo(s, &f);
	return q.type > STUN_CHANNEL || s->deaf ? none
						: turnd_answer(s, &f, &q, in);
}

/* ---- at sockets ---- */

static inline void turnd_datagram(struct io *io, unsigned what)
{
	static struct dgram_train trains[DGRAM_MESSAGES];
	static uint8_t in[DGRAM_MESSAGES * DGRAM_ROOM], out[TURN_MOST * 2];
	struct turnd *s = container_of(io, struct turnd, udp);
	int n = dgram_recv(io->fd, trains, SPAN(in));

	(void)what;
	for (int i = 0; i < n; i++) {
		struct bytes left = trains[i].data;

		s->from = trains[i].peer;
		while (left.n) {
			size_t each = min_size(trains[i].each, left.n);
			struct dgram_out to = { .peer = &s->from };

			to.body = turnd_reply(s, SPAN(out),
					      bytes_head(left, each));
			if (to.body.n)
				dgram_send(io->fd, &to, 1, false);
			left = bytes_tail(left, each);
		}
	}
}

static inline void turnd_hang_up(struct turnd *s, bool reset)
{
	if (!s->stream.loop)
		return;
	io_stop(&s->stream);
	sock_close(s->stream.fd, reset);
}

static inline void turnd_stream(struct io *io, unsigned what)
{
	struct turnd *s = container_of(io, struct turnd, stream);
	uint8_t out[TURN_MOST * 2];
	long n = sock_recv(io->fd,
			   (struct span){ s->in + s->n, sizeof s->in - s->n });
	int size;

	(void)what;
	if (n <= 0) {
		turnd_hang_up(s, false);
		return;
	}
	s->n += (size_t)n;
	while ((size = turn_frame((struct bytes){ s->in, s->n })) > 0) {
		const struct bytes whole = { s->in, (size_t)size };
		struct bytes b = turnd_reply(s, SPAN(out), whole);

		if (b.n)
			assert_int_equal(sock_send(io->fd, b), b.n);
		s->n -= whole.n;
		memmove(s->in, s->in + whole.n, s->n);
	}
	assert_int_equal(size, 0);
}

/* Whoever comes again has done with the connection before. */
static inline void turnd_come(struct io *io, unsigned what)
{
	struct turnd *s = container_of(io, struct turnd, listener);
	struct addr from;
	int fd = sock_accept(io->fd, &from);

	(void)what;
	if (fd < 0)
		return;
	turnd_hang_up(s, false);
	s->n = 0;
	io_init(&s->stream, turnd_stream);
	io_start(&s->stream, s->loop, fd, LOOP_IN);
}

/* At s->at, or, if that has no port, at one that is free for both. */
static inline void turnd_open(struct turnd *s, struct loop *loop)
{
	int udp = -1, tcp = -1;

	s->loop = loop;
	s->at.family = ADDR_IP4;
	memcpy(s->at.ip, (const uint8_t[]){ 127, 0, 0, 1 }, 4);
	while (udp < 0) {
		uint16_t port = s->at.port;

		tcp = sock_listen(&s->at);
		assert_true(tcp >= 0);
		assert_int_equal(sock_here(tcp, &s->at), 0);
		udp = dgram_bind(&s->at);
		if (udp >= 0)
			break;
		assert_int_equal(port, 0);
		sock_close(tcp, false);
		s->at.port = 0;
	}
	io_init(&s->udp, turnd_datagram);
	io_start(&s->udp, loop, udp, LOOP_IN);
	io_init(&s->listener, turnd_come);
	io_start(&s->listener, loop, tcp, LOOP_IN);
}

/* Nobody is at its port any more, and all is forgotten. */
static inline void turnd_close(struct turnd *s)
{
	turnd_hang_up(s, false);
	if (!s->udp.loop)
		return;
	io_stop(&s->udp);
	io_stop(&s->listener);
	sock_close(s->udp.fd, false);
	sock_close(s->listener.fd, false);
	s->forgot = true;
}

/* ---- a server of names, whose answer to any is an address of each family ---- */

struct turnd_names {
	struct io io;
	int fd;
	char conf[64];   /* a file that leads to it; "": none */
	const char *six; /* ::1, say; NULL: no name is known. And 127.0.0.1 */
};

static inline void turnd_names_answer(struct turnd_names *s, struct fmt *f,
				      struct bytes q)
{
	static const uint8_t head[] = { 0xc0, 12, 0, 28, 0, 1,
					0,    0,  0, 60, 0, 16 };
	struct addr a = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };
	size_t end = 12;
	bool six;

	while (q.p[end])
		end += 1U + q.p[end];
	six = q.p[end + 2] == 28;
	fmt_bytes(f, bytes_head(q, end + 5));
	f->to.p[2] = 0x81;
	f->to.p[3] = s->six ? 0x80 : 0x83;
	f->to.p[7] = s->six != NULL;
	f->to.p[11] = 0;
	if (!s->six)
		return;
	if (six)
		assert_int_equal(addr_parse_ip(&a, bytes_of(s->six)), 0);
	fmt_bytes(f, (struct bytes){ head, sizeof head });
	f->to.p[f->n - 9] = six ? 28 : 1;
	f->to.p[f->n - 1] = six ? 16 : 4;
	fmt_bytes(f, (struct bytes){ a.ip, six ? 16 : 4 });
}

static inline void turnd_names_hear(struct io *io, unsigned what)
{
	static struct dgram_train trains[DGRAM_MESSAGES];
	static uint8_t in[DGRAM_MESSAGES * DGRAM_ROOM], out[512];
	struct turnd_names *s = container_of(io, struct turnd_names, io);
	int n = dgram_recv(io->fd, trains, SPAN(in));

	(void)what;
	for (int i = 0; i < n; i++) {
		struct dgram_out to = { .peer = &trains[i].peer };
		struct fmt f = fmt_to(SPAN(out));

		turnd_names_answer(s, &f, trains[i].data);
		to.body = fmt_done(&f);
		dgram_send(io->fd, &to, 1, false);
	}
}

/* Before there is a loop, for who starts it wants conf. */
static inline void turnd_names_open(struct turnd_names *s)
{
	struct addr at = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };
	FILE *file;

	s->six = NULL;
	s->fd = dgram_bind(&at);
	assert_true(s->fd >= 0);
	assert_int_equal(sock_here(s->fd, &at), 0);
	snprintf(s->conf, sizeof s->conf, "/tmp/nat-test-turnd-%d", getpid());
	file = fopen(s->conf, "w");
	assert_non_null(file);
	fprintf(file, "nameserver [127.0.0.1]:%d\n", at.port);
	fclose(file);
}

static inline void turnd_names_start(struct turnd_names *s, struct loop *loop)
{
	io_init(&s->io, turnd_names_hear);
	io_start(&s->io, loop, s->fd, LOOP_IN);
}

static inline void turnd_names_close(struct turnd_names *s)
{
	io_stop(&s->io);
	sock_close(s->fd, false);
	unlink(s->conf);
	s->conf[0] = '\0';
}

#endif
