#include "net/reread.h"

void reread_init(struct reread *r, const char *path, struct span room)
{
	*r = (struct reread){ .path = path, .room = room };
}

static bool same_stamp(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->seconds == b->seconds && a->nanoseconds == b->nanoseconds &&
	       a->inode == b->inode && a->size == b->size;
}

bool reread_look(struct reread *r, int64_t now)
{
	bool first = r->looked == 0, same;
	struct file_stamp stamp;
	long n;
	int err;

	if (!first && now < r->looked - 1 + REREAD_MS)
		return false;
	r->looked = now + 1;
	stamp = file_stamp(r->path);
	same = !first && same_stamp(&stamp, &r->stamp);
	if (same && !r->err)
		return false;
	n = file_read(r->path, r->room);
	err = n < 0 ? (int)n : 0;
	if (same && err == r->err)
		return false;
	r->stamp = stamp;
	r->err = err;
	r->text = (struct bytes){ r->room.p, n > 0 ? (size_t)n : 0 };
	return true;
}
