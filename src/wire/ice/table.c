#include "wire/ice/inner.h"

/* ---- addresses ---- */

bool ice_same(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->ip, b->ip, a->family == ADDR_IP4 ? 4 : 16) == 0;
}

struct addr ice_plain(const struct addr *a)
{
	struct addr plain = { .family = ADDR_IP4, .port = a->port };

	if (a->family != ADDR_IP6 || !addr_is_ip4(a))
		return *a;
	memcpy(plain.ip, a->ip + 12, 4);
	return plain;
}

/* Addresses that differ in scope do not reach one another. */
enum scope { EVERYWHERE, ON_LINK, ON_HOST, NOWHERE };

static enum scope scope4(const uint8_t *ip)
{
	if (ip[0] == 0 || ip[0] >= 224)
		return NOWHERE;
	return ip[0] == 127 ? ON_HOST : EVERYWHERE;
}

static enum scope scope6(const uint8_t *ip)
{
	static const uint8_t loopback[16] = { [15] = 1 }, none[16];

	if (ip[0] == 0xff || memcmp(ip, none, 16) == 0)
		return NOWHERE;
	if (memcmp(ip, loopback, 16) == 0)
		return ON_HOST;
	return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80 ? ON_LINK : EVERYWHERE;
}

static enum scope scope_of(const struct addr *a)
{
	if (a->family == ADDR_IP4)
		return scope4(a->ip);
	return a->family == ADDR_IP6 ? scope6(a->ip) : NOWHERE;
}

bool ice_usable(const struct addr *a)
{
	return scope_of(a) != NOWHERE && a->port != 0;
}

bool ice_fit(const struct addr *from, const struct addr *to)
{
	return from->family == to->family && ice_usable(to) &&
	       scope_of(from) == scope_of(to);
}

/* ---- candidates ---- */

const struct ice_local *ice_home_of(const struct ice *a, unsigned base)
{
	for (unsigned i = 0; i < a->nlocals; i++)
		if (a->locals[i].base == base &&
		    (a->locals[i].type == ICE_HOST ||
		     a->locals[i].type == ICE_RELAY))
			return &a->locals[i];
	return NULL;
}

struct ice_local *ice_home(struct ice *a, unsigned base)
{
	const struct ice_local *l = ice_home_of(a, base);

	return l ? &a->locals[l - a->locals] : NULL;
}

int ice_find_remote(const struct ice *a, const struct addr *addr, unsigned gen)
{
	for (unsigned i = 0; i < a->nremotes; i++)
		if (a->remotes[i].gen == gen &&
		    ice_same(&a->remotes[i].addr, addr))
			return (int)i;
	return -1;
}

int ice_new_remote(struct ice *a, const struct ice_remote *r)
{
	unsigned i = 0;

	while (i < a->nremotes && a->remotes[i].addr.family)
		i++;
	if (i == ICE_REMOTES)
		return -1;
	if (i == a->nremotes)
		a->nremotes++;
	a->remotes[i] = *r;
	return (int)i;
}

void ice_drop_remote(struct ice *a, unsigned remote)
{
	for (unsigned i = 0; i < a->npairs; i++)
		if (a->pairs[i].state && a->pairs[i].remote == remote)
			ice_free_pair(a, i);
	a->remotes[remote].addr.family = ADDR_NONE;
}

/* ---- pairs ---- */

uint64_t ice_weight(const struct ice *a, const struct ice_pair *p)
{
	uint64_t ours = ice_home_of(a, p->base)->priority;
	uint64_t theirs = a->remotes[p->remote].priority;
	uint64_t g = a->is.controlling ? ours : theirs;
	uint64_t d = a->is.controlling ? theirs : ours;

	return ((g < d ? g : d) << 32) + 2 * (g > d ? g : d) + (g > d);
}

bool ice_relayed(const struct ice *a, const struct ice_pair *p)
{
	return ice_home_of(a, p->base)->type == ICE_RELAY ||
	       a->remotes[p->remote].type == ICE_RELAY;
}

int ice_find_pair(const struct ice *a, unsigned base, unsigned remote)
{
	for (unsigned i = 0; i < a->npairs; i++)
		if (a->pairs[i].state && a->pairs[i].base == base &&
		    a->pairs[i].remote == remote)
			return (int)i;
	return -1;
}

void ice_free_pair(struct ice *a, unsigned pair)
{
	a->pairs[pair].state = PAIR_FREE;
	if (a->favour == (int)pair)
		a->favour = -1;
	if (a->chosen == (int)pair)
		a->chosen = -1;
}

/* Of those that have not worked so far, or -1. */
static int lightest(const struct ice *a)
{
	int least = -1;

	for (int i = 0; i < a->npairs; i++) {
		const struct ice_pair *p = &a->pairs[i];

		if (p->state != PAIR_VALID &&
		    (least < 0 ||
		     ice_weight(a, p) < ice_weight(a, &a->pairs[least])))
			least = i;
	}
	return least;
}

/* A place for p; where there is none, the least of all gives way. -1: that is p. */
static int place(const struct ice *a, const struct ice_pair *p)
{
	int at = 0;

	while (at < a->npairs && a->pairs[at].state)
		at++;
	if (at < ICE_PAIRS)
		return at;
	at = lightest(a);
	if (at >= 0 && ice_weight(a, p) <= ice_weight(a, &a->pairs[at]))
		return -1;
	return at;
}

int ice_pair(struct ice *a, unsigned base, unsigned remote, int64_t now)
{
	const struct ice_local *l = ice_home_of(a, base);
	struct ice_pair p = { .next = now,
			      .base = (uint8_t)base,
			      .remote = (uint8_t)remote,
			      .state = PAIR_WAITING };
	int at = ice_find_pair(a, base, remote);

	if (at >= 0)
		return at;
	if (!l || !ice_fit(&l->addr, &a->remotes[remote].addr))
		return -1;
	at = place(a, &p);
	if (at < 0)
		return -1;
	if (at == a->npairs)
		a->npairs++;
	a->pairs[at] = p;
	return at;
}

void ice_pair_remote(struct ice *a, unsigned remote, int64_t now)
{
	for (unsigned i = 0; i < a->nlocals; i++)
		if (&a->locals[i] == ice_home(a, a->locals[i].base))
			(void)ice_pair(a, a->locals[i].base, remote, now);
}

void ice_pair_base(struct ice *a, unsigned base, int64_t now)
{
	for (unsigned i = 0; i < a->nremotes; i++)
		if (a->remotes[i].addr.family && a->remotes[i].gen == a->gen)
			(void)ice_pair(a, base, i, now);
}
