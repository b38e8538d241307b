/* conf - the config file: its sections as settings, checked, all complaints in
 * one pass. What is read lies in one piece of memory, the text that settings point
 * into included; a reload reads into another one.
 */
#ifndef NAT_CMD_CONF_H
#define NAT_CMD_CONF_H

#include "cmd/cmd.h"
#include "wire/edge.h"

enum {
	CONF_SIZE = 64 * 1024,       /* most bytes of the file */
	CONF_SECTIONS = 16,          /* most sections of roles */
	CONF_SERVICES = 256,         /* most sections of services */
	CONF_PAGE = FASTNAT_HOST + 1 /* more than is sent of an error page */
};

/* A role's section, or what stands for it on the command line (line 0). */
struct conf;

struct section {
	const struct cmd *cmd;   /* its role is not NULL */
	const struct conf *conf; /* that it is of */
	const char *name;        /* "" when it has none */
	unsigned line;
	bool enabled;
	void *set; /* the role's settings, which begin with a struct common */
};

struct conf_service {
	const char *name; /* "" when it has none */
	unsigned line;
	bool enabled;
	const char *type, *local, *public, *client; /* NULL: not given */
	int64_t udp_idle;                           /* ms; 0: the client's */
	struct service_rules rules;
	struct service_site site;
	struct edge_wish edge;
	const struct section *owner;
};

extern const struct opt conf_service_opts[];

/* Of every section; the settings are its bool enabled. */
extern const struct opt conf_enabled_opts[];

struct conf {
	struct span memory, room; /* all of it; what settings may yet take */
	struct diag *diag;        /* what is wrong with the file */
	uint32_t nsections, nservices;
	struct section sections[CONF_SECTIONS];
	struct conf_service services[CONF_SERVICES];
};

/* An empty one; NULL: there is no memory, said through d. It costs nothing until
 * something is read.
 */
struct conf *conf_new(struct diag *d);
/* Empties it, secrets first: nothing in it may be in use any more. */
void conf_clear(struct conf *c);

/* Zeroed memory of it, for settings: of every section and one thing more. */
void *conf_take(struct conf *c, size_t n);

/* A section with default settings, taken of c. */
void section_init(struct section *s, struct conf *c, const struct cmd *cmd);

/* Fills an empty conf; d, which it keeps, is about the file. 0, or -NAT_ECONF with
 * everything said; then conf holds what could be read.
 */
MUST_USE int conf_read(struct conf *c, const char *path, struct diag *d);

/* Error pages are part of the settings: read when those are, by conf_read. */
void conf_read_pages(struct conf *c);

/* Role after role: what start would refuse. 0 or -NAT_ECONF, said. */
MUST_USE int conf_fit(struct conf *c);

/* The one enabled section of that command, or NULL, said. */
struct section *conf_only(struct conf *c, const struct cmd *cmd);

/* Settings in force, as a file. */
void conf_print(const struct conf *c, bool secrets, struct fmt *f);

#endif
