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

int outward_start(struct client *c, uint32_t most, struct diag *d)
{
	const struct wsock_wish wish = { .most = most };
	struct outward *o = &c->outward;
	int rc = wsocks_start(&o->ws, c->net, &wish);

	if (rc < 0)
		diag_put(d,
			 "%s for so many by WebSocket: lower "
			 "max_visitors",
			 err_text(rc));
	return rc;
}

void outward_stop(struct client *c)
{
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

void outward_begin(struct client *c, struct dial *d,
		   void (*done)(struct dial *, int fd))
{
	const struct relays *rs = &c->control.relays;

	dial_start(d, c->net, &rs->at[rs->now], PATIENCE, done);
}

void outward_dial(struct client *c, struct dial *d, const struct addr *relay,
		  void (*done)(struct dial *, int fd))
{
	dial_addr(d, c->net, relay, PATIENCE, done);
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

	(void)port;
	if (kind->tls && (!secure_runs(c->secure) ||
			  !secure_call(c->secure, t, rs->at[rs->now].host)))
		return false;
	return !kind->ws || call_ws(c, t, kind);
}

bool outward_bare(const struct client *c)
{
	const struct way_kind *kind = kind_of(c, way_of(c));

	return !kind->tls && !kind->ws;
}

/* What speaks HTTP in front of the relay knows only its own. */
uint16_t outward_port(const struct client *c, uint16_t said)
{
	const struct relays *rs = &c->control.relays;

	return kind_of(c, way_of(c))->ws ? rs->at[rs->now].port : said;
}

const uint8_t *outward_bond(const struct control *ctl,
			    uint8_t room[FASTNAT_BOND])
{
	return ctl->client->conf->tls_front ? NULL
					    : secure_bond(&ctl->tcp, room);
}

bool outward_explain(struct control *ctl, struct fmt *f)
{
	return wsock_explain(&ctl->tcp, f) ||
	       secure_explain(ctl->client->secure, &ctl->tcp, f);
}
