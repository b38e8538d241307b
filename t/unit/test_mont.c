#include "unit.h"
#include "crypt/mont.h"
#include "os/cpu.h"

enum { ROOM = 256 };

static void load(limb *r, size_t n, const char *hex)
{
	uint8_t room[ROOM];

	assert_true(big_load(r, n, unit_hex(SPAN(room), hex)));
}

/* a^e mod m, as Python has it. */
static void powers(void **state)
{
	/* clang-format off */
	static const struct {
		const char *m, *a, *e, *want;
	} rows[] = {
		{ "c164d8399f767c45",
		  "5bc8fbbcbde5c099",
		  "b0c11fdecb91ce37",
		  "03fee3325dd5bc1a" },
		{ "d7210dff076ce2ef87b0b125ec1d7da0a6eb8c9ebd69fe29d76d4330"
		  "f1446beb",
		  "2827688de6a16a3b0d464138a62332553fc1ea36f17fd374c6a53877"
		  "77330bdb",
		  "1a1afe878b33e968617959ce3f1f65a8de5271007814e8a25f2dd97f"
		  "1cfb10f6",
		  "0bc9f8a08ec53593259d1cfb2e378a53268fc00232a8ec2c9cbd6204"
		  "c148e6df" },
		{ "0147126a1e48cc11d357c30d8b7628dbd25e63b229f1c4069545de11"
		  "cc9dea959c212e9c82b1478c281d687c966c377b9aa2bb2edb20035b"
		  "73993fd4235992edcf45",
		  "55df561d802a759159fb7ff337f5cae3bf3729c619c60a3cab359eee"
		  "fb015c33b2df1461aaf8eb18b90074513021da8978206f5c6671e0c0"
		  "7e9e115e4b9e30691c",
		  "01c9f7108e96f770c2263266aa3bb0cde917f7f35634f0e3cd972e81"
		  "d66d346c6e2ba02fdaa1ad864c44e049548e8a0a8c9632ea6928f623"
		  "6bf2504b74ba4a0fe75d",
		  "49ab9cebec20f4f3b2bdd4e9a1a2d20879411095f185680e23727b6c"
		  "61214541521f3b6c8fa0f05746eb2b7ab93e4338609028212108c0ea"
		  "66018c4487c52c2606" },
		{ "b465325278f845f57b3120df2f4d4c8650d7d13fb24891917b121dc5"
		  "4e5a3a26d18a669a5af84e6b4f59672710e6d8e6568068b9b52a43ab"
		  "ad8d194a9892139600ddb74d960d5a8f9a656aafd14125844d25deb3"
		  "54f46a6910acff0043892dfc254cb864ef901b932a7c18806a375391"
		  "5c76f18a0585a01c4c7d6df0621aef57",
		  "3998b1c3c607454a4646d033ef2ad50fe1776d42420aa0bd79748dae"
		  "51516e005cc656b45a3756d0bc9ce7d063054fe9abd28d5c2230da78"
		  "e68cb602c7c768465ce08cbbd52ae87a2f43ccf6bb4e706ab77a3435"
		  "128b66d0c79d1e3a180561b69aa5d89d0370015adb5e6be7862bc06e"
		  "9d292e5e3c0f81e1c21a2f02cafb455d",
		  "5707967025f02628eb07c30d5cd5061c9c5f319e834c1b69573ac59a"
		  "355f2af41757905efa749692f21ff5eb6ed78f5d0960afe94bbdbb01"
		  "dc14ed575e0730b3cc170c31c7eec61bbf9703c096fabb7b1ba95a54"
		  "767d5274c68deb5d403a960a8652dbd0e488b6c85ad3ba328332f05a"
		  "5829681876531737f129c8c6d1ca4dc4",
		  "a4b6f49d07a4eda3c0773ab4a0a3446dc20c402ab7382b62e7034f97"
		  "c5957a2fbf35495e16a2845e93ca74285a889edacac6c84a2d32c079"
		  "8213c4d84985ec29474c59579a0d45a026d61c6da5caa091b324ee84"
		  "1366d5b548a69d2fbca83a5a4eba07565bc685336e12a493937bee50"
		  "91737ef5085bf24d9d98298440751881" },
		{ "a634f16f5f7cc5d86f3f02402b37d8171b4c24c269f0441ec9bafe62"
		  "e580c35ea161d90921fdac3af325ffbe90656c8fbb4e5c11fb368220"
		  "216d27a23501e088d6a34d3e558d2adb7e5a3930cd39e15808606af8"
		  "a36939efea83854afaa30fac0e42d43c2547f19c6bf84914a6a5bc99"
		  "74a677c6400db00dd3881a5058056ed0980dc6ffbd953dc23cc21779"
		  "0825c7cc67e84707ec717f158895787f99c4258bfc98500014b9adb5"
		  "0c6dea3db85a5cd22959fea37bd9e8a1ff297d0e4f2e84fcb06dbee0"
		  "b89c4e56261c374ba07657d61404ab1ecc7c6d812d6f2efc4e613a36"
		  "5119cdccaf9b74f84ffcbf4217921e6c8b8e8f4eb3de08f9ec983704"
		  "4692ba03",
		  "47e5eb8dab163406b4581e378f2f39495d09dd294e424b92c277af32"
		  "08c9196da9fd1ce996655f23b1d117b75b0f13b0c65fb8a2cb8f1137"
		  "c938c68d1027e5d35c7fe05880b91b2ede0d0fc58c5050eac832652e"
		  "83e2c32845b61df27deaab6416d1b5ac2e1c5d3a56a68b41de28123c"
		  "7fd39898efe8b3b5a080c6a52dece95af5b67e6e8820e3bdfd06f9f6"
		  "d272324860831ef21cd0c151258170f9e6e053f7675ebe3b78573797"
		  "4a807546462731417aa286ac5154ef5fbac0d757b057c1627cf7fcf6"
		  "f5cb2afc741b324d85ae8770f9dba1db2b56955dda2d3b3d9ed2aa0c"
		  "ffd21f09ec08693c7401f5ce2425d75a4b78dc3d6baf71d7d8407b1a"
		  "0f0b9752",
		  "b101446a4869650e7a2c54a0da963a45eff83f045caded41d62cbf25"
		  "32daef9f2a8a49f0faeeb40c8782d4d52450d1c384a4c93f559741e7"
		  "f4de438f5d411b0df9e324de73250c60b036d9ddddf1d79fdeb280e6"
		  "2c273105d7c6f4e2ec1e07d7599c8f1c68916d08d4042c36f000feb0"
		  "bce240c658780d0aa4e15158461cb6e0590ef5945b48368ecc3136d8"
		  "ac738c8ca5be6d6b8016e14dd111eb3749f088d476832b6246103a2b"
		  "abf0ca69536e816b402d5ebbc61251908c07985b796bfa0002f6f33d"
		  "da1101aa94a6300c2dbbf762a6523995570f0cbef20f678df4f6717c"
		  "4b39e336b74acffbb0ddb48bfb1ff91ac50e2b9943cdc3567c55dde1"
		  "d5d1cbd0",
		  "1ad7762a52f8e6f030ad7c1b95f63c7a7b29f383184cd7c385d67ba5"
		  "9df82e6aac5f7fe6f2b4def20182d82f64bf47a5841331ba1466a397"
		  "40242900134558ff4697184190c019afb8a978847903318773531f71"
		  "832c04779cbb0ca610e36211b57a4776e2550cc542f5e8f3ad77c835"
		  "677ba254db5143fd3d88ec58c74145537036a29e8ec65a6753ada959"
		  "3dad90fa5e660ddacd90a3bbf095b335959156993c2f16f4d2dd6eaa"
		  "08a8c669bfb302716344460ee3f8888d654fe0a007d555a5d904af35"
		  "2d161fc1929f16fd9fc2e420115cdec24f7ec96996ebaa57dd6f6851"
		  "68e50ce446544b0245a91c9adfc07983d4e8fcc700f0e5f7e6e9cdb4"
		  "ef1cda78" },
		{ "7fffffffffffffffffffffffffffffff",
		  "7ffffffffffffffffffffffffffffffe",
		  "7ffffffffffffffffffffffffffffffd",
		  "7ffffffffffffffffffffffffffffffe" },
		{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffff97",
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffff96",
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffff",
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffff96" },
		{ "03",
		  "02",
		  "05",
		  "02" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = LIMBS(strlen(rows[i].m) * 4);
		limb m[MONT_LIMBS], rr[MONT_LIMBS], a[MONT_LIMBS];
		limb e[MONT_LIMBS], want[MONT_LIMBS];
		struct mont mod;

		load(m, n, rows[i].m);
		load(a, n, rows[i].a);
		load(e, n, rows[i].e);
		load(want, n, rows[i].want);
		mont_init(&mod, m, rr, n);
		mont_in(a, a, &mod);
		mont_exp(a, a, e, &mod);
		mont_out(a, a, &mod);
		assert_true(big_equal(a, want, n));
	}
}

/* m, of n limbs, odd and with bits at both ends. */
static void some(limb *r, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		r[i] = (limb)((uint64_t)unit_rand(seed) << 32 |
			      unit_rand(seed));
}

/* Products by themselves, by squares and by exponents say the same; into the
 * form and out of it changes nothing; an inverse is one.
 */
static void agree(void **state)
{
	static const limb prime[] = { LIMB_PUT(0xffffffff, 0xffffffff),
				      LIMB_PUT(0x7fffffff, 0xffffffff) };
	limb rr[2 * LIMBS(64)], a[2 * LIMBS(64)], b[2 * LIMBS(64)];
	limb x[2 * LIMBS(64)], y[2 * LIMBS(64)], one[2 * LIMBS(64)];
	size_t n = LIMBS(128);
	uint64_t seed = 127;
	struct mont mod;

	(void)state;
	mont_init(&mod, prime, rr, n);
	mont_one(one, &mod);
	for (int i = 0; i < 200; i++) {
		some(x, n, &seed);
		mont_in(a, x, &mod);
		some(x, n, &seed);
		mont_in(b, x, &mod);
		mont_mul(x, a, a, &mod);
		mont_square(y, a, &mod);
		assert_true(big_equal(x, y, n));
		mont_exp_public(y, a, 2, &mod);
		assert_true(big_equal(x, y, n));
		mont_mul(y, x, a, &mod);
		mont_exp_public(x, a, 3, &mod);
		assert_true(big_equal(x, y, n));
		mont_add(x, a, b, &mod);
		mont_sub(x, x, b, &mod);
		assert_true(big_equal(x, a, n));
		mont_sub(x, a, b, &mod);
		mont_add(x, x, b, &mod);
		assert_true(big_equal(x, a, n));
		mont_out(x, a, &mod);
		mont_in(x, x, &mod);
		assert_true(big_equal(x, a, n));
		mont_invert(x, a, &mod);
		mont_mul(x, x, a, &mod);
		assert_true(big_equal(x, one, n));
	}
}

/* What a processor has beyond C says the same, next to all of R too. */
static void alike(void **state)
{
	enum { N = LIMBS(1024) };
	limb m[N], rr[N], a[N], e[N], want[N], got[N];
	uint64_t seed = 1024;
	struct mont mod;

	(void)state;
	for (int i = 0; i < 24; i++) {
		some(m, N, &seed);
		some(a, N, &seed);
		some(e, N, &seed);
		m[0] |= 1;
		m[N - 1] |= i % 2 ? ~(limb)0 : (limb)1 << (LIMB_BITS - 1);
		if (i % 3 == 0)
			memset(m + 1, 0xff, sizeof m - sizeof m[0]);
		if (i % 4 == 0) {
			big_copy(a, m, N);
			a[0] ^= 1;
		}
		a[N - 1] &= m[N - 1] >> (i % 4 != 0);
		mont_init(&mod, m, rr, N);
		mont_native(false);
		mont_exp(want, a, e, &mod);
		mont_native(cpu_has_ifma());
		mont_exp(got, a, e, &mod);
		assert_memory_equal(got, want, sizeof want);
	}
	mont_native(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(powers),
		cmocka_unit_test(agree),
		cmocka_unit_test(alike),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	big_native(cpu_has_mulx());
	mont_native(cpu_has_ifma());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
