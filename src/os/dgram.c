#include "os/native.h"
#include "os/dgram.h"
#include "os/borrow.h"
#include "os/sockaddr.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__linux__)
#define MANY_MESSAGES /* recvmmsg, sendmmsg */
#endif
#if defined(MANY_MESSAGES) && defined(UDP_SEGMENT) && defined(UDP_GRO)
#define TRAINS
#endif

enum {
	SOCKET_BUFFER = 1 << 20, /* asked for; the system may give less */
	CONTROL = 128,           /* bytes: an address and a size */
	TRAIN_DATAGRAMS = 64,
	TRAIN_BYTES = 65000
};

/* ---- sockets ---- */

static void set(int fd, int level, int name, int value)
{
	/* Every option set here only makes things better: none is a must. */
	if (setsockopt(fd, level, name, &value, sizeof value) < 0)
		return;
}

static int open_socket(int family)
{
	int fd = sys_own(socket(family, SOCK_DGRAM, 0));

	if (fd < 0)
		return fd;
	set(fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
	set(fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
#if defined(TRAINS)
	set(fd, SOL_UDP, UDP_GRO, 1);
#endif
	return fd;
}

static void tell_here(int fd, int family)
{
#if defined(IPV6_RECVPKTINFO)
	if (family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
#endif
#if defined(IP_PKTINFO)
	if (family == AF_INET)
		set(fd, IPPROTO_IP, IP_PKTINFO, 1);
#endif
	(void)fd, (void)family;
}

static bool is_any(const struct addr *a)
{
	static const uint8_t any[16];

	return memcmp(a->ip, any, a->family == ADDR_IP4 ? 4 : 16) == 0;
}

static int open_at(const struct addr *a, bool as_peer, const struct addr *as)
{
	struct sockaddr_storage sa;
	socklen_t n = sockaddr_of(&sa, a);
	int fd = n ? open_socket(sa.ss_family) : -NAT_EINVAL, rc = 0;

	if (fd < 0)
		return fd;
	if (!as_peer && sa.ss_family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (!as_peer && is_any(a))
		tell_here(fd, sa.ss_family);
	if (as)
		rc = borrow_addr(fd, as, a->family);
	if (rc == 0 && (as_peer ? connect(fd, (struct sockaddr *)&sa, n)
				: sockaddr_bind(fd, &sa, n)) < 0)
		rc = sys_err();
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

int dgram_bind(const struct addr *at)
{
	return open_at(at, false, NULL);
}

int dgram_connect(const struct addr *peer, const struct addr *as)
{
	return open_at(peer, true, as);
}

enum { USUAL_HOPS = 64 };

void dgram_hops(int fd, unsigned hops)
{
	int n = (int)(hops ? hops : USUAL_HOPS);

	set(fd, IPPROTO_IP, IP_TTL, n);
#if defined(IPV6_UNICAST_HOPS)
	set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, n);
#endif
}

/* ---- receiving ---- */

/* Room for what the kernel says beside a message, aligned. */
union control {
	size_t aligned;
	char room[CONTROL];
};

/* What one piece of control data says. */
static void read_piece(struct dgram_train *t, const struct cmsghdr *c,
		       const unsigned char *data)
{
#if defined(IPV6_PKTINFO)
	if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo info;

		memcpy(&info, data, sizeof info);
		t->here.family = ADDR_IP6;
		memcpy(t->here.ip, &info.ipi6_addr, 16);
	}
#endif
#if defined(IP_PKTINFO)
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo info;

		memcpy(&info, data, sizeof info);
		t->here.family = ADDR_IP4;
		memcpy(t->here.ip, &info.ipi_addr, 4);
	}
#endif
#if defined(TRAINS)
	if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
		int each;

		memcpy(&each, data, sizeof each);
		if (each > 0)
			t->each = (size_t)each;
	}
#endif
	(void)t, (void)c, (void)data;
}

/* The macros that walk through it do not compile without warnings everywhere. */
static void read_control(struct dgram_train *t, const union control *from,
			 size_t n)
{
	size_t at = 0, head = CMSG_LEN(0);

	t->here = (struct addr){ .family = ADDR_NONE };
	t->each = t->data.n;
	while (at + head <= n) {
		struct cmsghdr c;

		memcpy(&c, from->room + at, sizeof c);
		if (c.cmsg_len < head || c.cmsg_len > n - at)
			break;
		read_piece(t, &c,
			   (const unsigned char *)from->room + at + head);
		at += CMSG_SPACE(c.cmsg_len - head);
	}
}

struct receiving {
	struct sockaddr_storage from;
	struct iovec room;
	union control control;
};

static struct msghdr message_into(struct receiving *r, struct span room, int i)
{
	r->room = (struct iovec){ room.p + (size_t)i * DGRAM_ROOM, DGRAM_ROOM };
	return (struct msghdr){ .msg_name = &r->from,
				.msg_namelen = sizeof r->from,
				.msg_iov = &r->room,
				.msg_iovlen = 1,
				.msg_control = &r->control,
				.msg_controllen = sizeof r->control };
}

static void take(struct dgram_train *t, const struct receiving *r,
		 const struct msghdr *m, size_t n)
{
	addr_of(&t->peer, &r->from);
	t->data = (struct bytes){ r->room.iov_base, n };
	read_control(t, &r->control, m->msg_controllen);
}

int dgram_recv(int fd, struct dgram_train v[DGRAM_MESSAGES], struct span room)
{
	struct receiving r[DGRAM_MESSAGES];
#if defined(MANY_MESSAGES)
	struct mmsghdr m[DGRAM_MESSAGES];
	int n;

	for (int i = 0; i < DGRAM_MESSAGES; i++)
		m[i].msg_hdr = message_into(&r[i], room, i);
	n = recvmmsg(fd, m, DGRAM_MESSAGES, MSG_DONTWAIT, NULL);
	if (n < 0)
		return sys_err();
	for (int i = 0; i < n; i++)
		take(&v[i], &r[i], &m[i].msg_hdr, m[i].msg_len);
	return n;
#else
	int n = 0;

	for (; n < DGRAM_MESSAGES; n++) {
		struct msghdr m = message_into(&r[n], room, n);
		ssize_t got = recvmsg(fd, &m, 0);

		if (got < 0)
			return n ? n : sys_err();
		take(&v[n], &r[n], &m, (size_t)got);
	}
	return n;
#endif
}

/* ---- sending ---- */

struct sending {
	struct sockaddr_storage to;
	union control control;
};

static void *add_control(struct msghdr *m, int level, int type, size_t n)
{
	struct cmsghdr *c = (struct cmsghdr *)(void *)((char *)m->msg_control +
						       m->msg_controllen);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = (socklen_t)CMSG_LEN(n);
	m->msg_controllen = (socklen_t)(m->msg_controllen + CMSG_SPACE(n));
	return CMSG_DATA(c);
}

static void send_from(struct msghdr *m, const struct addr *here)
{
#if defined(IPV6_PKTINFO)
	if (here->family == ADDR_IP6) {
		struct in6_pktinfo info = { .ipi6_ifindex = 0 };

		memcpy(&info.ipi6_addr, here->ip, 16);
		memcpy(add_control(m, IPPROTO_IPV6, IPV6_PKTINFO, sizeof info),
		       &info, sizeof info);
	}
#endif
#if defined(IP_PKTINFO)
	if (here->family == ADDR_IP4) {
		struct in_pktinfo info = { .ipi_ifindex = 0 };

		memcpy(&info.ipi_spec_dst, here->ip, 4);
		memcpy(add_control(m, IPPROTO_IP, IP_PKTINFO, sizeof info),
		       &info, sizeof info);
	}
#endif
	(void)m, (void)here;
}

#if defined(TRAINS)
static size_t size_of(const struct dgram_out *d)
{
	return d->head.n + d->body.n;
}

/* How many of n leave as one message: all of the first one's size, but for a
 * last one that may be shorter (and is not empty).
 */
static int train_of(const struct dgram_out *v, int n)
{
	size_t each = size_of(v), sum = each;
	int k = 1;

	while (k < n && k < TRAIN_DATAGRAMS && v[k].peer == v->peer &&
	       size_of(&v[k]) && size_of(&v[k]) <= each &&
	       sum + size_of(&v[k]) <= TRAIN_BYTES) {
		sum += size_of(&v[k]);
		if (size_of(&v[k++]) < each)
			break;
	}
	return each ? k : 1;
}
#elif defined(MANY_MESSAGES)
static int train_of(const struct dgram_out *v, int n)
{
	(void)v, (void)n;
	return 1;
}
#endif

static struct iovec part_of(struct bytes b)
{
	return (struct iovec){ (void *)(uintptr_t)b.p, b.n };
}

static struct msghdr message_of(struct sending *s, const struct dgram_out *v,
				int n, struct iovec *parts)
{
	struct msghdr m = { .msg_iov = parts, .msg_control = &s->control };
	uint8_t nparts = 0; /* its type differs by system */

	for (int i = 0; i < n; i++) {
		/* Linux is faster with one part than with two. */
		if (v[i].head.n)
			parts[nparts++] = part_of(v[i].head);
		parts[nparts++] = part_of(v[i].body);
	}
	m.msg_iovlen = nparts;
	memset(&s->control, 0, sizeof s->control);
	if (v->peer) {
		m.msg_namelen = sockaddr_of(&s->to, v->peer);
		m.msg_name = &s->to;
	}
	if (v->here)
		send_from(&m, v->here);
#if defined(TRAINS)
	if (n > 1) {
		uint16_t each = (uint16_t)size_of(v);

		memcpy(add_control(&m, SOL_UDP, UDP_SEGMENT, sizeof each),
		       &each, sizeof each);
	}
#endif
	if (m.msg_controllen == 0)
		m.msg_control = NULL;
	return m;
}

static bool send_one(int fd, const struct dgram_out *v, int n)
{
	struct sending s;
	struct iovec parts[2 * TRAIN_DATAGRAMS];
	struct msghdr m = message_of(&s, v, n, parts);

	return sendmsg(fd, &m, MSG_DONTWAIT) >= 0;
}

/* One by one, where the system does not take them together. */
static int send_each(int fd, const struct dgram_out *v, int n)
{
	int sent = 0;

	for (int i = 0; i < n; i++)
		sent += send_one(fd, &v[i], 1);
	return sent;
}

#if defined(MANY_MESSAGES)
/* A call stops at the first message that fails: it is sent one by one. */
static int send_messages(int fd, struct mmsghdr *m, int n,
			 const struct dgram_out *v, const int *counts)
{
	int sent = 0, at = 0;

	while (at < n) {
		int k = sendmmsg(fd, m + at, (unsigned)(n - at), MSG_DONTWAIT);

		for (; k > 0; k--, at++) {
			sent += counts[at];
			v += counts[at];
		}
		if (at == n)
			break;
		sent += send_each(fd, v, counts[at]);
		v += counts[at++];
	}
	return sent;
}

int dgram_send(int fd, const struct dgram_out *v, int n, bool trains)
{
	struct sending s[DGRAM_QUEUE];
	struct mmsghdr m[DGRAM_QUEUE];
	struct iovec parts[2 * DGRAM_QUEUE];
	int counts[DGRAM_QUEUE], messages = 0;

	for (int i = 0; i < n; i += counts[messages++]) {
		counts[messages] = trains ? train_of(v + i, n - i) : 1;
		m[messages].msg_hdr =
			message_of(&s[messages], v + i, counts[messages],
				   parts + 2 * (size_t)i);
	}
	return send_messages(fd, m, messages, v, counts);
}
#else
int dgram_send(int fd, const struct dgram_out *v, int n, bool trains)
{
	(void)trains;
	return send_each(fd, v, n);
}
#endif
