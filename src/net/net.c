#include "net/net.h"
#include "net/bufs.h"
#include "net/splice.h"
#include "os/mem.h"
#include "os/sock.h"

int net_start(struct net *net, struct loop *l, struct log *log,
	      const struct net_limits *limits)
{
	int rc;

	*net = (struct net){ .loop = l, .log = log };
	rc = bufs_start(net, limits->memory);
	if (rc < 0)
		return rc;
	net->inbox.room = mem_reserve((size_t)DGRAM_MESSAGES * DGRAM_ROOM);
	if (!net->inbox.room.p) {
		bufs_stop(net);
		return -NAT_EMEMORY;
	}
	pipes_start(&net->pipes, limits->pipes, limits->pipe_size);
	net->spare_fd = sock_spare();
	return 0;
}

void net_stop(struct net *net)
{
	pipes_stop(&net->pipes);
	bufs_stop(net);
	mem_release(net->inbox.room);
	if (net->spare_fd >= 0)
		sock_close(net->spare_fd, false);
}
