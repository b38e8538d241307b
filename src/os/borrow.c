#include "os/native.h"
#include "os/borrow.h"
#include "os/sockaddr.h"
#include "os/sys.h"
#include <netinet/in.h>
#include <sys/socket.h>

/* Linux's, which not every libc's headers have. */
enum { TRANSPARENT_4 = 19, TRANSPARENT_6 = 75 };

static int allow(int fd, uint8_t family)
{
#if defined(__linux__)
	bool six = family == ADDR_IP6;
	int on = 1;

	if (setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP,
		       six ? TRANSPARENT_6 : TRANSPARENT_4, &on, sizeof on) < 0)
		return sys_err();
	return 0;
#else
	(void)fd;
	(void)family;
	return -NAT_ENOTSUP;
#endif
}

static int bind_to(int fd, const struct addr *at)
{
	struct sockaddr_storage sa;
	socklen_t n = sockaddr_of(&sa, at);

	return bind(fd, (struct sockaddr *)&sa, n) < 0 ? sys_err() : 0;
}

int borrow_addr(int fd, const struct addr *as, uint8_t family)
{
	struct addr at = { .family = family, .port = as->port };
	uint8_t ip[16];
	int rc;

	if (addr_is_ip4(as) != (family == ADDR_IP4))
		return -NAT_EADDR;
	addr_cut(ip, as, 128);
	memcpy(at.ip, family == ADDR_IP4 ? ip + 12 : ip,
	       family == ADDR_IP4 ? 4 : 16);
	rc = allow(fd, family);
	if (rc < 0)
		return rc;
	rc = bind_to(fd, &at);
	if (rc < 0 && at.port) {
		at.port = 0;
		rc = bind_to(fd, &at);
	}
	return rc;
}
