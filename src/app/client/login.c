#include "app/client/login.h"
#include "app/client/heir.h"
#include "app/client/inner.h"
#include "crypt/ct.h"
#include "os/rand.h"

enum {
	BEAT_LEAST = 1000, /* ms */
	BEAT_MOST = 3600000,
	RETRY_MOST = 3600000
};

static struct fastnat_login login_of(struct control *ctl)
{
	const struct identity *id = &ctl->client->identity;
	struct secrets *secrets = &ctl->secrets;

	return (struct fastnat_login){
		.token = identity_token(id),
		.client_nonce = { secrets->nonce, FASTNAT_NONCE },
		.server_nonce = { secrets->server_nonce, FASTNAT_NONCE },
		.name = identity_name(id),
		.bond = outward_bond(ctl, secrets->bond),
	};
}

int login_hello(struct control *ctl)
{
	const struct identity *id = &ctl->client->identity;
	uint8_t random[FASTNAT_NONCE / 2];
	struct fmt f = fmt_to(SPAN(ctl->secrets.nonce));
	bool guest = ctl->client->entries.n == 0;
	struct fastnat m = {
		.command = FASTNAT_HELLO,
		.has = HAS_VERSION | HAS_NAME | HAS_INSTANCE | HAS_NONCE |
		       (guest ? HAS_GUEST : 0u),
		.version = FASTNAT_VERSION,
		.name = identity_name(id),
		.instance = { id->instance, FASTNAT_NONCE },
		.nonce = { ctl->secrets.nonce, FASTNAT_NONCE },
		.yes = 1,
	};

	ctl->guest = guest;
	rand_fill(SPAN(random));
	fmt_hex(&f, (struct bytes){ random, sizeof random });
	return talk_say(&ctl->tcp.stream, &m, true);
}

int login_challenge(struct control *ctl, const struct fastnat *m)
{
	uint8_t proof[FASTNAT_MAC];
	struct fastnat_login login = login_of(ctl);
	struct fastnat answer = { .command = FASTNAT_LOGIN,
				  .has = HAS_PROOF,
				  .proof = { proof, FASTNAT_MAC } };

	if (m->version != FASTNAT_VERSION) {
		control_trouble(ctl, LOG_ERR,
				": speaks version %lu, not %d: its nat and "
				"ours do not fit; trying again until they do",
				(unsigned long)m->version,
				(int)FASTNAT_VERSION);
		return -NAT_EPROTO;
	}
	memcpy(ctl->secrets.server_nonce, m->nonce.p, FASTNAT_NONCE);
	fastnat_proof(proof, &login, FASTNAT_CLIENT);
	return talk_say(&ctl->tcp.stream, &answer, true);
}

int login_welcome(struct control *ctl, const struct fastnat *m)
{
	uint8_t proof[FASTNAT_MAC];
	struct fastnat_login login = login_of(ctl);
	int64_t beat = m->heartbeat_ms;

	fastnat_proof(proof, &login, FASTNAT_RELAY);
	if (!ct_equal(m->proof, (struct bytes){ proof, FASTNAT_MAC })) {
		control_trouble(ctl, LOG_ERR,
				" does not know our token: it is not the relay "
				"that the token is for; trying again until it "
				"is");
		return -NAT_EAUTH;
	}
	ctl->int_port = m->int_port;
	ctl->id_n = (uint8_t)min_size(m->id.n, sizeof ctl->id);
	memcpy(ctl->id, m->id.p, ctl->id_n);
	fastnat_key(ctl->secrets.key, &login);
	ct_wipe(ctl->secrets.nonce, sizeof ctl->secrets.nonce);
	ct_wipe(ctl->secrets.server_nonce, sizeof ctl->secrets.server_nonce);
	ctl->heartbeat = beat < BEAT_LEAST  ? BEAT_LEAST
			 : beat > BEAT_MOST ? BEAT_MOST
					    : beat;
	return 0;
}

/* What to do about the refusals that we know. */
static const struct {
	const char *error;
	enum log_level level;
	const char *what;
} refusals[] = {
	{ "wrong token", LOG_ERR,
	  " refuses our token: use the one it printed, or --token-file" },
	{ "name in use", LOG_WARN,
	  ": another client has our name: give each its own --name; trying "
	  "again until it is free" },
};

static bool starts(struct bytes text, const char *with)
{
	text.n = min_size(text.n, strlen(with));
	return bytes_are(text, with);
}

int login_refused(struct control *ctl, const struct fastnat *m)
{
	enum { MOST = 160 };
	size_t i = 0;

	if (heir_heard(ctl, m->error))
		return -NAT_ECLOSED;
	if (m->has & HAS_RETRY)
		ctl->retry =
			m->retry_ms < RETRY_MOST ? m->retry_ms : RETRY_MOST;
	while (i < COUNT(refusals) && !starts(m->error, refusals[i].error))
		i++;
	if (i < COUNT(refusals))
		control_trouble(ctl, refusals[i].level, "%s", refusals[i].what);
	else
		control_trouble(ctl, LOG_WARN,
				": refuses us: %.*s; trying again until it "
				"works",
				(int)min_size(m->error.n, MOST),
				(const char *)m->error.p);
	return -NAT_ECLOSED;
}
