/* sandbox - what a serving process takes from itself once all sections have
 * started (docs/decisions/0016-sandbox.md): os/confine.h, with the files that its
 * settings name. `--no-sandbox` keeps all rights, and so does the small build.
 */
#ifndef NAT_CMD_SANDBOX_H
#define NAT_CMD_SANDBOX_H

#include "cmd/serve.h"

struct sandbox {
	const struct common *common;
	const struct serve_what *what;
	const char *log_file, *state_dir, *admin; /* NULL: none */
};

/* Cannot fail: what the system refuses is said, and the process serves. */
void sandbox_enter(const struct sandbox *s, struct log *log);

/* The file that a relay of these settings writes, and moves when it is large; or
 * NULL. In relay.c.
 */
const char *sandbox_trail(const void *settings);

#endif
