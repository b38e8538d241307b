#include "os/sockaddr.h"
#include "os/ids.h"
#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

static socklen_t of_unix(struct sockaddr_storage *to, const char *path)
{
	struct sockaddr_un *un = (struct sockaddr_un *)to;

	if (strlen(path) >= sizeof un->sun_path)
		return 0;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
	return sizeof *un;
}

socklen_t sockaddr_of(struct sockaddr_storage *to, const struct addr *a)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof *to);
	if (a->family == ADDR_UNIX)
		return of_unix(to, a->path);
	if (a->family == ADDR_IP4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		memcpy(&in->sin_addr, a->ip, 4);
		return sizeof *in;
	}
	if (a->family == ADDR_IP6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		in6->sin6_scope_id = a->scope;
		memcpy(&in6->sin6_addr, a->ip, 16);
		return sizeof *in6;
	}
	return 0;
}

void addr_of(struct addr *a, const struct sockaddr_storage *from)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

	*a = (struct addr){ 0 };
	if (from->ss_family == AF_INET) {
		a->family = ADDR_IP4;
		a->port = ntohs(in->sin_port);
		memcpy(a->ip, &in->sin_addr, 4);
	} else if (from->ss_family == AF_INET6) {
		a->family = ADDR_IP6;
		a->port = ntohs(in6->sin6_port);
		a->scope = in6->sin6_scope_id;
		memcpy(a->ip, &in6->sin6_addr, 16);
	} else if (from->ss_family == AF_UNIX) {
		a->family = ADDR_UNIX;
		a->path = "";
	}
}

static int bind_as_root(int fd, const struct sockaddr_storage *at, socklen_t n)
{
	uid_t me = geteuid();
	int rc, why;

	if (me == 0 || getuid() != 0 || ids_effective_user(0) < 0)
		return -1;
	rc = bind(fd, (const struct sockaddr *)at, n);
	why = errno;
	if (ids_effective_user(me) < 0)
		_exit(1);
	errno = why;
	return rc;
}

int sockaddr_bind(int fd, const struct sockaddr_storage *at, socklen_t n)
{
	int rc = bind(fd, (const struct sockaddr *)at, n);

	return rc < 0 && errno == EACCES ? bind_as_root(fd, at, n) : rc;
}
