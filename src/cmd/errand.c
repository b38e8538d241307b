#include "cmd/errand.h"

enum { MEMORY = 1 << 20, PIPE = 4096, MOST_FDS = 256 };

static int failed(struct errand *e, int rc)
{
	diag_put(&e->diag, "%s", err_text(rc));
	return rc;
}

static void heard_signal(struct signals *signals, unsigned what)
{
	struct errand *e = container_of(signals, struct errand, signals);

	void (*leave)(struct errand *) = e->leave;

	if (!(what & (SIGNAL_STOP | SIGNAL_LEAVE)))
		return;
	e->leave = NULL;
	if (leave)
		leave(e);
	else
		e->loop.quit = true;
}

static int start_net(struct errand *e, const struct net_limits *limits)
{
	int rc = net_start(&e->net, &e->loop, &e->console.log, limits);

	if (rc < 0)
		return rc;
	rc = signals_start(&e->signals, &e->loop, heard_signal);
	if (rc < 0)
		net_stop(&e->net);
	return rc;
}

int errand_start(struct errand *e, const struct cmd *cmd,
		 const char *resolv_conf)
{
	const struct net_limits limits = { .memory = MEMORY,
					   .pipe_size = PIPE,
					   .resolv_conf = resolv_conf };
	int rc;

	*e = (struct errand){ .diag = cmd_diag(cmd) };
	rc = console_open(&e->console, NULL, false);
	if (rc < 0)
		return failed(e, rc);
	e->console.log.most = LOG_WARN;
	rc = loop_open(&e->loop, MOST_FDS);
	if (rc < 0)
		return failed(e, rc);
	rc = start_net(e, &limits);
	if (rc == 0)
		return 0;
	loop_close(&e->loop);
	return failed(e, rc);
}

int errand_run(struct errand *e)
{
	int rc = loop_run(&e->loop);

	return rc < 0 ? failed(e, rc) : 0;
}

void errand_stop(struct errand *e)
{
	for (uint32_t i = 0; i < ERRAND_HOSTS; i++)
		if (e->hosts[i].errand)
			resolve_stop(&e->hosts[i].resolve);
	signals_stop(&e->signals);
	net_stop(&e->net);
	loop_close(&e->loop);
	console_close(&e->console);
}

/* ---- names ---- */

/* Of IPv4 if there is one: that is where NAT is. */
static const struct addr *choose(const struct found *f)
{
	for (uint8_t i = 0; i < f->n; i++)
		if (f->addrs[i].family == ADDR_IP4)
			return &f->addrs[i];
	return f->n ? f->addrs : NULL;
}

static void heard(struct resolve *r, const struct found *f)
{
	struct errand_host *h = container_of(r, struct errand_host, resolve);
	struct errand *e = h->errand;
	const struct addr *chosen = choose(f);
	struct addr at;

	if (!f->last && (!chosen || chosen->family != ADDR_IP4))
		return;
	if (!h->text)
		return; /* its IPv4 address has been told of */
	if (chosen) {
		at = *chosen;
		at.port = h->port;
		e->found(e, &at);
	} else {
		diag_put(&e->diag, "%s: %s", h->text, err_text(f->err));
	}
	h->text = NULL;
	if (--e->waits == 0)
		e->found(e, NULL);
}

void errand_find(struct errand *e, const struct opt_list *hosts,
		 void (*found)(struct errand *e, const struct addr *a))
{
	e->found = found;
	e->waits = hosts->n;
	for (uint32_t i = 0; i < hosts->n; i++) {
		struct errand_host *h = &e->hosts[i];
		struct hostport hp = { .port = 0 };
		int rc = hostport_parse(&hp, bytes_of(hosts->v[i]));

		(void)rc; /* the table of options has seen to it */
		*h = (struct errand_host){ .errand = e,
					   .text = hosts->v[i],
					   .port = hp.port };
		resolve_start(&h->resolve, &e->net, hp.host, heard);
	}
}
