/* members - who is in which group, newest first; a table that is never rehashed
 * and from which strangers cannot push those who have proven their address.
 *
 *      group ── newest ── ... ── oldest       each member in one of two rings,
 *      idle[unproven], idle[proven]           longest silent first
 *
 * A member is told apart within its group by its MAC, or, without one, by what it
 * says of itself. Where there is no room, whoever has not proven an address gives
 * way, the longest silent first; of those who have, only to another of them. An
 * address (an IPv6 /64) has at most so many members.
 */
#ifndef NAT_APP_TRACKER_MEMBERS_H
#define NAT_APP_TRACKER_MEMBERS_H

#include "base/addr.h"
#include "base/list.h"
#include "base/sketch.h"
#include "base/slot.h"
#include "wire/ledger.h"
#include "wire/track.h"

enum { MEMBER_TEXT = 48 }; /* bytes of a LAN field in one piece */

struct member_text { /* a LAN field, in pieces */
	struct slot slot;
	struct member_text *next;
	uint8_t p[MEMBER_TEXT];
};

struct member {
	struct slot slot;
	struct list in_group, idle;
	struct group *group;
	struct member_text *lan;
	uint64_t id;      /* a hash: who it is in its group */
	int32_t seen_s;   /* when it last came, s on the loop's clock */
	uint8_t lan_n;    /* bytes of its LAN field */
	uint8_t fields;   /* that it came with */
	bool proven : 1;  /* its address has echoed what was sent there */
	bool vouched : 1; /* at, of another host, has answered a probe */
	bool kept : 1;    /* the journal has it so, and */
	bool shared : 1;  /* so has the store; but for the last seconds */
	uint8_t from[16]; /* the address that it came from (addr_cut) */
	struct addr at;   /* where it can be reached: what is shown */
};

struct group {
	struct slot slot;
	struct map_node node;
	struct list members; /* oldest first */
	uint32_t n;
	uint8_t name_n;
	uint8_t name[TRACK_GROUP];
};

struct members_limits {
	uint32_t groups, members; /* of the tables */
	uint32_t group, address;  /* most members of one */
};

struct members { /* fields are private to members.c but for the tables */
	struct slots groups, rows, texts;
	struct map by_name;
	struct sketch crowd; /* members of an address */
	struct list idle[2];
	struct members_limits most;
	struct map_seed seed;
	uint64_t came, gave_way, refused, expired;
};

/* The tables, the map and the sketch have been set up. */
void members_init(struct members *m, const struct members_limits *most,
		  const struct map_seed *seed);

struct joining {
	const struct track *what; /* group, LAN, MAC, how many fields */
	struct addr from;         /* the address that was seen */
	struct addr at;           /* where it says that it can be reached: of
				   * another host it counts once vouched for */
	bool proven;
	int64_t now;  /* ms */
	uint64_t id;  /* of who was remembered elsewhere; 0: comes itself */
	bool vouched; /* with id: at is what had been vouched for, and */
	bool humble;  /* no other gives way for it but one without proof for one
		      * with */
};

/* Who it is in its group. */
uint64_t joining_id(const struct joining *j);

/* The group with the newcomer as its newest, *as; *as NULL: it was not let in,
 * and the group NULL: there is none.
 */
struct group *members_join(struct members *m, const struct joining *j,
			   struct member **as);

/* Forgets who has not come for ttl ms, at most so many; are there more? */
bool members_expire(struct members *m, int64_t now, int64_t ttl, unsigned most);

/* Another host that it named has answered. */
void member_vouch(struct member *m, const struct addr *at);

/* NULL: there is none. */
struct group *members_group(const struct members *m, struct bytes name);
struct member *group_member(const struct group *g, uint64_t id);

/* Adds a member's LAN field. */
void member_print_lan(struct fmt *f, const struct member *m);

/* What is remembered elsewhere, at now of the loop and of the world, and back.
 * lan: room for TRACK_LAN bytes, which l shows. NULL: it is out of date, expired
 * (ttl, ms) or there is no place for it.
 */
struct members_time {
	int64_t now;  /* ms */
	int64_t unix; /* s */
	int64_t ttl;  /* ms */
};
void member_tell(struct ledger *l, const struct member *m,
		 const struct members_time *at, struct span lan);
struct member *members_revive(struct members *m, const struct ledger *l,
			      const struct members_time *at, bool humble);

#endif
