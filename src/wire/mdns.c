#include "wire/mdns.h"

enum {
	QR = 0x8000,
	IN = 1,
	UNICAST = 0x8000, /* with the class of a question: answer to me alone */
	FLUSH = 0x8000    /* with that of a record */
};

const struct addr mdns_groups[2] = {
	{ .family = ADDR_IP4, .port = MDNS_PORT, .ip = { 224, 0, 0, 251 } },
	{ .family = ADDR_IP6,
	  .port = MDNS_PORT,
	  .ip = { 0xff, 0x02, [15] = 0xfb } },
};

bool mdns_is_local(struct bytes name)
{
	static const char end[] = ".local";
	size_t n = sizeof end - 1;

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n <= n)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((name.p[name.n - n + i] | (i ? 0x20 : 0)) !=
		    (uint8_t)end[i])
			return false;
	return true;
}

static void put_question(struct fmt *f, const struct dns_name *name,
			 enum dns_type type)
{
	const uint8_t end[] = { 0, (uint8_t)type, UNICAST >> 8, IN };

	fmt_bytes(f, (struct bytes){ name->p, name->n });
	fmt_bytes(f, (struct bytes){ end, sizeof end });
}

int mdns_print_query(struct fmt *f, struct bytes name)
{
	static const uint8_t head[12] = { [5] = 2 }; /* questions */
	struct dns_name wire;

	if (dns_name_of(&wire, name, (struct bytes){ NULL, 0 }) < 0)
		return -NAT_EINVAL;
	fmt_bytes(f, (struct bytes){ head, sizeof head });
	put_question(f, &wire, DNS_A);
	put_question(f, &wire, DNS_AAAA);
	return 0;
}

/* ---- answers ---- */

struct answers {
	struct dns_name name;
	struct bytes msg;
	struct cur c;
	struct addr *addrs;
	unsigned n;
};

static void skip_questions(struct answers *a, unsigned n)
{
	struct dns_name name;

	while (n-- > 0 && !a->c.bad) {
		dns_read_name(&name, &a->c, a->msg);
		cur_bytes(&a->c, 4);
	}
}

static void take(struct answers *a, unsigned type, struct bytes data)
{
	struct addr *to = &a->addrs[a->n];

	if (a->n == MDNS_ADDRS || !(type == DNS_A ? data.n == 4 : data.n == 16))
		return;
	*to = (struct addr){ .family = type == DNS_A ? ADDR_IP4 : ADDR_IP6 };
	memcpy(to->ip, data.p, data.n);
	a->n++;
}

static void read_record(struct answers *a)
{
	struct dns_name owner;
	unsigned type, class;
	struct bytes data;

	dns_read_name(&owner, &a->c, a->msg);
	type = cur_u16(&a->c);
	class = cur_u16(&a->c);
	cur_u32(&a->c);
	data = cur_bytes(&a->c, cur_u16(&a->c));
	if (!a->c.bad && (class & ~(unsigned)FLUSH) == IN &&
	    (type == DNS_A || type == DNS_AAAA) &&
	    dns_same_name(&owner, &a->name))
		take(a, type, data);
}

unsigned mdns_read(struct bytes msg, struct bytes name,
		   struct addr addrs[MDNS_ADDRS])
{
	struct answers a = { .msg = msg, .c = cur_of(msg), .addrs = addrs };
	unsigned flags, questions, records;

	if (dns_name_of(&a.name, name, (struct bytes){ NULL, 0 }) < 0)
		return 0;
	cur_u16(&a.c);
	flags = cur_u16(&a.c);
	questions = cur_u16(&a.c);
	records = cur_u16(&a.c);
	records += cur_u16(&a.c);
	records += cur_u16(&a.c);
	if (!(flags & QR) || records > DNS_RECORDS)
		return 0;
	skip_questions(&a, questions);
	while (records-- > 0 && !a.c.bad)
		read_record(&a);
	return a.n;
}
