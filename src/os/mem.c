#include "os/native.h"
#include "os/mem.h"
#include <sys/mman.h>

#if !defined(MAP_NORESERVE)
#define MAP_NORESERVE 0
#endif

/* Elsewhere DONTNEED is only a hint for the order of eviction. */
#if defined(__linux__)
enum { SPARE = MADV_DONTNEED };
#else
enum { SPARE = MADV_FREE };
#endif

struct span mem_reserve(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? (struct span){ NULL, 0 }
			       : (struct span){ p, n };
}

void mem_spare(struct span s)
{
	madvise(s.p, s.n, SPARE);
}

void mem_release(struct span s)
{
	munmap(s.p, s.n);
}
