#include "net/secure.h"
#include "base/base64.h"
#include "crypt/aead.h"
#include "crypt/p256.h"
#include "crypt/ct.h"
#include "net/creds.h"
#include "net/sealed.h"
#include "net/wsock.h"
#include "os/clock.h"
#include "os/cpu.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"

enum {
	LOOK_MS = 5000,        /* how often files are looked at, */
	STILL_MS = 1000,       /* and whether they are not being written */
	TURN_MS = 6 * 3600000, /* how long tickets are sealed by one key */
	NAME_MOST = 256
};

struct secure {
	struct net *net;
	const struct secure_conf *conf;
	enum secure_side side;
	struct seals seals;
	struct span memory, text;
	struct creds *now, *fresh; /* fresh: read, or being used up */
	bool ready;                /* fresh is what secure_check has read */
	struct sealed_kind kind, web;
	struct tls_session session;
	struct tls_tickets tickets, web_tickets; /* who is which stays so */
	struct timer look, turn;
	struct file_stamp used[CREDS_FILES], seen[CREDS_FILES];
	struct diag diag;
	char words[128];
	uint8_t name_n, name[NAME_MOST];
};

/* ---- settings ---- */

bool secure_wanted(const struct secure_conf *conf, enum secure_side side)
{
	if (side == SECURE_SERVER)
		return conf->cert.n || conf->dir;
	return conf->calls || strcmp(conf->transport, "tls") == 0 ||
	       strcmp(conf->transport, "wss") == 0;
}

uint32_t secure_listens(const struct secure_conf *conf)
{
	return conf ? conf->listen.n : 0;
}

static void fit_server(const struct secure_conf *conf, struct diag *d)
{
	static const char needs[] = "needs tls-cert and tls-key, or tls-dir";

	if (conf->cert.n != conf->key.n)
		diag_option(d, "tls-key",
			    "as many as tls-cert, in their order");
	if (secure_wanted(conf, SECURE_SERVER))
		return;
	if (conf->listen.n)
		diag_option(d, "listen-tls", needs);
	if (conf->only)
		diag_option(d, "tls-only", needs);
	if (conf->ca)
		diag_option(d, "tls-ca", needs);
}

static void fit_pins(const struct secure_conf *conf, struct diag *d)
{
	uint8_t pin[TLS_PIN];

	for (uint32_t i = 0; i < conf->pin.n; i++) {
		const char *why = creds_pin(pin, conf->pin.v[i]);

		if (why)
			diag_option(d, "pin", why);
	}
}

/* The last two in builds with the part `ws`. */
static bool is_transport(const char *word)
{
	static const char *const words[] = { "tcp", "tls", "ws", "wss" };
	size_t n = wsock_known ? COUNT(words) : 2, i = 0;

	while (i < n && strcmp(words[i], word) != 0)
		i++;
	return i < n;
}

static void fit_client(const struct secure_conf *conf, struct diag *d)
{
	bool tls = secure_wanted(conf, SECURE_CLIENT);

	if (!is_transport(conf->transport))
		diag_option(d, "transport", "one of tcp, tls, ws, wss");
	if (!tls && (conf->ca || conf->pin.n || conf->cert.n || conf->insecure))
		diag_option(d, "transport",
			    "tls, or wss, is what ca, pin, cert, insecure "
			    "are for");
	if (conf->cert.n != conf->key.n)
		diag_option(d, "key", "as many as cert, in their order");
	if (conf->insecure && (conf->ca || conf->pin.n))
		diag_option(d, "insecure", "believes anybody: no ca, no pin");
	fit_pins(conf, d);
}

void secure_fit(const struct secure_conf **to, const struct secure_conf *conf,
		enum secure_side side, struct diag *d)
{
	static void (*const fits[])(const struct secure_conf *,
				    struct diag *) = {
		[SECURE_CLIENT] = fit_client,
		[SECURE_SERVER] = fit_server,
	};

	*to = conf;
	fits[side](conf, d);
}

/* ---- reading again ---- */

static void stamp(const struct secure *s, struct file_stamp to[CREDS_FILES])
{
	const char *files[CREDS_FILES];
	struct creds_paths paths;
	size_t n = creds_files(files, &paths, s->conf);

	memset(to, 0, CREDS_FILES * sizeof *to);
	for (size_t i = 0; i < n; i++)
		to[i] = file_stamp(files[i]);
}

/* Whose validity has ended or not begun is shown all the same: the other side is
 * to say so.
 */
static void say_validity(const struct secure *s)
{
	int64_t now = clock_unix();

	for (size_t i = 0; i < s->now->tls.ids_n; i++) {
		const struct x509 *c = &s->now->chains[i][0];

		if (now > c->until || now < c->from)
			log_warn(s->net->log, "tls", "certificate %u of %u %s",
				 (unsigned)i + 1, (unsigned)s->now->tls.ids_n,
				 now > c->until ? "has expired"
						: "is not valid yet");
	}
}

static bool same_trust(const struct tls_conf *a, const struct tls_conf *b)
{
	bool same = a->ask == b->ask && a->trusted_n == b->trusted_n;

	for (size_t i = 0; same && i < a->trusted_n; i++)
		same = bytes_equal(a->trusted[i].der, b->trusted[i].der);
	return same;
}

static void go_on(struct secure *s)
{
	struct creds *old = s->now;

	s->fresh->tls.tickets = s->side == SECURE_SERVER ? &s->tickets : NULL;
	s->fresh->web.tickets = &s->web_tickets;
	s->now = s->fresh;
	s->fresh = old;
	s->kind.conf = &s->now->tls;
	s->web.conf = &s->now->web;
	s->ready = false;
	ct_wipe(&s->session, sizeof s->session);
	/* Tickets vouch for who was believed then; both keys are to go. */
	for (int i = 0; i < 2 && !same_trust(&old->tls, &s->now->tls); i++)
		tls_tickets_turn(&s->tickets, rand_fill);
	say_validity(s);
}

/* Handshakes may still go on by what was read before. */
static int read_fresh(struct secure *s, const struct secure_conf *conf,
		      struct diag *d)
{
	const struct creds_ask ask = { conf, s->side, s->text };
	int rc = -NAT_EAGAIN;

	s->ready = false;
	if (!seals_use(&s->seals, &s->fresh->tls) &&
	    !seals_use(&s->seals, &s->fresh->web)) {
		creds_forget(s->fresh);
		rc = creds_load(s->fresh, &ask, d);
	}
	s->ready = rc == 0;
	return rc;
}

static void to_log(struct diag *d, const char *text)
{
	struct secure *s = container_of(d, struct secure, diag);

	log_err(s->net->log, "tls", "%s; what was read before stays", text);
}

static void read_again(struct secure *s)
{
	s->diag = (struct diag){ .say = to_log, .where = "reading anew" };
	if (read_fresh(s, s->conf, &s->diag) == -NAT_EAGAIN)
		return; /* used is as it was: again, next time */
	memcpy(s->used, s->seen, sizeof s->used);
	if (!s->ready)
		return;
	go_on(s);
	log_info(s->net->log, "tls", "certificates have been read anew");
}

/* What has changed is read when it does not change any more. */
static void look(struct timer *t)
{
	struct secure *s = container_of(t, struct secure, look);
	struct file_stamp is[CREDS_FILES];
	bool changed, still;

	stamp(s, is);
	changed = memcmp(is, s->used, sizeof is) != 0;
	still = memcmp(is, s->seen, sizeof is) == 0;
	memcpy(s->seen, is, sizeof is);
	if (changed && still)
		read_again(s);
	timer_start(t, s->net->loop,
		    s->net->loop->now +
			    (changed && !still ? STILL_MS : LOOK_MS));
}

void secure_check(struct secure *s, const struct secure_conf *conf,
		  struct diag *d)
{
	if (s && read_fresh(s, conf, d) == -NAT_EAGAIN)
		diag_put(d, "handshakes by the certificates of before still go "
			    "on: try again");
}

void secure_reload(struct secure *s, const struct secure_conf *conf)
{
	if (!s)
		return;
	s->conf = conf;
	stamp(s, s->used);
	if (s->ready)
		go_on(s);
}

/* ---- life ---- */

static void turn(struct timer *t)
{
	struct secure *s = container_of(t, struct secure, turn);

	tls_tickets_turn(&s->tickets, rand_fill);
	tls_tickets_turn(&s->web_tickets, rand_fill);
	timer_start(t, s->net->loop, s->net->loop->now + TURN_MS);
}

static struct creds *reserve_creds(void)
{
	return (struct creds *)(void *)mem_reserve(sizeof(struct creds)).p;
}

static void release_creds(struct creds *c)
{
	if (!c)
		return;
	creds_forget(c);
	mem_release((struct span){ (uint8_t *)c, sizeof *c });
}

static int reserve(struct secure *s, uint32_t most)
{
	const struct part parts[] = {
		PART_SLOTS(&s->seals.lines, struct sealed, most),
	};

	s->now = reserve_creds();
	s->fresh = reserve_creds();
	s->text = mem_reserve(CREDS_TEXT);
	if (!s->now || !s->fresh || !s->text.p)
		return -NAT_EMEMORY;
	return parts_reserve(&s->memory, parts, COUNT(parts));
}

static void release(struct secure *s)
{
	release_creds(s->now);
	release_creds(s->fresh);
	if (s->text.p)
		mem_release(s->text);
	if (s->memory.p)
		mem_release(s->memory);
	ct_wipe(s, sizeof *s);
	mem_release((struct span){ (uint8_t *)s, sizeof *s });
}

static int make_own(struct secure *s, bool told, struct diag *d)
{
	struct fmt f = fmt_to(SPAN(s->words));
	bool made;
	int rc;

	fmt_put(&f, " --transport tls");
	if (!s->conf->dir)
		return 0;
	fmt_put(&f, " --pin ");
	rc = creds_make(s->conf, &made, &f, d);
	fmt_text(&f);
	if (rc == 0 && !told)
		log_say(s->net->log, "tls: %s in %s: clients add%s",
			made ? "made a key, kept" : "the key", s->conf->dir,
			s->words);
	return rc;
}

static int start_seals(struct secure *s, const struct secure_wish *wish)
{
	uint32_t shakes = wish->browsers ? SEALS_BROWSERS : SEALS_SHAKES;

	if (s->side == SECURE_CLIENT) {
		s->seals.pressed = SEALS_PATIENCE;
		return seals_start(&s->seals, s->net, SEALS_CALLS);
	}
	s->seals.pressed = SEALS_PRESSED * (shakes / SEALS_SHAKES);
	return seals_start(&s->seals, s->net, shakes);
}

static int begin(struct secure *s, const struct secure_wish *wish,
		 struct diag *d)
{
	bool server = s->side == SECURE_SERVER;
	int rc = start_seals(s, wish);

	timer_init(&s->look, look);
	timer_init(&s->turn, turn);
	if (rc == 0)
		rc = reserve(s, wish->most);
	aead_native(cpu_has_aes(), cpu_has_avx2());
	big_native(cpu_has_mulx());
	mont_native(cpu_has_ifma());
	p256_native(cpu_has_mulx());
	if (rc == 0 && server)
		rc = make_own(s, wish->told, d);
	if (rc == 0)
		rc = read_fresh(s, s->conf, d);
	if (rc < 0)
		return rc;
	go_on(s);
	stamp(s, s->used);
	tls_tickets_turn(&s->tickets, rand_fill);
	turn(&s->turn);
	look(&s->look);
	if (s->conf->insecure)
		log_warn(s->net->log, "tls",
			 "--insecure: whoever is in between can be the relay");
	return 0;
}

int secure_start(struct secure **out, struct net *net,
		 const struct secure_wish *wish, struct diag *d)
{
	struct secure *s;
	int rc;

	if (!wish->conf || !secure_wanted(wish->conf, wish->side))
		return 0;
	s = (struct secure *)(void *)mem_reserve(sizeof *s).p;
	if (!s)
		return -NAT_EMEMORY;
	s->net = net;
	s->conf = wish->conf;
	s->side = wish->side;
	s->kind.session = s->side == SECURE_CLIENT ? &s->session : NULL;
	rc = begin(s, wish, d);
	*out = s;
	if (rc == 0)
		return 0;
	secure_stop(s);
	*out = NULL;
	return rc;
}

void secure_stop(struct secure *s)
{
	if (!s)
		return;
	timer_stop(&s->look, s->net->loop);
	timer_stop(&s->turn, s->net->loop);
	seals_stop(&s->seals);
	release(s);
}

/* ---- connections ---- */

bool secure_runs(const struct secure *s)
{
	return s != NULL;
}

bool secure_answer(struct secure *s, struct tcp *t, bool only)
{
	enum { HANDSHAKE = 0x16 };
	struct span in;

	if (!s || veil_of(t))
		return true;
	in = stream_peek(&t->stream, 1);
	if (!in.p)
		return true;
	return (in.p[0] == HANDSHAKE && sealed_start(&s->seals, t, &s->kind)) ||
	       !only;
}

bool secure_serve(struct secure *s, struct tcp *t)
{
	return s && sealed_start(&s->seals, t, &s->web);
}

void secure_port(struct fmt *f, bool only)
{
	if (only)
		fmt_put(f, " for TLS");
}

bool secure_call(struct secure *s, struct tcp *t, struct bytes host)
{
	struct bytes now;

	if (!s)
		return true;
	now = (struct bytes){ s->name, s->name_n };
	if (host.n < NAME_MOST && !bytes_equal(host, now)) {
		ct_wipe(&s->session, sizeof s->session);
		memcpy(s->name, host.p, host.n);
		s->name_n = (uint8_t)host.n;
	}
	s->kind.name = (struct bytes){ s->name, s->name_n };
	return sealed_start(&s->seals, t, &s->kind);
}

const uint8_t *secure_bond(const struct tcp *t, uint8_t room[FASTNAT_BOND])
{
	const struct sealed *x = sealed_of(t);
	const struct bytes none = { NULL, 0 };
	struct span to = { room, FASTNAT_BOND };

	return x && tls_export(&x->tls, "EXPORTER-nat-login", none, to) ? room
									: NULL;
}

/* ---- what people want to know ---- */

/* Has it shown a key, and one that is none of the pinned? */
static bool is_other(const struct tls *t)
{
	static const uint8_t none[TLS_PIN];
	const uint8_t *pin = t->about.pin;

	for (size_t i = 0; i < t->conf->pins_n; i++)
		if (memcmp(pin, t->conf->pins[i], TLS_PIN) == 0)
			return false;
	return memcmp(pin, none, sizeof none) != 0;
}

static void print_pin(struct fmt *f, const struct sealed *x)
{
	fmt_put(f, "the relay's key is not the one of --pin: it is ");
	base64_put(f, (struct bytes){ x->tls.about.pin, TLS_PIN }, 0);
}

bool secure_explain(const struct secure *s, struct tcp *t, struct fmt *f)
{
	struct sealed *x = sealed_of(t);
	struct span in;

	if (!x || x->state != SEALED_OVER ||
	    (x->told_open && x->tls.err != -NAT_ECERT))
		return false;
	in = stream_peek(&x->veil.tcp.stream, 1);
	if (!x->told_open && in.p && in.p[0] == '{')
		fmt_put(f, "does not speak TLS: has it --tls-cert or "
			   "--tls-dir, and is it the right port?");
	else if (x->tls.err == -NAT_ECERT && s->conf->pin.n && !s->conf->ca &&
		 is_other(&x->tls))
		print_pin(f, x);
	else if (x->tls.why && x->tls.err == t->stream.err)
		fmt_put(f, "TLS: %s", x->tls.why);
	else
		return false;
	return true;
}

void secure_words(struct fmt *f, const struct secure *s)
{
	if (s)
		fmt_put(f, "%s", s->words);
}

const char *secure_name(const struct tcp *t)
{
	const struct sealed *x = sealed_of(t);

	if (!x)
		return "tcp";
	return x->tls.about.version == 0x0304 ? "tls 1.3" : "tls 1.2";
}

bool secure_count(const struct secure *s, struct secure_counts *c)
{
	const struct seals_counts *of = s ? &s->seals.counts : NULL;

	if (of)
		*c = (struct secure_counts){ of->done, of->resumed, of->failed,
					     of->late };
	return of;
}
