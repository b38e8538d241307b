/* access - one line for each request of HTTP and each visit, for people's tools: JSON,
 * or the combined format of the web servers. What strangers have said is in it, and
 * none of it ends a line or a field: in JSON by its own escapes, bytes that are no
 * UTF-8 as U+FFFD; in the other as \xHH.
 */
#ifndef NAT_WIRE_ACCESS_H
#define NAT_WIRE_ACCESS_H

#include "base/addr.h"

enum { ACCESS_LINE = 16 * 1024 }; /* no line needs more room */

struct access_line {
	int64_t at;       /* Unix time, seconds */
	const char *kind; /* "http", "tcp", "udp" */
	const struct addr *from;
	struct bytes method, host, target; /* of HTTP; longer ones are cut */
	struct bytes referer, agent;
	unsigned status, minor;       /* status 0: there was no answer */
	uint64_t in, out, ms;         /* bytes, how long */
	const char *service, *client; /* "": none */
};

enum access_format { ACCESS_JSON, ACCESS_COMBINED };

/* With its newline. */
void access_print(struct fmt *f, const struct access_line *l,
		  enum access_format format);

/* Of a name as in options; -NAT_EINVAL. */
MUST_USE int access_format_of(struct bytes name);

#endif
