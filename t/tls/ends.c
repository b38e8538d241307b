/* Sockets and lines of text for tlscat. */
#include "tlscat.h"
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

/* ---- sockets ---- */

static struct addrinfo *address(const char *at)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	char host[64];
	const char *port = strrchr(at, ':');

	snprintf(host, sizeof host, "%.*s", (int)(port - at), at);
	must(getaddrinfo(host, port + 1, &hints, &found) == 0, at);
	return found;
}

static int ready(int fd)
{
	must(fd >= 0, "socket");
	must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	return fd;
}

int cat_listen(const struct cat_set *set)
{
	struct addrinfo *a = address(set->at);
	int fd = socket(a->ai_family, SOCK_STREAM, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	must(bind(fd, a->ai_addr, a->ai_addrlen) == 0, "bind");
	must(listen(fd, 64) == 0, "listen");
	freeaddrinfo(a);
	printf("ready\n");
	return fd;
}

int cat_accept(int listener)
{
	return ready(accept(listener, NULL, NULL));
}

int cat_connect(const struct cat_set *set)
{
	struct addrinfo *a = address(set->at);
	int fd = socket(a->ai_family, SOCK_STREAM, 0);

	must(connect(fd, a->ai_addr, a->ai_addrlen) == 0, set->at);
	freeaddrinfo(a);
	return ready(fd);
}

/* ---- lines ---- */

static const char *group(uint16_t number)
{
	static char other[8];

	if (number == TLS_X25519)
		return "x25519";
	if (number == TLS_P256)
		return "p256";
	snprintf(other, sizeof other, "%04x", number);
	return other;
}

void cat_tell(const struct cat *c)
{
	const struct tls_about *a = &c->t.about;

	printf("open TLS1.%d %s %s", a->version - 0x0301, c->t.suite->name,
	       group(a->group));
	if (a->alpn)
		printf(" alpn=%s", c->set->conf.alpn[a->alpn - 1]);
	printf(" id=%d%s%s\n", a->identity, a->resumed ? " resumed" : "",
	       a->verified ? " verified" : "");
}

static void tell_sum(const char *what, uint64_t n, struct hash *h)
{
	uint8_t sum[SHA256_SIZE];

	hash_end(h, sum);
	printf("%s %llu ", what, (unsigned long long)n);
	for (size_t i = 0; i < sizeof sum; i++)
		printf("%02x", sum[i]);
}

void cat_tell_end(struct cat *c)
{
	tell_sum("sent", c->sent, &c->sum_out);
	tell_sum(" got", c->got, &c->sum_in);
	if (c->t.err)
		printf(" failed: %s, alert %d\n",
		       c->t.why ? c->t.why : err_text(c->t.err),
		       c->t.about.alert);
	else
		printf(c->t.ended ? " closed\n" : " left\n");
}
