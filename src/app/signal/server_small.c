/* server of builds without the part `signal`: there is none. */
#include "app/signal/signal.h"

void signal_fit(struct signal_conf *conf, const struct secure_conf *tls)
{
	(void)conf, (void)tls;
}

int signal_start(struct signal **s, struct net *net,
		 const struct signal_conf *conf, struct diag *d)
{
	(void)net, (void)conf, (void)d;
	*s = NULL;
	return 0;
}

void signal_ready(const struct signal *s)
{
	(void)s;
}

void signal_stop(struct signal *s)
{
	(void)s;
}

void signal_check(struct signal *s, const struct signal_conf *conf,
		  struct diag *d)
{
	(void)s, (void)conf, (void)d;
}

void signal_reload(struct signal *s, const struct signal_conf *conf)
{
	(void)s, (void)conf;
}

void signal_drain(struct signal *s)
{
	(void)s;
}

size_t signal_descriptors(const struct signal_conf *conf)
{
	(void)conf;
	return 0;
}
