#include "app/client/outward.h"
#include "app/client/inner.h"

enum { PATIENCE = 5000 }; /* ms, to connect to each address */

static const struct way *way_of(const struct client *c)
{
	return &c->control.relays.ways[c->control.relays.now];
}

/* What the address does not say, --transport does. */
static const struct way_kind *kind_of(const struct client *c,
				      const struct way *w)
{
	return w->kind ? w->kind : way_kind(bytes_of(c->conf->tls->transport));
}

const char *client_relay_fault(const char *relay, bool *tls)
{
	return relays_fault(relay, tls);
}

const char *client_take_proxy(struct client_conf *conf, const char **proxy,
			      struct span room)
{
	struct fmt f = fmt_to(room);

	if (!*proxy)
		return NULL;
	fmt_put(&f, "%s", *proxy);
	*proxy = fmt_text(&f);
	return f.full ? "is too long"
		      : proxy_parse(&conf->through, bytes_of(*proxy));
}

int outward_start(struct client *c, uint32_t most, struct diag *d)
{
	const struct wsock_wish wish = { .most = most };
	struct outward *o = &c->outward;
	int rc = wsocks_start(&o->ws, c->net, &wish);

	if (rc == 0 && c->conf->through.kind)
		rc = tunnels_start(&o->tunnels, c->net, most);
	if (rc < 0)
		diag_put(d,
			 "%s for so many by WebSocket or proxy: lower "
			 "max_visitors",
			 err_text(rc));
	return rc;
}

void outward_stop(struct client *c)
{
	tunnels_stop(c->outward.tunnels);
	wsocks_stop(c->outward.ws);
}

/* Who was started without TLS has none to go by. */
void outward_check(const struct client *c, const struct client_conf *conf,
		   struct diag *d)
{
	for (uint32_t i = 0; i < conf->relay.n; i++) {
		bool tls = false;

		if (!relays_fault(conf->relay.v[i], &tls) && tls &&
		    !secure_runs(c->secure))
			diag_option(d, "relay",
				    "TLS, where there was none, takes a "
				    "restart");
	}
}

static void dial_proxy(struct client *c, struct dial *d,
		       void (*done)(struct dial *, int fd))
{
	dial_start(d, c->net, &c->conf->through.at, PATIENCE, done);
}

void outward_begin(struct client *c, struct dial *d,
		   void (*done)(struct dial *, int fd))
{
	const struct relays *rs = &c->control.relays;

	if (!outward_direct(c))
		dial_proxy(c, d, done);
	else
		dial_start(d, c->net, &rs->at[rs->now], PATIENCE, done);
}

void outward_dial(struct client *c, struct dial *d, const struct addr *relay,
		  void (*done)(struct dial *, int fd))
{
	if (!outward_direct(c))
		dial_proxy(c, d, done);
	else
		dial_addr(d, c->net, relay, PATIENCE, done);
}

static bool call_proxy(struct client *c, struct tcp *t, uint16_t port)
{
	const struct relays *rs = &c->control.relays;
	const struct tunnel_to to = { .proxy = &c->conf->through,
				      .host = rs->at[rs->now].host,
				      .port = port };

	return tunnel_call(c->outward.tunnels, t, &to);
}

static bool call_ws(struct client *c, struct tcp *t,
		    const struct way_kind *kind)
{
	const struct relays *rs = &c->control.relays;
	const struct hostport *at = &rs->at[rs->now];
	const struct way *w = way_of(c);
	struct wsock_to to = { .host = at->host,
			       .port = at->port,
			       .path = { w->path, w->path_n } };

	if (!w->path_n)
		to.path = bytes_of(c->conf->ws_path);
	if (at->port == (kind->tls ? 443 : 80))
		to.port = 0;
	return wsock_call(c->outward.ws, t, &to);
}

bool outward_open(struct client *c, struct tcp *t, uint16_t port)
{
	const struct relays *rs = &c->control.relays;
	const struct way_kind *kind = kind_of(c, way_of(c));

	if (!outward_direct(c) && !call_proxy(c, t, port))
		return false;
	if (kind->tls && (!secure_runs(c->secure) ||
			  !secure_call(c->secure, t, rs->at[rs->now].host)))
		return false;
	return !kind->ws || call_ws(c, t, kind);
}

bool outward_data(struct client *c, struct tcp *t)
{
	const struct control *ctl = &c->control;

	return outward_open(c, t, outward_port(ctl, ctl->int_port));
}

bool outward_bare(const struct client *c)
{
	const struct way_kind *kind = kind_of(c, way_of(c));

	return !kind->tls && !kind->ws && outward_direct(c);
}

/* What speaks HTTP in front of the relay knows only its own. */
uint16_t outward_port(const struct control *ctl, uint16_t said)
{
	const struct relays *rs = &ctl->relays;
	const struct client *c = ctl->client;

	if (ctl->state != CONTROL_UP)
		return said;
	return kind_of(c, way_of(c))->ws ? rs->at[rs->now].port : said;
}

const uint8_t *outward_bond(const struct control *ctl,
			    uint8_t room[FASTNAT_BOND])
{
	return ctl->client->conf->tls_front ? NULL
					    : secure_bond(&ctl->tcp, room);
}

bool outward_direct(const struct client *c)
{
	return !c->outward.tunnels;
}

static bool explain_proxy(struct control *ctl, int why, struct fmt *f)
{
	const struct client *c = ctl->client;
	const struct hostport *at = &c->conf->through.at;

	if (outward_direct(c))
		return false;
	fmt_put(f, "the proxy %.*s:%u: ", (int)at->host.n,
		(const char *)at->host.p, (unsigned)at->port);
	if (tcp_runs(&ctl->tcp))
		return tunnel_explain(&ctl->tcp, f);
	fmt_put(f, "%s", err_text(why));
	return ctl->state == CONTROL_DIAL;
}

bool outward_explain(struct control *ctl, int why, struct fmt *f)
{
	const struct fmt before = *f;

	if (explain_proxy(ctl, why, f))
		return true;
	*f = before;
	return wsock_explain(&ctl->tcp, f) ||
	       secure_explain(ctl->client->secure, &ctl->tcp, f);
}
