#include "net/paths.h"
#include "net/ways.h"
#include "os/clock.h"
#include "os/mem.h"
#include "os/parts.h"

enum { STUN_PORT = 3478, DAY = 86400 /* s */ };

static struct hostport stun_of(const char *text)
{
	struct bytes b = bytes_of(text);
	struct hostport hp = { { NULL, 0 }, 0 };

	if (hostport_parse(&hp, b) < 0 || !hp.host.n)
		hp = (struct hostport){ b, STUN_PORT };
	return hp;
}

/* ---- settings ---- */

static void fit_password(struct paths_conf *conf, struct diag *d)
{
	size_t n = strlen(conf->turn_password);

	if (n >= sizeof conf->secret) {
		diag_option(d, "turn-password", "is too long");
		return;
	}
	memmove(conf->secret, conf->turn_password, n + 1);
	conf->turn_password = conf->secret;
}

void paths_fit(struct paths_conf *conf, struct diag *d)
{
	struct turnuri uri;

	if (conf->turn_password)
		fit_password(conf, d);
	if (conf->stun.n > PATHS_STUN)
		diag_option(d, "stun", "are too many");
	if (conf->turn.n > PATHS_TURN)
		diag_option(d, "turn", "are too many");
	for (uint32_t i = 0; i < conf->turn.n; i++)
		if (turnuri_parse(&uri, bytes_of(conf->turn.v[i])) < 0)
			diag_option(d, "turn",
				    "is not turn:HOST:PORT?transport=udp or "
				    "tcp, or turns:HOST:PORT");
	if (conf->turn.n &&
	    (!conf->turn_password || (!conf->turn_user && !conf->turn_rest)))
		diag_option(d, "turn", "needs turn-user and turn-password");
	if (conf->only && strcmp(conf->only, "relay") != 0 &&
	    strcmp(conf->only, "direct") != 0)
		diag_option(d, "only", "is neither relay nor direct");
	if (conf->only && strcmp(conf->only, "relay") == 0 && !conf->turn.n)
		diag_option(d, "only", "relay needs turn");
}

void paths_login(const struct paths *p, struct fmt *user, struct fmt *password)
{
	struct bytes name =
		bytes_of(p->conf->turn_user ? p->conf->turn_user : "");
	struct bytes secret = bytes_of(p->conf->turn_password);

	if (p->conf->turn_rest) {
		turnuri_rest(user, password, secret, name, clock_unix() + DAY);
		return;
	}
	fmt_bytes(user, name);
	fmt_bytes(password, secret);
}

/* ---- life ---- */

static int start_turn(struct paths *p, uint32_t i, uint32_t peers,
		      struct diag *d)
{
	struct relayed_server *s = &p->turn[i];
	const struct secure_wish wish = { .side = SECURE_CLIENT,
					  .most = peers,
					  .conf = &p->tls };

	p->tls = p->conf->tls;
	p->tls.calls = true;
	s->text = p->conf->turn.v[i];
	(void)!turnuri_parse(&s->uri, bytes_of(s->text));
	p->nturn++;
	return s->uri.transport == TURN_OVER_TLS
		       ? secure_start(&s->secure, p->net, &wish, d)
		       : 0;
}

static int start(struct paths *p, uint32_t peers, struct diag *d)
{
	uint32_t most = p->relays ? peers * p->conf->turn.n : 0;
	const struct part parts[] = {
		PART_SLOTS(&p->slots, struct relay, most ? most : 1),
	};
	int rc = parts_reserve(&p->memory, parts, COUNT(parts));

	if (rc < 0)
		diag_put(d, "no memory for %u peers", (unsigned)peers);
	for (uint32_t i = 0; i < p->conf->stun.n; i++)
		p->stun[p->nstun++] = stun_of(p->conf->stun.v[i]);
	for (uint32_t i = 0; p->relays && rc == 0 && i < p->conf->turn.n; i++)
		rc = start_turn(p, i, peers, d);
	return rc;
}

int paths_start(struct paths **out, struct net *net,
		const struct paths_conf *conf, uint32_t peers, struct diag *d)
{
	struct paths *p = (struct paths *)(void *)mem_reserve(sizeof *p).p;
	int rc;

	*out = NULL;
	if (!p)
		return -NAT_EMEMORY;
	p->net = net;
	p->conf = conf;
	named_init(&p->named, net);
	p->direct = !conf->only || strcmp(conf->only, "direct") == 0;
	p->relays = !conf->only || strcmp(conf->only, "relay") == 0;
	rc = start(p, peers, d);
	if (rc < 0)
		paths_stop(p);
	else
		*out = p;
	return rc;
}

void paths_stop(struct paths *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->nturn; i++)
		secure_stop(p->turn[i].secure);
	mem_release(p->memory);
	mem_release((struct span){ (uint8_t *)p, sizeof *p });
}

void paths_flush(struct paths *p)
{
	udp_flush(p->net);
	p->room.used = 0;
}
