/* udp4 - whole IPv4 packets of UDP, as NATs of t/lab/unat want them. */
#ifndef NAT_T_UNIT_UDP4_H
#define NAT_T_UNIT_UDP4_H

#include "../lab/unat/unat.h"
#include "base/addr.h"

enum { UDP4_PACKET = 1500, UDP4_HEADS = 28 };

static inline void udp4_put(uint8_t *p, int n, uint32_t v)
{
	for (; n-- > 0; v >>= 8)
		p[n] = (uint8_t)v;
}

static inline uint32_t udp4_get(const uint8_t *p, int n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static inline uint32_t udp4_sum(const uint8_t *p, size_t n, uint32_t v)
{
	for (size_t i = 0; i < n; i++)
		v += (uint32_t)p[i] << (i % 2 ? 0 : 8);
	while (v >> 16)
		v = (v & 0xffff) + (v >> 16);
	return v;
}

/* Of the pseudo header, too. */
static inline uint32_t udp4_inner_sum(const uint8_t *p, size_t n)
{
	return udp4_sum(p + 12, n - 12, 17 + (uint32_t)n - 20);
}

static inline struct unat_end udp4_end(uint32_t ip, unsigned port)
{
	return (struct unat_end){ ip, (uint16_t)port };
}

/* At p, which has room for UDP4_PACKET bytes. */
static inline struct span udp4_make(uint8_t *p, struct unat_end from,
				    struct unat_end to, struct bytes data)
{
	size_t n = UDP4_HEADS + data.n;

	memset(p, 0, UDP4_HEADS);
	memcpy(p + UDP4_HEADS, data.p, data.n);
	udp4_put(p, 2, 0x4500);
	udp4_put(p + 2, 2, (uint32_t)n);
	udp4_put(p + 8, 2, 64 << 8 | 17);
	udp4_put(p + 12, 4, from.ip);
	udp4_put(p + 16, 4, to.ip);
	udp4_put(p + 20, 2, from.port);
	udp4_put(p + 22, 2, to.port);
	udp4_put(p + 24, 2, (uint32_t)n - 20);
	udp4_put(p + 10, 2, ~udp4_sum(p, 20, 0) & 0xffff);
	udp4_put(p + 26, 2, ~udp4_inner_sum(p, n) & 0xffff);
	return (struct span){ p, n };
}

static inline struct unat_end udp4_from(const uint8_t *p)
{
	return udp4_end(udp4_get(p + 12, 4), udp4_get(p + 20, 2));
}

static inline struct unat_end udp4_to(const uint8_t *p)
{
	return udp4_end(udp4_get(p + 16, 4), udp4_get(p + 22, 2));
}

static inline struct bytes udp4_data(struct span b)
{
	return (struct bytes){ b.p + UDP4_HEADS, b.n - UDP4_HEADS };
}

static inline struct addr udp4_addr(struct unat_end e)
{
	struct addr a = { .family = ADDR_IP4, .port = e.port };

	udp4_put(a.ip, 4, e.ip);
	return a;
}

static inline struct unat_end udp4_end_at(const struct addr *a)
{
	return udp4_end(udp4_get(a->ip, 4), a->port);
}

#endif
