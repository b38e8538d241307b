/* opt - one table of options for the command line, the config file, --help and
 * the dump of the settings in force.
 *
 * Pure: values are checked text turned into fields of the command's settings.
 * Text values are lent: argv and the config's memory must outlive the settings.
 * The command line wins because it is read after the file; a list is emptied
 * by the first value that comes from a later source than the ones it holds.
 */
#ifndef NAT_BASE_OPT_H
#define NAT_BASE_OPT_H

#include "base/err.h"
#include "base/fmt.h"

/* clang-format off */
/*      type          field             as a user writes it                   */
enum opt_type {
	OPT_FLAG,  /* bool              --name; in a file, or after =, one of
	                                0 no off false 1 yes on true          */
	OPT_COUNT, /* uint32_t          -v -v, up to max; a number in a file,
	                                or after =                            */
	OPT_UINT,  /* uint32_t          a number                              */
	OPT_TEXT,  /* const char *      anything, no control characters       */
	OPT_MS,    /* int64_t           250ms 30s 10m 1h; bare: seconds       */
	OPT_SIZE,  /* uint64_t          64K 10M 1G; K is 1024                 */
	OPT_ADDR,  /* const char *      host:port :port port [v6]:port        */
	OPT_PORTS, /* struct opt_ports  LO-HI or one port                     */
	OPT_CIDR   /* const char *      192.0.2.0/24, 2001:db8::/32, 192.0.2.1 */
};

enum opt_flags {
	OPT_LIST = 1,   /* TEXT ADDR CIDR: the field is a struct opt_list     */
	OPT_SECRET = 2, /* TEXT: hidden in the dump unless asked, wiped in argv */
	OPT_LINE = 4,   /* command line only: not in files, not in the dump   */
	OPT_HOST = 8,   /* ADDR: a host (name, v4, v6, [v6]) alone will do    */
	OPT_FIXED = 16  /* a reload does not change it: see change.h          */
};
/* clang-format on */

struct opt_ports {
	uint16_t lo, hi;
};

enum opt_from { OPT_BY_DEFAULT, OPT_BY_FILE, OPT_BY_LINE };
enum { OPT_LIST_MAX = 16 };
struct opt_list {
	uint32_t n;
	enum opt_from from; /* of all that it holds */
	const char *v[OPT_LIST_MAX];
};

/* A sentence that only help shows: "" in builds without the part `manual`, whose
 * help has names, values and defaults. The Makefile says NAT_WORDS: full or none.
 */
#define WORDS_full(text) text
#define WORDS_none(text) ""
#define WORDS_JOIN(which) WORDS_##which
#define WORDS_OF(which) WORDS_JOIN(which)
#define WORDS(text) WORDS_OF(NAT_WORDS)(text)

/* A member that such a sentence initializes: a byte, where it is "". */
#define WORDS_MEMBER_full(name) const char *name
#define WORDS_MEMBER_none(name) char name[1]
#define WORDS_MEMBER_JOIN(which) WORDS_MEMBER_##which
#define WORDS_MEMBER_OF(which) WORDS_MEMBER_JOIN(which)
#define WORDS_MEMBER(name) WORDS_MEMBER_OF(NAT_WORDS)(name)

/* Packed there, 40 bytes and not 64. (Elsewhere not: who relocates pointers in
 * tables likes them aligned.)
 */
#define WORDS_PACKED_full
#define WORDS_PACKED_none __attribute__((packed))
#define WORDS_PACKED_JOIN(which) WORDS_PACKED_##which
#define WORDS_PACKED_OF(which) WORDS_PACKED_JOIN(which)

struct opt {
	char letter;        /* 0: long form only */
	const char *name;   /* --max-clients; max_clients in the file */
	uint8_t type;       /* enum opt_type */
	uint8_t flags;      /* enum opt_flags */
	uint32_t at;        /* offsetof in the command's settings */
	const char *arg;    /* what to call the value, NULL for a flag */
	const char *def;    /* the default as a user would write it, or NULL */
	uint32_t min, max;  /* of UINT COUNT MS SIZE; max 0: what fits */
	WORDS_MEMBER(help); /* one sentence, no full stop */
} WORDS_PACKED_OF(NAT_WORDS);

/* Rows of a part, which builds without it have not. The Makefile says, as in
 * NAT_TLS and NAT_HTTP: in or out.
 */
#define ROWS_in(...) __VA_ARGS__
#define ROWS_out(...)
#define ROWS_JOIN(which) ROWS_##which
#define ROWS_OF(which) ROWS_JOIN(which)

/* clang-format off */
#define OPT_END { .name = NULL }
/* In its place: another table's rows follow. */
#define OPT_ON(table) { .arg = (const char *)(table) }
/* clang-format on */

/* The row that follows; the last one has no name. */
const struct opt *opt_next(const struct opt *row);

/* Where complaints go, all of them: one line each, without a newline. */
struct diag {
	void (*say)(struct diag *d, const char *text);
	const char *where; /* "nat relay" or "nat.conf"; goes before the line */
	unsigned line;     /* of the file; 0: it is the command line */
	unsigned count;    /* complaints so far */
};

/* "where: text" or "where:line: text"; control characters become '?'. */
__attribute__((format(printf, 2, 3))) void diag_put(struct diag *d,
						    const char *form, ...);

/* The same about one option, which is called --max-clients when it is of the
 * command line and max_clients when it is of a file. -NAT_EUSAGE or -NAT_ECONF.
 */
int diag_option(struct diag *d, const char *name, const char *text);

/* Every row's default; a bad default is an assert. conf was zeroed at first. */
void opt_defaults(const struct opt *tab, void *conf);

/* Reads argv[1..]; returns the index of the first argument that is no option
 * (all options may stand between and after arguments: they are moved before),
 * or -NAT_EUSAGE with the complaint said. "--" ends the options. Reading an argv
 * again that was good gives the same. -h and --help are ordinary rows.
 */
MUST_USE int opt_args(const struct opt *tab, void *conf, int argc, char **argv,
		      struct diag *d);

/* Overwrites the value of every OPT_SECRET row in argv, which opt_args has read
 * without complaint: a setting that still points there reads xxxx from now on.
 */
void opt_wipe(const struct opt *tab, int argc, char **argv);

/* One line of a config section: name as in the file, with '_'. list: it was
 * `list name value`; `option` on a list row makes a list of one element, `list`
 * on another row is an error. 0 or -NAT_ECONF, complaint said.
 */
struct opt_line {
	const char *name, *value;
	bool list;
};
MUST_USE int opt_file(const struct opt *tab, void *conf,
		      const struct opt_line *line, struct diag *d);

/* A line or two for every row, for --help. */
void opt_help(const struct opt *tab, struct fmt *f);

/* The name as it is written in files. */
void opt_key(struct fmt *f, const char *name);

/* UCI lines for every row with a value, tab-indented, '_' for '-', quoted; a
 * comment in the place of a secret unless asked.
 */
void opt_dump(const struct opt *tab, const void *conf, bool secrets,
	      struct fmt *f);

#endif
