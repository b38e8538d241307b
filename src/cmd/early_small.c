#include "cmd/early.h"
#include "os/process.h"

int early_start(const struct serve_what *what, struct diag *d)
{
	(void)what;
	(void)d;
	process_renounce();
	return 0;
}
