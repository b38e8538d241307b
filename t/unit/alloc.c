#include "alloc.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Weak: where nothing is wrapped, nothing is counted. */
#define REAL __attribute__((weak))

static unsigned calls;

void *__real_malloc(size_t n) REAL;
void *__real_calloc(size_t n, size_t size) REAL;
void *__real_realloc(void *p, size_t n) REAL;
void *__real_mmap(void *at, size_t n, int prot, int flags, int fd,
		  off_t from) REAL;
void *__real_mmap64(void *at, size_t n, int prot, int flags, int fd,
		    int64_t from) REAL;
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from);
void *__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd,
		    int64_t from);

unsigned alloc_calls(void)
{
	return calls;
}

void *__wrap_malloc(size_t n)
{
	calls++;
	return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	calls++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	calls++;
	return __real_realloc(p, n);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	calls++;
	return __real_mmap(at, n, prot, flags, fd, from);
}

void *__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd,
		    int64_t from)
{
	calls++;
	return __real_mmap64(at, n, prot, flags, fd, from);
}
