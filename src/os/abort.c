/* The C library's own way to say that an assertion failed is printf, and all of
 * it: 13 KB of a static program. This says the same by one write.
 */
#include "os/abort.h"
#include "base/fmt.h"
#include <stdlib.h>
#include <unistd.h>

_Noreturn void __assert_fail(const char *text, const char *file,
			     assert_line line, const char *function)
{
	uint8_t said[400];
	struct fmt f = fmt_to(SPAN(said));

	fmt_put(&f, "%s:%u: %s: assertion failed: %s\n", file, (unsigned)line,
		function, text);
	if (write(STDERR_FILENO, said, fmt_done(&f).n) < 0)
		abort();
	abort();
}
