/* services - what is shared, and what is wanted, from text. */
#include "app/p2p/keys.h"
#include "app/p2p/line.h"
#include "wire/token.h"

static struct p2p_service *add(struct p2p_conf *conf, struct diag *d)
{
	if (conf->nservices < P2P_SERVICES)
		return &conf->services[conf->nservices++];
	diag_put(d, "more than %d services", P2P_SERVICES);
	return NULL;
}

/* Ming's: one without a name, of any protocol but udp if that is not said. */
static void add_one(struct p2p_conf *conf, enum p2p_side side, struct diag *d)
{
	struct p2p_service *s = add(conf, d);

	if (!s)
		return;
	*s = (struct p2p_service){ .udp = false };
	if (side == P2P_JOIN ? !p2p_read_here(s, bytes_of(conf->one))
			     : !p2p_read_far(s, bytes_of(conf->one)))
		diag_option(d, side == P2P_HOST ? "remote" : "local",
			    "is not HOST:PORT");
	s->udp |= !strcmp(conf->protocol, "udp");
	if (!s->udp && strcmp(conf->protocol, "tcp") != 0)
		diag_option(d, "protocol", "one of tcp, udp");
}

static void check_way(const struct p2p_conf *conf, struct diag *d)
{
	const struct secure_conf *tls = conf->tls;
	struct hostport at;
	struct bytes path;

	if (!line_read(&at, &path, conf->signal))
		diag_option(d, "signal",
			    "is not ws://HOST[:PORT][/PATH], nor wss://");
	else if (!line_is_secure(conf->signal) && (tls->ca || tls->pin.n))
		diag_option(d, "signal",
			    "is not wss://, which tls-ca and tls-pin are for");
}

static void check_trust(const struct p2p_conf *conf, struct diag *d)
{
	uint8_t pin[KEYS_PIN];
	const char *why = conf->secret ? token_fault(bytes_of(conf->secret),
						     conf->weak_secret)
				       : NULL;

	if (why)
		diag_option(d, "secret", why);
	if (conf->secret && conf->secret_file)
		diag_option(d, "secret",
			    "stands beside a secret file: leave one");
	why = conf->pin ? keys_pin(pin, conf->pin) : NULL;
	if (why)
		diag_option(d, "pin", why);
}

static void check_names(const struct p2p_conf *conf, struct diag *d)
{
	if (!conf->id || !*conf->id)
		diag_option(d, "id", "is missing");
	else if (strlen(conf->id) > MING_ID)
		diag_option(d, "id", "is longer than 64 bytes");
	if (conf->name && (!*conf->name || strlen(conf->name) > MING_ID))
		diag_option(d, "name", "is not 1 to 64 bytes");
}

void p2p_fit(struct p2p_conf *conf, enum p2p_side side, struct diag *d)
{
	static const char *(*const parse[])(struct p2p_service *,
					    struct bytes) = {
		[P2P_HOST] = p2p_parse_shared,
		[P2P_JOIN] = p2p_parse_wanted,
	};

	conf->nservices = 0;
	for (uint32_t i = 0; i < conf->service.n; i++) {
		const char *text = conf->service.v[i], *why;
		struct p2p_service *s = add(conf, d);

		why = s ? parse[side](s, bytes_of(text)) : NULL;
		if (why)
			diag_put(d, "%.*s %s", 80, text, why);
	}
	if (conf->one)
		add_one(conf, side, d);
	if (conf->stdio && conf->nservices)
		diag_option(d, "stdio", "stands alone: no other service");
	if (!conf->stdio && !conf->nservices)
		diag_put(d, "no service: add one, such as %s",
			 side == P2P_HOST ? "ssh=tcp:22" : "2222=ssh");
	check_names(conf, d);
	check_way(conf, d);
	check_trust(conf, d);
}
