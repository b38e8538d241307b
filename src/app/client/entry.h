/* entry - what the client publishes: one port of one service each. */
#ifndef NAT_APP_CLIENT_ENTRY_H
#define NAT_APP_CLIENT_ENTRY_H

#include "app/client/client.h"
#include "app/client/relays.h"
#include "base/map.h"
#include "net/pair.h"

enum { ENTRIES_MOST = 1024, ENTRY_PATH = 108 };

/*      WANTED     to be asked for          ASKED      no answer yet
 *      PUBLISHED  visitors may come        REFUSED    asked for again when due
 */
enum entry_state { ENTRY_WANTED, ENTRY_ASKED, ENTRY_PUBLISHED, ENTRY_REFUSED };

struct entry {
	struct map_node node; /* by name */
	struct service service;
	char path[ENTRY_PATH]; /* of a unix socket, for struct addr */
	char who[sizeof "client " + FASTNAT_NAME]; /* in the log */
	enum entry_state state;
	int64_t idle_ms; /* udp */
	uint16_t port;   /* where it is or was published; 0: nowhere yet */
	uint32_t said;   /* hash of why it was refused; 0: it was not */
	char why[80];    /* the same in words, as far as there is room */
	int64_t due;
	struct log_rate trouble;
	uint32_t visitors;          /* there now */
	struct traffic past, tally; /* as of a published port in the relay */
};

struct entries {
	struct entry *v;
	uint32_t n, next; /* those below next are not WANTED */
	struct map names;
	struct timer retry; /* for the first that is due */
};

/* How many the settings ask for, or -NAT_ECONF, said through d. */
MUST_USE long entries_count(const struct client_conf *conf, struct diag *d);

/* v: room for as many, zero-filled; names: for as many. */
MUST_USE int entries_init(struct entries *es, const struct client_conf *conf,
			  struct diag *d);

/* NULL when there is none of that name. */
struct entry *entries_find(const struct entries *es, struct bytes name);

/* Is there one of that protocol? */
bool entries_have(const struct entries *es, enum fastnat_protocol protocol);

/* "ssh tcp vps.example.net:6022 -> 127.0.0.1:22" on standard output. */
void entry_print(const struct entry *e, const struct relays *relays);

/* Says trouble with the service, at most so often. */
__attribute__((format(printf, 3, 4))) void entry_trouble(struct entry *e,
							 struct net *net,
							 const char *form, ...);

#endif
