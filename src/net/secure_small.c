/* secure without TLS, for small builds. */
#include "net/secure.h"

void secure_fit(const struct secure_conf **to, const struct secure_conf *conf,
		enum secure_side side, struct diag *d)
{
	(void)to, (void)conf, (void)side, (void)d;
}

uint32_t secure_listens(const struct secure_conf *conf)
{
	(void)conf;
	return 0;
}

bool secure_wanted(const struct secure_conf *conf, enum secure_side side)
{
	(void)conf, (void)side;
	return false;
}

const char *secure_ca(const struct secure_conf *conf)
{
	(void)conf;
	return NULL;
}

int secure_start(struct secure **s, struct net *net,
		 const struct secure_wish *wish, struct diag *d)
{
	(void)s, (void)net, (void)wish, (void)d;
	return 0;
}

void secure_stop(struct secure *s)
{
	(void)s;
}

void secure_check(struct secure *s, const struct secure_conf *conf,
		  struct diag *d)
{
	(void)s, (void)conf, (void)d;
}

void secure_reload(struct secure *s, const struct secure_conf *conf)
{
	(void)s, (void)conf;
}

bool secure_runs(const struct secure *s)
{
	(void)s;
	return false;
}

bool secure_answer(struct secure *s, struct tcp *t, bool only)
{
	(void)s, (void)t, (void)only;
	return true;
}

bool secure_serve(struct secure *s, struct tcp *t)
{
	(void)s;
	(void)t;
	return false;
}

void secure_port(struct fmt *f, bool only)
{
	(void)f, (void)only;
}

bool secure_call(struct secure *s, struct tcp *t, struct bytes host)
{
	(void)s, (void)t, (void)host;
	return true;
}

const uint8_t *secure_bond(const struct tcp *t, uint8_t room[FASTNAT_BOND])
{
	(void)t, (void)room;
	return NULL;
}

bool secure_explain(const struct secure *s, struct tcp *t, struct fmt *f)
{
	(void)s, (void)t, (void)f;
	return false;
}

void secure_words(struct fmt *f, const struct secure *s)
{
	(void)f, (void)s;
}

const char *secure_name(const struct tcp *t)
{
	(void)t;
	return "tcp";
}

bool secure_count(const struct secure *s, struct secure_counts *c)
{
	(void)s, (void)c;
	return false;
}
