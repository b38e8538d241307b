#include "sctp.h"

enum { SLABS = 64 };

static uint8_t room[SCTP_MESSAGE];

static void start(struct fuzz_sctp *f, int i)
{
	uint8_t random[SCTP_RANDOM] = {
		(uint8_t)(i + 1), 2, 3, 4, 0xff, 0xff, 0xff, 0xf0
	};

	f->conf[i] = (struct sctp_conf){ .pool = &f->pool,
					 .port = 5000,
					 .peer = 5000,
					 .mtu = 1191,
					 .streams = 64,
					 .message = SCTP_MESSAGE,
					 .in = 3 * SCTP_MESSAGE,
					 .out = 3 * SCTP_MESSAGE,
					 .zero_sum = true,
					 .odd = i,
					 .careless = !i };
	sctp_init(&f->ends[i], &f->conf[i], random);
}

static void fetch(struct fuzz_sctp *f, unsigned i)
{
	struct sctp *s = &f->ends[i];
	struct channel_in in;
	struct sctp_event e;

	while (sctp_event(s, &e)) {
		if (e.what == SCTP_ENDED || e.what == SCTP_UNWANTED)
			assert(sctp_reset(s, e.sid) <= 0);
		while (e.what == SCTP_MESSAGE_IN &&
		       channel_recv(s, e.sid, SPAN(room), &in, f->now))
			assert(in.text.n <= SCTP_MESSAGE);
	}
}

/* lose: each third packet. */
static bool carry(struct fuzz_sctp *f, unsigned from, bool lose)
{
	uint8_t b[SCTP_MTU_MOST];
	size_t n = sctp_output(&f->ends[from], SPAN(b), f->now);

	assert(n <= sizeof b);
	if (n > 0 && !(lose && f->ends[from].counts.packets_out % 3 == 0))
		sctp_input(&f->ends[!from], (struct bytes){ b, n }, f->now);
	fetch(f, !from);
	return n > 0;
}

void fuzz_sctp_run(struct fuzz_sctp *f, unsigned most)
{
	for (unsigned i = 0; i < most; i++) {
		bool a = carry(f, 0, false), b = carry(f, 1, false);

		f->now++;
		if (!a && !b)
			return;
	}
}

static void say(struct fuzz_sctp *f, uint16_t sid, size_t n, uint32_t life)
{
	struct sctp_message m = { .ppid = 53,
				  .life = life,
				  .most_sent = sid % 2,
				  .unordered = sid % 3 == 0 };

	assert(sctp_send(&f->ends[0], sid, (struct bytes){ room, n }, &m,
			 f->now) <= 0);
}

/* In the middle of things: bits of stage. */
static void be_busy(struct fuzz_sctp *f, uint8_t stage)
{
	if (stage & 1)
		for (uint16_t sid = 0; sid < 8; sid++)
			say(f, sid, 3000u + sid, sid % 4 == 2);
	if (stage & 2)
		for (int i = 0; i < 12; i++, f->now += 3)
			carry(f, 0, true);
	if (stage & 4 && f->ends[0].streams.n > 0)
		assert(sctp_reset(&f->ends[0], 2) <= 0);
	if (stage & 4)
		sctp_reset_in(&f->ends[0], 4);
	if (stage & 4)
		for (int i = 0; i < 3; i++)
			carry(f, 0, true);
}

struct fuzz_sctp *fuzz_sctp(uint8_t stage)
{
	static uint8_t *mem;
	static struct fuzz_sctp f;
	static struct pool_slab slabs[SLABS];

	if (!mem)
		mem = aligned_alloc(4096, (size_t)SLABS * POOL_SLAB);
	memset(slabs, 0, sizeof slabs);
	pool_init(&f.pool, (struct span){ mem, (size_t)SLABS * POOL_SLAB },
		  slabs, SLABS);
	f.now = 1000;
	start(&f, 0);
	start(&f, 1);
	stage %= 16;
	if (stage != 0)
		sctp_connect(&f.ends[0], 0, f.now);
	if (stage < 4) { /* CLOSED, COOKIE_WAIT, COOKIE_ECHOED */
		for (int i = 0; i < stage; i++)
			carry(&f, i % 2, false);
		return &f;
	}
	fuzz_sctp_run(&f, 10);
	be_busy(&f, stage);
	if (stage >= 12)
		sctp_shutdown(&f.ends[stage % 2]);
	if (stage >= 14)
		carry(&f, stage % 2, false);
	return &f;
}

void fuzz_sctp_tell(struct fuzz_sctp *f, unsigned i, struct bytes chunks)
{
	struct sctp *s = &f->ends[i];
	uint8_t b[SCTP_MTU_MOST], *copy;
	struct pack p = pack_to(SPAN(b));

	pack_u16(&p, 5000);
	pack_u16(&p, 5000);
	pack_uint(&p, chunks.n && *chunks.p == CHUNK_INIT ? 0 : s->own.tag, 4);
	pack_uint(&p, 0, 4);
	chunks.n = min_size(chunks.n, sizeof b - p.n);
	pack_bytes(&p, chunks);
	copy = fuzz_copy(pack_done(&p));
	sctp_input(s, (struct bytes){ copy, p.n }, f->now);
	free(copy);
	fetch(f, i);
	for (int k = 0; sctp_output(s, SPAN(b), f->now); k++)
		assert(k < 2000);
}

void fuzz_sctp_check(const struct fuzz_sctp *f)
{
	for (int i = 0; i < 2; i++) {
		const struct sctp *s = &f->ends[i];

		assert(s->in.store.held <= s->in.window / 4 * 5 + 16384);
		assert(s->out.store.held <= 3 * SCTP_MESSAGE + 16384);
		assert(s->streams.n <= 64 && s->in.tsns.n <= TSNS_RANGES);
		assert(s->state == SCTP_DOWN || s->err == 0);
	}
}

void fuzz_sctp_end(struct fuzz_sctp *f)
{
	fuzz_sctp_check(f);
	sctp_stop(&f->ends[0]);
	sctp_stop(&f->ends[1]);
	assert(f->pool.out == 0);
}
