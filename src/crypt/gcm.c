#include "crypt/gcm.h"
#include "crypt/ct.h"
#include "crypt/ghash.h"
#include "crypt/words.h"

static void plain_start(struct gcm *g)
{
	(void)g;
}

static void plain_add(const struct gcm *g, uint8_t sum[16], struct bytes b)
{
	ghash_add(sum, g->powers[0], b);
}

const struct gcm_way gcm_plain = { "plain", aes_ctr, plain_start, plain_add };

void gcm_init(struct gcm *g, const struct gcm_way *way, struct bytes key)
{
	uint8_t counter[AES_BLOCK] = { 0 };

	*g = (struct gcm){ .way = way };
	aes_init(&g->aes, key);
	way->ctr(&g->aes, counter, SPAN(g->powers[0]));
	way->start(g);
}

/* NIST SP 800-38D 7.1: the tag has counter 1, the text those from 2 on. */
static void counter_of(uint8_t counter[AES_BLOCK],
		       const uint8_t nonce[GCM_NONCE], uint32_t n)
{
	memcpy(counter, nonce, GCM_NONCE);
	store32_be(counter + GCM_NONCE, n);
}

void gcm_crypt(const struct gcm *g, const uint8_t nonce[GCM_NONCE],
	       struct span text)
{
	uint8_t counter[AES_BLOCK];

	counter_of(counter, nonce, 2);
	g->way->ctr(&g->aes, counter, text);
}

void gcm_tag(const struct gcm *g, const uint8_t nonce[GCM_NONCE],
	     struct bytes aad, struct bytes text, uint8_t tag[GCM_TAG])
{
	uint8_t counter[AES_BLOCK], sizes[16], sum[16] = { 0 };

	store64_be(sizes, (uint64_t)aad.n * 8);
	store64_be(sizes + 8, (uint64_t)text.n * 8);
	g->way->add(g, sum, aad);
	g->way->add(g, sum, text);
	g->way->add(g, sum, bytes_in(SPAN(sizes)));
	counter_of(counter, nonce, 1);
	g->way->ctr(&g->aes, counter, SPAN(sum));
	memcpy(tag, sum, GCM_TAG);
	ct_wipe(sum, sizeof(sum));
}
