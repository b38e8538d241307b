/* The settings in force, printed as a file, are the settings of that file; memory
 * that has held others is as good as new.
 */
#include "fuzz.h"
#include "cmd/conf.h"
#include "world.h"

static bool print(struct fmt *f, struct bytes file)
{
	struct diag d = cmd_file_diag("fuzz.conf");
	struct conf *c = conf_new(&d);
	bool good;

	assert(c);
	world_file(BYTES("config relay\noption token 'x'\nconfig service\n"));
	good = conf_read(c, "fuzz.conf", &d) == 0;
	conf_clear(c);
	d.count = 0;
	world_file(file);
	good = conf_read(c, "fuzz.conf", &d) == 0 && conf_fit(c) == 0;
	if (good)
		conf_print(c, true, f);
	world_end();
	return good && f->n > 0;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
