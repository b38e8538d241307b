#include "tls.h"

enum { STAGES = 12, KINDS = 6 };

static const struct kind {
	uint16_t version;
	uint8_t kinds;
} kinds[KINDS] = {
	{ TLS_VERSION_13, 0 },
	{ TLS_VERSION_13, BETWEEN_ASK },
	{ TLS_VERSION_13, BETWEEN_RETRY },
	{ TLS_VERSION_13, BETWEEN_RESUME },
	{ TLS_VERSION_12, 0 },
	{ TLS_VERSION_12, BETWEEN_ASK },
};

static struct between now;

static void keep_all(const struct kind *k, struct between *kept)
{
	if (k->kinds & BETWEEN_RESUME) {
		between_start(&now, k->version, 0);
		assert(between_run(&now) && now.session.ticket_n > 0);
	}
	between_start(&now, k->version, k->kinds);
	for (unsigned i = 0; i < STAGES; i++) {
		now.most = i + 1;
		assert(between_run(&now));
		kept[i] = now;
	}
}

struct between *fuzz_between(struct cur *in)
{
	static struct between kept[KINDS][STAGES];
	size_t kind = cur_u8(in) % KINDS, stage = cur_u8(in) % STAGES;

	if (!kept[kind][0].conf[0].fill)
		keep_all(&kinds[kind], kept[kind]);
	now = kept[kind][stage];
	now.most = 0;
	return &now;
}

static void hush(struct tls *t)
{
	uint8_t room[2048];

	for (int i = 0; tls_say(t, SPAN(room)) > 0; i++)
		assert(i < BETWEEN_ROUNDS);
}

void fuzz_tell(struct cur *in, struct between *b, enum tls_role to)
{
	static struct between_text text;
	struct tls *t = &b->ends[to];
	struct bytes said;

	while (!t->err && cur_left(in) > 2) {
		text.type = cur_u8(in);
		said = cur_bytes(in, min_size(cur_u16(in), cur_left(in)));
		text.n = said.n;
		memcpy(text.b, said.p, said.n);
		between_tell(b, to, &text);
		hush(t);
	}
	hush(t);
	assert(!t->err || (!t->hs && t->why));
}
