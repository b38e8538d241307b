#include "world.h"
#include "base/err.h"
#include <assert.h>
#include <stdlib.h>

long __wrap_file_read(const char *path, struct span to);
struct span __wrap_mem_reserve(size_t n);
void __wrap_mem_release(struct span s);
void __wrap_mem_spare(struct span s);
void __wrap_console_err(struct bytes b);

static struct bytes content;
static void *held[64];
static size_t nheld;

void world_file(struct bytes text)
{
	content = text;
}

void world_end(void)
{
	while (nheld > 0)
		free(held[--nheld]);
}

long __wrap_file_read(const char *path, struct span to)
{
	(void)path;
	if (content.n > to.n)
		return -NAT_EROOM;
	memcpy(to.p, content.p, content.n);
	return (long)content.n;
}

struct span __wrap_mem_reserve(size_t n)
{
	assert(nheld < COUNT(held));
	held[nheld] = calloc(1, n);
	assert(held[nheld]);
	return (struct span){ held[nheld++], n };
}

void __wrap_mem_release(struct span s)
{
	for (size_t i = 0; s.p && i < nheld; i++) {
		if (held[i] != s.p)
			continue;
		free(s.p);
		held[i] = held[--nheld];
		return;
	}
}

void __wrap_mem_spare(struct span s)
{
	(void)s;
}

void __wrap_console_err(struct bytes b)
{
	(void)b;
}
