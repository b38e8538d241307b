#include "app/signal/presence.h"
#include "app/signal/core.h"
#include "base/cur.h"
#include "crypt/ct.h"
#include "crypt/hash.h"
#include "net/redis.h"
#include "os/mem.h"
#include "os/rand.h"

enum {
	WRITE = 1, /* of no use; */
	PASS,      /* how many have heard it */
	PASSING = 1024,
	NAME = 16,    /* digits of a server's name, and of a token's mark */
	CHANNEL = 96, /* bytes of one's name */
	CLEAR = 200,  /* ms; who is longer there by so much is longer there */
	SWEEP = 10,   /* ms between slices of all that is told again, */
	SLICE = 256,  /* of so many, while so many */
	SPARE = 1024, /* asks are left to others */
	LOOK = 5000   /* ms between pings, which are ours: net/redis.h's own
		       * would take a message for its answer */
};

static const char host_channel[] = "nat:signal:h:",
		  client_channel[] = "nat:signal:c:",
		  server_channel[] = "nat:signal:s:";

struct passing { /* asked of Redis, not answered yet */
	struct slot_name from;
	struct ming_text to;
};

struct heard { /* of the array that comes on the other connection */
	unsigned nth;
	bool message;
	uint8_t channel_n, channel[CHANNEL];
};

struct presence {
	struct signal *signal;
	struct redisurl url;
	struct redis says, hears;
	struct timer look, sweep;
	bool away;   /* that it is has been said */
	uint32_t at; /* of the table of connections: swept up to here */
	struct heard heard;
	char name[NAME + 1];
	uint32_t first, n; /* in the ring of those that pass */
	struct passing passing[PASSING];
};

static int64_t now_of(const struct presence *p)
{
	return p->signal->net->loop->now;
}

/* ---- commands ---- */

struct channel {
	struct fmt name;
	uint8_t room[CHANNEL];
};

static struct bytes channel(struct channel *c, const char *kind,
			    struct bytes id)
{
	c->name = fmt_to(SPAN(c->room));
	fmt_put(&c->name, "%s", kind);
	fmt_bytes(&c->name, id);
	return fmt_done(&c->name);
}

static bool publish(struct presence *p, struct bytes to, struct bytes text,
		    struct redis_ask what)
{
	struct bytes words[] = { BYTES("PUBLISH"), to, text };

	return redis_ask(&p->says, what, words, COUNT(words)) == 0;
}

static bool is_up(const struct presence *p)
{
	return p->says.state == REDIS_UP && p->hears.state == REDIS_UP;
}

/* All is told again, in slices. */
static void fall_behind(struct presence *p)
{
	p->at = 0;
	if (is_up(p))
		timer_start(&p->sweep, p->signal->net->loop, now_of(p) + SWEEP);
}

static void subscribe(struct presence *p, struct bytes command,
		      const char *kind, struct bytes id)
{
	struct channel c;
	struct bytes words[] = { command, channel(&c, kind, id) };

	if (redis_ask(&p->hears, (struct redis_ask){ .kind = WRITE }, words,
		      COUNT(words)) < 0)
		fall_behind(p);
}

/* ---- claims: "SERVER MS MARK", which is no JSON ---- */

/* Which token it is, without giving it away; n 0: none. */
static struct bytes mark(uint8_t to[NAME], const struct signal_conn *c)
{
	struct fmt f = fmt_to((struct span){ to, NAME });
	uint8_t digest[SHA256_SIZE];
	struct hash h;

	if (!c->admit.token.n)
		return BYTES("-");
	hash_init(&h, &hash_sha256);
	hash_add(&h, c->admit.token);
	hash_end(&h, digest);
	fmt_hex(&f, (struct bytes){ digest, NAME / 2 });
	return fmt_done(&f);
}

void presence_claim(struct signal_conn *c)
{
	struct presence *p = c->of->presence;
	struct channel to;
	uint8_t digits[NAME], text[96];
	struct fmt f = fmt_to(SPAN(text));
	struct bytes id = ming_bytes(&c->id);

	if (!p)
		return;
	fmt_put(&f, "%s %lld ", p->name, (long long)(now_of(p) - c->since));
	fmt_bytes(&f, mark(digits, c));
	subscribe(p, BYTES("SUBSCRIBE"), host_channel, id);
	(void)!publish(p, channel(&to, host_channel, id), fmt_done(&f),
		       (struct redis_ask){ .kind = WRITE });
}

struct claim {
	struct bytes server, mark;
	int64_t age;
};

static bool read_claim(struct claim *to, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes age;
	uint32_t ms = UINT32_MAX;

	to->server = cur_word(&c);
	age = cur_word(&c);
	to->mark = cur_word(&c);
	c = cur_of(age);
	(void)!cur_number(&c, UINT32_MAX, &ms);
	to->age = ms;
	return to->mark.n > 0;
}

/* Is ours the one that stays? Both servers come to the same answer. */
static bool is_first(const struct presence *p, const struct signal_conn *ours,
		     const struct claim *theirs)
{
	int64_t age = now_of(p) - ours->since;

	if (age > theirs->age + CLEAR || theirs->age > age + CLEAR)
		return age > theirs->age;
	return memcmp(p->name, theirs->server.p,
		      min_size(NAME, theirs->server.n)) < 0;
}

static void hear_claim(struct presence *p, struct bytes id, struct bytes text)
{
	struct signal_conn *ours = signal_host(p->signal, id);
	struct claim c;
	uint8_t digits[NAME];
	struct channel to;

	if (!ours || !read_claim(&c, text) || bytes_are(c.server, p->name))
		return;
	if (c.mark.n == NAME && bytes_equal(c.mark, mark(digits, ours)) &&
	    now_of(p) - ours->since > c.age)
		signal_give_up(ours, false);
	else if (!is_first(p, ours, &c))
		signal_give_up(ours, true);
	else
		(void)!publish(p, channel(&to, server_channel, c.server), id,
			       (struct redis_ask){ .kind = WRITE });
}

/* ---- messages ---- */

void presence_reach(struct signal_conn *c)
{
	struct presence *p = c->of->presence;

	if (!p || c->reached)
		return;
	c->reached = true;
	subscribe(p, BYTES("SUBSCRIBE"), client_channel, ming_bytes(&c->id));
}

void presence_end(struct signal_conn *c)
{
	struct presence *p = c->of->presence;

	if (!p)
		return;
	if (c->state == SIGNAL_HOST)
		subscribe(p, BYTES("UNSUBSCRIBE"), host_channel,
			  ming_bytes(&c->id));
	if (c->reached)
		subscribe(p, BYTES("UNSUBSCRIBE"), client_channel,
			  ming_bytes(&c->id));
	c->reached = false;
}

bool presence_pass(struct signal_conn *c, struct bytes id, bool to_host,
		   struct bytes message)
{
	struct presence *p = c->of->presence;
	struct passing *now;
	struct channel to;

	if (!p || p->n == PASSING)
		return false;
	if (!publish(p,
		     channel(&to, to_host ? host_channel : client_channel, id),
		     message, (struct redis_ask){ .kind = PASS }))
		return false;
	now = &p->passing[(p->first + p->n++) % PASSING];
	now->from = slots_name(&c->of->who.conns, c);
	now->to.n = (uint8_t)id.n;
	memcpy(now->to.p, id.p, id.n);
	return true;
}

/* The first of those that pass has come to so many. */
static void hear_passed(struct presence *p, const struct resp *token)
{
	struct passing *was = &p->passing[p->first];
	struct signal_conn *c;

	if (p->n == 0)
		return;
	p->first = (p->first + 1) % PASSING;
	p->n--;
	c = slots_find(&p->signal->who.conns, was->from);
	if (token->kind != RESP_NUMBER || token->number > 0 || !c)
		return;
	if (c->state == SIGNAL_HOST || c->state == SIGNAL_CLIENT)
		signal_tell(c, SIGNAL_NOT_FOUND, ming_bytes(&was->to));
}

/* ---- hearing ---- */

static void complain(struct redis *r, const struct resp *token)
{
	char why[RESP_LINE + 1];
	struct fmt f = fmt_to(SPAN(why));

	fmt_bytes(&f, token->text);
	redis_lose(r, fmt_text(&f));
}

static void said(struct redis *r, struct redis_ask what,
		 const struct resp *token, bool last)
{
	struct presence *p = container_of(r, struct presence, says);

	(void)last;
	if (token->kind == RESP_ERROR)
		complain(r, token);
	else if (what.kind == PASS)
		hear_passed(p, token);
}

/* The id that a channel of that kind is of. */
static bool is_of(struct bytes *id, struct bytes name, const char *kind)
{
	size_t n = strlen(kind);

	if (name.n <= n || memcmp(name.p, kind, n) != 0)
		return false;
	*id = (struct bytes){ name.p + n, name.n - n };
	return true;
}

static void hear_message(struct presence *p, struct bytes name,
			 struct bytes text)
{
	struct signal_conn *c;
	struct bytes id;

	if (is_of(&id, name, client_channel)) {
		signal_deliver(p->signal, false, text);
	} else if (is_of(&id, name, host_channel)) {
		if (text.n && *text.p == '{')
			signal_deliver(p->signal, true, text);
		else
			hear_claim(p, id, text);
	} else if (is_of(&id, name, server_channel)) {
		c = signal_host(p->signal, text);
		if (c)
			signal_give_up(c, true);
	}
}

/* "message", the channel, the text; by what stands there, since what was asked may
 * be answered behind it.
 */
static void hears(struct redis *r, struct redis_ask what,
		  const struct resp *token, bool last)
{
	struct presence *p = container_of(r, struct presence, hears);
	struct heard *h = &p->heard;

	(void)what, (void)last;
	if (token->kind == RESP_ERROR) {
		complain(r, token);
		return;
	}
	if (token->kind == RESP_ARRAY) {
		h->nth = 0;
		return;
	}
	h->nth++;
	if (h->nth == 1)
		h->message = bytes_are(token->text, "message");
	if (h->nth == 2) {
		h->channel_n = (uint8_t)min_size(token->text.n, CHANNEL);
		if (h->channel_n)
			memcpy(h->channel, token->text.p, h->channel_n);
	}
	if (h->nth == 3 && h->message)
		hear_message(p, (struct bytes){ h->channel, h->channel_n },
			     token->text);
}

/* ---- it comes and goes ---- */

static void say(struct presence *p, enum log_level level, const char *what)
{
	char text[REDIS_HOST + 32];
	struct fmt f = fmt_to(SPAN(text));

	redisurl_print(&f, &p->url);
	log_put(p->signal->net->log, level, "signal", "%s: %s", fmt_text(&f),
		what);
}

static void sweep(struct timer *t)
{
	struct presence *p = container_of(t, struct presence, sweep);
	struct signal_conn *c = NULL;
	int i = 0;

	for (; i < SLICE && redis_room(&p->says) > SPARE &&
	       redis_room(&p->hears) > SPARE;
	     i++) {
		c = slots_next(&p->signal->who.conns, &p->at);
		if (!c)
			return;
		if (c->state == SIGNAL_HOST)
			presence_claim(c);
		c->reached = false;
		if (c->offers)
			presence_reach(c);
	}
	if (is_up(p))
		timer_start(t, p->signal->net->loop, now_of(p) + SWEEP);
}

/* Both connections are there? */
static void look_whole(struct presence *p)
{
	if (!is_up(p))
		return;
	say(p, LOG_INFO, p->away ? "is back" : "is there");
	p->away = false;
	subscribe(p, BYTES("SUBSCRIBE"), server_channel, bytes_of(p->name));
	fall_behind(p);
}

static void says_up(struct redis *r)
{
	look_whole(container_of(r, struct presence, says));
}

static void hears_up(struct redis *r)
{
	look_whole(container_of(r, struct presence, hears));
}

static void fall(struct presence *p, const char *why)
{
	char text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));

	if (p->away)
		return;
	p->away = true;
	fmt_put(&f, "%s; this server is alone until it is back", why);
	say(p, LOG_WARN, fmt_text(&f));
}

static void says_down(struct redis *r, const char *why)
{
	struct presence *p = container_of(r, struct presence, says);

	p->n = 0;
	fall(p, why);
}

static void hears_down(struct redis *r, const char *why)
{
	fall(container_of(r, struct presence, hears), why);
}

static const struct redis_ops says_ops = { says_up, says_down, said },
			      hears_ops = { hears_up, hears_down, hears };

static void look(struct timer *t)
{
	struct presence *p = container_of(t, struct presence, look);
	struct bytes ping = BYTES("PING");

	(void)!redis_ask(&p->hears, (struct redis_ask){ .kind = WRITE }, &ping,
			 1);
	timer_start(t, p->signal->net->loop, now_of(p) + LOOK);
}

/* ---- life ---- */

int presence_start(struct signal *s, struct diag *d)
{
	struct presence *p;
	uint8_t chance[NAME / 2];
	struct fmt f;
	int rc = 0;

	if (!s->conf->redis.host_n)
		return 0;
	p = (struct presence *)(void *)mem_reserve(sizeof *p).p;
	if (!p)
		return -NAT_EMEMORY;
	s->presence = p;
	p->signal = s;
	p->url = s->conf->redis;
	if (s->conf->store_password)
		rc = redis_read_password(&p->url, s->conf->store_password, d);
	if (rc < 0)
		return rc;
	rand_fill(SPAN(chance));
	f = fmt_to(SPAN(p->name));
	fmt_hex(&f, (struct bytes){ chance, sizeof chance });
	timer_init(&p->look, look);
	timer_init(&p->sweep, sweep);
	look(&p->look);
	redis_start(&p->says, s->net, &p->url, &says_ops);
	redis_start(&p->hears, s->net, &p->url, &hears_ops);
	return 0;
}

void presence_stop(struct signal *s)
{
	struct presence *p = s->presence;

	if (!p)
		return;
	s->presence = NULL;
	timer_stop(&p->look, s->net->loop);
	timer_stop(&p->sweep, s->net->loop);
	if (p->says.net)
		redis_stop(&p->says);
	if (p->hears.net)
		redis_stop(&p->hears);
	ct_wipe(&p->url, sizeof p->url);
	mem_release((struct span){ (uint8_t *)p, sizeof *p });
}

/* ---- the option ---- */

/* A password that stood in argv has been wiped when settings are read again: what
 * it was is in force, as it does not change.
 */
static bool wiped(const char *text)
{
	return *text && strspn(text, "x") == strlen(text);
}

const char *signal_store_fault(struct signal_conf *c)
{
	if (!c->store || wiped(c->store) ||
	    redisurl_parse(&c->redis, bytes_of(c->store)) == 0)
		return NULL;
	return "is not redis://[USER:PASSWORD@]HOST[:PORT][/DB]";
}
