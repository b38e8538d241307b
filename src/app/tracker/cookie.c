#include "app/tracker/cookie.h"
#include "crypt/ct.h"

enum { MINUTE = 60 * 1000 };

void cookies_init(struct cookies *c, struct bytes key)
{
	hmac_init(&c->keyed, &hash_sha256, key);
}

static void print(struct fmt *f, const struct cookies *c, const struct addr *a,
		  int64_t minute)
{
	struct hmac h = c->keyed;
	uint8_t what[16 + 2 + 8], mac[SHA256_SIZE];

	addr_cut(what, a, 128);
	what[16] = (uint8_t)(a->port >> 8);
	what[17] = (uint8_t)a->port;
	for (int i = 0; i < 8; i++)
		what[18 + i] = (uint8_t)((uint64_t)minute >> 8 * i);
	hmac_add(&h, bytes_in(SPAN(what)));
	hmac_end(&h, mac);
	fmt_hex(f, (struct bytes){ mac, COOKIE_TEXT / 2 });
}

void cookie_print(struct fmt *f, const struct cookies *c, const struct addr *a,
		  int64_t now)
{
	print(f, c, a, now / MINUTE);
}

bool cookie_good(const struct cookies *c, struct bytes text,
		 const struct addr *a, int64_t now)
{
	if (text.n != COOKIE_TEXT)
		return false;
	for (int64_t minute = now / MINUTE; minute >= now / MINUTE - 1;
	     minute--) {
		char room[COOKIE_TEXT];
		struct fmt f = fmt_to(SPAN(room));

		print(&f, c, a, minute);
		if (ct_equal(fmt_done(&f), text))
			return true;
	}
	return false;
}
