/* legacy - the sockets that a process before us has left to us: whoever is to open
 * one gets the one that is open already, with those who wait at it.
 */
#ifndef NAT_NET_LEGACY_H
#define NAT_NET_LEGACY_H

#include "base/addr.h"
#include "net/net.h"

enum { LEGACY_MOST = 160 };

enum legacy_kind { LEGACY_TCP, LEGACY_UDP, LEGACY_UNIX };

struct legacy { /* fields are private to legacy.c */
	uint32_t n;
	struct {
		int fd;
		enum legacy_kind kind;
		struct addr at;
	} v[LEGACY_MOST];
};

/* Takes the descriptor over; one too many is closed. */
void legacy_put(struct legacy *l, enum legacy_kind kind, int fd);
/* Closes what nobody has asked for. How many. */
uint32_t legacy_close(struct legacy *l);

/* As sock_listen, dgram_bind and local_listen, for which they stand in where nothing
 * is left at that place. The file of a unix socket that is left is not noted: it is
 * its maker's for now.
 */
struct local_file;
MUST_USE int legacy_listen(struct net *net, const struct addr *at);
MUST_USE int legacy_bind(struct net *net, const struct addr *at);
MUST_USE int legacy_local(struct net *net, const char *path,
			  struct local_file *file);

#endif
