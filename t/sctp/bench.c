/* bench - what an association costs: two in one process, a perfect wire between them,
 * beside what cannot be saved: two copies and two sums of the same bytes.
 *
 * usage: bench [MEGABYTES] [MESSAGE-BYTES]
 */
#include "crypt/crc.h"
#include "os/cpu.h"
#include "wire/sctp/sctp.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLABS = 512, MTU = 1191 };

static struct sctp ends[2];
static struct pool pools[2];
static struct pool_slab slabs[2][SLABS];
static uint8_t text[SCTP_MESSAGE];

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void start(int i, struct sctp_conf *conf)
{
	static const uint8_t random[SCTP_RANDOM] = { 1, 2, 3 };
	size_t n = (size_t)SLABS * POOL_SLAB;
	struct span mem = { aligned_alloc(4096, n), n };

	memset(mem.p, 0, n);
	pool_init(&pools[i], mem, slabs[i], SLABS);
	conf->pool = &pools[i];
	sctp_init(&ends[i], conf, random);
}

static bool carry(int from, int64_t now)
{
	uint8_t b[SCTP_MTU_MOST];
	size_t n = sctp_output(&ends[from], SPAN(b), now);

	if (n > 0)
		sctp_input(&ends[!from], (struct bytes){ b, n }, now);
	return n > 0;
}

static uint64_t fetch(struct sctp *s)
{
	struct sctp_message m;
	struct sctp_event e;
	uint64_t got = 0;

	while (sctp_event(s, &e))
		;
	while (sctp_waits(s, 0))
		got += sctp_recv(s, 0, SPAN(text), &m);
	return got;
}

static double engine(uint64_t bytes, size_t message, bool zero_sum)
{
	static const struct sctp_message how = { .ppid = 53 };
	struct sctp_conf conf[2] = {
		{ NULL, 5000, 5000, MTU, 16, SCTP_MESSAGE, 8 << 20, 8 << 20,
		  zero_sum, false },
	};
	uint64_t sent = 0, got = 0;
	int64_t now = 0;
	double from;

	conf[1] = conf[0];
	start(0, &conf[0]);
	start(1, &conf[1]);
	sctp_connect(&ends[0], 0, now);
	from = cpu_s();
	while (got < bytes) {
		struct bytes b = { text, message };
		bool any = false;

		while (sent < bytes &&
		       sctp_send(&ends[0], 0, b, &how, now) == 0)
			sent += message;
		for (int i = 0; i < 16 && carry(0, now); i++)
			any = true;
		for (int i = 0; i < 16 && carry(1, now); i++)
			any = true;
		got += fetch(&ends[1]);
		now += !any;
	}
	from = cpu_s() - from;
	for (int i = 0; i < 2; i++)
		sctp_stop(&ends[i]);
	return from;
}

static double least(uint64_t bytes)
{
	static uint8_t a[MTU], b[MTU];
	double from = cpu_s();
	uint32_t sum = 0;

	for (uint64_t n = 0; n < bytes; n += 1160) {
		memcpy(b, a, sizeof b);
		sum = crc32c(sum, (struct bytes){ b, sizeof b });
		memcpy(a, b, sizeof a);
		sum = crc32c(sum, (struct bytes){ a, sizeof a });
	}
	text[0] = (uint8_t)sum;
	return cpu_s() - from;
}

int main(int argc, char **argv)
{
	uint64_t bytes = (argc > 1 ? strtoull(argv[1], NULL, 10) : 500) << 20;
	size_t message = argc > 2 ? strtoul(argv[2], NULL, 10) : 16384;
	double bits = (double)bytes * 8 / 1e9;
	double s = engine(bytes, message, false),
	       z = engine(bytes, message, true);

	printf("messages of %zu: %.2f Gbit per CPU-second, both ends; "
	       "%.2f without checksums\n",
	       message, bits / s, bits / z);
	printf("two copies and two sums of as much: %.2f\n",
	       bits / least(bytes));
	crc32c_native(cpu_has_crc32c());
	printf("with the processor's CRC-32C: %.2f; copies and sums %.2f\n",
	       bits / engine(bytes, message, false), bits / least(bytes));
	return 0;
}
