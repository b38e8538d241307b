#include "unit.h"
#include "crypt/ec.h"
#include "crypt/p256.h"
#include "os/cpu.h"

enum { N = LIMBS(256), EDGES = 4 };

/* Below m: zero, one, m - 1, 2^255 less one, then all ones and noughts. */
static void value(limb *r, size_t i, const struct mont *mod, uint64_t *seed)
{
	static const limb one[N] = { 1 };

	big_zero(r, N);
	if (i == 1)
		r[0] = 1;
	else if (i == 2)
		big_sub(r, mod->m, one, N);
	for (size_t at = 0; i > 2 && at < N; at++)
		r[at] = i == 3 || unit_rand(seed) % 2 ? ~(limb)0
			: unit_rand(seed) % 2
				? 0
				: (limb)((uint64_t)unit_rand(seed) << 32 |
					 unit_rand(seed));
	r[N - 1] >>= i > 2;
	if (!big_less(r, mod->m, N))
		r[N - 1] >>= 1;
}

static void products(const struct mont *mod, const struct mont_ops *native,
		     const limb *a, const limb *b)
{
	limb want[N], got[N];

	mod->ops->mul(want, a, b, mod);
	native->mul(got, a, b, mod);
	assert_memory_equal(got, want, sizeof want);
	mod->ops->square(want, a, mod);
	native->square(got, a, mod);
	assert_memory_equal(got, want, sizeof want);
}

static void sums(const struct mont *mod, const struct mont_ops *native,
		 const limb *a, const limb *b)
{
	limb want[N], got[N];

	mod->ops->add(want, a, b, mod);
	native->add(got, a, b, mod);
	assert_memory_equal(got, want, sizeof want);
	mod->ops->sub(want, a, b, mod);
	big_copy(got, a, N);
	native->sub(got, got, b, mod);
	assert_memory_equal(got, want, sizeof want);
}

/* What a processor has beyond C says the same, of what carries most too. */
static void alike(void **state)
{
	const struct mont_ops *native[] = { p256_field_native,
					    p256_order_native };
	const struct mont *mod[] = { ec_p256.field, ec_p256.order };
	uint64_t seed = 256;
	limb a[N], b[N];

	(void)state;
	if (!cpu_has_mulx() || !p256_field_native)
		skip();
	for (size_t i = 0; i < 20000; i++)
		for (size_t j = 0; j < COUNT(mod); j++) {
			value(a, i / EDGES, mod[j], &seed);
			value(b, i % EDGES + i / 16 * EDGES, mod[j], &seed);
			products(mod[j], native[j], a, b);
			sums(mod[j], native[j], a, b);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
