#include "ice.h"
#include "fuzz.h"

static const uint8_t seed[ICE_SEED] = { 7 };

static struct addr at(const char *text)
{
	struct addr a;
	int rc = addr_parse(&a, bytes_of(text));

	assert(rc == 0);
	return a;
}

/* ---- agents ---- */

static void candidate(struct ice *ice, const char *line, int64_t now)
{
	struct candidate c;
	int rc = candidate_parse(&c, bytes_of(line));

	assert(rc == 0);
	rc = ice_candidate(ice, &c, now);
	assert(rc == 0);
}

void fuzz_ice_begin(struct ice *ice, int64_t now)
{
	struct ice_conf c = { .seed = { seed, sizeof seed } };
	struct ice_theirs t = { BYTES("abcd"), BYTES("0123456789abcdefghijkl"),
				false };
	struct addr own = at("192.0.2.1:5"), relay = at("192.0.2.9:6");
	struct addr server = at("192.0.2.8:3478");

	ice_init(ice, &c, now);
	assert(ice_add(ice, 0, ICE_HOST, &own, now) == 0);
	assert(ice_add(ice, 1, ICE_RELAY, &relay, now) == 0);
	assert(ice_ask(ice, &server, now) == 0);
	ice_added(ice);
	assert(ice_describe(ice, &t, now) == 0);
	candidate(ice, "candidate:1 1 udp 99 198.51.100.7 9 typ host", now);
	candidate(ice, "candidate:1 1 udp 88 198.51.100.8 9 typ relay", now);
}

struct addr fuzz_ice_from(unsigned flags)
{
	static const char *const from[] = { "198.51.100.7:9", "198.51.100.8:9",
					    "198.51.100.9:9",
					    "192.0.2.8:3478" };
	struct addr a = at(from[flags >> 1 & 3]);

	return a;
}

/* A head of that type and id, what b has of attributes, and both sums. */
static struct bytes print(struct fmt *f, struct stun *m, struct bytes b,
			  struct bytes key)
{
	struct stun_more more = { .priority = b.n ? b.p[0] : 1U };
	const uint8_t zero[8] = { 0 };

	m->more = &more;
	if (b.n > 1 && b.p[1] & 1)
		more.controlling = (struct bytes){ zero, 8 };
	if (b.n > 1 && b.p[1] & 2)
		more.controlled = (struct bytes){ zero, 8 };
	if (b.n > 1 && b.p[1] & 4)
		more.use_candidate = true;
	if (b.n > 2 && b.p[1] & 8)
		m->error = (uint16_t)(300 + b.p[2]);
	if (b.n > 1 && b.p[1] & 16)
		m->mapped = at("203.0.113.1:7");
	m->fingerprint = true;
	stun_print_signed(f, m, key, false);
	return fmt_done(f);
}

struct bytes fuzz_ice_signed(struct ice *ice, struct bytes b, unsigned flags,
			     struct fmt *f)
{
	char name[64];
	struct fmt n = fmt_to(SPAN(name));
	struct stun m = { .type = STUN_BINDING };
	uint32_t serial = ice->chance.serial - 1;

	if (flags & 16) {
		m.type = flags & 32 ? STUN_BINDING_ERROR : STUN_BINDING_OK;
		memcpy(m.id, ice->chance.salt[flags >> 6 & 1], 8);
		memcpy(m.id + 8, &serial, 4);
		return print(f, &m, b, BYTES("0123456789abcdefghijkl"));
	}
	fmt_bytes(&n, ice_ufrag(ice));
	fmt_put(&n, ":abcd");
	m.username = fmt_done(&n);
	return print(f, &m, b, ice_pwd(ice));
}

int64_t fuzz_ice_turn(struct ice *ice, int64_t now, unsigned flags)
{
	struct ice_event e;
	struct ice_path p;
	unsigned said = 0;
	int64_t due;

	for (;; said++) {
		struct fmt f = fuzz_room(1);
		struct ice_out out = { .data = &f };

		if (!ice_output(ice, &out, now))
			break;
		assert(said < 100 && f.n <= ICE_MOST && out.to.family);
	}
	while (ice_event(ice, &e))
		assert(e.what <= ICE_FAILED);
	if (flags == 255)
		ice_restart(ice, now);
	assert(!ice_path(ice, &p, now) || p.base < ICE_BASES);
	due = ice_due(ice);
	assert(due > now || flags == 255);
	return flags & 128 && due != INT64_MAX && due > now ? due - now : 0;
}

/* ---- clients of TURN ---- */

void fuzz_turn_begin(struct turn *turn, int64_t now)
{
	struct turn_conf c = { .server = at("192.0.2.8:3478"),
			       .user = { BYTES("u"), BYTES("p") },
			       .seed = { seed, TURN_SEED } };

	turn_init(turn, &c, now);
}

struct bytes fuzz_turn_answer(struct turn *turn, struct bytes b, struct fmt *f)
{
	struct stun_more more = { .priority = 0 };
	struct stun m = { .type = turn->task.method, .more = &more };
	uint32_t serial = turn->task.serial;

	if (b.n > 1 && b.p[0] & 1) {
		m.error = (uint16_t)(300 + b.p[1]);
		m.realm = BYTES("r");
		m.nonce = b;
	} else {
		more.relayed = at("192.0.2.8:50000");
		more.alternate = at("192.0.2.7:1");
	}
	m.type |= m.error ? STUN_FAILED : STUN_OK;
	memcpy(m.id, turn->salt, sizeof turn->salt);
	memcpy(m.id + sizeof turn->salt, &serial, sizeof serial);
	stun_print_as(f, &m, &turn->user, &turn->challenge);
	return fmt_done(f);
}

int64_t fuzz_turn_turn(struct turn *turn, int64_t now, unsigned flags)
{
	struct addr to = fuzz_ice_from(flags);
	struct fmt wrapped = fuzz_room(2);
	unsigned said = 0;
	int64_t due;

	if (flags & 16)
		(void)!turn_bind(turn, &to, now);
	if (turn_wrap(turn, &to, BYTES("x"), &wrapped, now) == 0)
		assert(wrapped.n <= 1 + TURN_HEAD + TURN_PAD);
	for (;; said++) {
		struct fmt f = fuzz_room(1);

		if (!turn_output(turn, &f, now))
			break;
		assert(said < 100 && f.n <= TURN_MOST);
	}
	if (turn->state == TURN_MOVED)
		turn_again(turn, now);
	due = turn_due(turn);
	return flags & 128 && due != INT64_MAX && due > now ? due - now : 0;
}
