#include "unit.h"
#include "certs.h"
#include "wire/tls/msgs12.h"

static uint8_t room[4096];
static struct pack p;

static struct bytes written(void)
{
	struct bytes b = pack_done(&p);

	assert_true(b.n > 0);
	return b;
}

static bool list(struct bytes body)
{
	struct bytes b;

	return msgs12_read_list(&b, body);
}

static bool exchange(struct bytes body)
{
	struct msgs12_exchange e;

	return msgs12_read_exchange(&e, body);
}

static bool request(struct bytes body)
{
	uint32_t set;

	return msgs12_read_request(&set, body);
}

static bool public(struct bytes body)
{
	struct bytes b;

	return msgs12_read_public(&b, body);
}

static bool signed_by(struct bytes body)
{
	struct msgs12_signed s;

	return msgs12_read_signed(&s, body);
}

/* It is read, and no part of it is, nor with one byte more. */
static void whole(bool (*read)(struct bytes body))
{
	struct bytes all = written();
	struct guard g;

	each_split(n, all.n)
	{
		struct bytes cut = guard_bytes(&g, bytes_head(all, n));

		assert_int_equal(read(cut), n == all.n);
		guard_free(&g);
	}
	room[all.n] = 0;
	all.n++;
	assert_false(read(all));
}

static void certificates(void **state)
{
	static struct made m;
	static struct key key;
	struct x509 chain[2];
	struct wish w = { "a", "a", DAYS, NAMES, &key, &key };
	struct tls_identity id = { &key, chain, 2 };
	struct bytes got;

	(void)state;
	key_make_p256(&key, certs_fill);
	assert_int_equal(certs_make(&m, &w), 0);
	chain[0] = chain[1] = m.cert;
	p = pack_to(SPAN(room));
	msgs12_put_list(&p, &id);
	assert_true(msgs12_read_list(&got, written()));
	assert_int_equal(got.n, 2 * (3 + m.der.n));
	assert_bytes_equal(bytes_tail(bytes_head(got, 3 + m.der.n), 3), m.der);
	whole(list);
	p = pack_to(SPAN(room));
	msgs12_put_list(&p, NULL);
	assert_bytes_equal(written(), BYTES("\0\0\0"));
	whole(list);
}

static void exchanges(void **state)
{
	uint8_t key[SHARE_PUBLIC] = { 4, 1, 2, 3 };
	struct msgs12_signed by = { 0x0403, BYTES("signature") };
	struct msgs12_exchange e;

	(void)state;
	for (size_t i = 0; i < SHARES; i++) {
		const struct share *s = &shares[i];
		struct bytes want = { key, s->public_n };

		p = pack_to(SPAN(room));
		msgs12_put_params(&p, s, key);
		msgs12_put_signed(&p, &by);
		assert_true(msgs12_read_exchange(&e, written()));
		assert_int_equal(e.group, s->group);
		assert_bytes_equal(e.public, want);
		assert_bytes_equal(e.params, bytes_head(written(), 4 + want.n));
		assert_int_equal(e.by.scheme, 0x0403);
		assert_bytes_equal(e.by.sig, by.sig);
		whole(exchange);
		room[0] = 1; /* explicit_prime */
		assert_false(exchange(pack_done(&p)));
	}
}

static void requests(void **state)
{
	static const struct {
		const char *types;
		uint32_t want;
	} rows[] = { { "\x40\x01", AUTH_ALL },
		     { "\x01\x02", AUTH_RSA },
		     { "\x40", AUTH_ECDSA },
		     { "\x03\x04", 0 } };
	uint32_t set;

	(void)state;
	p = pack_to(SPAN(room));
	msgs12_put_request(&p, AUTH_ALL & ~(uint32_t)AUTH_SHA512);
	assert_true(msgs12_read_request(&set, written()));
	assert_int_equal(set, AUTH_ALL & ~AUTH_SHA512);
	whole(request);
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t mark;

		p = pack_to(SPAN(room));
		pack_vector(&p, bytes_of(rows[i].types), 1);
		mark = pack_open(&p, 2);
		for (size_t k = 0; k < AUTH_SCHEMES; k++)
			pack_u16(&p, auth_schemes[k].number);
		pack_close(&p, mark, 2);
		pack_vector(&p, BYTES("\0\3abc"), 2);
		assert_true(msgs12_read_request(&set, written()));
		assert_int_equal(set, rows[i].want);
		whole(request);
	}
	assert_false(request(BYTES("\1\1\0\3\4\3\4\0\0")));
}

static void the_rest(void **state)
{
	uint8_t key[SHARE_PUBLIC] = { 4, 1, 2, 3 };
	struct msgs12_signed by = { 0x0804, BYTES("signature") }, got;
	struct bytes b;

	(void)state;
	p = pack_to(SPAN(room));
	msgs12_put_public(&p, &shares[0], key);
	assert_true(msgs12_read_public(&b, written()));
	assert_memory_equal(b.p, key, b.n);
	whole(public);
	p = pack_to(SPAN(room));
	msgs12_put_signed(&p, &by);
	assert_true(msgs12_read_signed(&got, written()));
	assert_int_equal(got.scheme, 0x0804);
	assert_bytes_equal(got.sig, by.sig);
	whole(signed_by);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates),
		cmocka_unit_test(exchanges),
		cmocka_unit_test(requests),
		cmocka_unit_test(the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
