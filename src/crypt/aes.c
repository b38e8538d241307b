#include "crypt/aes.h"
#include "crypt/bitslice.h"
#include "crypt/ct.h"
#include "crypt/words.h"

/* FIPS 197 5.2, SubWord. */
static uint32_t sub_word(uint32_t w)
{
	uint8_t four[BITSLICE_BYTES] = { 0 };
	uint64_t q[8];

	store32_be(four, w);
	bitslice_in(q, four);
	bitslice_sub(q);
	bitslice_out(four, q);
	w = load32_be(four);
	ct_wipe(four, sizeof(four));
	ct_wipe(q, sizeof(q));
	return w;
}

/* FIPS 197 5.2. Word i is w[i / 4] + 4 * (i % 4): in memory one after the other. */
void aes_init(struct aes *a, struct bytes key)
{
	unsigned words = (unsigned)key.n / 4, total;
	uint8_t *w = a->key[0];
	uint8_t constant = 1;
	uint32_t last;

	*a = (struct aes){ .rounds = words + 6 };
	total = 4 * (a->rounds + 1);
	memcpy(w, key.p, key.n);
	last = load32_be(w + key.n - 4);
	for (size_t i = words; i < total; i++) {
		if (i % words == 0) {
			last = sub_word(last << 8 | last >> 24) ^
			       (uint32_t)constant << 24;
			constant = (uint8_t)(constant << 1 ^
					     (constant >> 7) * 0x1b);
		} else if (words == 8 && i % words == 4) {
			last = sub_word(last);
		}
		last ^= load32_be(w + 4 * (i - words));
		store32_be(w + 4 * i, last);
	}
}

/* The keys of all rounds, each four times over, as the blocks lie. */
static void slice_keys(uint64_t keys[][8], const struct aes *a)
{
	uint8_t four[BITSLICE_BYTES];

	for (unsigned r = 0; r <= a->rounds; r++) {
		for (size_t i = 0; i < sizeof(four); i += AES_BLOCK)
			memcpy(four + i, a->key[r], AES_BLOCK);
		bitslice_in(keys[r], four);
	}
	ct_wipe(four, sizeof(four));
}

static void add_key(uint64_t q[8], const uint64_t key[8])
{
	for (unsigned i = 0; i < 8; i++)
		q[i] ^= key[i];
}

/* FIPS 197 5.1, on four blocks. */
static void encrypt(uint64_t q[8], const uint64_t keys[][8], unsigned rounds)
{
	add_key(q, keys[0]);
	for (unsigned r = 1; r < rounds; r++) {
		bitslice_sub(q);
		bitslice_rows(q);
		bitslice_columns(q);
		add_key(q, keys[r]);
	}
	bitslice_sub(q);
	bitslice_rows(q);
	add_key(q, keys[rounds]);
}

/* The next four counters, and counter moved past n of them. */
static void count(uint8_t four[BITSLICE_BYTES], uint8_t counter[AES_BLOCK],
		  size_t n)
{
	uint32_t first = load32_be(counter + 12);

	for (uint32_t i = 0; i < 4; i++) {
		memcpy(four + AES_BLOCK * i, counter, AES_BLOCK - 4);
		store32_be(four + AES_BLOCK * i + 12, first + i);
	}
	store32_be(counter + 12, first + (uint32_t)n);
}

void aes_ctr(const struct aes *a, uint8_t counter[AES_BLOCK], struct span text)
{
	uint64_t keys[AES_ROUNDS_MOST + 1][8], q[8];
	uint8_t four[BITSLICE_BYTES];

	slice_keys(keys, a);
	while (text.n > 0) {
		size_t n = min_size(text.n, sizeof(four));

		count(four, counter, (n + AES_BLOCK - 1) / AES_BLOCK);
		bitslice_in(q, four);
		encrypt(q, (const uint64_t(*)[8])keys, a->rounds);
		bitslice_out(four, q);
		for (size_t i = 0; i < n; i++)
			text.p[i] ^= four[i];
		text = (struct span){ text.p + n, text.n - n };
	}
	ct_wipe(keys, sizeof(keys));
	ct_wipe(q, sizeof(q));
	ct_wipe(four, sizeof(four));
}
