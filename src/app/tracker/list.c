#include "app/tracker/list.h"

enum { EACH = 2 /* places of an address */ };

bool list_heard(struct tracker_list *l, const struct addr *at, int64_t now)
{
	uint32_t of_host = 0, i;
	bool fresh;

	for (i = 0; i < l->n; i++) {
		if (!addr_same_ip(&l->rows[i].at, at))
			continue;
		if (l->rows[i].at.port == at->port)
			break;
		of_host++;
	}
	fresh = i == l->n;
	if (fresh && (l->n == LIST_MOST || of_host == EACH))
		return false;
	l->n += fresh;
	if (fresh || l->rows[i].until < now + LIST_LASTS)
		l->rows[i] = (struct tracker_row){ *at, now + LIST_LASTS };
	return fresh;
}

void list_expire(struct tracker_list *l, int64_t now)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < l->n; i++)
		if (l->rows[i].until > now)
			l->rows[kept++] = l->rows[i];
	l->n = kept;
}

static bool put_line(struct fmt *f, const struct addr *a)
{
	size_t from = f->n;

	fmt_put(f, from ? "\n" : "");
	addr_print(f, a);
	if (!f->full)
		return true;
	f->n = from;
	return false;
}

void list_print(struct fmt *f, const struct tracker_list *l,
		const struct addr *itself)
{
	if (itself->family && !put_line(f, itself))
		return;
	for (uint32_t i = 0; i < l->n; i++)
		if (!put_line(f, &l->rows[i].at))
			return;
}
