/* role - what can be served, by a command of its own or as a section of a config
 * file that `nat run` reads; and the settings that all roles share.
 */
#ifndef NAT_CMD_ROLE_H
#define NAT_CMD_ROLE_H

#include "base/opt.h"
#include "net/net.h"
#include "net/secure.h"
#include "wire/token.h"

struct conf;
struct section;

/* The settings of every role begin with this. */
struct common {
	/* NULL: none, stderr, the host's, who we are, /etc's */
	const char *config, *log, *state_dir, *user, *resolv_conf;
	const char *admin, *metrics; /* NULL: where status looks; none */
	uint32_t verbose;
	bool log_time, help, weak_token, no_sandbox;
	bool takeover;                  /* the place of who serves is taken */
	bool quiet;                     /* says trouble only, unless verbose */
	bool token_of_env;              /* NAT_TOKEN is where it came from */
	const char *token, *token_file; /* NULL: none */
	const char *secret_file;        /* of host and join */
	uint64_t max_memory, pipe_size;
	int64_t drain;                  /* ms */
	struct secure_conf tls;         /* of tlsopts.h */
	char token_text[TOKEN_MAX + 1]; /* where token points once it has been
					 * found good: argv is wiped */
};

/* clang-format off */
/* Rows of every table over settings that begin with a struct common. */
#define ROLE_ROW(letter, name, type, flags, field, arg) \
	letter, name, type, flags, offsetof(struct common, field), arg
#define ROLE_CONFIG_OPT(help) \
	{ ROLE_ROW('c', "config", OPT_TEXT, OPT_LINE, config, "FILE"), \
	  NULL, 0, 0, WORDS(help) }
/* The end of such a table: what all of them have. */
#define ROLE_OPTS OPT_ON(role_opts)
#define ROLE_TAKEOVER_OPT ROWS_OF(NAT_HANDOVER)( \
	{ ROLE_ROW(0, "takeover", OPT_FLAG, OPT_LINE, takeover, NULL), \
	  NULL, 0, 0, \
	  WORDS("Take the place of the nat that answers on the admin socket") },)
#define ROLE_TOKEN_OPTS \
	{ ROLE_ROW(0, "token", OPT_TEXT, OPT_SECRET, token, "TEXT"), \
	  NULL, 0, 0, WORDS("Secret shared by relay and clients") }, \
	{ ROLE_ROW(0, "token-file", OPT_TEXT, OPT_FIXED, token_file, "FILE"), \
	  NULL, 0, 0, WORDS("Read it from a file that only the owner can read") }, \
	{ ROLE_ROW(0, "weak-token", OPT_FLAG, 0, weak_token, NULL), \
	  NULL, 0, 0, WORDS("Take a token that could be guessed") }
#define ROLE_MEMORY_OPTS(memory) \
	{ ROLE_ROW(0, "max-memory", OPT_SIZE, OPT_FIXED, max_memory, "SIZE"), \
	  memory, 1 << 20, 4095u << 20, WORDS("Most memory for buffers") }, \
	{ ROLE_ROW(0, "pipe-size", OPT_SIZE, OPT_FIXED, pipe_size, "SIZE"), \
	  "256K", 4 << 10, 1 << 20, WORDS("Bytes that a pipe of the kernel holds") }
/* clang-format on */
extern const struct opt role_opts[];

struct role {
	size_t size;         /* of the settings */
	size_t max_visitors; /* where they have that limit, a uint32_t */
	size_t page;         /* where they name a FILE of HTML; 0: nowhere */
	size_t running;      /* where start leaves what runs, a pointer */
	size_t rereads[2]; /* where they name files that a reload reads, beside
			      * those of struct common; 0: no more */
	bool publishes;    /* services belong to its sections */
	bool resolves;     /* it looks names up */
	/* Takes what is no option; NULL: there must be none. 0 or -NAT_EUSAGE. */
	int (*arguments)(void *set, int argc, char **argv, struct diag *d);
	/* Makes the settings of s whole, with its services in conf; says all
	 * that start would refuse without touching the system.
	 */
	void (*fit)(const struct conf *conf, struct section *s, struct diag *d);
	/* The lowest port that it may open, now or later; NULL: it opens none. */
	unsigned (*lowest_port)(const void *set);
	/* Does it connect from other people's addresses? NULL: no. */
	bool (*borrows)(const void *set);
	/* Would start use a state directory? */
	bool (*keeps_state)(const void *set);
	/* A file that it writes and replaces; NULL: none. */
	const char *(*rewrites)(const void *set);
	/* Most descriptors that it has open at once, all its limits reached. */
	size_t (*descriptors)(const void *set);
	/* state_dir NULL: there is none to be had, and why has been said. */
	int (*start)(void *set, struct net *net, const char *state_dir,
		     struct diag *d);
	/* Says where it can be reached: all that this process serves has started.
	 * NULL: nowhere.
	 */
	void (*ready)(const void *set);
	/* Could it go on with these settings? Reads what they name; says through
	 * d what is wrong, and changes nothing.
	 */
	void (*check)(void *set, const void *fresh, struct diag *d);
	/* Goes on with what has been checked, lent until the next reload. */
	void (*reload)(void *set, const void *fresh);
	/* Connects anew: at once, or, not sure, if what is connected does not
	 * answer. NULL: it has nowhere to connect to.
	 */
	void (*retry)(void *set, bool sure);
	/* Serves nobody new from now on; is anybody still being served? NULL: nobody
	 * ever is, from one datagram or message to the next.
	 */
	void (*drain)(void *set);
	bool (*busy)(const void *set);
	/* When the loop has quit: 0, or an exit code, or an error that has been
	 * said. NULL: 0.
	 */
	int (*outcome)(const void *set);
	void (*stop)(void *set);
};

/* Lowers what the settings let in of visitors to most, if it is more: then what it
 * was, else 0.
 */
uint32_t role_lower(const struct role *role, void *set, uint32_t most);

/* Takes NAT_TOKEN from the environment when no other token is given. */
void role_take_env(struct common *c, struct diag *d);

/* The part of fit that concerns tokens: moves the token to token_text. */
void role_fit_token(struct common *c, struct diag *d);

#endif
