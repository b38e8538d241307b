#include "wire/nattype.h"

enum { SENDS = 3, FIRST_WAIT = 250 /* ms, then twice as long each time */ };

enum kind {
	BASE,       /* each server */
	OTHER_IP,   /* its other address, the same port */
	OTHER_BOTH, /* another port too */
	FROM_BOTH,  /* an answer from another address and port */
	FROM_PORT,  /* from another port */
	LEARN,      /* of the third socket */
	HAIRPIN     /* to the third socket, from outside */
};

static struct nattype_ask *add(struct nattype *n, enum kind kind,
			       const struct addr *to, int64_t now)
{
	static const struct {
		uint8_t socket, change;
	} rows[] = {
		[BASE] = { 0, 0 },
		[OTHER_IP] = { 0, 0 },
		[OTHER_BOTH] = { 0, 0 },
		[FROM_BOTH] = { 1, STUN_CHANGE_IP | STUN_CHANGE_PORT },
		[FROM_PORT] = { 1, STUN_CHANGE_PORT },
		[LEARN] = { 2, 0 },
		[HAIRPIN] = { 0, 0 },
	};
	struct nattype_ask *a = &n->asks[n->nasks++];

	a->kind = (uint8_t)kind;
	a->socket = rows[kind].socket;
	a->change = rows[kind].change;
	a->to = *to;
	a->next = now;
	return a;
}

void nattype_init(struct nattype *n, const struct addr *servers, uint32_t count,
		  struct bytes random, int64_t now)
{
	*n = (struct nattype){ .nasks = 0 };
	for (size_t i = 0; i < NATTYPE_ASKS; i++)
		memcpy(n->asks[i].id, random.p + i * STUN_ID, STUN_ID);
	for (uint32_t i = 0; i < count && i < NATTYPE_SERVERS; i++)
		add(n, BASE, &servers[i], now);
}

/* ---- hearing ---- */

static bool same(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_same_ip(a, b);
}

/* What the first answers make it possible to ask. */
static void go_on(struct nattype *n, const struct addr *server, int64_t now)
{
	struct addr other_ip = n->other;

	if (!n->hair)
		add(n, LEARN, server, now);
	n->hair = true;
	if (n->deep || !n->other.family)
		return;
	n->deep = true;
	other_ip.port = server->port;
	add(n, OTHER_IP, &other_ip, now);
	add(n, OTHER_BOTH, &n->other, now);
	add(n, FROM_BOTH, server, now);
	add(n, FROM_PORT, server, now);
}

static void answered(struct nattype *n, struct nattype_ask *a,
		     const struct nattype_heard *h, const struct addr *mapped,
		     int64_t now)
{
	if (a->answered)
		return;
	a->answered = true;
	a->mapped = *mapped;
	if (a->kind == BASE) {
		if (!n->public.family) {
			n->public = *mapped;
			n->here = *h->here;
		}
		go_on(n, &a->to, now);
	} else if (a->kind == LEARN) {
		add(n, HAIRPIN, mapped, now);
	}
}

static struct nattype_ask *find_id(struct nattype *n, const uint8_t *id)
{
	for (uint32_t i = 0; i < n->nasks; i++)
		if (memcmp(n->asks[i].id, id, STUN_ID) == 0)
			return &n->asks[i];
	return NULL;
}

/* Our own request has come round to the third socket. */
static void hear_own(const struct nattype_heard *h, struct nattype_ask *a)
{
	if (a->kind == HAIRPIN && h->socket == 2)
		a->answered = true;
}

/* Asked again at once under another number, if it was for credentials. */
static void hear_error(struct nattype *n, struct nattype_ask *a,
		       const struct stun *m, int64_t now)
{
	int rc = -NAT_EAUTH;

	if (a->answered ||
	    (m->error != STUN_UNAUTHENTICATED && m->error != STUN_STALE_NONCE))
		return;
	if (n->user.name.n)
		rc = stun_challenged(&a->challenge, m);
	if (rc == 0) {
		a->id[STUN_ID - 1]++;
		a->sent = 0;
		a->next = now;
	} else if (rc == -NAT_EAUTH) {
		a->sent = SENDS + 1; /* to ask again is no use */
		n->refused = true;
	}
}

static void hear_stun(struct nattype *n, const struct nattype_heard *h,
		      const struct stun *m, int64_t now)
{
	struct nattype_ask *a = find_id(n, m->id);

	if (!a)
		return;
	if (m->type == STUN_BINDING)
		hear_own(h, a);
	if (a->socket != h->socket || (!a->change && !same(&a->to, h->from)))
		return;
	if (m->type == STUN_BINDING_ERROR)
		hear_error(n, a, m, now);
	if (m->type != STUN_BINDING_OK || !m->mapped.family ||
	    !stun_is_theirs(m, h->data, &n->user, &a->challenge))
		return;
	if (a->kind == BASE && !n->other.family && m->other.family &&
	    !addr_same_ip(&m->other, &a->to))
		n->other = m->other;
	answered(n, a, h, &m->mapped, now);
}

/* A tracker's answer has no number: it is that of whom was asked. */
static void hear_text(struct nattype *n, const struct nattype_heard *h,
		      int64_t now)
{
	struct addr mapped;

	if (addr_parse(&mapped, h->data) < 0)
		return;
	for (uint32_t i = 0; i < n->nasks; i++)
		if (n->asks[i].kind == BASE && n->asks[i].sent > 1 &&
		    same(&n->asks[i].to, h->from) && h->socket == 0)
			answered(n, &n->asks[i], h, &mapped, now);
}

void nattype_hear(struct nattype *n, const struct nattype_heard *h, int64_t now)
{
	struct stun m;

	if (stun_parse(&m, h->data) == 0)
		hear_stun(n, h, &m, now);
	else
		hear_text(n, h, now);
}

/* ---- saying ---- */

static bool open_still(const struct nattype_ask *a)
{
	return !a->answered && a->sent <= SENDS;
}

static void print(struct fmt *f, const struct nattype *n,
		  const struct nattype_ask *a)
{
	struct stun m = { .type = STUN_BINDING, .change = a->change };

	memcpy(m.id, a->id, sizeof m.id);
	stun_print_as(f, &m, &n->user, &a->challenge);
}

/* The last wait is for an answer to what was sent last. */
static bool say(struct nattype *n, struct nattype_ask *a,
		struct nattype_out *out, int64_t now)
{
	if (!open_still(a) || a->next > now)
		return false;
	a->next = now + (FIRST_WAIT << a->sent);
	if (++a->sent > SENDS)
		return false;
	out->socket = a->socket;
	out->to = a->to;
	print(out->f, n, a);
	n->text_too = a->kind == BASE && a->sent > 1;
	return true;
}

bool nattype_say(struct nattype *n, struct nattype_out *out, int64_t now)
{
	if (n->text_too) {
		n->text_too = false; /* to whom was just spoken to */
		fmt_put(out->f, "//nat");
		return true;
	}
	for (uint32_t i = 0; i < n->nasks; i++)
		if (say(n, &n->asks[i], out, now))
			return true;
	return false;
}

int64_t nattype_due(const struct nattype *n)
{
	int64_t due = -1;

	for (uint32_t i = 0; i < n->nasks; i++)
		if (open_still(&n->asks[i]) &&
		    (due < 0 || n->asks[i].next < due))
			due = n->asks[i].next;
	return due;
}

/* ---- judging ---- */

static const struct nattype_ask *find(const struct nattype *n, enum kind kind)
{
	for (uint32_t i = 0; i < n->nasks; i++)
		if (n->asks[i].kind == kind)
			return &n->asks[i];
	return NULL;
}

static bool came(const struct nattype_ask *a)
{
	return a && a->answered;
}

/* Two servers that have no other address tell less. */
static uint8_t compare(const struct nattype_ask *a, const struct nattype_ask *b)
{
	bool one_host = addr_same_ip(&a->to, &b->to);

	if (!same(&a->mapped, &b->mapped))
		return one_host ? NATTYPE_PORT : NATTYPE_DEPENDENT;
	return one_host ? NATTYPE_UNKNOWN : NATTYPE_INDEPENDENT;
}

static uint8_t compare_all(const struct nattype *n)
{
	uint8_t most = NATTYPE_UNKNOWN;

	for (uint32_t i = 0; i < n->nasks; i++) {
		for (uint32_t k = 0; k < i; k++) {
			const struct nattype_ask *a = &n->asks[i],
						 *b = &n->asks[k];
			uint8_t is = NATTYPE_UNKNOWN;

			if (a->kind == BASE && b->kind == BASE && a->answered &&
			    b->answered)
				is = compare(a, b);
			most = is > most ? is : most;
		}
	}
	return most;
}

static uint8_t mapping(const struct nattype *n)
{
	const struct nattype_ask *ip = find(n, OTHER_IP),
				 *both = find(n, OTHER_BOTH);

	if (!came(ip))
		return compare_all(n);
	if (same(&ip->mapped, &n->public))
		return NATTYPE_INDEPENDENT;
	if (!came(both))
		return NATTYPE_DEPENDENT;
	return same(&ip->mapped, &both->mapped) ? NATTYPE_ADDRESS
						: NATTYPE_PORT;
}

static uint8_t filtering(const struct nattype *n)
{
	if (!n->deep)
		return NATTYPE_UNKNOWN;
	if (came(find(n, FROM_BOTH)))
		return NATTYPE_INDEPENDENT;
	return came(find(n, FROM_PORT)) ? NATTYPE_ADDRESS : NATTYPE_PORT;
}

void nattype_judge(const struct nattype *n, struct nattype_verdict *v)
{
	const struct nattype_ask *hairpin = find(n, HAIRPIN);

	*v = (struct nattype_verdict){ .public = n->public,
				       .local = n->here,
				       .refused = n->refused,
				       .hairpin = -1 };
	if (!n->public.family)
		return;
	v->translated = !same(&n->public, &n->here);
	v->preserved = n->public.port == n->here.port;
	v->mapping = mapping(n);
	v->filtering = filtering(n);
	if (hairpin)
		v->hairpin = hairpin->answered;
}

const char *nattype_class(const struct nattype_verdict *v)
{
	static const char *const cones[] = {
		[NATTYPE_UNKNOWN] = "cone",
		[NATTYPE_INDEPENDENT] = "T1",
		[NATTYPE_ADDRESS] = "T2",
		[NATTYPE_PORT] = "T3",
	};

	if (!v->public.family)
		return v->refused ? "refused" : "blocked";
	if (!v->translated)
		return v->filtering > NATTYPE_INDEPENDENT ? "firewall" : "open";
	if (v->mapping == NATTYPE_UNKNOWN)
		return "NAT";
	return v->mapping == NATTYPE_INDEPENDENT ? cones[v->filtering] : "T4";
}

const char *nattype_name(uint8_t behaviour)
{
	static const char *const names[] = {
		[NATTYPE_UNKNOWN] = "not known",
		[NATTYPE_INDEPENDENT] = "endpoint-independent",
		[NATTYPE_ADDRESS] = "address-dependent",
		[NATTYPE_PORT] = "address- and port-dependent",
		[NATTYPE_DEPENDENT] = "dependent on the other end",
	};

	return names[behaviour];
}
