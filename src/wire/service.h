/* service - what a client publishes, as written on the command line or in a
 * `config service` section:
 *
 *     [NAME=]TYPE:[HOST:]PORT[-PORT][@PUBLIC] | [NAME=]TYPE:unix:/PATH[@PUBLIC]
 *
 * TYPE is tcp udp http https; PUBLIC a port, a range of as many ports as the
 * local one, (http, https) a host name, with *. before or a path behind it perhaps,
 * or (tcp) private: no port at all, other
 * clients of the relay reach it. HOST defaults to 127.0.0.1.
 */
#ifndef NAT_WIRE_SERVICE_H
#define NAT_WIRE_SERVICE_H

#include "base/opt.h"
#include "wire/fastnat.h"

/* Who may visit: told to the relay, which sees to it. */
enum { SERVICE_RATE = 10000, SERVICE_BURST = 100000 };
struct service_rules {
	struct opt_list allow, deny; /* CIDR; no allow: all but deny */
	uint32_t rate,
		burst; /* a second, at once, of an address; 0: see conf */
};

/* What the relay shall do with requests and answers, as in a file (site.h). */
struct service_site {
	const char *auth, *host;      /* USER:PASSWORD; NULL: none */
	uint64_t most;                /* bytes of a request's body; 0: any */
	bool https;                   /* who comes without TLS is sent there */
	const char *page, *page_text; /* a FILE, and what it has; NULL: none */
	struct opt_list ask, say;     /* "NAME: VALUE" or "-NAME" */
};

/* How its client finds out whether it is well (health.h). */
struct service_check {
	const char *
		path; /* of HTTP; empty: a connection will do; NULL: not at all */
	int64_t interval, timeout; /* ms */
	uint32_t fails;            /* in a row, until it is not */
};

/* How its client treats it and its visitors (edge.h). */
struct service_edge {
	uint64_t bandwidth
		[2]; /* bytes a second, from visitors and to them; 0: any */
	bool transparent; /* connected to from the visitor's address */
	uint8_t proxy; /* the PROXY protocol's version that it hears; 0: none */
	uint32_t visitors; /* at once, told to the relay; 0: any number */
	const char *group, *group_key; /* NULL: none; lent as the rules are */
	struct service_check check;    /* likewise */
};

struct service {
	/* As given; or TYPE-PORT, TYPE-FILE for unix. */
	char name[FASTNAT_NAME + 1];
	bool named; /* as given */
	bool private;
	uint8_t protocol;  /* enum fastnat_protocol */
	struct bytes host; /* without brackets; empty for unix */
	struct bytes path; /* of a unix socket; empty otherwise */
	uint16_t lo, hi;   /* local ports, hi == lo for one; 0 for unix */
	uint16_t public_lo, public_hi; /* 0: any port */
	int64_t idle_ms;               /* udp; set by who knows it */
	struct service_rules rules;    /* likewise */
	struct service_site site;      /* likewise */
	struct service_edge edge;      /* likewise */
	struct bytes public_host; /* http, https: host name, may be empty */
};

/* NULL and *s; or what is wrong, for people, with *s as it was. Slices are of
 * the arguments, but for the HOST that is left out.
 */
const char *service_parse(struct service *s, struct bytes text);

/* The same from the options of a section; public may be empty. */
const char *service_of(struct service *s, struct bytes name, struct bytes type,
		       struct bytes local, struct bytes public);

/* How many ports it publishes: 1, or those of its range. */
unsigned service_count(const struct service *s);

/* The i-th of them as a service of one port: for a range NAME-PORT with the
 * local port, or TYPE-PORT when unnamed.
 */
void service_at(struct service *out, const struct service *s, unsigned i);

/* "tcp", "udp", "http", "https". */
const char *service_type(enum fastnat_protocol p);

/* Its host or path. */
static inline struct bytes service_place(const struct service *s)
{
	return s->path.n ? s->path : s->host;
}

/* "127.0.0.1:22", "[::1]:22" or "unix:/path". */
void service_print_local(struct fmt *f, const struct service *s);

#endif
