/* dns - messages of the Domain Name System as one who only asks needs them: RFC
 * 1035, AAAA of RFC 3596, EDNS(0) of RFC 6891, negative answers of RFC 2308.
 * What is refused and why: docs/protocol/dns.md.
 *
 * Pure. Every byte of a message is hostile: a compression pointer leads only
 * back (to before the place where the last one led), a name has at most 255
 * bytes, a message at most DNS_RECORDS records, a chain at most DNS_HOPS names.
 */
#ifndef NAT_WIRE_DNS_H
#define NAT_WIRE_DNS_H

#include "base/cur.h"
#include "base/err.h"
#include "base/fmt.h"

enum {
	DNS_PORT = 53,
	DNS_NAME = 255, /* bytes on the wire, lengths and root included */
	DNS_LABEL = 63,
	DNS_ADDRS = 8,     /* kept of one answer */
	DNS_HOPS = 8,      /* CNAMEs followed in one message */
	DNS_RECORDS = 256, /* of one message */
	DNS_UDP = 1232, /* bytes we let a datagram have (DNS flag day 2020) */
	DNS_QUERY = 12 + DNS_NAME + 4 + 11 /* the longest query */
};

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_AAAA = 28,
	DNS_OPT = 41
};

enum dns_rcode {
	DNS_NOERROR,
	DNS_FORMERR,
	DNS_SERVFAIL,
	DNS_NXDOMAIN,
	DNS_NOTIMP,
	DNS_REFUSED
};

/* As on the wire, not compressed, the root's 0 at the end, ASCII letters in
 * lower case: names that are the same (RFC 4343) are the same bytes. A label
 * may hold any bytes.
 */
struct dns_name {
	uint8_t n;
	uint8_t p[DNS_NAME];
};

/* The name that host spells within domain (empty: the root), a dot between the
 * labels, one at the very end left out or not. 0; -NAT_EINVAL: it is empty, too
 * long, or has an empty label, a blank or a control character.
 */
MUST_USE int dns_name_of(struct dns_name *name, struct bytes host,
			 struct bytes domain);
bool dns_same_name(const struct dns_name *a, const struct dns_name *b);

/* Reads a name of msg at *c, which ends up behind it, or bad. Wherever a pointer
 * leads, the name must end before c->end.
 */
void dns_read_name(struct dns_name *name, struct cur *c, struct bytes msg);

struct dns_question {
	uint16_t id;
	uint16_t type; /* DNS_A or DNS_AAAA; the class is IN */
	struct dns_name name;
};

/* Asks for recursion; edns: with an OPT record. On no room f->full is set. */
void dns_print_query(struct fmt *f, const struct dns_question *q, bool edns);

/* Is msg an answer to q: its id, its question, its kind? FORMERR and NOTIMP may
 * lack the question (RFC 6891 7). Its records are for dns_parse.
 */
bool dns_answers(struct bytes msg, const struct dns_question *q);

/* Of a type of address, network order; 4 bytes each in use for DNS_A. */
struct dns_addrs {
	uint8_t n;
	uint8_t ip[DNS_ADDRS][16];
};

struct dns_answer {
	uint16_t rcode; /* enum dns_rcode and others */
	bool truncated; /* nothing behind is set: ask by TCP */
	bool soa;       /* a negative answer that says its ttl */
	uint32_t ttl;   /* s; the shortest of all that led here; that nothing is
		       * there holds for so long only with soa */
	struct dns_name name; /* where the chain of CNAMEs ends */
	struct dns_addrs addrs;
};

/* What msg, which answers q, says. Records of other classes and types, and those
 * that belong to other names, count for nothing. 0, or -NAT_EPROTO.
 */
MUST_USE int dns_parse(struct dns_answer *a, struct bytes msg,
		       const struct dns_question *q);

#endif
