/* dtlscat - one end of DTLS by our engine over UDP, for tests beside other people's.
 *
 * usage: dtlscat client|server HOST:PORT [NAME=VALUE]...
 *
 *	suites=HEX groups=HEX id=CERT,KEY (else one of our making)
 *	peer=HEX    the fingerprint that is believed, by its length; none: anybody's
 *	mtu=N rtt=MS verify=1   as in struct dtls_ask
 *	loss=N      of a thousand datagrams, either way, on purpose
 *	text=TEXT   is said; echo=1: what came goes back
 *	want=N      goes on until so many bytes have come
 *	times=N     connections, one after the other
 *
 * First the fingerprint of our certificate; for each connection a line of what was
 * negotiated, with 16 bytes of EXPORTER-nat-login, what came, and how it ended. Exit 1: one of them ended in trouble.
 */
#include "../tls/tlscat.h"
#include "os/cpu.h"
#include "os/rand.h"
#include "wire/dtls/dtls.h"
#include "wire/dtls/handshake.h"
#include "wire/dtls/self.h"
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, DATAGRAM = 2048, LINGER_MS = 200 };

struct end {
	const struct cat_set *set;
	struct dtls d;
	struct dtls_handshake hs;
	struct fingerprint believed;
	int fd;
	bool known; /* the socket's other end */
	bool told, said, closed;
	uint64_t got;
	int64_t quiet, started; /* ends behind so long a silence */
};

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

/* ---- sockets ---- */

static int open_socket(const struct cat_set *set)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *a = NULL;
	char host[64];
	const char *port = strrchr(set->at, ':');
	bool server = set->conf.role == TLS_SERVER;
	int fd, yes = 1;

	must(port != NULL, "HOST:PORT");
	snprintf(host, sizeof host, "%.*s", (int)(port - set->at), set->at);
	must(getaddrinfo(host, port + 1, &hints, &a) == 0, set->at);
	fd = socket(a->ai_family, SOCK_DGRAM, 0);
	must(fd >= 0, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	must((server ? bind : connect)(fd, a->ai_addr, a->ai_addrlen) == 0,
	     set->at);
	must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	freeaddrinfo(a);
	return fd;
}

static bool is_lost(const struct end *e)
{
	return (uint64_t)(rand() % 1000) < e->set->udp.loss;
}

static void transmit(struct end *e, struct bytes b)
{
	if (e->known && !is_lost(e))
		(void)!send(e->fd, b.p, b.n, 0);
}

/* A server belongs to the first who calls. */
static long receive(struct end *e, struct span room)
{
	struct sockaddr_storage from;
	socklen_t n = sizeof from;
	ssize_t got = recvfrom(e->fd, room.p, room.n, 0,
			       (struct sockaddr *)&from, &n);

	if (got > 0 && !e->known)
		e->known = connect(e->fd, (struct sockaddr *)&from, n) == 0;
	return got > 0 && is_lost(e) ? 0 : got;
}

/* ---- what is said and heard ---- */

static void print_hex(const char *what, struct bytes b)
{
	printf("%s", what);
	for (size_t i = 0; i < b.n; i++)
		printf("%02x", b.p[i]);
}

static void tell(struct end *e)
{
	uint8_t out[16];

	e->told = true;
	printf("open DTLS1.2 %s %s in %lld ms", e->d.in.suite->name,
	       e->d.group == TLS_X25519 ? "x25519" : "p256",
	       (long long)(clock_ms() - e->started));
	if (dtls_export(&e->d, "EXPORTER-nat-login", (struct bytes){ NULL, 0 },
			SPAN(out)))
		print_hex(" export=", bytes_in(SPAN(out)));
	printf("\n");
}

static void say(struct end *e, struct bytes b)
{
	uint8_t room[DATAGRAM];
	struct span to = dtls_room(&e->d, SPAN(room));
	size_t n = min_size(b.n, to.n);

	if (n == 0)
		return;
	memcpy(to.p, b.p, n);
	transmit(e, (struct bytes){ room, dtls_seal(&e->d, SPAN(room), n) });
}

static void say_all(struct end *e)
{
	uint8_t room[DATAGRAM];
	size_t n;

	while ((n = dtls_output(&e->d, SPAN(room), clock_ms())) > 0)
		transmit(e, (struct bytes){ room, n });
	if (!e->d.open)
		return;
	if (!e->told)
		tell(e);
	if (e->set->text && !e->said)
		say(e, bytes_of(e->set->text));
	e->said = true;
}

static void hear(struct end *e, struct span datagram)
{
	struct span text;

	while ((text = dtls_input(&e->d, &datagram, clock_ms())).p) {
		e->got += text.n;
		printf("got %.*s\n", (int)text.n, (char *)text.p);
		if (e->set->echo)
			say(e, bytes_in(text));
	}
}

static void hear_all(struct end *e)
{
	uint8_t room[DATAGRAM];
	long n;

	while ((n = receive(e, SPAN(room))) >= 0) {
		e->quiet = clock_ms() + PATIENCE_MS;
		if (n > 0)
			hear(e, (struct span){ room, (size_t)n });
	}
}

/* ---- one connection ---- */

/* All was said and has come: a little later no more is expected of us, of the last
 * flight either.
 */
static void close_in_time(struct end *e)
{
	if (!e->d.open || e->closed || !e->said || e->got < e->set->want ||
	    (e->set->echo && e->set->want == 0))
		return;
	e->closed = true;
	e->quiet = clock_ms() + LINGER_MS;
}

static int wait_ms(const struct end *e)
{
	int64_t due = dtls_due(&e->d), now = clock_ms();

	due = due < e->quiet ? due : e->quiet;
	return due > now ? (int)(due - now) : 0;
}

static bool converse(struct end *e)
{
	struct pollfd p = { .fd = e->fd, .events = POLLIN };

	while (!e->d.err && clock_ms() < e->quiet) {
		say_all(e);
		close_in_time(e);
		if (!e->d.err && poll(&p, 1, wait_ms(e)) > 0)
			hear_all(e);
	}
	if (e->closed && !e->d.err)
		dtls_close(&e->d);
	say_all(e);
	printf("end got %llu: %s, alert %d\n", (unsigned long long)e->got,
	       e->d.err ? e->d.why : "silence", e->d.alert);
	return e->told && e->d.err == -NAT_ECLOSED && e->got >= e->set->want;
}

static void believe(struct end *e)
{
	const char *hex = e->set->udp.peer;
	size_t n = hex ? strlen(hex) / 2 : 0;
	struct fingerprint *f = &e->believed;

	f->alg = n == SHA512_SIZE   ? &hash_sha512
		 : n == SHA384_SIZE ? &hash_sha384
				    : &hash_sha256;
	for (size_t i = 0; i < n && i < sizeof f->digest; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		f->digest[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	dtls_believe(&e->d, f, 1);
}

static bool connection(struct end *e, const struct cat_set *set)
{
	struct dtls_ask ask = { .conf = &set->conf,
				.hs = &e->hs,
				.mtu = (uint16_t)set->udp.mtu,
				.rtt_ms = (uint32_t)set->udp.rtt,
				.verify = set->udp.verify };
	bool good;

	memset(e, 0, offsetof(struct end, hs));
	e->set = set;
	e->known = set->conf.role == TLS_CLIENT;
	e->told = e->said = e->closed = false;
	e->got = 0;
	e->started = clock_ms();
	e->quiet = e->started + PATIENCE_MS;
	e->fd = open_socket(set);
	if (!e->known)
		printf("ready\n");
	dtls_start(&e->d, &ask, e->started);
	believe(e);
	good = converse(e);
	dtls_stop(&e->d);
	close(e->fd);
	return good;
}

int main(int argc, char **argv)
{
	static struct cat_set set;
	static struct self self;
	static struct end e;
	struct fingerprint me;
	bool good = true;

	setvbuf(stdout, NULL, _IOLBF, 0);
	aead_native(cpu_has_aes(), cpu_has_avx2());
	cat_settings(&set, argc, argv);
	if (set.conf.ids_n == 0) {
		must(self_make(&self, rand_fill), "a certificate");
		set.conf.ids = &self.id;
		set.conf.ids_n = 1;
	}
	fingerprint_make(&me, &hash_sha256, set.conf.ids->chain[0].der);
	print_hex("me ", (struct bytes){ me.digest, SHA256_SIZE });
	printf("\n");
	for (uint32_t i = 0; i < set.times; i++)
		good &= connection(&e, &set);
	return good ? 0 : 1;
}
