/* p2p - what the commands host and join share. */
#include "cmd/p2popts.h"

int p2p_arguments(void *settings, int argc, char **argv, struct diag *d)
{
	struct opt_list *l = &((struct p2p_set *)settings)->conf.service;

	if (argc > OPT_LIST_MAX) {
		diag_put(d, "more than %d services", OPT_LIST_MAX);
		return -NAT_EUSAGE;
	}
	l->n = (uint32_t)argc;
	for (int i = 0; i < argc; i++)
		l->v[i] = argv[i];
	return 0;
}

/* The signalling server's, sockets of peers, and what they reach, by TCP and UDP. */
size_t p2p_descriptors(const void *settings)
{
	const struct p2p_conf *conf = &((const struct p2p_set *)settings)->conf;

	return 1 + (conf->max_peers + 1) * (size_t)WAYS_ALL +
	       3 * (size_t)conf->max_links + P2P_SERVICES;
}

void p2p_make_fit(struct p2p_set *set, enum p2p_side side, struct diag *d)
{
	struct p2p_conf *conf = &set->conf;
	struct secure_conf *tls = &set->common.tls;

	role_fit_token(&set->common, d);
	conf->token = set->common.token;
	conf->secret_file = set->common.secret_file;
	conf->weak_secret = set->common.weak_token;
	conf->tls = tls;
	tls->transport = text_begins(conf->signal, "wss:") ? "wss" : "ws";
	p2p_fit(conf, side, d);
	paths_fit(&conf->paths, d);
	if (secure_wanted(tls, SECURE_CLIENT))
		secure_fit(&conf->tls, tls, SECURE_CLIENT, d);
	if (conf->secret && strlen(conf->secret) < sizeof set->secret)
		conf->secret = memcpy(set->secret, conf->secret,
				      strlen(conf->secret) + 1);
}
