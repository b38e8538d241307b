#include "wire/target.h"
#include "base/cur.h"
#include "wire/fastnat.h"

static struct target halves(struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes owner = cur_until(&c, '/');

	return (struct target){ owner, { c.p, cur_left(&c) } };
}

int target_parse(struct target *t, struct bytes text)
{
	struct target got = halves(text);

	if (!fastnat_is_name(got.owner) || !fastnat_is_name(got.service))
		return -NAT_EINVAL;
	*t = got;
	return 0;
}

static bool fits(struct bytes pattern)
{
	return bytes_are(pattern, "*") || fastnat_is_name(pattern);
}

bool targets_good(struct bytes list)
{
	struct cur c = cur_of(list);

	do {
		struct target t = halves(cur_until(&c, ','));

		if (!fits(t.owner) || !fits(t.service))
			return false;
	} while (cur_left(&c) > 0);
	return true;
}

static bool matches(struct bytes pattern, struct bytes name)
{
	return bytes_are(pattern, "*") || bytes_equal(pattern, name);
}

bool targets_have(struct bytes list, const struct target *t)
{
	struct cur c = cur_of(list);

	while (cur_left(&c) > 0) {
		struct target one = halves(cur_until(&c, ','));

		if (matches(one.owner, t->owner) &&
		    matches(one.service, t->service))
			return true;
	}
	return false;
}
