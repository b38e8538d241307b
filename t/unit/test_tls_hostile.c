/* Every handshake message changed before it is encrypted, by one who has the
 * keys: an error, an alert and a close, and the other end is told; never a hang.
 */
#include "unit.h"
#include "between.h"

static struct between b, before;

static const struct kind {
	uint16_t version;
	unsigned kinds;
} kinds[] = {
	{ TLS_VERSION_13, 0 },
	{ TLS_VERSION_13, BETWEEN_ASK },
	{ TLS_VERSION_13, BETWEEN_ASK | BETWEEN_RETRY },
	{ TLS_VERSION_13, BETWEEN_RESUME },
	{ TLS_VERSION_12, 0 },
	{ TLS_VERSION_12, BETWEEN_ASK },
};

static void start(const struct kind *k)
{
	if (k->kinds & BETWEEN_RESUME) {
		between_start(&b, k->version, 0);
		assert_true(between_run(&b));
		assert_true(b.session.ticket_n > 0);
	}
	between_start(&b, k->version, k->kinds);
}

/* ---- what is done to record number `which` ---- */

static struct {
	unsigned which; /* from 1 on */
	size_t at;
	void (*how)(struct between_text *text, size_t at);
	bool after; /* it came behind the handshake: nothing need fail */
	size_t n;   /* its length */
} change;

static bool edit(struct between *now, enum tls_role to,
		 struct between_text *text)
{
	if (now->seen != change.which)
		return true;
	change.after = now->ends[to].hs == NULL;
	change.n = text->n;
	if (change.how)
		change.how(text, change.at);
	return text->n > 0 || change.at == 0;
}

static void flip(struct between_text *text, size_t at)
{
	text->b[at] ^= (uint8_t)(1 << at % 8);
}

static void shorten(struct between_text *text, size_t at)
{
	text->n = at;
}

/* The length in the message's head goes with it. */
static void shorten_right(struct between_text *text, size_t at)
{
	if (text->type != TLS_HANDSHAKE || at < 4) {
		shorten(text, at);
		return;
	}
	text->n = at;
	text->b[1] = 0;
	text->b[2] = (uint8_t)((at - 4) >> 8);
	text->b[3] = (uint8_t)(at - 4);
}

static void lengthen_right(struct between_text *text, size_t at)
{
	size_t n = text->n;

	memset(text->b + n, 0, 8);
	shorten_right(text, n + 1 + at % 8);
}

static void twice(struct between_text *text, size_t at)
{
	(void)at;
	memmove(text->b + text->n, text->b, text->n);
	text->n *= 2;
}

static void another_type(struct between_text *text, size_t at)
{
	(void)at;
	text->b[0] = (uint8_t)(text->b[0] + 1);
}

static void another_kind(struct between_text *text, size_t at)
{
	(void)at;
	text->type = text->type == TLS_HANDSHAKE ? TLS_DATA : TLS_HANDSHAKE;
}

/* From `before` on; what was cut short may also wait for the rest. */
static void must_fail(const struct kind *k)
{
	b = before;
	b.edit = edit;
	if (!between_run(&b))
		fail_msg("%04x %u: record %u at %zu: no end", k->version,
			 k->kinds, change.which, change.at);
	for (int i = 0; i < 2; i++)
		assert_true(b.ends[i].err == 0 || b.ends[i].hs == NULL);
	if (between_good(&b) && !change.after)
		fail_msg("%04x %u: record %u at %zu: accepted", k->version,
			 k->kinds, change.which, change.at);
	if (b.ends[0].err && b.ends[1].err)
		assert_int_not_equal(
			b.ends[0].about.alert | b.ends[1].about.alert, 0);
}

/* Record after record, as they come in a good run; before each, as it stood. */
static void each_record(const struct kind *k, size_t stride,
			void (*how)(struct between_text *text, size_t at))
{
	static struct between good;
	unsigned records;

	start(k);
	good = b;
	assert_true(between_run(&b));
	assert_true(between_good(&b));
	records = b.seen;
	before = good;
	for (unsigned which = 1; which <= records; which++) {
		change.which = which;
		change.how = how;
		change.at = 0;
		do {
			must_fail(k);
			change.at += stride;
		} while (change.at < change.n);
	}
}

static void flips(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		each_record(&kinds[i], 61, flip);
}

static void truncations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		each_record(&kinds[i], 97, shorten);
		each_record(&kinds[i], 89, shorten_right);
	}
}

static void whole_messages(void **state)
{
	static void (*const hows[])(struct between_text * text,
				    size_t at) = { lengthen_right, twice,
						   another_type, another_kind };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (size_t j = 0; j < COUNT(hows); j++)
			each_record(&kinds[i], SIZE_MAX / 2, hows[j]);
}

/* At every point, a message of every type with nothing in it. */
static void every_type(void **state)
{
	static struct between_text text = { TLS_HANDSHAKE, 4, { 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		start(&kinds[i]);
		do {
			b.most++;
			assert_true(between_run(&b));
			before = b;
			for (int n = 0; n < 512; n++) {
				text.b[0] = (uint8_t)(n / 2);
				between_tell(&b, (enum tls_role)(n % 2), &text);
				b = before;
			}
		} while (b.seen == b.most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flips),
		cmocka_unit_test(truncations),
		cmocka_unit_test(whole_messages),
		cmocka_unit_test(every_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
