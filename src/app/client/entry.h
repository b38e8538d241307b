/* entry - what the client publishes: one port of one service each. A reload may
 * change an entry or take it away; visitors that are being carried go on with what
 * they have, and so the entry stays until the last of them has left.
 */
#ifndef NAT_APP_CLIENT_ENTRY_H
#define NAT_APP_CLIENT_ENTRY_H

#include "app/client/client.h"
#include "app/client/relays.h"
#include "base/map.h"
#include "base/slot.h"
#include "net/dial.h"
#include "net/pair.h"
#include "net/shape.h"

enum {
	ENTRIES_MOST = 1024, /* in the settings, and */
	ENTRIES_ALL = 2048,  /* with those that still have visitors */
	ENTRY_TEXT = 256     /* bytes of a host or a path, with a NUL */
};

/*      ABSENT     not in the settings      WANTED     to be asked for
 *      ASKED      no answer yet            PUBLISHED  visitors may come
 *      REFUSED    asked for again when due
 */
enum entry_state {
	ENTRY_ABSENT,
	ENTRY_WANTED,
	ENTRY_ASKED,
	ENTRY_PUBLISHED,
	ENTRY_REFUSED
};

/* What the relay of this session knows of an entry. */
struct entry_told {
	bool there;        /* it was asked for, and not withdrawn */
	bool otherwise;    /* that must be withdrawn before it is asked for */
	uint32_t unheeded; /* answers yet to come that mean nothing any more */
};

/* What came of its checks (health.h). */
struct entry_health {
	bool checked, down; /* down: it is not to be published now */
};

enum entry_way { ENTRY_IN, ENTRY_OUT, ENTRY_WAYS }; /* from visitors, to them */

struct entry {
	struct slot slot;
	struct map_node node; /* by name, if named */
	bool named;           /* no other has taken its name over */
	bool listed;          /* in the settings that were looked at last */
	enum entry_state state;
	struct entry_told told;
	struct entry_health health;
	int64_t idle_ms; /* udp */
	uint16_t port;   /* where it is or was published; 0: nowhere yet */
	uint32_t said;   /* hash of why it was refused; 0: it was not */
	int64_t due;
	struct log_rate trouble;
	uint32_t visitors;              /* there now */
	struct shape shape[ENTRY_WAYS]; /* limits of its own (shapes.h) */
	struct traffic past, tally; /* as of a published port in the relay */
	struct service service;
	char text[ENTRY_TEXT];       /* its host, or its path */
	char host[FASTNAT_HOST + 1]; /* http: where the relay has put it */
	char who[sizeof "client " + FASTNAT_NAME]; /* in the log */
	char why[80]; /* the same in words, as far as there is room */
};

struct entries {
	struct slots table;
	uint32_t n; /* in the settings */
	bool busy;  /* there may be something to ask for or withdraw */
	struct map names;
	struct timer retry;  /* for the first that is due */
	struct traffic gone; /* of those that are forgotten */
};

/* Can these settings be taken? 0 or -NAT_ECONF, said through d; what is published
 * is as before. Every name has an entry then, new ones are ABSENT, and listed says
 * which are in the settings.
 */
MUST_USE int entries_check(struct entries *es, const struct client_conf *conf,
			   struct diag *d);
/* The same for the first settings, and takes them. */
MUST_USE int entries_init(struct entries *es, const struct client_conf *conf,
			  struct diag *d);

/* Goes through all ports of all services; zeroed but for conf at first. */
struct entries_walk {
	const struct client_conf *conf;
	uint32_t i;
	unsigned k;
	struct service service; /* the one at hand */
};
bool entries_next(struct entries_walk *at);

/* Its place is copied, its rules are lent. */
void entry_set(struct entry *e, const struct service *s, int64_t idle_ms);

/* NULL when there is none of that name. */
struct entry *entries_find(const struct entries *es, struct bytes name);

/* Any one of the settings; there is one. */
struct entry *entries_any(const struct entries *es);

/* Is there one of that protocol? */
bool entries_have(const struct entries *es, enum fastnat_protocol protocol);

/* Connects to the service, as dial_start does. */
void entry_dial(const struct entry *e, struct dial *d, struct net *net,
		int64_t patience, void (*done)(struct dial *, int fd));

/* "ssh tcp vps.example.net:6022 -> 127.0.0.1:22" on standard output. */
void entry_print(const struct entry *e, const struct relays *relays);

/* Says trouble with the service, at most so often. */
#define entry_trouble(entry, net, ...) \
	log_seldom((net)->log, log_at(&(entry)->trouble, (net)->loop->now), \
		   (entry)->who, __VA_ARGS__)

#endif
