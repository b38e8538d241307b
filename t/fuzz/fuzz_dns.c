/* An answer to our question: header words and records of any kind. */
#include "fuzz.h"
#include "wire/dns.h"

static struct fmt answer(const struct dns_question *q, struct bytes in)
{
	struct fmt f = fuzz_room(0);

	dns_print_query(&f, q, false);
	assert(!dns_answers(fmt_done(&f), q)); /* it is none yet */
	memcpy(f.to.p + 2, in.p, 2);
	memcpy(f.to.p + 6, in.p + 2, 6);
	fmt_bytes(&f, (struct bytes){ in.p + 8, in.n - 8 });
	return f;
}

void fuzz(struct bytes in)
{
	struct dns_question q = { .type = in.n % 2 ? DNS_A : DNS_AAAA };
	struct dns_answer a;
	struct fmt f;

	if (in.n < 8 || dns_name_of(&q.name, BYTES("a.b"), BYTES("c")) < 0)
		return;
	f = answer(&q, in);
	in = (struct bytes){ fuzz_copy(fmt_done(&f)), f.n };
	if (dns_answers(in, &q) && dns_parse(&a, in, &q) == 0)
		assert(a.truncated || (a.addrs.n <= DNS_ADDRS && a.name.n > 0));
	free((void *)in.p);
}
