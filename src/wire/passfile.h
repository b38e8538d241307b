/* passfile - the secrets of a natpass server, and what may be asked for with them.
 *
 *     ID:SECRET WORDS     of the client of that id
 *     SECRET WORDS        of all who have no line of their own
 *
 * one a line, '#' begins a comment line. A secret has no blank; without an ID
 * before it, no colon. The word is open=TYPE@ID,...: what a client of that line
 * may open, and where; TYPE is tcp, udp, shell, vnc, bench or code, either may be
 * `*`, and without @ID it is any; open= alone is nothing. Without the word, as
 * with the originals, it is everything.
 */
#ifndef NAT_WIRE_PASSFILE_H
#define NAT_WIRE_PASSFILE_H

#include "base/opt.h"
#include "wire/natpass.h"

struct passfile_line {
	struct bytes id, secret; /* id.p NULL: of all others */
	struct bytes open;       /* p NULL: everything */
};

/* All that is wrong with a file, said with its lines; how many lines it has. */
uint32_t passfile_check(struct bytes text, struct diag *d);

/* Whose line is this client's. False: nobody's. Slices are of text. */
bool passfile_find(struct passfile_line *line, struct bytes text,
		   struct bytes id);

/* May it open that, at the client of that id? */
bool passfile_opens(const struct passfile_line *line, uint32_t type,
		    struct bytes id);

#endif
