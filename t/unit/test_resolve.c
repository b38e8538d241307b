/* Name servers of its own on the loopback, on the same loop; time is skipped
 * when nobody answers.
 */
#include "rig.h"
#include "net/resolver.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

static struct rig rig;
static char conf[64];

/* ---- what the servers know ---- */

static const struct row {
	const char *name;
	uint16_t type;
	uint32_t ttl;
	const char *data; /* hex; of a CNAME the name as text */
} zone[] = {
	{ "both.test", DNS_A, 60, "c0000201" },
	{ "both.test", DNS_AAAA, 60, "20010db8000000000000000000000001" },
	{ "four.test", DNS_A, 60, "c0000202" },
	{ "four.test", DNS_A, 60, "c0000203" },
	{ "once.test", DNS_A, 0, "c0000204" },
	{ "alias.test", DNS_CNAME, 60, "both.test" },
	{ "ring.test", DNS_CNAME, 60, "gnir.test" },
	{ "gnir.test", DNS_CNAME, 60, "ring.test" },
	{ "both.lan", DNS_A, 60, "c0000209" },
	{ "host.sub.lan", DNS_A, 60, "c000020a" },
	{ "none.test", DNS_SOA, 60, "" },
};

/* ---- servers ---- */

enum manner {
	HONEST,
	DEAF,      /* never answers */
	FAILS,     /* SERVFAIL */
	REFUSES,   /* REFUSED */
	BROKEN,    /* answers, but the records are damaged */
	OLD,       /* FORMERR when there is an OPT */
	CUTS,      /* by UDP only TC */
	SLOW_SIX,  /* no answer about AAAA */
	SLOW_FOUR, /* no answer to the second question it ever gets */
	BARE,      /* no SOA */
	LIES,      /* everything but the answer, which it knows not */
	LIES_FIRST /* the same, and then the answer */
};

enum { SERVERS = 3 };

static struct server {
	struct io io, listener, stream;
	int fd, tcp;
	enum manner manner;
	int asked, streams; /* questions by UDP, connections */
	uint16_t last_port; /* of who asked */
	unsigned ids;       /* all that were seen, xored */
} servers[SERVERS];

struct message {
	struct fmt f;
	uint8_t room[1024];
};

static void put16(struct fmt *f, unsigned v)
{
	fmt_bytes(f, (struct bytes){
			     (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2 });
}

static void put_name(struct fmt *f, const char *text)
{
	struct dns_name n;

	assert_int_equal(
		dns_name_of(&n, bytes_of(text), (struct bytes){ NULL, 0 }), 0);
	fmt_bytes(f, (struct bytes){ n.p, n.n });
}

static void put_record(struct fmt *f, const struct row *r)
{
	uint8_t data[DNS_NAME];
	struct fmt d = fmt_to(SPAN(data));

	put_name(f, r->name);
	put16(f, r->type);
	put16(f, 1);
	put16(f, r->ttl >> 16);
	put16(f, r->ttl & 0xffff);
	if (r->type == DNS_CNAME)
		put_name(&d, r->data);
	else
		d.n = unit_hex(SPAN(data), r->data).n;
	put16(f, (unsigned)d.n);
	fmt_bytes(f, fmt_done(&d));
}

/* Is that the name that the query asks for? */
static bool asks_for(struct bytes query, const char *name)
{
	uint8_t room[DNS_NAME];
	struct fmt f = fmt_to(SPAN(room));

	put_name(&f, name);
	return query.n > 12 + f.n && memcmp(query.p + 12, room, f.n) == 0;
}

static size_t question_end(struct bytes query)
{
	size_t at = 12;

	while (query.p[at])
		at += 1 + query.p[at];
	return at + 5;
}

static unsigned type_of(struct bytes query)
{
	return query.p[question_end(query) - 3];
}

static void start_answer(struct message *m, struct bytes query, unsigned flags)
{
	m->f = fmt_to(SPAN(m->room));
	fmt_bytes(&m->f, bytes_head(query, question_end(query)));
	m->room[2] = (uint8_t)(flags >> 8);
	m->room[3] = (uint8_t)flags;
	m->room[11] = 0;
}

static const struct row soa = {
	"test", DNS_SOA, 30,
	"00 00 00000001 00000002 00000003 00000004 0000003c"
};

static void answer(struct message *m, struct bytes query)
{
	bool there = false;

	start_answer(m, query, 0x8180);
	for (size_t i = 0; i < COUNT(zone); i++) {
		if (!asks_for(query, zone[i].name))
			continue;
		there = true;
		if (zone[i].type != type_of(query) && zone[i].type != DNS_CNAME)
			continue;
		m->room[7]++;
		put_record(&m->f, &zone[i]);
	}
	if (m->room[7] == 0) {
		m->room[3] = there ? 0x80 : 0x83;
		m->room[9] = 1;
		put_record(&m->f, &soa);
	}
}

static void send_to(int fd, const struct message *m,
		    const struct sockaddr_in *to)
{
	sendto(fd, m->room, m->f.n, 0, (const struct sockaddr *)to, sizeof *to);
}

static void lie(struct server *s, struct bytes query,
		const struct sockaddr_in *to)
{
	static const struct row bad = { "both.test", DNS_A, 999, "c6336401" };
	struct message m;
	int other = socket(AF_INET, SOCK_DGRAM, 0);

	start_answer(&m, query, 0x8180);
	m.room[7] = 1;
	put_record(&m.f, &bad);
	send_to(other, &m, to); /* from another port */
	close(other);
	m.room[0] ^= 1;
	for (int i = 0; i < (s->manner == LIES ? 80 : 1); i++)
		send_to(s->fd, &m, to); /* another id */
	m.room[0] ^= 1;
	m.room[13] ^= 1;
	send_to(s->fd, &m, to); /* another name */
	m.room[13] ^= 1;
	m.room[2] = 1;
	send_to(s->fd, &m, to); /* a question */
	m.f.n = 7;
	send_to(s->fd, &m, to);
	m.f.n = 0;
	send_to(s->fd, &m, to);
}

static bool has_opt(struct bytes query)
{
	return query.p[11] == 1;
}

static void compose(struct server *s, struct message *m, struct bytes query)
{
	answer(m, query);
	if (s->manner == FAILS)
		start_answer(m, query, 0x8182);
	if (s->manner == REFUSES)
		start_answer(m, query, 0x8185);
	if (s->manner == OLD && has_opt(query))
		start_answer(m, query, 0x8181);
	if (s->manner == CUTS)
		start_answer(m, query, 0x8380);
	if (s->manner == BROKEN)
		m->f.n -= 3;
	if (s->manner == BARE)
		m->room[9] = 0;
}

static void datagram(struct io *io, unsigned what)
{
	struct server *s = container_of(io, struct server, io);
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	uint8_t room[512];
	struct message m;
	ssize_t n = recvfrom(s->fd, room, sizeof room, 0,
			     (struct sockaddr *)&from, &size);
	struct bytes query = { room, (size_t)n };

	(void)what;
	assert_true(n > 12);
	s->asked++;
	s->last_port = from.sin_port;
	s->ids ^= (unsigned)(room[0] << 8 | room[1]);
	if (s->manner == DEAF ||
	    (s->manner == SLOW_SIX && type_of(query) == DNS_AAAA) ||
	    (s->manner == SLOW_FOUR && s->asked == 2))
		return;
	if (s->manner >= LIES)
		lie(s, query, &from);
	if (s->manner == LIES)
		return;
	compose(s, &m, query);
	send_to(s->fd, &m, &from);
}

/* Answers everything that has come, the last first. */
static void stream(struct io *io, unsigned what)
{
	struct server *s = container_of(io, struct server, stream);
	uint8_t room[1024], out[2048];
	long n = sock_recv(io->fd, SPAN(room));
	struct fmt all = fmt_to(SPAN(out));
	struct message m;

	(void)what;
	if (n <= 0) {
		io_stop(io);
		sock_close(io->fd, false);
		return;
	}
	while (n > 0) {
		long at = 0;

		while (at + 2 + room[at + 1] < n)
			at += 2 + room[at + 1];
		answer(&m, (struct bytes){ room + at + 2, room[at + 1] });
		put16(&all, (unsigned)m.f.n);
		fmt_bytes(&all, fmt_done(&m.f));
		n = at;
	}
	assert_int_equal(write(io->fd, out, all.n), all.n);
	s->streams++;
}

static void end_stream(struct server *s)
{
	if (!s->stream.loop)
		return;
	io_stop(&s->stream);
	sock_close(s->stream.fd, false);
}

/* Whoever comes again has done with the connection before. */
static void come(struct io *io, unsigned what)
{
	struct server *s = container_of(io, struct server, listener);
	struct addr from;
	int fd = sock_accept(s->tcp, &from);

	(void)what;
	if (fd < 0)
		return;
	end_stream(s);
	io_init(&s->stream, stream);
	io_start(&s->stream, &rig.loop, fd, LOOP_IN);
}

/* A port that is free for both. */
static uint16_t open_server(struct server *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct addr a;

	for (;;) {
		s->tcp = rig_listen(&a);
		at.sin_port = htons(a.port);
		s->fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (bind(s->fd, (struct sockaddr *)&at, sizeof at) == 0)
			break;
		close(s->fd);
		sock_close(s->tcp, false);
	}
	io_init(&s->io, datagram);
	io_start(&s->io, &rig.loop, s->fd, LOOP_IN);
	io_init(&s->listener, come);
	io_start(&s->listener, &rig.loop, s->tcp, LOOP_IN);
	return a.port;
}

static void close_server(struct server *s)
{
	io_stop(&s->io);
	io_stop(&s->listener);
	sock_close(s->fd, false);
	sock_close(s->tcp, false);
	end_stream(s);
}

/* ---- one who asks ---- */

struct caller {
	struct resolve resolve;
	int times, err;
	bool ended;
	char text[300];
	struct fmt f;
	void (*then)(struct caller *c);
};

static void heard(struct resolve *r, const struct found *f)
{
	struct caller *c = container_of(r, struct caller, resolve);

	assert_false(c->ended);
	c->times++;
	for (int i = 0; i < f->n; i++) {
		if (c->f.n)
			fmt_put(&c->f, " ");
		addr_print_ip(&c->f, &f->addrs[i]);
	}
	c->ended = f->last;
	c->err = f->err;
	if (f->last)
		rig.loop.quit = true;
	if (c->then)
		c->then(c);
}

static void call(struct caller *c, const char *host)
{
	*c = (struct caller){ .times = 0 };
	c->f = fmt_to(SPAN(c->text));
	resolve_start(&c->resolve, &rig.net, bytes_of(host), heard);
	assert_int_equal(c->times, 0);
}

static int asked(void)
{
	int n = 0;

	for (int i = 0; i < SERVERS; i++)
		n += servers[i].asked + servers[i].streams;
	return n;
}

/* Skips time once nothing happens any more: servers are given up after 30 s. A
 * machine that is slow must not look like a server that is.
 */
static void finish(struct caller *c)
{
	for (int i = 0, idle = 0; i < 500 && !c->ended; i++) {
		int before = asked();

		rig_run(&rig, 20);
		idle = rig.late && asked() == before ? idle + 1 : 0;
		if (idle < 4)
			continue;
		rig_clock.skipped += 16000;
		idle = 0;
	}
	assert_true(c->ended);
	fmt_text(&c->f);
}

static void write_conf(const char *options, int n, const uint16_t *ports)
{
	FILE *file = fopen(conf, "w");

	assert_non_null(file);
	for (int i = 0; i < n; i++)
		fprintf(file, "nameserver [127.0.0.1]:%d\n", ports[i]);
	fprintf(file, "options timeout:30\n%s\n", options);
	fclose(file);
}

static void start(const char *options, int n, const enum manner *manners)
{
	struct net_limits limits = { .memory = 1 << 20, .resolv_conf = conf };
	uint16_t ports[SERVERS];

	rig_start(&rig, &limits, 20000);
	memset(servers, 0, sizeof servers);
	for (int i = 0; i < SERVERS; i++) {
		ports[i] = open_server(&servers[i]);
		servers[i].manner = i < n ? manners[i] : DEAF;
	}
	write_conf(options, n, ports);
}

static void stop(void)
{
	for (int i = 0; i < SERVERS; i++)
		close_server(&servers[i]);
	unlink(conf);
	assert_int_equal(rig.net.resolver->lookups.used, 0);
	assert_true(list_alone(&rig.net.resolver->waiting));
	rig_stop(&rig);
}

/* ---- one server ---- */

#define BOTH "2001:db8::1 192.0.2.1"

static const struct {
	enum manner manner;
	const char *host, *want, *options;
	int err;
} rows[] = {
	{ HONEST, "both.test", BOTH, "", 0 },
	{ HONEST, "BOTH.Test.", BOTH, "", 0 },
	{ HONEST, "four.test", "192.0.2.2 192.0.2.3", "", 0 },
	{ HONEST, "alias.test", BOTH, "", 0 },
	{ HONEST, "ring.test", "", "", -NAT_ENAME },
	{ HONEST, "none.test", "", "", -NAT_ENAME },
	{ HONEST, "nobody.test", "", "", -NAT_ENAME },
	{ HONEST, "a..test", "", "", -NAT_ENAME },
	{ HONEST, "1.2.3", "", "", -NAT_ENAME },
	{ HONEST, "127.0.0.3", "127.0.0.3", "", 0 },
	{ HONEST, "a.localhost", "127.0.0.1 ::1", "", 0 },
	{ DEAF, "both.test", "", "", -NAT_ENODNS },
	{ FAILS, "both.test", "", "", -NAT_ENODNS },
	{ REFUSES, "both.test", "", "", -NAT_ENODNS },
	{ BROKEN, "both.test", "", "", -NAT_ENODNS },
	{ LIES, "both.test", "", "", -NAT_ENODNS },
	{ LIES_FIRST, "both.test", BOTH, "", 0 },
	{ OLD, "both.test", BOTH, "", 0 },
	{ CUTS, "both.test", BOTH, "", 0 },
	{ CUTS, "nobody.test", "", "", -NAT_ENAME },
	{ SLOW_SIX, "both.test", "192.0.2.1", "", 0 },
	/* the search list: RFC 1535 by ndots */
	{ HONEST, "both", "192.0.2.9", "search lan test", 0 },
	{ HONEST, "both", BOTH, "search test lan", 0 },
	{ HONEST, "both.", "", "search test lan", -NAT_ENAME },
	{ HONEST, "host.sub", "192.0.2.10", "search test lan", 0 },
	{ HONEST, "both.test", BOTH, "search lan", 0 },
	{ HONEST, "host.sub", "192.0.2.10", "domain lan\noptions ndots:2", 0 },
	{ HONEST, "nobody", "", "search test lan", -NAT_ENAME },
	{ HONEST, "both", BOTH, "search .. test", 0 },
};

static void one_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct caller c;

		start(rows[i].options, 1, &rows[i].manner);
		call(&c, rows[i].host);
		finish(&c);
		if (strcmp(c.text, rows[i].want))
			print_error("%s, manner %d\n", rows[i].host,
				    rows[i].manner);
		assert_string_equal(c.text, rows[i].want);
		assert_int_equal(c.err, rows[i].err);
		stop();
	}
}

/* ---- several ---- */

static const struct {
	enum manner manners[SERVERS];
	int n;
	const char *host, *want;
} groups[] = {
	{ { DEAF, HONEST }, 2, "both.test", BOTH },
	{ { FAILS, REFUSES, HONEST }, 3, "both.test", BOTH },
	{ { BROKEN, DEAF, CUTS }, 3, "alias.test", BOTH },
	{ { LIES, HONEST }, 2, "both.test", BOTH },
	{ { SLOW_SIX, HONEST }, 2, "both.test", "192.0.2.1 2001:db8::1" },
};

/* The next one answers; and is the one that is asked first from then on. */
static void the_next_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++) {
		struct caller c;
		int before;

		start("", groups[i].n, groups[i].manners);
		call(&c, groups[i].host);
		finish(&c);
		assert_string_equal(c.text, groups[i].want);
		before = servers[0].asked;
		assert_true(before > 0);
		call(&c, "four.test");
		finish(&c);
		assert_string_equal(c.text, "192.0.2.2 192.0.2.3");
		assert_int_equal(servers[0].asked, before);
		stop();
	}
}

/* Who sees that many is not answered but guessed at: no second goes by. */
static void guesses_are_counted(void **state)
{
	static const enum manner manners[] = { LIES, HONEST };
	struct caller c;

	(void)state;
	start("", 2, manners);
	call(&c, "both.test");
	rig_run(&rig, 4000);
	assert_true(c.ended);
	fmt_text(&c.f);
	assert_string_equal(c.text, BOTH);
	stop();
}

/* Nobody answers: then the other names would only take longer. */
static void dead_is_dead(void **state)
{
	static const enum manner deaf[] = { DEAF };
	struct caller c;

	(void)state;
	start("options attempts:1\nsearch a b c", 1, deaf);
	call(&c, "both");
	finish(&c);
	assert_int_equal(c.err, -NAT_ENODNS);
	assert_int_equal(servers[0].asked, 2);
	stop();
}

static void attempts_are_counted(void **state)
{
	static const enum manner dead[] = { DEAF, DEAF, DEAF };
	struct caller c;

	(void)state;
	start("options attempts:3", 2, dead);
	call(&c, "both.test");
	finish(&c);
	assert_int_equal(c.err, -NAT_ENODNS);
	for (int i = 0; i < 2; i++)
		assert_int_equal(servers[i].asked, 6);
	stop();
}

static void rotated(void **state)
{
	static const enum manner honest[] = { HONEST, HONEST, HONEST };
	struct caller c;

	(void)state;
	start("options rotate", 3, honest);
	for (int i = 0; i < 6; i++) {
		call(&c, "once.test");
		finish(&c);
	}
	/* both questions, then only that about A: nothing is kept of it */
	assert_int_equal(servers[1].asked, 3);
	assert_int_equal(servers[2].asked, 2);
	assert_int_equal(servers[0].asked, 2);
	stop();
}

/* ---- the cache ---- */

static const enum manner honest[] = { HONEST };

static int questions(const char *host)
{
	int before = servers[0].asked;
	struct caller c;

	call(&c, host);
	finish(&c);
	return servers[0].asked - before;
}

static void answers_are_kept(void **state)
{
	(void)state;
	start("", 1, honest);
	assert_int_equal(questions("both.test"), 2);
	assert_int_equal(questions("both.test"), 0);
	assert_int_equal(questions("BOTH.test."), 0);
	rig_clock.skipped += 61000;
	rig_run(&rig, 1);
	assert_int_equal(questions("both.test"), 2);
	assert_int_equal(questions("nobody.test"), 2);
	assert_int_equal(questions("nobody.test"), 0);
	rig_clock.skipped += 31000;
	rig_run(&rig, 1);
	assert_int_equal(questions("nobody.test"), 2);
	assert_int_equal(questions("once.test"), 2);
	assert_int_equal(questions("once.test"), 1);
	servers[0].manner = BARE;
	assert_int_equal(questions("bare.test"), 2);
	assert_int_equal(questions("bare.test"), 2);
	stop();
}

/* Other servers: what the old ones said is forgotten, within a second. */
static void conf_is_read_again(void **state)
{
	static const enum manner two[] = { HONEST, HONEST };
	uint16_t port;
	struct addr at;
	struct caller c;

	(void)state;
	start("", 1, two);
	servers[1].manner = HONEST;
	assert_int_equal(questions("both.test"), 2);
	assert_int_equal(sock_here(servers[1].fd, &at), 0);
	port = at.port;
	write_conf("#", 1, &port);
	assert_int_equal(questions("both.test"), 0);
	rig_clock.skipped += REREAD_MS;
	rig_run(&rig, 1);
	call(&c, "both.test");
	finish(&c);
	assert_string_equal(c.text, BOTH);
	assert_int_equal(servers[1].asked, 2);
	unlink(conf); /* 127.0.0.1:53, whoever that is; and back again */
	rig_clock.skipped += REREAD_MS;
	rig_run(&rig, 1);
	call(&c, "127.0.0.1");
	finish(&c);
	assert_int_equal(rig.net.resolver->conf.servers[0].port, 53);
	stop();
}

/* ---- many who ask ---- */

static void shared(void **state)
{
	struct caller c[5];

	(void)state;
	start("", 1, honest);
	for (int i = 0; i < 5; i++)
		call(&c[i], "both.test");
	resolve_stop(&c[1].resolve);
	for (int i = 0; i < 5; i++) {
		if (i == 1)
			continue;
		finish(&c[i]);
		assert_string_equal(c[i].text, BOTH);
	}
	assert_int_equal(c[1].times, 0);
	assert_int_equal(servers[0].asked, 2);
	stop();
}

/* Who comes while it is asked for, and one answer is there, adds no question: two
 * about both.nowhere, one again, two about both.lan.
 */
static void shared_later(void **state)
{
	static const enum manner manners[] = { SLOW_FOUR };
	struct caller c[2];

	(void)state;
	start("search nowhere lan", 1, manners);
	call(&c[0], "both");
	while (servers[0].asked < 2)
		rig_run(&rig, 10);
	rig_run(&rig, 10);
	call(&c[1], "both");
	finish(&c[0]);
	finish(&c[1]);
	assert_string_equal(c[1].text, "192.0.2.9");
	assert_int_equal(servers[0].asked, 5);
	stop();
}

static struct caller *others[2];

static void stop_others(struct caller *c)
{
	for (int i = 0; i < 2; i++)
		if (others[i] != c)
			resolve_stop(&others[i]->resolve);
	resolve_stop(&c->resolve);
	memset(&c->resolve, 0xa5, sizeof c->resolve);
	rig.loop.quit = true;
}

/* From within what is heard, with half of it known and with all. */
static void stopped_while_telling(void **state)
{
	static const enum manner manners[] = { HONEST, SLOW_SIX };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct caller c[2];

		start("", 1, &manners[i]);
		for (int k = 0; k < 2; k++) {
			call(&c[k], "both.test");
			c[k].then = stop_others;
			others[k] = &c[k];
		}
		while (c[0].times + c[1].times == 0)
			rig_run(&rig, 20);
		rig_run(&rig, 5);
		assert_int_equal(c[0].times + c[1].times, 1);
		stop();
	}
}

/* One goes, the other still hears the rest. */
static void stop_self(struct caller *c)
{
	resolve_stop(&c->resolve);
	c->then = NULL;
	c->ended = true;
}

static void one_goes_early(void **state)
{
	static const enum manner manners[] = { SLOW_SIX, HONEST };
	struct caller c[2];

	(void)state;
	start("", 2, manners);
	call(&c[0], "both.test");
	call(&c[1], "both.test");
	c[0].then = stop_self;
	finish(&c[1]);
	assert_int_equal(c[0].times, 1);
	assert_string_equal(c[1].text, "192.0.2.1 2001:db8::1");
	stop();
}

/* More names than lookups: all are answered; also when those that were next
 * have gone.
 */
static void more_than_lookups(void **state)
{
	enum { MANY = RESOLVE_LOOKUPS * 3 };
	static struct caller c[MANY];
	static char hosts[MANY][20];

	(void)state;
	for (int gone = 0; gone < 2; gone++) {
		start("options attempts:1", 1, honest);
		for (int i = 0; i < MANY; i++) {
			snprintf(hosts[i], sizeof hosts[i], "n%d.test", i);
			call(&c[i], hosts[i]);
		}
		rig_run(&rig, 1);
		assert_true(rig.net.resolver->lookups.used <= RESOLVE_LOOKUPS);
		for (int i = 0; gone && i < MANY - 2; i++)
			resolve_stop(&c[i].resolve);
		for (int i = gone ? MANY - 2 : 0; i < MANY; i++) {
			finish(&c[i]);
			assert_int_equal(c[i].err, -NAT_ENAME);
		}
		stop();
	}
}

/* At any moment: nothing comes, and nothing stays open. */
static void stopped(void **state)
{
	static const enum manner manners[] = { HONEST, DEAF, CUTS, SLOW_SIX };

	(void)state;
	for (int i = 0; i < 4; i++) {
		for (int turns = 0; turns < 8; turns++) {
			struct caller c;
			int times;

			start("", 1, &manners[i]);
			call(&c, "both.test");
			for (int k = 0; k < turns; k++)
				rig_run(&rig, 1);
			resolve_stop(&c.resolve);
			resolve_stop(&c.resolve);
			times = c.times;
			memset(&c.resolve, 0xa5, sizeof c.resolve);
			rig_run(&rig, 5);
			assert_int_equal(c.times, times);
			stop();
		}
	}
}

/* ---- chance ---- */

static void ports_and_ids_are_drawn(void **state)
{
	uint16_t ports[8];
	unsigned ids = 0, same = 0;

	(void)state;
	start("", 1, honest);
	for (int i = 0; i < 8; i++) {
		questions("once.test");
		ports[i] = servers[0].last_port;
		ids |= servers[0].ids;
		for (int k = 0; k < i; k++)
			same += ports[k] == ports[i];
	}
	assert_true(same <= 1);
	assert_true((ids & 0xff00) && (ids & 0x00ff));
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_server),
		cmocka_unit_test(the_next_server),
		cmocka_unit_test(guesses_are_counted),
		cmocka_unit_test(dead_is_dead),
		cmocka_unit_test(attempts_are_counted),
		cmocka_unit_test(rotated),
		cmocka_unit_test(answers_are_kept),
		cmocka_unit_test(conf_is_read_again),
		cmocka_unit_test(shared),
		cmocka_unit_test(shared_later),
		cmocka_unit_test(stopped_while_telling),
		cmocka_unit_test(one_goes_early),
		cmocka_unit_test(more_than_lookups),
		cmocka_unit_test(stopped),
		cmocka_unit_test(ports_and_ids_are_drawn),
	};

	snprintf(conf, sizeof conf, "/tmp/nat-resolv-%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
