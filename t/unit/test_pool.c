#include "unit.h"
#include "base/pool.h"

enum { SLABS = 16, KEPT = 4, MOST = SLABS * 17 };

static const struct {
	uint32_t size, count; /* of p; of buffers in a slab */
} classes[POOL_CLASSES] = { { 4080, 17 }, { 20464, 3 }, { 69616, 1 } };

struct fixture {
	struct guard mem, slabs;
	struct pool pool;
};

static void start(struct fixture *x, uint32_t n)
{
	struct span slabs = guard_span(&x->slabs, n * sizeof(struct pool_slab));

	pool_init(&x->pool, guard_span(&x->mem, (size_t)n * POOL_SLAB),
		  (struct pool_slab *)(void *)slabs.p, n);
}

static void stop(struct fixture *x)
{
	guard_free(&x->mem);
	guard_free(&x->slabs);
}

static uint32_t bits(uint32_t x)
{
	return x ? 1 + bits(x & (x - 1)) : 0;
}

/* Every slab is where its busy bits say, and all counts are right. */
static void check(const struct pool *p)
{
	uint32_t out = 0, taken = 0, listed = 0, free = 0, part = 0;
	uint32_t used[POOL_CLASSES] = { 0 };

	for (uint32_t i = 0; i < p->nslabs; i++) {
		const struct pool_slab *s = &p->slabs[i];
		uint32_t n = bits(s->busy), all = classes[s->class].count;

		assert_true(n <= all && (i < p->high || n == 0));
		out += n;
		used[s->class] += n;
		taken += n > 0;
		part += n > 0 && n < all;
	}
	assert_int_equal(p->out, out);
	assert_memory_equal(p->used, used, sizeof used);
	assert_int_equal(p->taken, taken);
	list_each (at, &p->free) {
		assert_int_equal(container_of(at, struct pool_slab, node)->busy,
				 0);
		free++;
	}
	assert_int_equal(free + taken, p->high);
	for (uint32_t c = 0; c < POOL_CLASSES; c++)
		list_each (at, &p->part[c]) {
			const struct pool_slab *s =
				container_of(at, struct pool_slab, node);

			assert_int_equal(s->class, c);
			assert_in_range(bits(s->busy), 1, classes[c].count - 1);
			listed++;
		}
	assert_int_equal(listed, part);
}

static struct buf *get(struct pool *p, uint32_t class, enum pool_use use)
{
	struct buf *b = pool_get(p, (enum pool_class) class, use);

	check(p);
	if (b == NULL)
		return NULL;
	assert_int_equal(b->at, 0);
	assert_int_equal(b->end, 0);
	assert_int_equal(b->size, classes[class].size);
	assert_int_equal(pool_class_size((enum pool_class) class),
			 b->size + sizeof *b);
	assert_int_equal((uintptr_t)b % 16, 0);
	assert_true((uint8_t *)b >= p->mem);
	assert_true(b->p + b->size <= p->mem + (size_t)p->nslabs * POOL_SLAB);
	return b;
}

static void classes_by_size(void **state)
{
	(void)state;
	assert_int_equal(pool_class_of(0), POOL_4K);
	assert_int_equal(pool_class_of(4080), POOL_4K);
	assert_int_equal(pool_class_of(4081), POOL_20K);
	assert_int_equal(pool_class_of(20464), POOL_20K);
	assert_int_equal(pool_class_of(20465), POOL_68K);
	assert_int_equal(pool_class_of(69616), POOL_68K);
	assert_int_equal(pool_class_of(69617), POOL_CLASSES);
	assert_int_equal(pool_class_of(SIZE_MAX), POOL_CLASSES);
}

/* A slab is filled to its last buffer; a quarter of them is not for input. */
static void quarter_is_kept(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < POOL_CLASSES; c++) {
		struct fixture x;
		uint32_t n = 0, all = SLABS * classes[c].count;

		start(&x, SLABS);
		while (get(&x.pool, c, POOL_IN))
			n++;
		assert_int_equal(n, all - KEPT * classes[c].count);
		for (; n < all; n++) {
			assert_non_null(get(&x.pool, c, POOL_OUT));
			assert_null(get(&x.pool, c, POOL_IN));
		}
		assert_null(get(&x.pool, c, POOL_OUT));
		assert_int_equal(x.pool.out, all);
		stop(&x);
	}
}

/* Memory above the mark is not touched while something below it is free. */
static void last_in_first_out(void **state)
{
	struct fixture x;
	struct buf *a, *b, *c;

	(void)state;
	start(&x, SLABS);
	a = get(&x.pool, POOL_68K, POOL_IN);
	b = get(&x.pool, POOL_68K, POOL_IN);
	c = get(&x.pool, POOL_4K, POOL_IN);
	assert_int_equal(x.pool.high, 3);
	pool_put(&x.pool, a);
	pool_put(&x.pool, b);
	pool_put(&x.pool, c);
	assert_ptr_equal(get(&x.pool, POOL_20K, POOL_IN), c);
	assert_ptr_equal(get(&x.pool, POOL_68K, POOL_IN), b);
	assert_ptr_equal(get(&x.pool, POOL_4K, POOL_IN), a);
	assert_int_equal(x.pool.high, 3);
	stop(&x);
}

/* Each wholly free slab once; what was spared is used last. */
static void spares_what_is_free(void **state)
{
	struct fixture x;
	struct buf *b[3];
	struct span s;

	(void)state;
	start(&x, SLABS);
	assert_null(pool_spare(&x.pool).p);
	for (size_t i = 0; i < 3; i++)
		b[i] = get(&x.pool, POOL_68K, POOL_OUT);
	assert_null(pool_spare(&x.pool).p);
	pool_put(&x.pool, b[0]);
	s = pool_spare(&x.pool);
	check(&x.pool);
	assert_ptr_equal(s.p, b[0]);
	assert_int_equal(s.n, POOL_SLAB);
	assert_null(pool_spare(&x.pool).p);
	pool_put(&x.pool, b[1]);
	assert_ptr_equal(get(&x.pool, POOL_68K, POOL_OUT), b[1]);
	assert_ptr_equal(get(&x.pool, POOL_68K, POOL_OUT), b[0]);
	for (size_t i = 0; i < 3; i++)
		pool_put(&x.pool, b[i]);
	for (size_t i = 0; i < 3; i++) {
		s = pool_spare(&x.pool);
		check(&x.pool);
		assert_non_null(s.p);
		memset(s.p, 0, s.n);
	}
	assert_null(pool_spare(&x.pool).p);
	assert_int_equal(x.pool.high, 3);
	stop(&x);
}

/* First and last bytes of a buffer, marked as its own. */
static void mark(struct buf *b, uint32_t as)
{
	memcpy(b->p, &as, sizeof(as));
	memcpy(b->p + b->size - sizeof(as), &as, sizeof(as));
	b->at = as;
}

static void check_mark(const struct buf *b, uint32_t as)
{
	assert_int_equal(b->at, as);
	assert_memory_equal(b->p, &as, sizeof(as));
	assert_memory_equal(b->p + b->size - sizeof(as), &as, sizeof(as));
}

/* Would the pool have one? By its rules, from the busy bits alone. */
static bool has(const struct pool *p, uint32_t class, enum pool_use use)
{
	uint32_t left = SLABS, kept = use == POOL_IN ? KEPT : 0;
	bool part = false;

	for (uint32_t i = 0; i < SLABS; i++) {
		const struct pool_slab *s = &p->slabs[i];

		left -= s->busy != 0;
		part |= s->busy != 0 && s->class == class &&
			bits(s->busy) < classes[class].count;
	}
	return left > kept || (left == kept && part) || (kept == 0 && part);
}

static void random_use(void **state)
{
	static struct buf *held[MOST];
	uint64_t seed = 68;
	uint32_t n = 0, refused = 0, step = 0;
	struct fixture x;

	(void)state;
	start(&x, SLABS);
	for (; step < 20000; step++) {
		/* Phases: mostly taking, then mostly giving back. */
		bool take = unit_rand(&seed) % 8 < (step / 1000 % 2 ? 3U : 5U);
		uint32_t r = unit_rand(&seed), class = r % POOL_CLASSES;
		enum pool_use use = r >> 8 & 1 ? POOL_IN : POOL_OUT;
		struct span s;

		if (take) {
			bool want = has(&x.pool, class, use);
			struct buf *b = get(&x.pool, class, use);

			assert_int_equal(b != NULL, want);
			refused += b == NULL;
			if (b) {
				mark(b, step);
				held[n++] = b;
			}
		} else if (n > 0) {
			struct buf *b = held[r % n];

			check_mark(b, b->at);
			n--;
			held[r % (n + 1)] = held[n];
			memset(b, 0xee, sizeof(*b) - sizeof(b->class));
			pool_put(&x.pool, b);
		} else if ((s = pool_spare(&x.pool)).p) {
			memset(s.p, 0, s.n);
		}
		check(&x.pool);
		assert_int_equal(x.pool.out, n);
	}
	while (n > 0) {
		check_mark(held[n - 1], held[n - 1]->at);
		pool_put(&x.pool, held[--n]);
	}
	check(&x.pool);
	assert_int_equal(x.pool.taken, 0);
	assert_true(refused > 100);
	stop(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_by_size),
		cmocka_unit_test(quarter_is_kept),
		cmocka_unit_test(last_in_first_out),
		cmocka_unit_test(spares_what_is_free),
		cmocka_unit_test(random_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
