#include "wire/tls/msgs12.h"

enum { NAMED_CURVE = 3 };               /* RFC 8422 5.4 */
enum { RSA_SIGN = 1, ECDSA_SIGN = 64 }; /* RFC 5246 7.4.4, RFC 8422 5.5 */

static bool done(const struct cur *c)
{
	return !c->bad && cur_left(c) == 0;
}

/* ---- reading ---- */

bool msgs12_read_list(struct bytes *list, struct bytes body)
{
	struct cur c = cur_of(body);

	*list = cur_bytes(&c, cur_u24(&c));
	return done(&c);
}

static void read_signed(struct msgs12_signed *s, struct cur *c)
{
	s->scheme = cur_u16(c);
	s->sig = cur_bytes(c, cur_u16(c));
}

bool msgs12_read_exchange(struct msgs12_exchange *e, struct bytes body)
{
	struct cur c = cur_of(body);
	uint8_t type = cur_u8(&c);

	e->group = cur_u16(&c);
	e->public = cur_bytes(&c, cur_u8(&c));
	e->params = (struct bytes){ body.p, body.n - cur_left(&c) };
	read_signed(&e->by, &c);
	return done(&c) && type == NAMED_CURVE;
}

bool msgs12_read_request(uint32_t *schemes, struct bytes body)
{
	struct cur c = cur_of(body);
	struct cur types = cur_of(cur_bytes(&c, cur_u8(&c)));
	struct bytes list = cur_bytes(&c, cur_u16(&c));
	uint32_t wanted = 0;

	cur_bytes(&c, cur_u16(&c)); /* names of authorities */
	while (cur_left(&types) > 0) {
		uint8_t type = cur_u8(&types);

		wanted |= type == RSA_SIGN     ? (uint32_t)AUTH_RSA
			  : type == ECDSA_SIGN ? (uint32_t)AUTH_ECDSA
					       : 0;
	}
	*schemes = auth_set(list) & wanted;
	return done(&c) && list.n % 2 == 0;
}

bool msgs12_read_public(struct bytes *public, struct bytes body)
{
	struct cur c = cur_of(body);

	*public = cur_bytes(&c, cur_u8(&c));
	return done(&c);
}

bool msgs12_read_signed(struct msgs12_signed *s, struct bytes body)
{
	struct cur c = cur_of(body);

	read_signed(s, &c);
	return done(&c);
}

/* ---- writing ---- */

void msgs12_put_list(struct pack *p, const struct tls_identity *id)
{
	size_t list = pack_open(p, 3);

	for (size_t i = 0; id && i < id->n; i++)
		pack_vector(p, id->chain[i].der, 3);
	pack_close(p, list, 3);
}

void msgs12_put_params(struct pack *p, const struct share *s,
		       const uint8_t *public)
{
	pack_u8(p, NAMED_CURVE);
	pack_u16(p, s->group);
	msgs12_put_public(p, s, public);
}

void msgs12_put_signed(struct pack *p, const struct msgs12_signed *s)
{
	pack_u16(p, s->scheme);
	pack_vector(p, s->sig, 2);
}

void msgs12_put_request(struct pack *p, uint32_t schemes)
{
	static const uint8_t types[] = { ECDSA_SIGN, RSA_SIGN };
	size_t list;

	pack_vector(p, (struct bytes){ types, sizeof types }, 1);
	list = pack_open(p, 2);
	for (size_t i = 0; i < AUTH_SCHEMES; i++)
		if (schemes >> i & 1)
			pack_u16(p, auth_schemes[i].number);
	pack_close(p, list, 2);
	pack_u16(p, 0);
}

void msgs12_put_public(struct pack *p, const struct share *s,
		       const uint8_t *public)
{
	pack_vector(p, (struct bytes){ public, s->public_n }, 1);
}
