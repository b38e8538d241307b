#include "wire/carrier.h"
#include "base/cur.h"
#include "crypt/ct.h"

enum { WINDOW = 64 };

void carrier_put_u32(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (24 - 8 * i));
}

void carrier_key_init(struct carrier_key *k, const uint8_t key[FASTNAT_KEY])
{
	static const struct bytes sides[] = {
		[FASTNAT_CLIENT] = { (const uint8_t *)"client", 7 },
		[FASTNAT_RELAY] = { (const uint8_t *)"relay", 6 },
	};

	for (size_t i = 0; i < COUNT(sides); i++) {
		hmac_init(&k->side[i], &hash_sha256,
			  (struct bytes){ key, FASTNAT_KEY });
		hmac_add(&k->side[i], sides[i]);
	}
}

void carrier_key_wipe(struct carrier_key *k)
{
	ct_wipe(k, sizeof *k);
}

int carrier_parse(struct carrier *c, struct bytes datagram)
{
	struct cur in = cur_of(datagram);

	c->flow = cur_u32(&in);
	c->counter = cur_u32(&in);
	c->mac = cur_bytes(&in, CARRIER_MAC);
	c->payload = cur_bytes(&in, cur_left(&in));
	return in.bad ? -NAT_EPROTO : 0;
}

static void mac_of(uint8_t mac[SHA256_SIZE], const struct carrier *c,
		   const struct carrier_key *k, enum fastnat_side from)
{
	struct hmac h = k->side[from];
	uint8_t numbers[10] = { 0 };

	carrier_put_u32(numbers, c->flow);
	carrier_put_u32(numbers + 5, c->counter);
	hmac_add(&h, (struct bytes){ numbers, sizeof numbers });
	hmac_add(&h, c->payload);
	hmac_end(&h, mac);
}

bool carrier_proven(const struct carrier *c, const struct carrier_key *k,
		    enum fastnat_side from)
{
	uint8_t mac[SHA256_SIZE];

	mac_of(mac, c, k, from);
	return ct_equal((struct bytes){ mac, CARRIER_MAC }, c->mac);
}

void carrier_head(uint8_t to[CARRIER_HEAD], const struct carrier *c,
		  const struct carrier_key *k, enum fastnat_side from)
{
	uint8_t mac[SHA256_SIZE];

	mac_of(mac, c, k, from);
	carrier_put_u32(to, c->flow);
	carrier_put_u32(to + 4, c->counter);
	memcpy(to + 8, mac, CARRIER_MAC);
}

bool carrier_fresh(struct carrier_window *w, uint32_t counter)
{
	uint32_t ahead = counter - w->top, behind = w->top - counter;

	if (counter > w->top) {
		w->seen = ahead < WINDOW ? w->seen << ahead | 1 : 1;
		w->top = counter;
		return true;
	}
	if (counter == 0 || behind >= WINDOW || w->seen >> behind & 1)
		return false;
	w->seen |= (uint64_t)1 << behind;
	return true;
}
