#include "base/change.h"
#include "base/value.h"

/* Of a row that is no list: one of the field itself. */
struct values {
	const void *first;
	uint32_t n;
};

static struct values values_of(const struct opt *row, const void *conf)
{
	const void *field = (const char *)conf + row->at;
	const struct opt_list *list = field;

	return row->flags & OPT_LIST ? (struct values){ list->v, list->n }
				     : (struct values){ field, 1 };
}

static const void *value_at(const struct opt *row, const struct values *of,
			    uint32_t i)
{
	return (const char *)of->first + i * value_size(row);
}

static bool same(const struct opt *row, const void *was, const void *is)
{
	struct values a = values_of(row, was), b = values_of(row, is);

	if (a.n != b.n)
		return false;
	for (uint32_t i = 0; i < a.n; i++)
		if (!value_same(row, value_at(row, &a, i),
				value_at(row, &b, i)))
			return false;
	return true;
}

const struct opt *change_next(const struct opt *row, const void *was,
			      const void *is)
{
	while (row->name && ((row->flags & OPT_LINE) || same(row, was, is)))
		row = opt_next(row);
	return row;
}

/* A text that is not there is none. */
static void print_side(struct fmt *f, const struct opt *row, const void *conf)
{
	struct values of = values_of(row, conf);

	if (!(row->flags & OPT_LIST) && value_is_text(row) &&
	    !*(const char *const *)of.first)
		of.n = 0;
	if (of.n == 0)
		fmt_put(f, " none");
	for (uint32_t i = 0; i < of.n; i++) {
		fmt_put(f, " ");
		value_print(f, row, value_at(row, &of, i));
	}
}

void change_print(struct fmt *f, const struct opt *row, const void *was,
		  const void *is)
{
	opt_key(f, row->name);
	if (row->flags & OPT_SECRET) {
		fmt_put(f, ": has changed");
		return;
	}
	fmt_put(f, ":");
	print_side(f, row, was);
	fmt_put(f, " ->");
	print_side(f, row, is);
}

void change_undo(const struct opt *row, const void *was, void *is)
{
	memcpy((char *)is + row->at, (const char *)was + row->at,
	       row->flags & OPT_LIST ? sizeof(struct opt_list)
				     : value_size(row));
}
