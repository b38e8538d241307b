/* resolver - what all lookups of a process share: files, servers, answers. */
#ifndef NAT_NET_RESOLVER_H
#define NAT_NET_RESOLVER_H

#include "net/answers.h"
#include "net/lookup.h"
#include "net/reread.h"
#include "wire/resolvconf.h"

enum { RESOLVER_CONF = 16 * 1024, RESOLVER_HOSTS = 256 * 1024 };

struct resolver { /* one mapping, most of it never touched */
	struct net *net;
	uint8_t server; /* asked first: the last one that was of use */
	struct slots lookups;
	struct list waiting; /* of struct resolve: for a lookup to be free */
	struct reread conf_file, hosts_file;
	struct answers answers;
	struct resolvconf conf;
	struct lookup memory[RESOLVE_LOOKUPS];
	uint8_t conf_text[RESOLVER_CONF], hosts_text[RESOLVER_HOSTS];
};

/* conf: the path of resolv.conf, lent. 0 or -NAT_EMEMORY. */
MUST_USE int resolver_start(struct net *net, const char *conf);
/* Whoever still waits hears nothing. */
void resolver_stop(struct net *net);

/* Reads again what has changed, at most once a second. */
void resolver_look(struct resolver *rs);

/* A lookup is free again: who waits longest may begin. */
void resolver_freed(struct resolver *rs);

#endif
