#include "net/net.h"
#include "net/bufs.h"
#include "net/resolver.h"
#include "net/splice.h"
#include "os/mem.h"
#include "os/sock.h"

static const char *conf_path(const struct net_limits *limits)
{
	return limits->resolv_conf ? limits->resolv_conf : "/etc/resolv.conf";
}

static int reserve(struct net *net, const struct net_limits *limits)
{
	int rc = resolver_start(net, conf_path(limits));

	if (rc < 0)
		return rc;
	net->inbox.room = mem_reserve((size_t)DGRAM_MESSAGES * DGRAM_ROOM);
	rc = net->inbox.room.p ? bufs_start(net, limits->memory) : -NAT_EMEMORY;
	if (rc == 0)
		return 0;
	mem_release(net->inbox.room);
	resolver_stop(net);
	return rc;
}

int net_start(struct net *net, struct loop *l, struct log *log,
	      const struct net_limits *limits)
{
	int rc;

	*net = (struct net){ .loop = l, .log = log };
	rc = reserve(net, limits);
	if (rc < 0)
		return rc;
	pipes_start(&net->pipes, limits->pipes, limits->pipe_size);
	net->spare_fd = sock_spare();
	return 0;
}

void net_stop(struct net *net)
{
	resolver_stop(net);
	pipes_stop(&net->pipes);
	bufs_stop(net);
	mem_release(net->inbox.room);
	if (net->spare_fd >= 0)
		sock_close(net->spare_fd, false);
}
