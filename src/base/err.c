#include "base/err.h"
#include "base/span.h"
#include <assert.h>

struct row {
	const char *text;
	int code;
};

static const struct row *row_of(int err)
{
	static const struct row rows[] = { { "no error", 0 },
#define X(name, text, code) { text, code },
					   NAT_ERRORS(X)
#undef X
	};
	size_t at = err < 0 ? 0U - (unsigned)err : 0;

	assert(at < COUNT(rows));
	return &rows[at];
}

const char *err_text(int err)
{
	return row_of(err)->text;
}

int err_exit(int err)
{
	return row_of(err)->code;
}
