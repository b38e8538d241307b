/* Descriptions and answers: what is found can be asked, in one line that is one. */
#include "fuzz.h"
#include "wire/upnp.h"

void fuzz(struct bytes in)
{
	struct addr from = { .family = ADDR_IP4, .ip = { 10, 0, 0, 1 } };
	struct upnp_url u = { from, 3, "/d/" }, v;
	struct fmt f = fuzz_room(0);
	enum upnp_service s;
	struct upnp_answer a;

	u.at.port = 80;
	if (upnp_found(&v, &from, in) == 0)
		assert(v.n && v.path[0] == '/' && addr_same_ip(&v.at, &from));
	upnp_parse(&a, 200, in);
	assert(a.error <= 999);
	if (upnp_describe(&s, &u, in) < 0)
		return;
	assert(s != UPNP_NONE && u.n && addr_same_ip(&u.at, &from));
	for (size_t i = 0; i < u.n; i++)
		assert(u.path[i] > ' ' && u.path[i] <= '~');
	upnp_get(&f, &u);
	assert(f.n < UPNP_ASK);
}
