/* site - what the owner of an HTTP service wants of its requests and answers, as
 * words parted by blanks behind its name in publish:
 *
 *     auth=HEX         who visits must know a secret (RFC 7617): SHA-256 of the
 *                      base64 of USER:PASSWORD, in lower-case hex
 *     body=N           most bytes of a request's body
 *     host=NAME        what the service hears as Host
 *     https=1          who comes without TLS is sent to where it is
 *     apart=1          a data connection is for requests of one visitor alone, whom
 *                      the client names to the service
 *     page=TEXT        HTML instead of the relay's words when the service is away
 *     ask=NAME:VALUE   a field of requests, in the place of any of that name
 *     ask=-NAME        none of that name
 *     say=...          the same of answers
 *
 * In VALUE and TEXT %XX stands for a byte, for blanks and the like. Pure; slices are of
 * the words, which are lent as long as the site is used.
 */
#ifndef NAT_WIRE_SITE_H
#define NAT_WIRE_SITE_H

#include "base/fmt.h"
#include "crypt/hash.h"
#include "wire/http1.h"

enum { SITE_EDITS = 16 };

struct site_edit {
	bool answers; /* or requests */
	bool drops;
	struct bytes name, value; /* value: as it is written */
};

struct site { /* a zeroed one wants nothing */
	bool has_auth, has_most, https, apart;
	uint8_t auth[SHA256_SIZE];
	uint64_t most;           /* if has_most */
	struct bytes host, page; /* page: as it is written */
	uint32_t n;
	struct site_edit v[SITE_EDITS];
};

/* NULL and *s; or what is wrong, for people. */
const char *site_parse(struct site *s, struct bytes words);

/* Does the request know the secret, if one is wanted? */
bool site_admits(const struct site *s, const struct http1_request *r);

/* Is it replaced, or not to go on? */
bool site_drops(const struct site *s, const struct http1_field *f,
		bool answers);
/* The fields that are added. */
void site_put(struct fmt *f, const struct site *s, bool answers);

/* A page, with status in the place of {{status}} in it; coded: of the words. */
void site_put_page(struct fmt *f, struct bytes page, bool coded,
		   const char *status);

/* ---- for who writes the words ---- */

/* "auth=..." of USER:PASSWORD; NAME:VALUE or -NAME as it must be written. */
void site_put_auth(struct fmt *f, struct bytes login);
void site_put_edit(struct fmt *f, const char *word, struct bytes edit);
/* "page=..." of what a file has. */
void site_put_page_word(struct fmt *f, struct bytes page);

#endif
