/* web without HTTP services, for small builds. */
#include "app/relay/https.h"

const char *relay_domain_fault(const struct relay_conf *conf)
{
	(void)conf;
	return NULL;
}

int web_start(struct relay *r, struct diag *d)
{
	(void)r;
	(void)d;
	return 0;
}

void web_ready(const struct relay *r)
{
	(void)r;
}

void web_stop(struct relay *r)
{
	(void)r;
}

void web_check(struct relay *r, const struct relay_conf *conf, struct diag *d)
{
	(void)r;
	(void)conf;
	(void)d;
}

void web_reload(struct relay *r)
{
	(void)r;
}

void web_drain(struct relay *r)
{
	(void)r;
}

bool web_busy(const struct relay *r)
{
	(void)r;
	return false;
}

void web_come(struct web_port *p, struct tcp *from, const struct addr *who)
{
	(void)p;
	(void)from;
	(void)who;
}

size_t web_descriptors(const struct relay_conf *conf)
{
	(void)conf;
	return 0;
}

const char *web_fault(const struct relay *r, const struct fastnat *m)
{
	(void)r;
	(void)m;
	return err_text(-NAT_EABSENT);
}

int web_publish(struct published *p, const struct fastnat *m)
{
	(void)p;
	(void)m;
	return 0;
}

const char *web_refusal(const struct fastnat *m, int err)
{
	(void)m;
	(void)err;
	return NULL;
}

void web_withdraw(struct published *p)
{
	(void)p;
}

bool web_differs(const struct published *p, const struct fastnat *m)
{
	(void)p;
	(void)m;
	return false;
}

void web_told(struct published *p, const struct fastnat *m)
{
	(void)p;
	(void)m;
}

uint16_t web_port_of(const struct published *p)
{
	(void)p;
	return 0;
}

void web_print_name(struct fmt *f, const struct published *p)
{
	(void)f;
	(void)p;
}

void web_tell(const struct published *p, struct fastnat *yes, struct span room)
{
	(void)p;
	(void)yes;
	(void)room;
}

enum https_claim https_claims(struct relay *r, struct tcp *t,
			      const struct addr *from)
{
	(void)r;
	(void)t;
	(void)from;
	return HTTPS_NOT_OURS;
}

const bool https_is_known = false;

void https_share(struct relay_port *p, const char *at)
{
	(void)p;
	(void)at;
}

void https_print_share(struct fmt *f, const struct relay_port *p)
{
	(void)f;
	(void)p;
}

bool web_has(const struct visitor *v)
{
	(void)v;
	return false;
}

bool web_shares(struct visitor *v)
{
	(void)v;
	return false;
}

void web_early(struct visitor *v)
{
	(void)v;
}

void web_carry(struct visitor *v)
{
	(void)v;
}

void web_lost(struct visitor *v, int err)
{
	(void)v;
	(void)err;
}

const char *web_listens(const struct relay *r, uint32_t at, struct addr *a)
{
	(void)r;
	(void)at;
	(void)a;
	return NULL;
}

bool web_count(const struct relay *r, struct web_counts *n)
{
	(void)r;
	(void)n;
	return false;
}
