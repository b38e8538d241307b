#include "app/peer/allow.h"
#include "base/cur.h"

bool allow_next(struct bytes *rest, struct allowed *a)
{
	struct cur c = cur_of(*rest);
	struct cur part = cur_of(cur_until(&c, ','));
	struct bytes id = cur_until(&part, ':');

	if (chain_parse_id(a->id, id) < 0)
		return false;
	a->service = cur_bytes(&part, cur_left(&part));
	*rest = cur_bytes(&c, cur_left(&c));
	return true;
}

static bool has(const struct opt_list *l, const uint8_t id[CHAIN_ID],
		const struct bytes *service)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct bytes rest = bytes_of(l->v[i]);
		struct allowed a;

		while (allow_next(&rest, &a))
			if (!memcmp(a.id, id, CHAIN_ID) &&
			    (!service || bytes_equal(a.service, *service)))
				return true;
	}
	return false;
}

bool allow_answers(const struct opt_list *l, const uint8_t id[CHAIN_ID])
{
	return l->n == 0 || has(l, id, NULL);
}

bool allow_opens(const struct opt_list *l, const uint8_t id[CHAIN_ID],
		 struct bytes service)
{
	return service.n > 0 && has(l, id, &service);
}
