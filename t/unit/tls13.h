/* tls13 - what the tests of TLS 1.3 begin with: a pair that speaks nothing else. */
#ifndef NAT_T_UNIT_TLS13_H
#define NAT_T_UNIT_TLS13_H

#include "unit.h"
#include "tls_pair.h"
#include "wire/tls/suite.h"

static struct tls_pair p;
static struct tls_session session;
static struct tls_tickets tickets;

static struct tls *client = &p.ends[TLS_CLIENT], *server = &p.ends[TLS_SERVER];

static inline void begin(void)
{
	pair_init(&p);
	p.conf[TLS_CLIENT].least = TLS_VERSION_13;
}

static inline void run(void)
{
	pair_run(&p);
	if (client->err || server->err)
		print_message("client: %s, server: %s\n",
			      client->why ? client->why : "good",
			      server->why ? server->why : "good");
	assert_true(pair_open(&p));
	assert_int_equal(client->about.version, TLS_VERSION_13);
	assert_int_equal(server->about.version, TLS_VERSION_13);
}

/* With tickets, and what the client has kept. */
static inline void begin_session(void)
{
	begin();
	tls_tickets_turn(&tickets, certs_fill);
	p.conf[TLS_SERVER].tickets = &tickets;
	p.session = &session;
	memset(&session, 0, sizeof session);
}

static inline bool is_wiped(const void *at, size_t n)
{
	const uint8_t *b = at;

	while (n > 0 && b[n - 1] == 0)
		n--;
	return n == 0;
}

static inline void same_export(void)
{
	uint8_t a[32], b[32], other[32];

	assert_true(tls_export(client, "EXPORTER-nat-login",
			       (struct bytes){ NULL, 0 }, SPAN(a)));
	assert_true(tls_export(server, "EXPORTER-nat-login",
			       (struct bytes){ NULL, 0 }, SPAN(b)));
	assert_memory_equal(a, b, sizeof a);
	assert_true(tls_export(server, "EXPORTER-nat-login", BYTES("x"),
			       SPAN(other)));
	assert_memory_not_equal(a, other, sizeof a);
}

#endif
