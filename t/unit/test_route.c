#include "unit.h"
#include "app/relay/published.h"
#include "app/relay/route.h"
#include "os/parts.h"
#include "os/mem.h"

#define LABEL63 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void names(void **state)
{
	static const struct {
		const char *text, *domain, *want; /* want NULL: refused */
	} tab[] = {
		{ "blog", "X.org", "blog.x.org" },
		{ "Blog", "x.org.", "blog.x.org" },
		{ "www.Example.org", NULL, "www.example.org" },
		{ "www.example.org.", "x.org", "www.example.org" },
		{ "*.example.org", "x.org", "*.example.org" },
		{ "*.org", NULL, "*.org" },
		{ "blog/api", "x.org", "blog.x.org/api" },
		{ "a.b/", NULL, "a.b" },
		{ "a.b//", NULL, "a.b" },
		{ "a.b/c/d/", NULL, "a.b/c/d" },
		{ "*.a.b/c", NULL, "*.a.b/c" },
		{ LABEL63 ".b", NULL, LABEL63 ".b" },
		{ "blog", NULL, NULL },
		{ "", "x.org", NULL },
		{ "/api", "x.org", NULL },
		{ "*", "x.org", NULL },
		{ "*.", "x.org", NULL },
		{ "a.*.b", NULL, NULL },
		{ "a..b", NULL, NULL },
		{ ".a.b", NULL, NULL },
		{ "a b.c", NULL, NULL },
		{ "a.b:80", NULL, NULL },
		{ "a.b/c d", NULL, NULL },
		{ "a.b/c?d", NULL, NULL },
		{ "a.b/\\", NULL, NULL },
		{ LABEL63 "a.b", NULL, NULL },
		{ LABEL63 "." LABEL63 "." LABEL63 "." LABEL63, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(tab[i].text));
		struct route_name name;
		uint8_t room[512];
		struct fmt f = fmt_to(SPAN(room));
		const char *why = route_read(&name, in, tab[i].domain);

		if ((why == NULL) != (tab[i].want != NULL))
			fail_msg("%s: %s", tab[i].text, why ? why : "good");
		guard_free(&g);
		if (why)
			continue;
		route_print(&f, &name);
		assert_bytes_equal(fmt_done(&f), bytes_of(tab[i].want));
	}
}

enum { MOST = 8 };

struct world {
	struct routes routes;
	struct span memory;
	struct published p[MOST + 1];
};

static int put(struct world *w, unsigned i, const char *text)
{
	struct route_name name;

	assert_null(route_read(&name, bytes_of(text), NULL));
	return route_put(&w->routes, &name, &w->p[i]);
}

static struct world *start(void)
{
	static struct world w;
	const struct part parts[] = {
		PART_SLOTS(&w.routes.table, struct route, MOST),
		PART_MAP(&w.routes.by_host, MOST),
	};

	memset(&w, 0, sizeof w);
	for (size_t i = 0; i < COUNT(w.p); i++)
		list_init(&w.p[i].group.ring);
	assert_int_equal(parts_reserve(&w.memory, parts, COUNT(parts)), 0);
	return &w;
}

static void finding(void **state)
{
	static const char *const sites[] = {
		"a.b", "a.b/api", "a.b/api/v2", "*.b", "*.c.b", "*.c.b/x",
	};
	static const struct {
		const char *host, *path;
		int at; /* in sites; -1: nobody's */
	} tab[] = {
		{ "a.b", "/", 0 },
		{ "A.B.", "/apis", 0 },
		{ "a.b", "/API", 0 },
		{ "a.b", "*", 0 },
		{ "a.b", "/api", 1 },
		{ "a.b", "/api?x", 1 },
		{ "a.b", "/api/", 1 },
		{ "a.b", "/api/v", 1 },
		{ "a.b", "/api/v2/x", 2 },
		{ "x.b", "/", 3 },
		{ "x.y.b", "/api", 3 },
		{ "c.b", "/", 3 },
		{ "x.c.b", "/", 4 },
		{ "x.y.c.b", "/y", 4 },
		{ "x.c.b", "/x/y", 5 },
		{ "b", "/", -1 },
		{ "x.a", "/", -1 },
		{ "", "/", -1 },
		{ ".", "/", -1 },
		{ ".b", "/", 3 },
		{ "1.2.3.4.5.6.7.8.9.b", "/", -1 }, /* too far below */
		{ "2.3.4.5.6.7.8.b", "/", 3 },
	};
	struct world *w = start();

	(void)state;
	for (unsigned i = 0; i < COUNT(sites); i++)
		assert_int_equal(put(w, i, sites[i]), 0);
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct published *want =
			tab[i].at < 0 ? NULL : &w->p[tab[i].at];

		if (route_find(&w->routes, bytes_of(tab[i].host),
			       bytes_of(tab[i].path)) != want)
			fail_msg("%s%s", tab[i].host, tab[i].path);
	}
	mem_release(w->memory);
}

/* https: before a name is one that passes TLS through. */
static int put_any(struct world *w, unsigned i, const char *text)
{
	struct route_name name;
	bool passes = strncmp(text, "https:", 6) == 0;

	assert_null(route_read(&name, bytes_of(text + (passes ? 6 : 0)), NULL));
	name.passes = passes;
	return route_put(&w->routes, &name, &w->p[i]);
}

static void finding_tls(void **state)
{
	static const char *const sites[] = {
		"a.b/api", "https:both.b", "both.b",     "https:*.b",
		"*.c.b",   "https:*.c.b",  "*.d.b/only",
	};
	static const struct {
		const char *host;
		int at; /* in sites; -1: nobody's */
	} tab[] = {
		{ "a.b", 0 },   { "A.B.", 0 },  { "both.b", 1 },  { "x.b", 3 },
		{ "x.c.b", 5 }, { "x.d.b", 6 }, { "x.y.d.b", 6 }, { "d.b", 3 },
		{ "b", -1 },    { "x.a", -1 },  { "", -1 },
	};
	struct world *w = start();

	(void)state;
	for (unsigned i = 0; i < COUNT(sites); i++)
		assert_int_equal(put_any(w, i, sites[i]), 0);
	assert_int_equal(put_any(w, 7, "https:Both.b."), -NAT_EINUSE);
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct published *want =
			tab[i].at < 0 ? NULL : &w->p[tab[i].at];

		if (route_find_tls(&w->routes, bytes_of(tab[i].host)) != want)
			fail_msg("%s", tab[i].host);
	}
	/* what is passed through is found by nobody who speaks HTTP */
	assert_ptr_equal(route_find(&w->routes, BYTES("both.b"), BYTES("/")),
			 &w->p[2]);
	assert_null(route_find(&w->routes, BYTES("x.b"), BYTES("/")));
	assert_int_equal(route_mark(&w->routes, BYTES("a.b")),
			 route_mark(&w->routes, BYTES("A.b.")));
	assert_int_not_equal(route_mark(&w->routes, BYTES("a.b")),
			     route_mark(&w->routes, BYTES("a.c")));
	mem_release(w->memory);
}

static void taking(void **state)
{
	struct world *w = start();
	char name[] = "0.x";

	(void)state;
	assert_int_equal(put(w, 0, "a.b"), 0);
	assert_int_equal(put(w, 1, "A.b."), -NAT_EINUSE);
	assert_int_equal(put(w, 1, "*.a.b"), 0);
	assert_int_equal(put(w, 2, "a.b/c"), 0);
	route_remove(&w->routes, &w->p[0]);
	assert_null(w->p[0].route);
	assert_null(route_find(&w->routes, BYTES("a.b"), BYTES("/")));
	assert_int_equal(put(w, 3, "a.b"), 0);
	for (unsigned i = 4; i <= MOST; i++, name[0]++)
		assert_int_equal(put(w, i, name), 0);
	assert_int_equal(put(w, 0, "y.x"), -NAT_ELIMIT);
	mem_release(w->memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(finding),
		cmocka_unit_test(finding_tls),
		cmocka_unit_test(taking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
