#include "os/native.h"
#include "os/ifaces.h"
#include "os/dgram.h"
#include "os/sock.h"
#include "os/sys.h"

/* What is told of one, by either system. */
struct told {
	struct addr addr;
	bool useless;
};

struct list_of {
	struct addr *to;
	unsigned n, most;
};

static bool is_local(const struct addr *a)
{
	const uint8_t *ip = a->ip;
	static const uint8_t one[16] = { [15] = 1 };

	if (a->family == ADDR_IP4)
		return ip[0] == 127 || ip[0] == 0 ||
		       (ip[0] == 169 && ip[1] == 254);
	return (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) || ip[0] == 0xff ||
	       memcmp(ip, one, sizeof one) == 0;
}

static bool is_known(const struct list_of *l, const struct addr *a)
{
	enum { NET = 8 };

	for (unsigned i = 0; i < l->n; i++) {
		const struct addr *b = &l->to[i];

		if (a->family == b->family &&
		    memcmp(a->ip, b->ip, a->family == ADDR_IP4 ? 4 : NET) == 0)
			return true;
	}
	return false;
}

static void add(struct list_of *l, const struct told *t)
{
	if (t->addr.family && !t->useless && l->n < l->most &&
	    !is_local(&t->addr) && !is_known(l, &t->addr))
		l->to[l->n++] = t->addr;
}

bool ifaces_has(const struct addr *a)
{
	struct addr any_port = *a;
	int fd;

	any_port.port = 0;
	fd = dgram_bind(&any_port);
	if (fd >= 0)
		sock_close(fd, false);
	return fd >= 0;
}

#if defined(__linux__)

#include <sys/socket.h>
#include <unistd.h>

/* Of linux/netlink.h and linux/if_addr.h, which not every libc comes with. */
struct netlink_head {
	uint32_t size;
	uint16_t type, flags;
	uint32_t sequence, port;
};
struct address_head {
	uint8_t family, prefix, flags, scope;
	uint32_t device;
};
struct question {
	struct netlink_head head;
	struct address_head about; /* all zeros: any */
};

enum {
	NETLINK_FOR_ROUTES = 0,
	NEW_ADDR = 20, /* types */
	GET_ADDR = 22,
	DONE = 3,
	FAILED = 2,
	REQUEST_ALL = 0x301,
	ADDRESS = 1, /* attributes */
	LOCAL = 2,
	USELESS = 0x68, /* deprecated, tentative, found taken */
	ALIGN = 4
};

static size_t aligned(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

/* LOCAL is ours where ADDRESS is the far end's. */
static void read_address(struct told *t, const struct address_head *h,
			 struct bytes rows)
{
	while (rows.n >= 4) {
		uint16_t row[2];
		size_t n, ip = h->family == AF_INET ? 4 : 16;

		memcpy(row, rows.p, sizeof row);
		n = row[0];
		if (n < 4 || n > rows.n)
			return;
		if ((row[1] == LOCAL ||
		     (row[1] == ADDRESS && !t->addr.family)) &&
		    n >= 4 + ip) {
			t->addr.family =
				h->family == AF_INET ? ADDR_IP4 : ADDR_IP6;
			memcpy(t->addr.ip, rows.p + 4, ip);
		}
		n = min_size(aligned(n), rows.n);
		rows.p += n;
		rows.n -= n;
	}
}

static void read_one(struct list_of *l, struct bytes body)
{
	struct address_head h;
	struct told t = { .useless = false };

	if (body.n < sizeof h)
		return;
	memcpy(&h, body.p, sizeof h);
	t.useless = h.flags & USELESS;
	if (h.family == AF_INET || h.family == AF_INET6)
		read_address(
			&t, &h,
			(struct bytes){ body.p + sizeof h, body.n - sizeof h });
	add(l, &t);
}

/* False: that was the last. */
static bool read_some(struct list_of *l, struct bytes b)
{
	while (b.n >= sizeof(struct netlink_head)) {
		struct netlink_head h;

		memcpy(&h, b.p, sizeof h);
		if (h.size < sizeof h || h.size > b.n || h.type == DONE ||
		    h.type == FAILED)
			return false;
		if (h.type == NEW_ADDR)
			read_one(l, (struct bytes){ b.p + sizeof h,
						    h.size - sizeof h });
		h.size = (uint32_t)min_size(aligned(h.size), b.n);
		b.p += h.size;
		b.n -= h.size;
	}
	return true;
}

static int ask(int fd, struct list_of *l)
{
	const struct question q = { .head = { .size = sizeof q,
					      .type = GET_ADDR,
					      .flags = REQUEST_ALL } };
	uint32_t room[4096];
	ssize_t n;

	if (send(fd, &q, sizeof q, 0) < 0)
		return sys_err();
	do {
		n = recv(fd, room, sizeof room, 0);
		if (n < 0)
			return sys_err();
	} while (read_some(l,
			   (struct bytes){ (const uint8_t *)room, (size_t)n }));
	return (int)l->n;
}

int ifaces_list(struct addr *to, unsigned most)
{
	struct list_of l = { .to = to, .most = most };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_FOR_ROUTES);
	int rc;

	if (fd < 0)
		return sys_err();
	rc = ask(fd, &l);
	close(fd);
	return rc;
}

#else

#include "os/sockaddr.h"
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static void read_address(struct told *t, const struct sockaddr *a)
{
	struct sockaddr_storage at = { 0 };

	if (a && a->sa_family == AF_INET)
		memcpy(&at, a, sizeof(struct sockaddr_in));
	else if (a && a->sa_family == AF_INET6)
		memcpy(&at, a, sizeof(struct sockaddr_in6));
	addr_of(&t->addr, &at);
	t->addr.port = 0;
}

int ifaces_list(struct addr *to, unsigned most)
{
	struct list_of l = { .to = to, .most = most };
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return sys_err();
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct told t = { .useless = !(i->ifa_flags & IFF_UP) };

		read_address(&t, i->ifa_addr);
		add(&l, &t);
	}
	freeifaddrs(all);
	return (int)l.n;
}

#endif
