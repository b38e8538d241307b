/* portmap: gateways of every kind in virtual time; renewing, forgetting, leaving. */
#include "unit.h"
#include "wire/portmap.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* A gateway that grants what it is asked. */
struct gateway {
	bool pcp, natpmp, upnp;
	uint32_t life;  /* most that it grants */
	uint16_t gives; /* that outer port, if not the wanted one */
	unsigned fault; /* of UPNP_ADD, until it is asked otherwise */
	bool refuses;
	int64_t began; /* of its clock, and its table */
	uint16_t port; /* mapped; 0: none */
	unsigned adds, removes, searches;
	bool dead;
};

struct sight {
	struct gateway g;
	struct portmap_conf conf;
	struct portmap map;
	int64_t now;
};

static struct addr ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct addr){ .family = ADDR_IP4, .ip = { a, b, c, d } };
}

static void put(uint8_t *p, uint32_t n)
{
	for (int i = 4; i-- > 0; n >>= 8)
		p[i] = (uint8_t)n;
}

static void map_it(struct gateway *g, uint16_t outer, uint32_t life)
{
	g->port = life ? outer : 0;
	*(life ? &g->adds : &g->removes) += 1;
}

static uint16_t give(const struct gateway *g, const uint8_t *ports)
{
	return g->gives ? g->gives : (uint16_t)(ports[2] << 8 | ports[3]);
}

static uint32_t life_of(const struct gateway *g, const uint8_t *p)
{
	uint32_t n = (uint32_t)p[2] << 8 | p[3];

	return n > g->life ? g->life : n;
}

static void serve_pcp(struct sight *s, struct bytes b)
{
	struct gateway *g = &s->g;
	uint8_t a[60] = { 2, (uint8_t)(0x80 | b.p[1]) };
	uint32_t epoch = (uint32_t)((s->now - g->began) / SECOND);

	put(a + 8, epoch);
	if (b.p[1] == 1) {
		uint32_t life = life_of(g, b.p + 4);
		uint16_t outer = give(g, b.p + 40);

		a[3] = g->refuses ? 2 : 0;
		memcpy(a + 24, b.p + 24, 36);
		memcpy(a + 44, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\x07",
		       16);
		put(a + 4, life);
		a[42] = (uint8_t)(outer >> 8);
		a[43] = (uint8_t)outer;
		if (!g->refuses)
			map_it(g, outer, life);
	}
	portmap_hear(&s->map, (struct bytes){ a, b.p[1] ? 60 : 24 }, s->now);
}

static void serve_natpmp(struct sight *s, struct bytes b)
{
	struct gateway *g = &s->g;
	uint8_t a[16] = { 0, (uint8_t)(0x80 | b.p[1]) };

	put(a + 4, (uint32_t)((s->now - g->began) / SECOND));
	memcpy(a + 8, "\xc6\x33\x64\x07", 4);
	if (b.p[1]) {
		uint32_t life = life_of(g, b.p + 8);
		uint16_t outer = give(g, b.p + 4);

		memcpy(a + 8, b.p + 4, 2);
		a[10] = (uint8_t)(outer >> 8);
		a[11] = (uint8_t)outer;
		put(a + 12, life);
		map_it(g, outer, life);
	}
	portmap_hear(&s->map, (struct bytes){ a, b.p[1] ? 16 : 12 }, s->now);
}

#define FOUND \
	"HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:" \
	"InternetGatewayDevice:1\r\nLocation: http://10.0.0.1:5000/d\r\n\r\n"
#define SERVICE \
	"<service><serviceType>urn:schemas-upnp-org:service:" \
	"WANIPConnection:1</serviceType><controlURL>/c</controlURL></service>"

static unsigned number(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	assert_non_null(at);
	return (unsigned)strtoul(at + strlen(name), NULL, 10);
}

static void serve_http(struct sight *s, const char *text)
{
	struct gateway *g = &s->g;
	struct bytes body = BYTES("");
	unsigned status = 200;

	if (strncmp(text, "GET /d ", 7) == 0) {
		body = BYTES(SERVICE);
	} else if (strstr(text, "#GetExternal")) {
		body = BYTES("<NewExternalIPAddress>198.51.100.7<");
	} else if (strstr(text, "#Delete")) {
		map_it(g, 0, 0);
	} else if ((g->fault == 725 && number(text, "<NewLeaseDuration>")) ||
		   (g->fault == 718 &&
		    number(text, "<NewExternalPort>") < 49152)) {
		status = 500;
		body = g->fault == 725 ? BYTES("<errorCode>725<")
				       : BYTES("<errorCode>718<");
	} else {
		map_it(g, (uint16_t)number(text, "<NewExternalPort>"), 1);
	}
	portmap_hear_http(&s->map, status, body, s->now);
}

static void serve(struct sight *s, const struct portmap_out *out)
{
	struct gateway *g = &s->g;
	struct bytes b = fmt_done(out->f);

	if (g->dead && out->by == PORTMAP_BY_HTTP)
		portmap_hear_http(&s->map, 0, BYTES(""), s->now);
	if (g->dead)
		return;
	if (out->by == PORTMAP_BY_HTTP)
		serve_http(s, fmt_text(out->f));
	else if (out->by == PORTMAP_BY_SSDP) {
		g->searches++;
		if (g->upnp)
			portmap_hear_ssdp(&s->map, BYTES(FOUND), s->now);
	} else if (b.p[0] == 2 && g->pcp)
		serve_pcp(s, b);
	else if (b.p[0] == 0 && g->natpmp)
		serve_natpmp(s, b);
	else if (b.p[0] == 2 && g->natpmp)
		portmap_hear(&s->map, BYTES("\0\x81\0\1\0\0\0\0"), s->now);
}

/* Until then, or until nothing is left to do. */
static void run(struct sight *s, int64_t until)
{
	uint8_t room[UPNP_ASK + 1];
	int64_t due;

	for (int i = 0; i < 10000; i++) {
		struct fmt f = fmt_to((struct span){ room, UPNP_ASK });
		struct portmap_out out = { .f = &f };

		while (portmap_say(&s->map, &out, s->now)) {
			assert_false(f.full);
			serve(s, &out);
			f.n = 0;
		}
		due = portmap_due(&s->map);
		if (due < 0 || due > until)
			break;
		assert_true(due >= s->now);
		s->now = due;
	}
	s->now = until;
}

static void start(struct sight *s, struct gateway g)
{
	uint8_t random[PCP_NONCE] = { 1, 2, 3 };

	*s = (struct sight){ .g = g, .now = 1000000 };
	s->conf = (struct portmap_conf){ .gateway = ip4(10, 0, 0, 1),
					 .own = ip4(10, 0, 0, 2),
					 .protocol = PCP_TCP,
					 .inner = 22,
					 .outer = 22,
					 .lifetime = 3600 };
	portmap_init(&s->map, &s->conf, bytes_in(SPAN(random)), s->now);
}

static void assert_held(const struct sight *s, enum portmap_way way,
			uint16_t port)
{
	assert_int_equal(s->map.state, PORTMAP_HELD);
	assert_int_equal(s->map.way, way);
	assert_int_equal(s->map.outer.port, port);
	assert_int_equal(s->g.port, port);
	assert_memory_equal(s->map.outer.ip, "\xc6\x33\x64\x07", 4);
}

static void ways(void **state)
{
	static const struct {
		struct gateway g;
		enum portmap_way way;
		uint8_t seen;
		uint16_t port;
	} rows[] = {
		{ { .pcp = true, .natpmp = true, .upnp = true, .life = 3600 },
		  PORTMAP_PCP,
		  1,
		  22 },
		{ { .natpmp = true, .upnp = true, .life = 3600, .gives = 5000 },
		  PORTMAP_NATPMP,
		  6,
		  5000 },
		{ { .upnp = true }, PORTMAP_UPNP, 4, 22 },
		{ { .upnp = true, .fault = 725 }, PORTMAP_UPNP, 4, 22 },
		{ { .upnp = true, .fault = 718 },
		  PORTMAP_UPNP,
		  4,
		  22 * 7919 % 16384 | 49152 },
		{ { .pcp = true, .upnp = true, .refuses = true },
		  PORTMAP_PCP,
		  1,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;

		start(&s, rows[i].g);
		run(&s, s.now + 10 * SECOND);
		if (!rows[i].port) {
			assert_int_equal(s.map.state, PORTMAP_NONE);
			assert_int_equal(s.map.err, -NAT_EACCESS);
			continue;
		}
		assert_int_equal(s.map.seen & rows[i].seen, rows[i].seen);
		assert_held(&s, rows[i].way, rows[i].port);
		portmap_leave(&s.map, s.now);
		run(&s, s.now + SECOND);
		assert_int_equal(s.map.state, PORTMAP_OVER);
		assert_true(s.g.port == 0 && s.g.removes == 1);
	}
}

/* Half of the lease, again and again; UPnP every two minutes. */
static void renews(void **state)
{
	struct sight s;

	(void)state;
	start(&s, (struct gateway){ .pcp = true, .life = 600 });
	run(&s, s.now + 61 * MINUTE);
	assert_held(&s, PORTMAP_PCP, 22);
	assert_int_equal(s.g.adds, 13);
	start(&s, (struct gateway){ .upnp = true });
	run(&s, s.now + 21 * MINUTE);
	assert_held(&s, PORTMAP_UPNP, 22);
	assert_int_equal(s.g.adds, 11);
}

/* It has begun anew: its clock says so within a minute, and it is asked again. */
static void forgets(void **state)
{
	struct sight s;

	(void)state;
	for (int i = 0; i < 2; i++) {
		start(&s,
		      (struct gateway){ .pcp = i, .natpmp = !i, .life = 3600 });
		run(&s, s.now + 5 * MINUTE);
		assert_int_equal(s.g.adds, 1);
		s.g.port = 0;
		s.g.began = s.now;
		run(&s, s.now + MINUTE + SECOND);
		assert_int_equal(s.g.adds, 2);
		assert_int_equal(s.g.port, 22);
		/* a clock that runs a little wrong is no reason */
		s.g.began += 2 * SECOND;
		run(&s, s.now + 20 * MINUTE);
		assert_int_equal(s.g.adds, 2);
	}
}

/* What is lost for good is NONE, looked for again, and found when it is back. */
static void dies(void **state)
{
	struct sight s;

	(void)state;
	start(&s, (struct gateway){ .pcp = true, .life = 600 });
	run(&s, s.now + SECOND);
	assert_int_equal(s.map.state, PORTMAP_HELD);
	s.g.dead = true;
	run(&s, s.now + 9 * MINUTE);
	assert_true(s.map.held); /* the lease lasts */
	run(&s, s.now + 2 * MINUTE);
	assert_int_equal(s.map.state, PORTMAP_NONE);
	assert_false(s.map.held);
	s.g.dead = false;
	run(&s, s.now + MINUTE);
	assert_held(&s, PORTMAP_PCP, 22);
	/* a short lease is over when it is, not when patience is */
	start(&s, (struct gateway){ .pcp = true, .life = 4 });
	run(&s, s.now + SECOND);
	s.g.dead = true;
	run(&s, s.now + 4 * SECOND);
	assert_false(s.map.held);
}

static void nobody(void **state)
{
	struct sight s;
	int64_t began;

	(void)state;
	start(&s, (struct gateway){ .dead = true });
	began = s.now;
	run(&s, began + 2 * SECOND);
	assert_int_equal(s.map.state, PORTMAP_NONE);
	assert_int_equal(s.map.err, -NAT_ENOENT);
	portmap_leave(&s.map, s.now);
	assert_int_equal(s.map.state, PORTMAP_OVER);
	/* who only looks */
	start(&s, (struct gateway){ .pcp = true, .upnp = true, .life = 9 });
	s.conf.inner = 0;
	run(&s, s.now + 3 * SECOND);
	assert_int_equal(s.map.state, PORTMAP_OVER);
	assert_int_equal(s.map.seen, 1 << PORTMAP_PCP | 1 << PORTMAP_UPNP);
	assert_int_equal(s.g.adds, 0);
}

/* Another port than the one that was to be had is given back. */
static void strict(void **state)
{
	struct sight s;

	(void)state;
	start(&s, (struct gateway){ .natpmp = true, .life = 99, .gives = 7 });
	s.conf.strict = true;
	run(&s, s.now + 5 * SECOND);
	assert_int_equal(s.map.state, PORTMAP_OVER);
	assert_int_equal(s.map.err, -NAT_EINUSE);
	assert_int_equal(s.g.port, 0);
}

/* Answers with another nonce, port, protocol, and without a question. */
static void strangers(void **state)
{
	uint8_t a[60] = { 2, 0x81,           [24] = 1,  2,
			  3, [36] = PCP_TCP, [41] = 22, [43] = 99 };
	static const uint8_t at[] = { 24, 36, 41 };
	struct sight s;

	(void)state;
	start(&s, (struct gateway){ .pcp = true, .refuses = true });
	s.map.way = PORTMAP_PCP;
	s.map.state = PORTMAP_ASK;
	a[7] = 100;
	for (size_t i = 0; i < sizeof at; i++) {
		a[at[i]] ^= 0x40;
		portmap_hear(&s.map, bytes_in(SPAN(a)), s.now);
		assert_int_equal(s.map.state, PORTMAP_ASK);
		a[at[i]] ^= 0x40;
	}
	portmap_hear(&s.map, bytes_in(SPAN(a)), s.now);
	assert_int_equal(s.map.state, PORTMAP_HELD);
	assert_int_equal(s.map.outer.port, 99);
	a[43] = 98;
	portmap_hear(&s.map, bytes_in(SPAN(a)), s.now);
	assert_int_equal(s.map.outer.port, 99);
	portmap_hear_http(&s.map, 200, BYTES("x"), s.now);
	assert_int_equal(s.map.state, PORTMAP_HELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways),      cmocka_unit_test(renews),
		cmocka_unit_test(forgets),   cmocka_unit_test(dies),
		cmocka_unit_test(nobody),    cmocka_unit_test(strict),
		cmocka_unit_test(strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
