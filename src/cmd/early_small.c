#include "cmd/early.h"
#include "os/process.h"

int early_start(const struct serve_what *what, struct diag *d)
{
	(void)what;
	(void)d;
	process_renounce();
	return 0;
}

void early_stop(const struct serve_what *what)
{
	(void)what;
}
