/* cmocka.h - a stand-in for cmocka <https://cmocka.org>, for targets that have no
 * package of it: what t/unit uses of its API, and what it prints, as t/unit/run.py
 * reads it. t/cross/selftest.py compares both.
 *
 * A failed assertion ends its test, not the program. Unlike the real one it does
 * not catch signals: a crash ends the program without a verdict, which run.py
 * counts as a failure. Tests that CMOCKA_SKIP in the environment names, with
 * spaces between, are skipped. No mocks.
 */
#ifndef NAT_VENDOR_CMOCKA_H
#define NAT_VENDOR_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*test_func)(void **state);
	int (*setup_func)(void **state);
	int (*teardown_func)(void **state);
};

#define cmocka_unit_test_setup_teardown(f, setup, teardown) { #f, f, setup, teardown }
#define cmocka_unit_test_setup(f, setup) { #f, f, setup, NULL }
#define cmocka_unit_test_teardown(f, teardown) { #f, f, NULL, teardown }
#define cmocka_unit_test(f) { #f, f, NULL, NULL }

/* ---- verdicts ---- */

enum { CMOCKA_PASSED = 1, CMOCKA_FAILED, CMOCKA_SKIPPED };

/* Weak: one for all files of a program. */
__attribute__((weak)) jmp_buf cmocka_end;

_Noreturn static inline void cmocka_fail(const char *file, int line)
{
	fprintf(stderr, "[   LINE   ] --- %s:%d: error: Failure!\n", file, line);
	longjmp(cmocka_end, CMOCKA_FAILED);
}

#define fail() cmocka_fail(__FILE__, __LINE__)
#define fail_msg(...) \
	do { \
		print_error("ERROR: " __VA_ARGS__); \
		print_error("\n"), fail(); \
	} while (0)
#define skip() longjmp(cmocka_end, CMOCKA_SKIPPED)
#define print_message(...) printf(__VA_ARGS__)
#define print_error(...) fprintf(stderr, __VA_ARGS__)

/* ---- assertions ---- */

_Noreturn static inline void cmocka_wrong(const char *what, const char *file, int line)
{
	fprintf(stderr, "[  ERROR   ] --- %s\n", what);
	cmocka_fail(file, line);
}

#define cmocka_check(good, what) \
	((good) ? (void)0 : cmocka_wrong(what, __FILE__, __LINE__))

static inline int cmocka_equal(uintmax_t a, uintmax_t b)
{
	if (a != b)
		fprintf(stderr, "[  ERROR   ] --- 0x%jx, 0x%jx\n", a, b);
	return a == b;
}

static inline int cmocka_within(uintmax_t v, uintmax_t low, uintmax_t high)
{
	if (v < low || v > high)
		fprintf(stderr, "[  ERROR   ] --- %jd\n", (intmax_t)v);
	return v >= low && v <= high;
}

static inline int cmocka_same_text(const char *a, const char *b)
{
	if (strcmp(a, b) != 0)
		fprintf(stderr, "[  ERROR   ] --- \"%s\", \"%s\"\n", a, b);
	return strcmp(a, b) == 0;
}

static inline int cmocka_same_bytes(const void *a, const void *b, size_t n)
{
	const unsigned char *x = (const unsigned char *)a;
	const unsigned char *y = (const unsigned char *)b;
	size_t at = 0;

	while (at < n && x[at] == y[at])
		at++;
	if (at < n)
		fprintf(stderr, "[  ERROR   ] --- at %zu of %zu: %02x, %02x\n",
			at, n, x[at], y[at]);
	return at == n;
}

#define assert_true(c) cmocka_check((c), #c)
#define assert_false(c) cmocka_check(!(c), "not " #c)
#define assert_non_null(p) cmocka_check((p) != NULL, #p " != NULL")
#define assert_null(p) cmocka_check((p) == NULL, #p " == NULL")
#define assert_ptr_equal(a, b) \
	cmocka_check(cmocka_equal((uintptr_t)(a), (uintptr_t)(b)), #a " == " #b)
#define assert_int_equal(a, b) \
	cmocka_check(cmocka_equal((uintmax_t)(a), (uintmax_t)(b)), #a " == " #b)
#define assert_int_not_equal(a, b) \
	cmocka_check((uintmax_t)(a) != (uintmax_t)(b), #a " != " #b)
#define assert_in_range(v, low, high) \
	cmocka_check(cmocka_within((uintmax_t)(v), (uintmax_t)(low), \
				   (uintmax_t)(high)), \
		     #v " in " #low ".." #high)
#define assert_string_equal(a, b) \
	cmocka_check(cmocka_same_text((a), (b)), #a " == " #b)
#define assert_memory_equal(a, b, n) \
	cmocka_check(cmocka_same_bytes((a), (b), (n)), #a " == " #b)
#define assert_memory_not_equal(a, b, n) \
	cmocka_check(!cmocka_same_bytes((a), (b), (n)), #a " != " #b)

/* ---- running ---- */

static inline int cmocka_unwanted(const char *name)
{
	const char *at = getenv("CMOCKA_SKIP");
	size_t n = strlen(name);

	for (; at && *at; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");

		if (word == n && memcmp(at, name, n) == 0)
			return 1;
		at += word;
	}
	return 0;
}

static inline int cmocka_run(const struct CMUnitTest *t, void *state)
{
	int verdict = setjmp(cmocka_end);

	if (verdict)
		return verdict;
	if (cmocka_unwanted(t->name))
		return CMOCKA_SKIPPED;
	if (t->setup_func && t->setup_func(&state) != 0)
		return CMOCKA_FAILED;
	t->test_func(&state);
	return CMOCKA_PASSED;
}

/* Teardown runs whatever came of the test. */
static inline int cmocka_run_one(const struct CMUnitTest *t, void *state)
{
	static const char *const words[] = { "", "       OK", "  FAILED ",
					     "  SKIPPED" };
	int verdict;

	printf("[ RUN      ] %s\n", t->name);
	fflush(stdout);
	verdict = cmocka_run(t, state);
	if (t->teardown_func && t->teardown_func(&state) != 0)
		verdict = CMOCKA_FAILED;
	printf("[%s ] %s\n", words[verdict], t->name);
	fflush(stdout);
	return verdict;
}

static inline int cmocka_run_group(const struct CMUnitTest *t, size_t n,
				   int (*setup)(void **), int (*teardown)(void **))
{
	int counts[4] = { 0 };
	void *state = NULL;

	printf("[==========] Running %zu test(s).\n", n);
	if (setup && setup(&state) != 0) {
		fprintf(stderr, "[  FAILED  ] GROUP SETUP\n");
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		counts[cmocka_run_one(&t[i], state)]++;
	if (teardown && teardown(&state) != 0) {
		fprintf(stderr, "[  FAILED  ] GROUP TEARDOWN\n");
		counts[CMOCKA_FAILED]++;
	}
	fprintf(stderr, "[  PASSED  ] %d test(s).\n", counts[CMOCKA_PASSED]);
	if (counts[CMOCKA_SKIPPED])
		fprintf(stderr, "[  SKIPPED ] %d test(s).\n",
			counts[CMOCKA_SKIPPED]);
	if (counts[CMOCKA_FAILED])
		fprintf(stderr, "[  FAILED  ] %d test(s).\n",
			counts[CMOCKA_FAILED]);
	return counts[CMOCKA_FAILED];
}

#define cmocka_run_group_tests(tests, setup, teardown) \
	cmocka_run_group((tests), sizeof(tests) / sizeof((tests)[0]), (setup), \
			 (teardown))

#endif
