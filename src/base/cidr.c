#include "base/cidr.h"
#include "base/cur.h"

enum { MAPPED_BITS = 96 }; /* of an IPv4 address, before its own 32 */

/* -1 when it is not 0 to most. */
static int read_bits(struct bytes text, uint32_t most)
{
	struct cur c = cur_of(text);
	uint32_t bits;

	if (text.n > 3 || !cur_number(&c, most, &bits) || cur_left(&c))
		return -1;
	return (int)bits;
}

const char *cidr_parse(struct cidr *c, struct bytes text)
{
	struct cur cur = cur_of(text);
	struct bytes ip = cur_until(&cur, '/');
	struct bytes rest = { cur.p, cur_left(&cur) };
	struct addr a;
	struct cidr got;
	uint8_t whole[16];
	uint32_t most;
	int bits;

	if (addr_parse_ip(&a, ip) < 0 || a.scope)
		return "is not ADDRESS or ADDRESS/BITS";
	most = a.family == ADDR_IP4 ? 32 : 128;
	bits = ip.n == text.n ? (int)most : read_bits(rest, most);
	if (bits < 0)
		return most == 32 ? "has no 0 to 32 bits behind the /"
				  : "has no 0 to 128 bits behind the /";
	bits += a.family == ADDR_IP4 ? MAPPED_BITS : 0;
	addr_cut(whole, &a, 128);
	addr_cut(got.ip, &a, (unsigned)bits);
	if (memcmp(whole, got.ip, sizeof whole) != 0)
		return "has more bits than stand behind the /: a slip?";
	got.bits = (uint8_t)bits;
	*c = got;
	return NULL;
}

const char *cidrs_parse(struct cidrs *l, struct bytes text)
{
	struct cidrs got = *l;
	struct cur c = cur_of(text);

	while (cur_left(&c)) {
		struct bytes word = cur_until(&c, ' ');
		const char *why;

		if (word.n == 0)
			continue;
		if (got.n == CIDRS_MOST)
			return "is one of more than 16";
		why = cidr_parse(&got.v[got.n], word);
		if (why)
			return why;
		got.n++;
	}
	*l = got;
	return NULL;
}

bool cidrs_have(const struct cidrs *l, const struct addr *a)
{
	bool four = addr_is_ip4(a);

	for (uint32_t i = 0; i < l->n; i++) {
		const struct cidr *c = &l->v[i];
		uint8_t ip[16];

		addr_cut(ip, a, c->bits);
		if (memcmp(ip, c->ip, sizeof ip) == 0 &&
		    (!four || c->bits >= MAPPED_BITS))
			return true;
	}
	return false;
}
