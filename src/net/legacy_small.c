/* legacy for builds in which no process takes over from another. */
#include "net/legacy.h"
#include "os/local.h"
#include "os/sock.h"

int legacy_listen(struct net *net, const struct addr *at)
{
	(void)net;
	return sock_listen(at);
}

int legacy_bind(struct net *net, const struct addr *at)
{
	(void)net;
	return dgram_bind(at);
}

int legacy_local(struct net *net, const char *path, struct local_file *file)
{
	(void)net;
	return local_listen(path, file);
}
