/* Tickets as such; sessions are in test_tls13. */
#include "unit.h"
#include "certs.h"
#include "wire/tls/session.h"

static struct tls_tickets keys;

static const struct ticket some = {
	.suite = 0x1301,
	.psk = { 1, 2, 3, [47] = 4 },
	.age_add = 0x89abcdef,
	.since = INT64_C(0x123456789abcdef),
	.name = { 5, [31] = 6 },
	.pin = { 7, [31] = 8 },
	.verified = true,
};

static struct bytes seal(struct span room)
{
	struct pack p = pack_to(room);

	ticket_seal(&keys, &some, &p, certs_fill);
	return pack_done(&p);
}

static void there_and_back(void **state)
{
	uint8_t room[TICKET_SIZE], again[TICKET_SIZE];
	struct ticket x;
	struct bytes b;

	(void)state;
	tls_tickets_turn(&keys, certs_fill);
	b = seal(SPAN(room));
	assert_int_equal(b.n, TICKET_SIZE);
	assert_true(ticket_open(&keys, b, &x));
	assert_int_equal(x.suite, some.suite);
	assert_memory_equal(x.psk, some.psk, sizeof x.psk);
	assert_int_equal(x.age_add, some.age_add);
	assert_true(x.since == some.since);
	assert_memory_equal(x.name, some.name, TLS_PIN);
	assert_memory_equal(x.pin, some.pin, TLS_PIN);
	assert_true(x.verified);
	assert_memory_not_equal(room, seal(SPAN(again)).p, TICKET_SIZE);
	assert_int_equal(seal((struct span){ room, TICKET_SIZE - 1 }).n, 0);
}

/* Every byte of it counts, and every one must be there. */
static void not_ours(void **state)
{
	uint8_t room[TICKET_SIZE];
	struct ticket x;

	(void)state;
	tls_tickets_turn(&keys, certs_fill);
	seal(SPAN(room));
	for (size_t i = 0; i < sizeof room; i++) {
		room[i] ^= 0x20;
		assert_false(ticket_open(&keys, bytes_in(SPAN(room)), &x));
		room[i] ^= 0x20;
		assert_false(ticket_open(&keys, (struct bytes){ room, i }, &x));
	}
	assert_true(ticket_open(&keys, bytes_in(SPAN(room)), &x));
}

/* The key before the first still opens, and the one before that does not. */
static void turns(void **state)
{
	uint8_t room[TICKET_SIZE];
	struct ticket x;

	(void)state;
	tls_tickets_turn(&keys, certs_fill);
	seal(SPAN(room));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ticket_open(&keys, bytes_in(SPAN(room)), &x),
				 i < 2);
		tls_tickets_turn(&keys, certs_fill);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
