/* sandbox, for small builds: none. */
#include "cmd/sandbox.h"

void sandbox_enter(const struct sandbox *s, struct log *log)
{
	(void)s;
	log_debug(log, "nat", "not confined: this build cannot");
}
