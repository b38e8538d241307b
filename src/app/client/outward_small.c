/* outward in the clear or by TLS, for small builds. */
#include "app/client/outward.h"
#include "app/client/inner.h"

enum { PATIENCE = 5000 }; /* ms, to connect */

const char *client_relay_fault(const char *relay, bool *tls)
{
	(void)relay, (void)tls;
	return NULL;
}

const char *client_take_proxy(struct client_conf *conf, const char **proxy,
			      struct span room)
{
	(void)conf, (void)proxy, (void)room;
	return NULL;
}

int outward_start(struct client *c, uint32_t most, struct diag *d)
{
	(void)c, (void)most, (void)d;
	return 0;
}

void outward_stop(struct client *c)
{
	(void)c;
}

void outward_check(const struct client *c, const struct client_conf *conf,
		   struct diag *d)
{
	(void)c, (void)conf, (void)d;
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

bool outward_open(struct client *c, struct tcp *t, uint16_t port)
{
	const struct relays *rs = &c->control.relays;

	(void)port;
	return secure_call(c->secure, t, rs->at[rs->now].host);
}

bool outward_data(struct client *c, struct tcp *t)
{
	const struct control *ctl = &c->control;

	return outward_open(c, t, outward_port(ctl, ctl->int_port));
}

bool outward_bare(const struct client *c)
{
	return !secure_runs(c->secure);
}

uint16_t outward_port(const struct control *ctl, uint16_t said)
{
	(void)ctl;
	return said;
}

const uint8_t *outward_bond(const struct control *ctl,
			    uint8_t room[FASTNAT_BOND])
{
	return secure_bond(&ctl->tcp, room);
}

bool outward_direct(const struct client *c)
{
	(void)c;
	return true;
}

bool outward_explain(struct control *ctl, int why, struct fmt *f)
{
	(void)why;
	return secure_explain(ctl->client->secure, &ctl->tcp, f);
}
