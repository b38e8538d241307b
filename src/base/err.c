#include "base/err.h"
#include "base/span.h"
#include <assert.h>

struct row {
	const char *text;
	int code;
};

static size_t index_of(int err)
{
	size_t at = err < 0 ? 0U - (unsigned)err : 0;

	assert(at < NAT_ERR_END);
	return at;
}

static const struct row *row_of(int err)
{
	static const struct row rows[] = { { "no error", 0 },
#define X(name, text, code) { text, code },
					   NAT_ERRORS(X)
#undef X
	};

	return &rows[index_of(err)];
}

const char *err_text(int err)
{
	return row_of(err)->text;
}

int err_exit(int err)
{
	return row_of(err)->code;
}

const char *err_name(int err)
{
	static const char *const names[] = { "OK",
#define X(name, text, code) #name,
					     NAT_ERRORS(X)
#undef X
	};

	return names[index_of(err)];
}
