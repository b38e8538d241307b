/* fastnat - the messages of FAST NAT, plain and extended, and its login proofs.
 *
 * Plain: the JSON objects of the original system (docs/protocol/fastnat.md 1).
 * Extended: version 2, what nat speaks to nat, one object a line (section 2).
 * One table of fields and one of commands drive parsing and printing.
 */
#ifndef NAT_WIRE_FASTNAT_H
#define NAT_WIRE_FASTNAT_H

#include "base/err.h"
#include "base/fmt.h"

enum {
	FASTNAT_VERSION = 2,
	FASTNAT_OBJECT = 4096, /* most bytes of one object */
	FASTNAT_NAME = 64,     /* most bytes of a client or service name */
	FASTNAT_NONCE = 32,    /* hex digits: nonce, instance, extended outId */
	FASTNAT_MAC = 64,      /* hex digits of a proof or mac */
	FASTNAT_ID = 8,        /* characters of a plain id or outId */
	FASTNAT_KEY = 32,      /* bytes of the session key */
	FASTNAT_BOND = 32,     /* bytes of TLS's "EXPORTER-nat-login" */
	FASTNAT_NETS = 800,    /* most bytes of allow or deny */
	FASTNAT_HOST = 2048    /* and of a host, with what stands behind it */
};

/* What clients ask for by ALPN, so that they are told from browsers. */
#define FASTNAT_ALPN "nat"

/* Who sends a command and what it carries, brackets around what may lack. In
 * start_proxy and ready id, outPort (start_proxy), outId (ready) and protocol
 * may lack too when they are received.
 */
/* clang-format off */
#define FASTNAT_COMMANDS(X) \
	X(NONE, "")                  /* C outId [ok id n mac]: data headers */ \
	X(READY, "ready")            /* S id intPort outPort outId protocol */ \
	X(START_PROXY, "start_proxy") /* S as ready [service from to flow name n] */ \
	X(HELLO, "hello")            /* C version name instance nonce [guest] */ \
	X(CHALLENGE, "challenge")    /* S version nonce                     */ \
	X(LOGIN, "login")            /* C proof                             */ \
	X(WELCOME, "welcome")        /* S id intPort heartbeat proof        */ \
	X(PUBLISH, "publish")        /* C service protocol outPort or private [host
	                                  idle allow deny rate burst visitors
	                                  group mac n] */ \
	X(PUBLISHED, "published")    /* S service outPort [host]            */ \
	X(REFUSED, "refused")        /* S service error retry               */ \
	X(UNPUBLISH, "unpublish")    /* C service                           */ \
	X(FAILED, "failed")          /* C outId error                       */ \
	X(VISIT, "visit")            /* C id n name service mac: data header */ \
	X(PING, "ping")              /* either                              */ \
	X(PONG, "pong")              /* either                              */ \
	X(ERROR, "error")            /* either: error [retry versions]      */ \
	X(UNKNOWN, "?")              /* any other command: to be ignored    */
/* clang-format on */

enum fastnat_command {
#define X(name, text) FASTNAT_##name,
	FASTNAT_COMMANDS(X)
#undef X
};

enum fastnat_protocol {
	FASTNAT_TCP = 1,
	FASTNAT_UDP,
	FASTNAT_HTTP,
	FASTNAT_HTTPS
};

/* Which members were there, or are to be printed: a bit each. */
enum fastnat_has {
	HAS_ID = 1 << 0,
	HAS_INT_PORT = 1 << 1,
	HAS_OUT_PORT = 1 << 2,
	HAS_OUT_ID = 1 << 3,
	HAS_PROTOCOL = 1 << 4,
	HAS_SERVICE = 1 << 5,
	HAS_FROM = 1 << 6,
	HAS_VERSION = 1 << 7,
	HAS_NAME = 1 << 8,
	HAS_INSTANCE = 1 << 9,
	HAS_NONCE = 1 << 10,
	HAS_PROOF = 1 << 11,
	HAS_HEARTBEAT = 1 << 12,
	HAS_HOST = 1 << 13,
	HAS_ERROR = 1 << 14,
	HAS_RETRY = 1 << 15,
	HAS_MAC = 1 << 16,
	HAS_FLOW = 1 << 17,
	HAS_IDLE = 1 << 18,
	HAS_N = 1 << 19,
	HAS_OK = 1 << 20,
	HAS_ALLOW = 1 << 21,
	HAS_DENY = 1 << 22,
	HAS_RATE = 1 << 23,
	HAS_BURST = 1 << 24,
	HAS_PRIVATE = 1 << 25,
	HAS_GUEST = 1 << 26,
	HAS_TO = 1 << 27,
	HAS_GROUP = 1 << 28,
	HAS_VISITORS = 1 << 29
};

/* Text fields are slices: of the parsed object, or lent for printing. Names and
 * ids are checked to be of their alphabet. error, host and from are any text
 * without control characters: when parsed the raw contents of the JSON string,
 * for printing plain text that is escaped as need be. heartbeat and idle are
 * 1 ms to a day, retry 0 to a day; flow and n are not 0; of ok, private and guest
 * one at most is in a command, and 0 is for ok alone. allow and deny are digits,
 * a-f, '.', ':', '/' and spaces. A publish has outPort or private. A NONE without
 * n (a parked connection's header) has an outId that is not empty. host is also the
 * "to" of start_proxy: where the visitor came, as from says from where.
 */
struct fastnat_rules {
	struct bytes allow, deny;
	uint32_t rate, burst, visitors;
	struct bytes group;
};

struct fastnat {
	enum fastnat_command command;
	unsigned has;     /* enum fastnat_has */
	uint8_t protocol; /* enum fastnat_protocol */
	uint16_t int_port, out_port;
	uint32_t version, heartbeat_ms, retry_ms, flow, idle_ms, n;
	struct fastnat_rules rules; /* publish */
	uint32_t yes;               /* of ok, private, guest: 1, or 0 */
	struct bytes id, out_id, service, name, instance, nonce, proof, mac;
	struct bytes from, host, error;
};

/* One object, as json_scan delimits it. What the original accepts is accepted:
 * ports as strings, extra members, any order. 0; or -NAT_EPROTO with *m as it
 * was: not JSON, a member of the command of the wrong form, or one that it
 * requires is missing. Members that are not the command's own are not looked at
 * and not in has. The last of duplicate members counts.
 */
MUST_USE int fastnat_parse(struct fastnat *m, struct bytes object);

/* Prints those of the command's members that has names, in the order that
 * design.md 6 shows (plain: id, intPort, outPort, command, outId, protocol).
 * Not for UNKNOWN; what the command requires must be there. With HAS_VERSION an
 * error carries "versions":[2]. No line end. On no room f->full is set.
 */
void fastnat_print(struct fmt *f, const struct fastnat *m);

const char *fastnat_protocol_name(enum fastnat_protocol p); /* "TCP" */

/* 1 to 64 of [A-Za-z0-9._-]. */
bool fastnat_is_name(struct bytes text);

/* ---- login (design.md 6.2) ---- */

/* Everything that the proofs of one login cover. The nonces and the name enter
 * as the text that was sent. bond: FASTNAT_BOND bytes that only the two ends of
 * this connection know; NULL if it is not TLS.
 */
struct fastnat_login {
	struct bytes token, client_nonce, server_nonce, name;
	const uint8_t *bond; /* of the proofs alone; see FASTNAT_BOND */
};

enum fastnat_side { FASTNAT_CLIENT, FASTNAT_RELAY };

/* The proof of one side, as FASTNAT_MAC lower-case hex digits. */
void fastnat_proof(uint8_t out[FASTNAT_MAC], const struct fastnat_login *login,
		   enum fastnat_side side);

/* The key of the session's data connections. */
void fastnat_key(uint8_t out[FASTNAT_KEY], const struct fastnat_login *login);

/* The mac of a data connection's header: HMAC(key, "data" 00 out_id). */
void fastnat_data_mac(uint8_t out[FASTNAT_MAC], const uint8_t key[FASTNAT_KEY],
		      struct bytes out_id);

/* The mac of a parked connection's header: HMAC(key, "park" 00 id 00 n), n as it
 * is printed.
 */
void fastnat_park_mac(uint8_t out[FASTNAT_MAC], const uint8_t key[FASTNAT_KEY],
		      struct bytes id, uint32_t n);

/* The mac of a visit, of its id, n, name and service: HMAC(key, "visit" 00 id 00
 * n 00 name 00 service).
 */
void fastnat_visit_mac(uint8_t out[FASTNAT_MAC], const uint8_t key[FASTNAT_KEY],
		       const struct fastnat *m);

/* The mac of a publish with a group: HMAC(key, "group" 00 group), of a key that its
 * clients share. The relay only compares them.
 */
void fastnat_group_mac(uint8_t out[FASTNAT_MAC], struct bytes key,
		       struct bytes group);

#endif
