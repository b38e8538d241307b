#include "os/native.h"
#include "os/netwatch.h"
#include "base/span.h"
#include "os/sys.h"

#if defined(__linux__)

#include <sys/socket.h>
#include <unistd.h>

/* Of linux/netlink.h and linux/rtnetlink.h, which not every libc comes with. */
struct netlink_addr {
	uint16_t family, zero;
	uint32_t port, groups;
};
struct netlink_head {
	uint32_t size;
	uint16_t type, flags;
	uint32_t sequence, port;
};
struct route_head {
	uint8_t family, to_bits, from_bits, tos;
	uint8_t table, protocol, scope, type;
	uint32_t flags;
};

enum {
	NETLINK_FOR_ROUTES = 0,
	ADDRS4 = 0x10, /* groups */
	ROUTES4 = 0x40,
	ADDRS6 = 0x100,
	ROUTES6 = 0x400,
	NEW_ADDR = 20, /* types */
	GONE_ADDR = 21,
	NEW_ROUTE = 24,
	GONE_ROUTE = 25,
	ALIGN = 4
};

int netwatch_open(void)
{
	struct netlink_addr at = { .family = AF_NETLINK,
				   .groups = ADDRS4 | ADDRS6 | ROUTES4 |
					     ROUTES6 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_FOR_ROUTES);
	int rc;

	if (fd < 0)
		return sys_err();
	if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	rc = sys_err();
	close(fd);
	return rc;
}

/* Of routes the default one alone matters: others come and go with neighbours. */
static bool matters(const struct netlink_head *h, struct bytes body)
{
	struct route_head route;

	if (h->type == NEW_ADDR || h->type == GONE_ADDR)
		return true;
	if ((h->type != NEW_ROUTE && h->type != GONE_ROUTE) ||
	    body.n < sizeof route)
		return false;
	memcpy(&route, body.p, sizeof route);
	return route.to_bits == 0;
}

static bool one_matters(const uint8_t *p, size_t n)
{
	bool any = false;
	size_t at = 0;

	while (n - at >= sizeof(struct netlink_head)) {
		struct netlink_head h;

		memcpy(&h, p + at, sizeof h);
		if (h.size < sizeof h || h.size > n - at)
			break;
		any |= matters(&h, (struct bytes){ p + at + sizeof h,
						   h.size - sizeof h });
		at += min_size((h.size + ALIGN - 1) / ALIGN * ALIGN, n - at);
	}
	return any;
}

bool netwatch_read(int fd)
{
	uint32_t room[2048];
	bool any = false;
	ssize_t n;

	while ((n = recv(fd, room, sizeof room, MSG_DONTWAIT)) > 0)
		any |= one_matters((const uint8_t *)room, (size_t)n);
	return any || (n < 0 && sys_err() == -NAT_EMEMORY); /* some were lost */
}

#else

int netwatch_open(void)
{
	return -NAT_ENOTSUP;
}

bool netwatch_read(int fd)
{
	(void)fd;
	return false;
}

#endif
