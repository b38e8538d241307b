#include "net/legacy.h"
#include "os/local.h"
#include "os/sock.h"

void legacy_put(struct legacy *l, enum legacy_kind kind, int fd)
{
	struct addr at;

	if (l->n == LEGACY_MOST || sock_here(fd, &at) < 0) {
		sock_close(fd, false);
		return;
	}
	l->v[l->n].fd = fd;
	l->v[l->n].kind = kind;
	l->v[l->n++].at = at;
}

uint32_t legacy_close(struct legacy *l)
{
	uint32_t n = l->n;

	for (uint32_t i = 0; i < n; i++)
		sock_close(l->v[i].fd, false);
	l->n = 0;
	return n;
}

static bool same_place(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	       (a->family == ADDR_UNIX ||
		(a->port == b->port && a->scope == b->scope &&
		 addr_same_ip(a, b)));
}

/* -NAT_ENOENT: there is none. */
static int take(struct net *net, enum legacy_kind kind, const struct addr *at)
{
	struct legacy *l = net->legacy;

	for (uint32_t i = 0; l && i < l->n; i++) {
		int fd = l->v[i].fd;

		if (l->v[i].kind != kind || !same_place(&l->v[i].at, at))
			continue;
		l->v[i] = l->v[--l->n];
		return fd;
	}
	return -NAT_ENOENT;
}

int legacy_listen(struct net *net, const struct addr *at)
{
	int fd = take(net, LEGACY_TCP, at);

	return fd < 0 ? sock_listen(at) : fd;
}

int legacy_bind(struct net *net, const struct addr *at)
{
	int fd = take(net, LEGACY_UDP, at);

	return fd < 0 ? dgram_bind(at) : fd;
}

/* There is but one, and path is where it was asked for. */
int legacy_local(struct net *net, const char *path, struct local_file *file)
{
	const struct addr at = { .family = ADDR_UNIX };
	int fd = take(net, LEGACY_UNIX, &at);

	return fd < 0 ? local_listen(path, file) : fd;
}
