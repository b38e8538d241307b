#include "app/relay/access.h"
#include "app/relay/flow.h"
#include "app/relay/visitor.h"
#include "app/relay/web_inner.h"
#include "os/clock.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/trail.h"
#include "wire/access.h"

enum {
	BATCH = 64 * 1024,
	METHOD = 32, /* bytes kept of what was said */
	HOST = 256,
	TARGET = 1024,
	FIELD = 384
};

struct access_note {
	struct slot slot;
	struct addr from;
	int64_t since;
	uint16_t status;
	uint8_t minor;
	char service[FASTNAT_NAME + 1], client[FASTNAT_NAME + 1];
	struct bytes method, host, target, referer, agent; /* in text */
	uint8_t text[METHOD + HOST + TARGET + 2 * FIELD];
};

struct access {
	struct relay *relay;
	struct trail trail;
	struct span memory;
	struct slots notes;
	struct soon flush;
	uint32_t lines; /* in batch, which is not written yet */
	uint64_t lost;  /* lines since the last one that was taken */
	size_t n;
	uint8_t batch[BATCH];
};

static const struct relay_access *conf_of(const struct access *a)
{
	return &a->relay->conf->access;
}

/* ---- writing ---- */

/* Said once for as long as it lasts. */
static void note_loss(struct access *a, int why)
{
	if (a->lost == 0)
		log_err(a->relay->net->log, "relay",
			"access log %s: %s: lines are lost", conf_of(a)->file,
			err_text(why));
	a->lost += a->lines;
}

static void note_gain(struct access *a)
{
	if (a->lost > 0)
		log_warn(a->relay->net->log, "relay",
			 "access log: %llu lines were lost",
			 (unsigned long long)a->lost);
	a->lost = 0;
}

static void write_batch(struct access *a)
{
	const struct relay_access *conf = conf_of(a);
	const struct trail_limits limits = { conf->size, conf->keep };
	int rotated, rc;

	if (a->n == 0)
		return;
	rc = trail_put(&a->trail, &limits, (struct bytes){ a->batch, a->n },
		       &rotated);
	if (rotated < 0)
		log_err(a->relay->net->log, "relay",
			"access log %s cannot make way: %s", conf->file,
			err_text(rotated));
	if (rc < 0)
		note_loss(a, rc);
	else
		note_gain(a);
	a->n = 0;
	a->lines = 0;
}

static void flush(struct soon *s)
{
	struct access *a = container_of(s, struct access, flush);

	soon_stop(s);
	write_batch(a);
}

static void put(struct access *a, struct access_line *l)
{
	enum access_format format = (enum access_format)access_format_of(
		bytes_of(conf_of(a)->format));
	struct fmt f;

	l->at = clock_unix();
	if (BATCH - a->n < ACCESS_LINE)
		write_batch(a);
	f = fmt_to((struct span){ a->batch + a->n, BATCH - a->n });
	access_print(&f, l, format);
	a->n += f.n;
	a->lines++;
	soon_start(&a->flush, a->relay->net->loop);
}

/* ---- requests ---- */

static struct bytes keep(struct access_note *n, size_t *at, struct bytes text,
			 size_t most)
{
	uint8_t *to = n->text + *at;

	text.n = min_size(text.n, most);
	if (text.n)
		memcpy(to, text.p, text.n);
	*at += text.n;
	return (struct bytes){ to, text.n };
}

static struct bytes field(const struct http1_request *r, const char *name)
{
	for (uint32_t i = 0; i < r->head.n; i++)
		if (http1_same(r->head.v[i].name, bytes_of(name)))
			return r->head.v[i].value;
	return (struct bytes){ NULL, 0 };
}

static void keep_request(struct access_note *n, const struct http1_request *r)
{
	size_t at = 0;

	n->minor = r->head.minor;
	n->method = keep(n, &at, r->method, METHOD);
	n->host = keep(n, &at, r->authority, HOST);
	n->target = keep(n, &at, r->slash ? BYTES("/") : BYTES(""), 1);
	n->target.n += keep(n, &at, r->target, TARGET - 1).n;
	n->referer = keep(n, &at, field(r, "referer"), FIELD);
	n->agent = keep(n, &at, field(r, "user-agent"), FIELD);
}

static struct access_note *begin(struct web_conn *c)
{
	struct access *a = c->web->relay->traffic.access;

	if (!a)
		return NULL;
	if (!c->note)
		c->note = slots_get(&a->notes);
	if (!c->note)
		return NULL;
	c->note->from = c->from;
	c->note->since = relay_now(c->web->relay);
	return c->note;
}

void access_asked(struct web_conn *c)
{
	struct access_note *n = begin(c);

	if (!n)
		return;
	n->from = web_from(c);
	keep_request(n, &c->web->request);
}

void access_routed(struct web_conn *c, const struct published *p)
{
	struct access_note *n = c->note;

	if (!n)
		return;
	memcpy(n->service, p->name, sizeof n->service);
	memcpy(n->client, p->owner, sizeof n->client);
}

void access_answered(struct web_conn *c, unsigned status)
{
	struct access_note *n = c->note ? c->note : begin(c);

	if (n)
		n->status = (uint16_t)status;
}

void access_forget(struct web_conn *c)
{
	if (c->note)
		slots_put(&c->web->relay->traffic.access->notes, c->note);
	c->note = NULL;
}

void access_over(struct web_conn *c)
{
	struct access_note *n = c->note;

	if (!n)
		return;
	put(c->web->relay->traffic.access,
	    &(struct access_line){
		    .kind = "http",
		    .from = &n->from,
		    .method = n->method,
		    .host = n->host,
		    .target = n->target,
		    .referer = n->referer,
		    .agent = n->agent,
		    .status = n->status,
		    .minor = n->minor,
		    .in = c->request.moved + (n->method.n ? c->ask.head : 0u),
		    .out = c->answer.moved,
		    .ms = (uint64_t)(relay_now(c->web->relay) - n->since),
		    .service = n->service,
		    .client = n->client,
	    });
	access_forget(c);
}

/* ---- visits ---- */

static void put_visit(struct relay *r, const struct published *p,
		      struct access_line *l)
{
	struct access *a = r->traffic.access;

	if (!a || !conf_of(a)->visits)
		return;
	l->service = p->name;
	l->client = p->owner;
	put(a, l);
}

void access_visit(const struct visitor *v, const struct traffic *t)
{
	struct access_line l = {
		.kind = "tcp",
		.from = &v->from,
		.in = t->in,
		.out = t->out,
		.ms = (uint64_t)(relay_now(v->published->relay) - v->since),
	};

	put_visit(v->published->relay, v->published, &l);
}

void access_flow(const struct flow *f)
{
	struct access_line l = {
		.kind = "udp",
		.from = &f->from,
		.in = f->in,
		.out = f->out,
		.ms = (uint64_t)(f->last - f->since),
	};

	put_visit(f->relay, f->published, &l);
}

/* ---- life ---- */

const char *relay_access_fault(const struct relay_conf *conf)
{
	return access_format_of(bytes_of(conf->access.format)) < 0
		       ? "is json or combined"
		       : NULL;
}

static int reserve(struct access *a)
{
	const struct part part = PART_SLOTS(&a->notes, struct access_note,
					    a->relay->conf->max_visitors);

	return parts_reserve(&a->memory, &part, 1);
}

int access_start(struct relay *r, struct diag *d)
{
	const char *file = r->conf->access.file;
	struct access *a;
	int rc;

	if (!file)
		return 0;
	a = (struct access *)(void *)mem_reserve(sizeof *a).p;
	if (!a)
		return -NAT_EMEMORY;
	r->traffic.access = a;
	a->relay = r;
	soon_init(&a->flush, flush);
	rc = reserve(a);
	if (rc == 0)
		rc = trail_open(&a->trail, file);
	if (rc < 0)
		diag_put(d, "access log %s: %s", file, err_text(rc));
	return rc;
}

void access_reload(struct relay *r)
{
	struct access *a = r->traffic.access;
	int rc;

	if (!a)
		return;
	write_batch(a);
	rc = trail_reopen(&a->trail);
	if (rc < 0)
		log_err(r->net->log, "relay",
			"cannot reopen the access log %s: %s; it stays",
			a->trail.path, err_text(rc));
}

void access_stop(struct relay *r)
{
	struct access *a = r->traffic.access;

	if (!a)
		return;
	write_batch(a);
	soon_stop(&a->flush);
	trail_close(&a->trail);
	mem_release(a->memory);
	mem_release((struct span){ (uint8_t *)a, sizeof *a });
	r->traffic.access = NULL;
}
