/* asked - joins what is served to app/admin: the admin socket, the metrics, and
 * who reports there. Small builds have no such thing and refuse the options.
 */
#ifndef NAT_CMD_ASKED_H
#define NAT_CMD_ASKED_H

#include "cmd/owner.h"
#include "cmd/serve.h"

struct asked;
struct asked_of {
	const struct cmd *cmd;
	const struct common *common;
	const struct serve_what *what;
	const struct owner_place *runtime; /* for the socket */
	int most_fds;
};

/* Is a directory needed where the socket is by default? */
bool asked_wanted(const struct common *common);

/* Before anything says that it is ready: nobody is answered until the loop runs.
 * *a NULL: there is nothing to stop. 0, or an error, said.
 */
MUST_USE int asked_start(struct asked **a, struct net *net,
			 const struct asked_of *of, struct diag *d);
/* Who reports there, once all of it runs. */
void asked_about(struct asked *a, const struct serve_what *what);
/* Takes over from a process before, if that is asked for, and may be taken over from.
 * 0, or an error, said.
 */
struct course;
MUST_USE int asked_take_over(struct asked *a, struct course *course,
			     const struct settings *now, struct diag *d);
void asked_stop(struct asked *a);

/* Where the socket is, which asked_stop takes away; NULL: nowhere. */
const char *asked_socket(const struct asked *a);

#endif
