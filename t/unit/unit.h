/* unit - what the unit tests share: cmocka, input at the edge of a page, chance
 * that repeats, files of vectors. Tests run from the project's root.
 */
#ifndef NAT_T_UNIT_UNIT_H
#define NAT_T_UNIT_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/span.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Memory whose end is flush against an unmapped page: one byte more faults. */
struct guard {
	uint8_t *mem;
	size_t n;
};

/* Room for n bytes, not aligned. guard_free gives it back. */
static inline struct span guard_span(struct guard *g, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t kept = (n + page - 1) / page * page;
	int fd = open("/dev/zero", O_RDWR);

	g->n = kept + page;
	g->mem = mmap(NULL, g->n, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	assert_true(fd >= 0 && (void *)g->mem != MAP_FAILED);
	close(fd);
	assert_int_equal(mprotect(g->mem + kept, page, PROT_NONE), 0);
	return (struct span){ g->mem + kept - n, n };
}

/* A copy of b in such memory. */
static inline struct bytes guard_bytes(struct guard *g, struct bytes b)
{
	struct span to = guard_span(g, b.n);

	if (b.n > 0)
		memcpy(to.p, b.p, b.n);
	return bytes_in(to);
}

static inline void guard_free(struct guard *g)
{
	munmap(g->mem, g->n);
	g->mem = NULL;
}

/* Chance that repeats: start *seed with anything but 0. */
static inline uint32_t unit_rand(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 32);
}

/* Every place to cut n bytes in two, both ends included. */
#define each_split(at, n) for (size_t at = 0; at <= (n); at++)

static inline struct bytes bytes_head(struct bytes b, size_t n)
{
	return (struct bytes){ b.p, n };
}

static inline struct bytes bytes_tail(struct bytes b, size_t n)
{
	return (struct bytes){ b.p + n, b.n - n };
}

#define assert_bytes_equal(a, b) \
	do { \
		struct bytes bytes_a = (a), bytes_b = (b); \
		assert_int_equal(bytes_a.n, bytes_b.n); \
		if (bytes_a.n > 0) \
			assert_memory_equal(bytes_a.p, bytes_b.p, bytes_a.n); \
	} while (0)

/* The bytes that text spells in hex, spaces left out; lent as long as to is. */
static inline struct bytes unit_hex(struct span to, const char *text)
{
	size_t n = 0;

	for (; *text; text += text[0] == ' ' ? 1 : 2) {
		char two[3] = { text[0], text[1], 0 }, *end;

		if (text[0] == ' ')
			continue;
		assert_true(n < to.n);
		to.p[n++] = (uint8_t)strtoul(two, &end, 16);
		assert_ptr_equal(end, two + 2);
	}
	return (struct bytes){ to.p, n };
}

/* How many times longer than usual things may take: more than 1 is valgrind. */
static inline unsigned unit_slow(void)
{
	const char *times = getenv("UNIT_SLOW");

	return times ? (unsigned)strtoul(times, NULL, 10) : 1;
}

/* Is that part of MODULES in this build? */
#define UNIT_TEXT(...) #__VA_ARGS__
#define UNIT_TEXT_OF(...) UNIT_TEXT(__VA_ARGS__)
static inline bool unit_part(const char *name)
{
	return strstr("," UNIT_TEXT_OF(NAT_PARTS) ",", name) != NULL;
}

/* For tests that run out of descriptors, before anything is open. Skipped under
 * valgrind, where accept beyond the limit takes the connection and closes it.
 */
static inline void unit_needs_fd_limit(void)
{
	if (unit_slow() > 1)
		skip();
}

/* All of a file, say "../shared/vectors/..."; free(p). Absent: test skipped. */
static inline struct span unit_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct span all = { NULL, 0 };

	if (file == NULL)
		skip();
	all.p = malloc(16 << 20);
	assert_non_null(all.p);
	all.n = fread(all.p, 1, 16 << 20, file);
	fclose(file);
	return all;
}

#endif
