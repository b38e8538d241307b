/* http1 - the heads of HTTP/1.0 and 1.1 messages, strictly (RFC 9112, 9110).
 *
 * Heads only: what stands behind one is body.h's. Whatever two programs may
 * read in two ways is refused: a bare CR or LF, a folded line, blanks before the
 * colon, several lengths, a length beside a coding, a coding that is not chunked
 * at the end, several hosts, a target that names another one. Nothing is copied:
 * slices are of the head, which is lent as long as they are used.
 */
#ifndef NAT_WIRE_HTTP1_H
#define NAT_WIRE_HTTP1_H

#include "base/err.h"
#include "base/span.h"
#include "wire/body.h"

enum {
	HTTP1_FIELDS = 100, /* most of a head */
	HTTP1_OPTIONS = 16, /* most words of all its Connection fields */
	HTTP1_TARGET = 8000 /* most bytes of a request's target */
};

/* The fields that mean something to who passes messages on. How: the head's own
 * meaning hangs on it (FRAME), it is for the next one only (HOP), it says where
 * a message comes from (FORWARDED).
 */
/* clang-format off */
#define HTTP1_NAMES(X) \
	X(HOST, "host", FRAME) \
	X(CONTENT_LENGTH, "content-length", FRAME) \
	X(TRANSFER_ENCODING, "transfer-encoding", FRAME) \
	X(CONNECTION, "connection", FRAME) \
	X(UPGRADE, "upgrade", FRAME) \
	X(EXPECT, "expect", FRAME) \
	X(KEEP_ALIVE, "keep-alive", HOP) \
	X(PROXY_CONNECTION, "proxy-connection", HOP) \
	X(PROXY_AUTHORIZATION, "proxy-authorization", HOP) \
	X(PROXY_AUTHENTICATE, "proxy-authenticate", HOP) \
	X(TE, "te", HOP) \
	X(FORWARDED, "forwarded", FORWARDED) \
	X(X_REAL_IP, "x-real-ip", FORWARDED) \
	X(X_FORWARDED_FOR, "x-forwarded-for", FORWARDED) \
	X(X_FORWARDED_PROTO, "x-forwarded-proto", FORWARDED) \
	X(X_FORWARDED_HOST, "x-forwarded-host", FORWARDED) \
	X(X_FORWARDED, "x-forwarded-*", FORWARDED) /* any other of them */ \
	X(AUTHORIZATION, "authorization", PLAIN) \
	X(ACCEPT, "accept", PLAIN)
/* clang-format on */

enum http1_name {
	HTTP1_OTHER,
#define X(name, text, how) HTTP1_##name,
	HTTP1_NAMES(X)
#undef X
};

enum http1_how {
	HTTP1_AS_PLAIN,
	HTTP1_AS_FRAME,
	HTTP1_AS_HOP,
	HTTP1_AS_FORWARDED
};

struct http1_field {
	struct bytes line; /* all of it, its CRLF too */
	struct bytes name, value;
	uint8_t id;  /* enum http1_name; '_' counts as '-' there */
	uint8_t how; /* enum http1_how */
};

/* Finds the end of a head in bytes that arrive bit by bit; zeroed at first. */
struct http1_scan { /* fields are private to http1.c, but for lead */
	uint32_t at;
	uint32_t line; /* where the line at hand begins */
	uint8_t lead; /* bytes of an empty line before the head (RFC 9112 2.2) */
	bool cr;      /* the last byte was one */
	bool lines;   /* there was a line before this */
};

/* in: all that has come since the scan began. The length of the head with its
 * lead and the empty line (> 0), 0: not all of it is here; -NAT_EPROTO: no head
 * has such bytes; -NAT_EROOM: it is longer than most.
 */
MUST_USE long http1_scan(struct http1_scan *s, struct bytes in, size_t most);

/* The fields of a head and what they say together. */
struct http1_head {
	uint8_t minor; /* of the version: 0 or 1 */
	bool keeps;    /* the connection stays for the next message */
	bool upgrades; /* and asks for, or begins, another protocol */
	bool expects;  /* 100 (Continue) */
	bool has_length;
	uint8_t noptions, hosts; /* Connection's words; Host fields */
	struct bytes options[HTTP1_OPTIONS];
	struct bytes authority;  /* of the host fields */
	uint64_t length;         /* if has_length */
	uint8_t codings, coding; /* how many, enum coding of the last */
	uint8_t chunked;         /* how many of them are */
	uint8_t body;            /* enum body_kind */
	uint32_t n;
	struct http1_field v[HTTP1_FIELDS]; /* n of them; others say nothing */
};

struct http1_request {
	struct bytes method;
	struct bytes target;    /* from the path on; "*"; of CONNECT: empty */
	bool slash;             /* a '/' is to be put before the target */
	struct bytes authority; /* as it was sent, its port too; may be empty */
	struct bytes host;      /* without port; of IPv6 with brackets */
	struct http1_head head;
};

/* head: as http1_scan found it, without the lead. 0; or the status that says
 * what is wrong: 400, 414, 417, 431, 501, 505; then *r holds nothing.
 */
MUST_USE unsigned http1_request(struct http1_request *r, struct bytes head);

struct http1_response {
	unsigned status;   /* 100 to 599 */
	struct bytes line; /* from the status on, without CRLF */
	struct http1_head head;
};

/* The answer to a request by this method; its body is BODY_NONE where there is
 * none whatever the fields say: 1xx, 204, 304, to HEAD. 0 or -NAT_EPROTO.
 */
MUST_USE int http1_response(struct http1_response *r, struct bytes head,
			    struct bytes method);

/* One line with its CRLF, of a head or of trailers. False: it is no field. */
bool http1_field(struct http1_field *f, struct bytes line);

/* Is it for the next one only, by its name or since Connection names it? */
bool http1_is_hop(const struct http1_head *h, const struct http1_field *f);

/* The same but for the case of letters? */
bool http1_same(struct bytes a, struct bytes b);

#endif
