#include "wire/dns.h"

enum {
	IN = 1,
	QR = 0x8000,
	OPCODE = 0x7800,
	TC = 0x0200,
	RD = 0x0100,
	RCODE = 0x000f,
	HEADER = 12,
	POINTERS = 127 /* a name has no more labels that one could lead to */
};

/* ---- names ---- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* A label, or the root when it is empty. False: the name becomes too long. */
static bool add_label(struct dns_name *name, struct bytes label)
{
	if (label.n > DNS_LABEL || name->n + 1 + label.n > DNS_NAME)
		return false;
	name->p[name->n++] = (uint8_t)label.n;
	for (size_t i = 0; i < label.n; i++)
		name->p[name->n++] = lower(label.p[i]);
	return true;
}

static bool add_labels(struct dns_name *name, struct bytes text)
{
	struct cur c = cur_of(text);

	while (cur_left(&c)) {
		struct bytes label = cur_until(&c, '.');

		for (size_t i = 0; i < label.n; i++)
			if (label.p[i] <= ' ' || label.p[i] == 0x7f)
				return false;
		if (label.n == 0 || !add_label(name, label))
			return false;
	}
	return true;
}

int dns_name_of(struct dns_name *name, struct bytes host, struct bytes domain)
{
	struct dns_name made = { .n = 0 };

	if (host.n == 0 || !add_labels(&made, host) ||
	    !add_labels(&made, domain) ||
	    !add_label(&made, (struct bytes){ NULL, 0 }))
		return -NAT_EINVAL;
	*name = made;
	return 0;
}

bool dns_same_name(const struct dns_name *a, const struct dns_name *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

/* RFC 1035 4.1.4. */
void dns_read_name(struct dns_name *name, struct cur *c, struct bytes msg)
{
	struct cur at = *c;
	size_t lowest = (size_t)(at.p - msg.p);
	int pointers = 0;

	name->n = 0;
	while (!c->bad && !at.bad) {
		uint8_t n = cur_u8(&at);

		if (n >= 0xc0) {
			size_t to = (size_t)(n & 0x3f) << 8 | cur_u8(&at);

			if (pointers++ == 0)
				c->p = at.p;
			c->bad = at.bad || to >= lowest || pointers > POINTERS;
			lowest = c->bad ? 0 : to;
			at.p = msg.p + lowest;
			continue;
		}
		if (n > DNS_LABEL || !add_label(name, cur_bytes(&at, n)))
			break;
		if (n == 0 && !at.bad) {
			c->p = pointers ? c->p : at.p;
			return;
		}
	}
	c->bad = true;
}

/* ---- asking ---- */

void dns_print_query(struct fmt *f, const struct dns_question *q, bool edns)
{
	const uint8_t head[HEADER] = {
		(uint8_t)(q->id >> 8), (uint8_t)q->id, RD >> 8, [5] = 1,
		[11] = edns,
	};
	const uint8_t type[] = { 0, (uint8_t)q->type, 0, IN };
	static const uint8_t opt[] = {
		0, 0, DNS_OPT, DNS_UDP >> 8, DNS_UDP & 255, 0, 0, 0, 0, 0, 0
	};

	fmt_bytes(f, (struct bytes){ head, sizeof head });
	fmt_bytes(f, (struct bytes){ q->name.p, q->name.n });
	fmt_bytes(f, (struct bytes){ type, sizeof type });
	if (edns)
		fmt_bytes(f, (struct bytes){ opt, sizeof opt });
}

/* ---- the head ---- */

enum section { ANSWER, AUTHORITY, ADDITIONAL, SECTIONS };

struct head {
	uint16_t id, flags, questions, records[SECTIONS];
};

static void read_head(struct head *h, struct cur *c)
{
	h->id = cur_u16(c);
	h->flags = cur_u16(c);
	h->questions = cur_u16(c);
	for (int i = 0; i < SECTIONS; i++)
		h->records[i] = cur_u16(c);
}

static bool same_question(struct cur *c, struct bytes msg,
			  const struct dns_question *q)
{
	struct dns_name name;
	uint16_t type, class;

	dns_read_name(&name, c, msg);
	type = cur_u16(c);
	class = cur_u16(c);
	return !c->bad && type == q->type && class == IN &&
	       dns_same_name(&name, &q->name);
}

bool dns_answers(struct bytes msg, const struct dns_question *q)
{
	struct cur c = cur_of(msg);
	struct head h;
	int rcode;

	read_head(&h, &c);
	rcode = h.flags & RCODE;
	if (c.bad || h.id != q->id || (h.flags & (QR | OPCODE)) != QR)
		return false;
	if (h.questions == 0)
		return rcode == DNS_FORMERR || rcode == DNS_NOTIMP;
	return h.questions == 1 && same_question(&c, msg, q);
}

/* ---- records ---- */

struct record {
	struct dns_name owner, target; /* target: of a CNAME */
	uint16_t type, class;
	uint32_t ttl; /* s; of an SOA that of a negative answer */
	struct cur data;
};

/* Goes through the records of a message, one section after the other. */
struct walk {
	struct bytes msg;
	struct cur c;
	uint16_t left[SECTIONS];
	enum section section; /* of the record that came last */
};

static uint32_t read_ttl(struct cur *c)
{
	uint32_t ttl = cur_u32(c);

	return ttl > INT32_MAX ? 0 : ttl; /* RFC 2181 8 */
}

static void read_cname(struct record *r, struct bytes msg)
{
	dns_read_name(&r->target, &r->data, msg);
}

/* RFC 2308 5: the lesser of its own TTL and its last field. */
static void read_soa(struct record *r, struct bytes msg)
{
	struct dns_name name;
	uint32_t minimum;

	dns_read_name(&name, &r->data, msg);
	dns_read_name(&name, &r->data, msg);
	cur_bytes(&r->data, 16);
	minimum = read_ttl(&r->data);
	r->ttl = minimum < r->ttl ? minimum : r->ttl;
}

/* Of the types we read: their form. Bytes left over are as wrong as bytes that
 * are missing.
 */
static void check_data(struct record *r, struct bytes msg)
{
	struct cur whole = r->data;

	if (r->class != IN)
		return;
	if (r->type == DNS_A)
		cur_bytes(&r->data, 4);
	else if (r->type == DNS_AAAA)
		cur_bytes(&r->data, 16);
	else if (r->type == DNS_CNAME)
		read_cname(r, msg);
	else if (r->type == DNS_SOA)
		read_soa(r, msg);
	else
		return;
	whole.bad = r->data.bad || cur_left(&r->data);
	r->data = whole;
}

static void read_record(struct record *r, struct cur *c, struct bytes msg)
{
	dns_read_name(&r->owner, c, msg);
	r->type = cur_u16(c);
	r->class = cur_u16(c);
	r->ttl = r->type == DNS_OPT ? cur_u32(c) : read_ttl(c);
	r->data = cur_of(cur_bytes(c, cur_u16(c)));
	if (!c->bad)
		check_data(r, msg);
	c->bad = c->bad || r->data.bad;
}

/* Past the question, if there is one. False: that is no message. */
static bool walk_start(struct walk *w, struct bytes msg, struct head *h)
{
	struct dns_name name;

	*w = (struct walk){ .msg = msg, .c = cur_of(msg) };
	read_head(h, &w->c);
	if (h->questions) {
		dns_read_name(&name, &w->c, msg);
		cur_bytes(&w->c, 4);
	}
	memcpy(w->left, h->records, sizeof w->left);
	return !w->c.bad;
}

/* False at the end, and when w->c.bad. */
static bool walk_next(struct walk *w, struct record *r)
{
	while (w->section < SECTIONS && w->left[w->section] == 0)
		w->section++;
	if (w->section == SECTIONS)
		return false;
	w->left[w->section]--;
	read_record(r, &w->c, w->msg);
	return !w->c.bad;
}

/* ---- what an answer says ---- */

static void shorten(struct dns_answer *a, uint32_t ttl)
{
	a->ttl = ttl < a->ttl ? ttl : a->ttl;
}

/* Once through everything: its form, and what stands behind the answers. */
static int survey(struct dns_answer *a, struct walk w, uint32_t *negative)
{
	struct record r;

	if (w.left[0] + w.left[1] + w.left[2] > DNS_RECORDS)
		return -NAT_EPROTO;
	while (walk_next(&w, &r)) {
		if (w.section == ADDITIONAL && r.type == DNS_OPT)
			a->rcode |= (uint16_t)(r.ttl >> 24 << 4);
		if (w.section == AUTHORITY && r.type == DNS_SOA &&
		    r.class == IN) {
			a->soa = true;
			*negative = r.ttl;
		}
	}
	return w.c.bad ? -NAT_EPROTO : 0;
}

/* The CNAME that a->name has, if it has one: then a->name is where it leads. */
static bool hop(struct dns_answer *a, struct walk w)
{
	struct record r;

	while (walk_next(&w, &r) && w.section == ANSWER) {
		if (r.type != DNS_CNAME || r.class != IN ||
		    !dns_same_name(&r.owner, &a->name))
			continue;
		a->name = r.target;
		shorten(a, r.ttl);
		return true;
	}
	return false;
}

static void collect(struct dns_answer *a, struct walk w, uint16_t type)
{
	struct record r;

	while (walk_next(&w, &r) && w.section == ANSWER) {
		uint8_t *to = a->addrs.ip[a->addrs.n];

		if (r.type != type || r.class != IN ||
		    !dns_same_name(&r.owner, &a->name))
			continue;
		shorten(a, r.ttl);
		memcpy(to, r.data.p, cur_left(&r.data));
		if (++a->addrs.n == DNS_ADDRS)
			return;
	}
}

int dns_parse(struct dns_answer *a, struct bytes msg,
	      const struct dns_question *q)
{
	struct head h;
	struct walk w;
	uint32_t negative = 0;
	int hops = 0;

	*a = (struct dns_answer){ .ttl = INT32_MAX, .name = q->name };
	if (!walk_start(&w, msg, &h))
		return -NAT_EPROTO;
	a->rcode = h.flags & RCODE;
	a->truncated = h.flags & TC;
	if (a->truncated)
		return 0;
	if (survey(a, w, &negative) < 0)
		return -NAT_EPROTO;
	while (hop(a, w))
		if (++hops > DNS_HOPS)
			return -NAT_EPROTO;
	collect(a, w, q->type);
	a->soa = a->soa && a->addrs.n == 0;
	if (a->soa)
		shorten(a, negative);
	return 0;
}
