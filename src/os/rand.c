#include "os/native.h"
#include "os/rand.h"
#include "os/console.h"
#include <stdlib.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

void rand_fill(struct span to)
{
	while (to.n) {
		size_t n = min_size(to.n, 256); /* the most getentropy gives */

		if (getentropy(to.p, n) < 0) {
			console_err(BYTES("nat: the system gives no random "
					  "bytes; nothing is safe without\n"));
			_Exit(1);
		}
		to.p += n;
		to.n -= n;
	}
}

uint32_t rand_below(uint32_t below)
{
	uint32_t v, fair = UINT32_MAX - UINT32_MAX % below;

	do
		rand_fill((struct span){ (uint8_t *)&v, sizeof v });
	while (v >= fair);
	return v % below;
}
