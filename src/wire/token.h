/* token - the shared secrets of relay and clients, and the file they stand in.
 *
 * A token is 16 to 128 of [A-Za-z0-9._~-]. A token file has one a line, or
 * name:token for the clients of a single name; '#' starts a comment line. CR is a
 * blank like space and tab; blanks around a line and empty lines do not count.
 * Behind a token, words parted by blanks say what its clients may do, each at
 * most once:
 *
 *     ports=6000-6999,8080     publish these ports only, 16 ranges at most
 *     services=4               publish no more than so many at once
 *     visit=OWNER/SERVICE,...  reach these private services: see target.h
 *     group=WORD,...           publish together with others who have the word
 *     visitors=100             have no more than so many at once
 *     allow=CIDR,... deny=...  have visitors from there only; from there none
 *     rate=5/20                have no more than 5 a second of one address, 20 at once
 *     bandwidth=2M/512K        have so many bytes a second of visitors, and to them, of
 *     bandwidth_each=1M        all services together; of each; 0: any number of them
 *
 * Those from group= on are of builds with the part `edge`.
 */
#ifndef NAT_WIRE_TOKEN_H
#define NAT_WIRE_TOKEN_H

#include "base/cidr.h"
#include "base/err.h"
#include "base/fmt.h"
#include "base/limit.h"
#include "base/opt.h"

enum { TOKEN_MIN = 16, TOKEN_MAX = 128, TOKEN_BITS = 80 };

/* NULL when the token may be used, else why not, for people. weak: allow fewer
 * than TOKEN_BITS bits, counted as length times bits of the alphabet in use
 * (10, 16, 26, 36, 52, 62 or 66 characters; repeats of one character count 1).
 */
const char *token_fault(struct bytes token, bool weak);

enum { TOKEN_PORTS = 16, TOKEN_SERVICES = 65535 };

struct token_limits {             /* of visitors, of all services together */
	uint32_t visitors;        /* 0: any number */
	struct cidrs allow, deny; /* no allow: all but deny */
	struct limit_rate rate;   /* of one address; 0: any number */
	/* Bytes a second, from visitors and to them; 0: any number. */
	uint32_t bandwidth[2]; /* of all services together */
	uint32_t each[2];      /* of each of them */
};

/* A zeroed one: whatever the relay lets everybody do. */
struct token_rights {
	uint32_t nports; /* 0: any port */
	struct opt_ports ports[TOKEN_PORTS];
	uint32_t services; /* 0: any number */
			   /* clang-format off */
	ROWS_OF(NAT_EDGE)(struct token_limits limits;)
			   /* clang-format on */
};

/* May its client have visitors from there; how many, and how often? 0: any. */
bool token_lets_in(const struct token_rights *r, const struct addr *a);
uint32_t token_visitors(const struct token_rights *r);
struct limit_rate token_rate(const struct token_rights *r);
/* One of its ports? */
bool token_gives_port(const struct token_rights *r, uint16_t port);
/* "6000-6999,8080" */
void token_print_ports(struct fmt *f, const struct token_rights *r);

struct token_line {
	struct bytes name; /* empty: for clients without a line of their own */
	struct bytes token;
	unsigned number; /* of the line, from 1 */
	struct token_rights rights;
	struct bytes visit; /* empty: nothing */
	struct bytes group; /* likewise */
	const char *fault;  /* what is wrong with a word, for people; or NULL */
	struct bytes word;  /* that word's key; empty: it has none */
};

/* A word that may stand behind a token; read: false is a fault. */
struct token_word {
	const char *key;
	bool (*read)(struct token_line *l, struct bytes value);
	const char *fault;
};

/* Those of the part `edge`: token_edge.c; key NULL is the end. */
extern const struct token_word token_edge_words[];
/* Has line group=... with that word? */
bool token_gives_group(const struct token_line *l, struct bytes word);

struct token_file { /* fields are private to token.c */
	struct bytes rest;
	unsigned number;
};

void token_file_init(struct token_file *f, struct bytes text);
/* The next token; false at the end. Validity is for token_fault and
 * fastnat_is_name to say. Slices are of the text.
 */
bool token_file_next(struct token_file *f, struct token_line *out);

#endif
