/* ice: one agent, and what others send it: states, roles, strangers, limits. How two
 * of them get on: test_ice_sim.
 */
#include "unit.h"
#include "crypt/hmac.h"
#include "wire/ice/ice.h"
#include "wire/stun_auth.h"

#define UFRAG "theirs"
#define PWD "0123456789abcdefghijkl"

static struct ice ice;
static int64_t now;

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, bytes_of(text)), 0);
	return a;
}

static void begin(bool controlling, bool lite)
{
	static const uint8_t seed[ICE_SEED] = { 42 };
	struct ice_conf c = { .controlling = controlling,
			      .lite = lite,
			      .seed = { seed, sizeof seed } };
	struct addr own = at("192.0.2.1:5000"), six = at("[2001:db8::1]:5000");

	now = 1000;
	ice_init(&ice, &c, now);
	assert_int_equal(ice_add(&ice, 0, ICE_HOST, &own, now), 0);
	assert_int_equal(ice_add(&ice, 1, ICE_HOST, &six, now), 0);
	ice_added(&ice);
}

static void describe(void)
{
	struct ice_theirs t = { BYTES(UFRAG), BYTES(PWD), false };

	assert_int_equal(ice_describe(&ice, &t, now), 0);
}

static int candidate(const char *line)
{
	struct candidate c;

	assert_int_equal(candidate_parse(&c, bytes_of(line)), 0);
	return ice_candidate(&ice, &c, now);
}

/* ---- what it says ---- */

struct said {
	struct stun m;
	struct stun_more more;
	struct addr to;
	unsigned base;
	uint8_t room[ICE_MOST];
	struct bytes b;
};

static bool say(struct said *s)
{
	struct fmt f = fmt_to(SPAN(s->room));
	struct ice_out out = { .data = &f };

	if (!ice_output(&ice, &out, now))
		return false;
	s->b = fmt_done(&f);
	s->to = out.to;
	s->base = out.base;
	assert_int_equal(stun_parse_more(&s->m, &s->more, s->b), 0);
	return true;
}

static bool hear(const char *from, struct bytes b)
{
	struct ice_heard h = { .base = 0, .from = at(from), .data = b };

	return ice_input(&ice, &h, now);
}

/* ---- what others say ---- */

struct check {
	uint8_t name[64], tie[8], room[ICE_MOST];
	struct stun m;
	struct stun_more more;
	struct bytes key;
};

static struct bytes print(struct check *c)
{
	struct fmt f = fmt_to(SPAN(c->room));

	stun_print_signed(&f, &c->m, c->key, false);
	assert_false(f.full);
	return fmt_done(&f);
}

static void check_of(struct check *c, bool controlling)
{
	struct fmt f = fmt_to(SPAN(c->name));
	struct bytes tie = { c->tie, sizeof c->tie };

	*c = (struct check){ .key = ice_pwd(&ice) };
	fmt_bytes(&f, ice_ufrag(&ice));
	fmt_put(&f, ":%s", UFRAG);
	c->more.priority = 1845501695;
	if (controlling)
		c->more.controlling = tie;
	else
		c->more.controlled = tie;
	c->m = (struct stun){ .type = STUN_BINDING,
			      .id = { 1, 2, 3 },
			      .username = fmt_done(&f),
			      .fingerprint = true,
			      .more = &c->more };
}

static bool answer(const struct said *q, const char *from, const char *pwd,
		   uint16_t error)
{
	struct stun a = { .type = STUN_BINDING_OK,
			  .mapped = at("203.0.113.9:7"),
			  .fingerprint = true };
	uint8_t room[ICE_MOST];
	struct fmt f = fmt_to(SPAN(room));

	memcpy(a.id, q->m.id, STUN_ID);
	if (error) {
		a.type = STUN_BINDING_ERROR;
		a.mapped.family = ADDR_NONE;
		a.error = error;
	}
	stun_print_signed(&f, &a, bytes_of(pwd), false);
	return hear(from, fmt_done(&f));
}

#define LINE "candidate:1 1 udp 2130706431 198.51.100.7 9 typ host"
#define FROM "198.51.100.7:9"

/* ---- tests ---- */

static void checks(void **state)
{
	struct said q;
	struct ice_path p;

	(void)state;
	begin(true, false);
	assert_int_equal(candidate(LINE), 0); /* before the description */
	assert_false(say(&q));
	assert_int_equal(ice_state(&ice), ICE_NEW);
	describe();
	assert_int_equal(ice_state(&ice), ICE_CHECKING);
	assert_true(say(&q));
	assert_int_equal(q.base, 0);
	assert_int_equal(q.more.controlling.n, 8);
	assert_null(q.more.controlled.p);
	assert_true(q.m.fingerprint);
	assert_int_equal(q.more.priority >> 24, 110);
	assert_false(q.more.use_candidate);
	assert_true(stun_is_signed(&q.m, q.b, BYTES(PWD), false));
	assert_true(q.m.username.n == 6 + 1 + ICE_OWN_UFRAG);
	assert_false(say(&q));
	now += 30;
	assert_false(answer(&q, "198.51.100.7:10", PWD, 0)); /* elsewhere */
	assert_false(answer(&q, FROM, "another password of 22", 0));
	assert_false(ice_path(&ice, &p, now));
	assert_true(answer(&q, FROM, PWD, 0));
	assert_true(ice_path(&ice, &p, now));
	assert_int_equal(p.rtt, 30);
	assert_false(p.nominated);
	assert_true(say(&q)); /* nothing better is to come: at once */
	assert_true(q.more.use_candidate);
	assert_true(answer(&q, FROM, PWD, 0));
	assert_true(ice_path(&ice, &p, now) && p.nominated);
	assert_int_equal(ice_state(&ice), ICE_CONNECTED);
}

/* Theirs come before their description: answered, and asked back when it is here. */
static void early(void **state)
{
	struct check c;
	struct said a;

	(void)state;
	begin(true, false);
	check_of(&c, false);
	assert_true(hear(FROM, print(&c)));
	assert_true(say(&a));
	assert_int_equal(a.m.type, STUN_BINDING_OK);
	assert_memory_equal(a.m.id, c.m.id, STUN_ID);
	assert_int_equal(a.m.mapped.port, 9);
	assert_int_equal(a.m.username.n, 0);
	assert_true(stun_is_signed(&a.m, a.b, ice_pwd(&ice), false));
	assert_false(say(&a));
	describe();
	assert_true(say(&a));
	assert_int_equal(a.m.type, STUN_BINDING);
	assert_int_equal(a.to.port, 9);
}

static void strangers(void **state)
{
	struct check c;
	struct said a;
	struct bytes b;

	(void)state;
	begin(true, false);
	describe();
	check_of(&c, false);
	c.key = BYTES("guessed");
	assert_false(hear(FROM, print(&c)));
	check_of(&c, false);
	c.name[0] ^= 1;
	assert_false(hear(FROM, print(&c)));
	check_of(&c, false);
	c.m.username.n = ICE_OWN_UFRAG;
	assert_false(hear(FROM, print(&c)));
	assert_false(hear(FROM, BYTES("hello")));
	check_of(&c, false);
	b = print(&c);
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		c.room[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* the fingerprint's own type, as one that is not known */
		if (hear(FROM, b))
			assert_true(bit / 8 >= b.n - 8 && bit / 8 < b.n - 4);
		c.room[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < b.n; n++) {
		struct guard g;

		assert_false(hear(FROM, guard_bytes(&g, bytes_head(b, n))));
		guard_free(&g);
	}
	while (say(&a))
		;
	assert_bytes_equal(ice_aimed(b), ice_ufrag(&ice));
	assert_int_equal(ice_aimed(BYTES("hello")).n, 0);
}

static void refused(struct check *c, uint16_t error)
{
	struct said a;

	assert_true(hear(FROM, print(c)));
	assert_true(say(&a));
	assert_int_equal(a.m.error, error);
	assert_true(stun_is_signed(&a.m, a.b, ice_pwd(&ice), false));
}

/* RFC 8445 7.3.1.1: who has the greater tie-breaker, as a table. */
static void roles(void **state)
{
	static const struct {
		bool ours, theirs, greater; /* controlling; their tie-breaker */
		uint16_t error;
		bool then;
	} rows[] = {
		{ true, true, false, 487, true },
		{ true, true, true, 0, false },
		{ false, false, false, 0, true },
		{ false, false, true, 487, false },
		{ true, false, true, 0, true },
		{ false, true, false, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct check c;
		struct said q;

		begin(rows[i].ours, false);
		describe();
		check_of(&c, rows[i].theirs);
		memset(c.tie, rows[i].greater ? 0xff : 0, sizeof c.tie);
		refused(&c, rows[i].error);
		assert_int_equal(ice.is.controlling, rows[i].then);
		candidate(LINE);
		assert_true(say(&q));
		assert_int_equal(q.more.controlling.n, rows[i].then ? 8 : 0);
	}
}

/* Ours was in conflict: the other role, another tie-breaker, asked again at once. */
static void conflict(void **state)
{
	struct said q;
	uint8_t tie[8];

	(void)state;
	begin(true, false);
	describe();
	candidate(LINE);
	assert_true(say(&q));
	memcpy(tie, q.more.controlling.p, sizeof tie);
	assert_true(answer(&q, FROM, PWD, STUN_ROLE_CONFLICT));
	assert_true(say(&q));
	assert_int_equal(q.more.controlled.n, 8);
	assert_memory_not_equal(tie, q.more.controlled.p, sizeof tie);
	assert_true(answer(&q, FROM, PWD, 0));
	assert_int_equal(ice_state(&ice), ICE_CONNECTED);
}

/* As print, with an attribute of that code in front of the integrity. */
static struct bytes print_with(struct check *c, uint16_t code)
{
	struct fmt f = fmt_to(SPAN(c->room));
	uint8_t attr[] = { (uint8_t)(code >> 8),
			   (uint8_t)code,
			   0,
			   4,
			   1,
			   2,
			   3,
			   4,
			   0,
			   8,
			   0,
			   SHA1_SIZE };
	uint8_t mac[SHA1_SIZE];
	struct stun m = c->m;

	m.fingerprint = false;
	stun_print(&f, &m);
	fmt_bytes(&f, (struct bytes){ attr, 8 });
	c->room[3] = (uint8_t)(f.n + 4 + SHA1_SIZE - STUN_HEAD);
	hmac_of(&hash_sha1, c->key, fmt_done(&f), mac);
	fmt_bytes(&f, (struct bytes){ attr + 8, 4 });
	fmt_bytes(&f, bytes_in(SPAN(mac)));
	stun_seal(&f);
	return fmt_done(&f);
}

/* What must be understood, and is not, is named; what need not be is passed over, as
 * all that browsers say beside.
 */
static void unknown_attributes(void **state)
{
	static const uint16_t fine[] = { 0xc001, 0xc057, 0xc058, 0xc059,
					 0xc060, 0xc070, 0xc071, 0x8000 };
	static const uint16_t not_fine[] = { 0x0002, 0x0101, 0x7fff };
	struct check c;
	struct said a;

	(void)state;
	begin(false, false);
	for (size_t i = 0; i < COUNT(fine); i++) {
		check_of(&c, true);
		assert_true(hear(FROM, print_with(&c, fine[i])));
		assert_true(say(&a));
		assert_int_equal(a.m.type, STUN_BINDING_OK);
	}
	for (size_t i = 0; i < COUNT(not_fine); i++) {
		check_of(&c, true);
		assert_true(hear(FROM, print_with(&c, not_fine[i])));
		assert_true(say(&a));
		assert_int_equal(a.m.error, STUN_UNKNOWN_ATTRIBUTE);
		assert_int_equal(a.m.nunknown, 1);
		assert_int_equal(a.m.unknown[0], not_fine[i]);
	}
}

/* Who says no role is in conflict with none, which a tie-breaker of 0 may be. */
static void no_role(void **state)
{
	(void)state;
	for (int ours = 0; ours < 2; ours++) {
		struct check c;

		begin(ours, false);
		describe();
		check_of(&c, true);
		c.more.controlling = (struct bytes){ NULL, 0 };
		refused(&c, 0);
		assert_int_equal(ice.is.controlling, ours);
	}
}

/* ---- a path, and keeping it ---- */

/* With a pair that has answered, and is nominated. */
static void connect(void)
{
	struct said q;

	begin(true, false);
	describe();
	candidate(LINE);
	for (int i = 0; i < 2; i++) {
		assert_true(say(&q));
		now += 20;
		assert_true(answer(&q, FROM, PWD, 0));
	}
	assert_false(say(&q));
}

/* RFC 7675 5.1: asked again after 4 to 6 s, by chance; one that is lost is asked again
 * within a second or so, and ends nothing.
 */
static void consent(void **state)
{
	int64_t least = INT64_MAX, most = 0;
	struct ice_path p;
	struct said q;

	(void)state;
	connect();
	for (int i = 0; i < 200; i++) {
		int64_t from = now, gap;

		assert_false(say(&q));
		now = ice_due(&ice);
		gap = now - from;
		assert_in_range(gap, 4000, 6000);
		least = gap < least ? gap : least;
		most = gap > most ? gap : most;
		assert_true(say(&q));
		for (int lost = 0; lost < i % 4; lost++) {
			from = now;
			now = ice_due(&ice);
			assert_in_range(now - from, 1, 2000);
			assert_true(say(&q));
		}
		assert_true(answer(&q, FROM, PWD, 0));
		assert_true(ice_path(&ice, &p, now));
	}
	assert_true(most - least > 1000);
}

/* Gone 30 s behind the last answer; theirs are answered all the same, and for ever. */
static void no_consent(void **state)
{
	struct ice_path p;
	struct check c;
	struct said q;
	int64_t last;

	(void)state;
	connect();
	last = now;
	while (ice_path(&ice, &p, now)) {
		now = ice_due(&ice);
		while (say(&q))
			;
	}
	assert_in_range(now - last, 30000, 31000);
	assert_int_equal(ice_state(&ice), ICE_DEAD);
	for (int i = 0; i < 3; i++) {
		now += 3600 * 1000;
		check_of(&c, false);
		assert_true(hear(FROM, print(&c)));
		assert_true(say(&q));
		assert_int_equal(q.m.type, STUN_BINDING_OK);
	}
}

/* What NATs shall keep open is used each 15 s at least: other pairs that have answered,
 * and what STUN servers were asked from, until there is a path.
 */
static void keeps_alive(void **state)
{
	struct addr server = at("198.51.100.1:3478");
	int64_t from;
	struct said q;

	(void)state;
	begin(true, false);
	assert_int_equal(ice_ask(&ice, &server, now), 0);
	assert_true(say(&q));
	for (int i = 0; i < 5; i++) {
		assert_true(answer(&q, "198.51.100.1:3478", PWD, 0));
		from = now;
		now = ice_due(&ice);
		assert_in_range(now - from, 5000, 15000);
		assert_true(say(&q));
		assert_int_equal(q.to.port, 3478);
	}
	connect();
	candidate("candidate:2 1 udp 1694498815 198.51.100.8 10 typ srflx");
	now = ice_due(&ice);
	assert_true(say(&q));
	assert_int_equal(q.to.port, 10);
	assert_true(answer(&q, "198.51.100.8:10", PWD, 0));
	from = now;
	while (q.to.port != 10 || now == from) {
		assert_true(now - from <= 15000);
		now = ice_due(&ice);
		while (say(&q) && q.to.port != 10)
			assert_true(answer(&q, FROM, PWD, 0));
	}
	assert_in_range(now - from, 5000, 15000);
}

static void bad_requests(void **state)
{
	struct check c;

	(void)state;
	begin(true, false);
	check_of(&c, false);
	c.more.priority = 0;
	refused(&c, STUN_BAD_REQUEST);
	check_of(&c, false);
	c.more.transport = 17U << 24;
	assert_true(hear(FROM, print(&c))); /* of TURN, and known */
	begin(true, false);
	check_of(&c, false);
	c.m.change = 2;
	assert_true(hear(FROM, print(&c)));
}

/* Nominated by theirs, before it is valid, and then another one. */
static void controlled(void **state)
{
	struct check c;
	struct said q;
	struct ice_path p;

	(void)state;
	begin(false, false);
	describe();
	check_of(&c, true);
	c.more.use_candidate = true;
	assert_true(hear(FROM, print(&c)));
	assert_true(say(&q) && say(&q));
	assert_true(answer(&q, FROM, PWD, 0));
	assert_true(ice_path(&ice, &p, now) && p.nominated);
	c.more.priority += 5;
	assert_true(hear("198.51.100.7:77", print(&c)));
	assert_true(say(&q) && say(&q));
	assert_true(answer(&q, "198.51.100.7:77", PWD, 0));
	assert_true(ice_path(&ice, &p, now) && p.nominated);
	assert_int_equal(p.to.port, 77);
}

static void lite(void **state)
{
	struct check c;
	struct said a;
	struct ice_path p;
	struct ice_theirs too = { BYTES(UFRAG), BYTES(PWD), true };

	(void)state;
	begin(true, true);
	assert_int_equal(ice_describe(&ice, &too, now), -NAT_ENOTSUP);
	describe();
	candidate(LINE);
	assert_false(say(&a));
	check_of(&c, true);
	assert_true(hear(FROM, print(&c)));
	assert_true(say(&a));
	assert_int_equal(a.m.type, STUN_BINDING_OK);
	assert_true(ice_path(&ice, &p, now) && !p.nominated);
	c.more.use_candidate = true;
	assert_true(hear(FROM, print(&c)));
	assert_true(ice_path(&ice, &p, now) && p.nominated);
	assert_true(say(&a) && !say(&a));
	now = ice_due(&ice);
	assert_int_equal(now, 31000);
	assert_false(say(&a));
	assert_int_equal(ice_state(&ice), ICE_DEAD);
}

static void descriptions(void **state)
{
	static const struct {
		const char *ufrag, *pwd;
		int rc;
	} rows[] = {
		{ "abc", PWD, -NAT_EPROTO },
		{ "abcd", "0123456789abcdefghijk", -NAT_EPROTO },
		{ "ab:d", PWD, -NAT_EPROTO },
		{ "ab d", PWD, -NAT_EPROTO },
		{ "abcd", PWD, 0 },
		{ "a=_-", PWD, 0 },
		{ "", PWD, -NAT_EPROTO },
	};
	char longest[ICE_UFRAG + 2];
	struct said q;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ice_theirs t = { bytes_of(rows[i].ufrag),
					bytes_of(rows[i].pwd), false };

		begin(true, false);
		assert_int_equal(ice_describe(&ice, &t, now), rows[i].rc);
	}
	memset(longest, 'x', sizeof longest);
	struct ice_theirs t = { { (uint8_t *)longest, ICE_UFRAG },
				{ (uint8_t *)longest, ICE_UFRAG },
				false };
	begin(true, false);
	assert_int_equal(ice_describe(&ice, &t, now), 0);
	candidate(LINE);
	assert_true(say(&q));
	assert_true(stun_is_signed(&q.m, q.b, t.pwd, false));
	t.ufrag.n++;
	assert_int_equal(ice_describe(&ice, &t, now), -NAT_EPROTO);
}

/* Others than before are a restart of theirs; the same ones are not. */
static void restarted(void **state)
{
	struct ice_theirs t = { BYTES("again"), BYTES(PWD), false };
	uint8_t before[ICE_OWN_UFRAG];
	struct said q;

	(void)state;
	begin(true, false);
	describe();
	memcpy(before, ice_ufrag(&ice).p, sizeof before);
	describe();
	assert_memory_equal(before, ice_ufrag(&ice).p, sizeof before);
	/* of the description to come; of one that never does */
	assert_int_equal(candidate(LINE " ufrag again"), 0);
	assert_int_equal(candidate("candidate:2 1 udp 2130706431 198.51.100.8 "
				   "9 typ host ufrag none"),
			 0);
	assert_false(say(&q));
	assert_int_equal(ice_describe(&ice, &t, now), 0);
	assert_memory_not_equal(before, ice_ufrag(&ice).p, sizeof before);
	assert_true(say(&q));
	assert_int_equal(q.to.ip[3], 7);
	now += 300;
	assert_true(say(&q));
	assert_int_equal(q.to.ip[3], 7);
}

static void uses(void **state)
{
	static const char *const none[] = {
		"candidate:1 1 tcp 2130706431 198.51.100.7 9 typ host",
		"candidate:1 2 udp 2130706431 198.51.100.7 9 typ host",
		"candidate:1 1 udp 2130706431 224.0.0.1 9 typ host",
		"candidate:1 1 udp 2130706431 0.0.0.0 9 typ host",
		"candidate:1 1 udp 2130706431 198.51.100.7 0 typ host",
		"candidate:1 1 udp 2130706431 127.0.0.1 9 typ host",
		"candidate:1 1 udp 2130706431 fe80::1 9 typ host",
		"candidate:1 1 udp 2130706431 ff02::1 9 typ host",
	};
	char line[100];
	struct said q;

	(void)state;
	begin(true, false);
	describe();
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_int_equal(candidate(none[i]), 0);
		assert_false(say(&q));
	}
	assert_int_equal(candidate("candidate:1 1 udp 5 a.local 9 typ host"),
			 1);
	begin(true, false);
	describe();
	for (int i = 0; i <= ICE_REMOTES; i++) {
		snprintf(line, sizeof line,
			 "candidate:1 1 udp %d 198.51.100.7 %d typ host", i + 1,
			 i + 1);
		assert_int_equal(candidate(line),
				 i < ICE_REMOTES ? 0 : -NAT_ELIMIT);
	}
	assert_true(say(&q));
	assert_int_equal(q.to.port, ICE_REMOTES); /* the best first */
	now += 19;
	assert_false(say(&q));
	assert_int_equal(ice_due(&ice), 1020); /* at its pace */
}

/* No address of one's own, none of theirs, none that fit: each is told. */
static void reasons(void **state)
{
	static const struct {
		const char *line;
		enum ice_reason reason;
	} rows[] = {
		{ NULL, ICE_NO_REMOTE },
		{ "candidate:1 1 udp 5 fe80::1 9 typ host", ICE_NO_PAIR },
		{ LINE, ICE_NO_SILENCE },
	};
	struct said q;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ice_event e = { .what = ICE_LOCAL };

		begin(true, false);
		describe();
		if (rows[i].line)
			candidate(rows[i].line);
		ice_ended(&ice);
		while (ice_due(&ice) < INT64_MAX) {
			now = ice_due(&ice) > now ? ice_due(&ice) : now;
			while (say(&q))
				;
			if (ice_state(&ice) == ICE_DEAD)
				break;
		}
		assert_int_equal(now, 1000 + ICE_PATIENCE);
		while (ice_event(&ice, &e) && e.what != ICE_FAILED)
			;
		assert_int_equal(e.what, ICE_FAILED);
		assert_int_equal(e.reason, rows[i].reason);
		assert_true(strlen(ice_reason(e.reason)) > 5);
		assert_false(ice_event(&ice, &e));
	}
}

/* RFC 8445 5.1.2: by kind, then IPv6 before IPv4, then in the owner's order. */
static void preferences(void **state)
{
	static const struct {
		const char *at;
		enum ice_type type;
		uint32_t priority;
	} rows[] = {
		{ "192.0.2.1:5000", ICE_HOST, 126U << 24 | 0x7fff00 | 255 },
		{ "[2001:db8::1]:5000", ICE_HOST, 126U << 24 | 0xfffe00 | 255 },
		{ "192.0.2.2:5000", ICE_HOST, 126U << 24 | 0x7ffd00 | 255 },
		{ "192.0.2.3:5000", ICE_RELAY, 2U << 24 | 0x7ffc00 | 255 },
	};
	struct ice_event e;

	(void)state;
	begin(true, false);
	for (unsigned i = 2; i < COUNT(rows); i++) {
		struct addr a = at(rows[i].at);

		assert_int_equal(ice_add(&ice, i, rows[i].type, &a, now), 0);
	}
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct addr a = at(rows[i].at);

		assert_true(ice_event(&ice, &e));
		assert_int_equal(e.what, ICE_LOCAL);
		assert_true(addr_same_ip(&e.candidate.addr, &a));
		assert_int_equal(e.candidate.priority, rows[i].priority);
	}
}

/* A STUN server's answer makes a candidate; another's does not. */
static void gathers(void **state)
{
	struct addr server = at("198.51.100.1:3478");
	struct ice_event e;
	struct said q;
	unsigned told = 0;

	(void)state;
	begin(true, false);
	assert_int_equal(ice_ask(&ice, &server, now), 0);
	while (ice_event(&ice, &e))
		told += e.what == ICE_LOCAL;
	assert_int_equal(told, 2);
	assert_true(say(&q));
	assert_int_equal(q.to.port, 3478);
	assert_false(say(&q));
	assert_false(answer(&q, "198.51.100.1:3479", PWD, 0));
	assert_true(answer(&q, "198.51.100.1:3478", PWD, 0));
	assert_true(ice_event(&ice, &e));
	assert_int_equal(e.candidate.type, ICE_SRFLX);
	assert_int_equal(e.candidate.addr.port, 7);
	assert_int_equal(e.candidate.related.port, 5000);
	assert_true(ice_event(&ice, &e));
	assert_int_equal(e.what, ICE_GATHERED);
	assert_false(ice_event(&ice, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks),
		cmocka_unit_test(early),
		cmocka_unit_test(strangers),
		cmocka_unit_test(roles),
		cmocka_unit_test(conflict),
		cmocka_unit_test(bad_requests),
		cmocka_unit_test(controlled),
		cmocka_unit_test(lite),
		cmocka_unit_test(descriptions),
		cmocka_unit_test(restarted),
		cmocka_unit_test(uses),
		cmocka_unit_test(reasons),
		cmocka_unit_test(gathers),
		cmocka_unit_test(preferences),
		cmocka_unit_test(unknown_attributes),
		cmocka_unit_test(no_role),
		cmocka_unit_test(consent),
		cmocka_unit_test(no_consent),
		cmocka_unit_test(keeps_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
