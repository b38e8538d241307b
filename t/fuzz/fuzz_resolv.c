/* Any resolv.conf gives a resolver: slices are of the text, names come to an end. */
#include "fuzz.h"
#include "wire/resolvconf.h"

static void check_names(const struct resolvconf *c, struct bytes host)
{
	struct dns_name name;
	unsigned i = 0;
	int rc;

	for (; (rc = resolvconf_name(c, host, i, &name)) != -NAT_ENOENT; i++) {
		assert(i <= RESOLVCONF_SEARCH);
		assert(rc < 0 || (name.n > 1 && name.p[name.n - 1] == 0));
	}
	assert(resolvconf_itself(c, host) < i);
}

void fuzz(struct bytes in)
{
	struct resolvconf c;

	resolvconf_parse(&c, in);
	assert(c.nservers > 0 && c.nservers <= RESOLVCONF_SERVERS);
	assert(c.nsearch <= RESOLVCONF_SEARCH && c.ndots <= 15);
	for (unsigned i = 0; i < c.nsearch; i++)
		assert(fuzz_within(c.search[i], in));
	if (in.n > 0)
		check_names(&c, in);
	check_names(&c, BYTES("host.lan"));
}
