#include "os/native.h"
#include "os/group.h"
#include "os/sockaddr.h"
#include "os/sys.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int group_open(const struct addr *group)
{
	struct sockaddr_storage sa;
	socklen_t n = sockaddr_of(&sa, group);
	int one = 1, rc = 0;
	int fd = sys_own(socket(AF_INET, SOCK_DGRAM, 0));

	if (fd < 0)
		return fd;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    bind(fd, (struct sockaddr *)&sa, n) < 0)
		rc = sys_err();
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

int group_join(int fd, const struct addr *group, const struct addr *own)
{
	struct ip_mreq both;

	memcpy(&both.imr_multiaddr, group->ip, sizeof both.imr_multiaddr);
	memcpy(&both.imr_interface, own->ip, sizeof both.imr_interface);
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &both, sizeof both) <
	    0)
		return sys_err();
	return 0;
}
