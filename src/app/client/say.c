#include "app/client/inner.h"

void control_trouble(struct control *ctl, enum log_level level,
		     const char *form, ...)
{
	uint8_t line[LOG_LINE];
	struct fmt f = fmt_to(SPAN(line));
	uint32_t *said = &ctl->relays.said[ctl->relays.now], hash;
	va_list ap;

	relays_print(&f, &ctl->relays);
	va_start(ap, form);
	fmt_vput(&f, form, ap);
	va_end(ap);
	hash = map_hash(fmt_done(&f)) | 1;
	log_put(ctl->client->net->log, *said == hash ? LOG_DEBUG : level,
		"client", "%.*s", (int)f.n, (const char *)line);
	*said = hash;
	ctl->told = true;
}

/* What an error means by when it comes; the first row that fits. */
static const struct cause {
	unsigned states; /* a bit each */
	int err;         /* 0: any */
	const char *text;
} causes[] = {
	{ 1u << CONTROL_HELLO, -NAT_ETIMEOUT,
	  "no answer to our hello: is it a nat relay? An original FAST NAT "
	  "server needs --plain" },
	{ 1u << CONTROL_HELLO, -NAT_EPROTO,
	  "does not answer as a nat relay does: is it the right port?" },
	{ 1u << CONTROL_HELLO, -NAT_EROOM,
	  "does not answer as a nat relay does: is it the right port?" },
	{ 1u << CONTROL_UP | 1u << CONTROL_PLAIN, 0, "connection lost: " },
	{ ~0u, 0, "" },
};

static bool explain_outward(struct control *ctl, int why)
{
	uint8_t text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));
	bool knows = outward_explain(ctl, why, &f);

	if (knows)
		control_trouble(ctl, LOG_ERR,
				": %.*s; trying again until it is "
				"well",
				(int)f.n, (const char *)text);
	return knows;
}

void control_explain(struct control *ctl, int why)
{
	const struct cause *c = causes;

	if (explain_outward(ctl, why))
		return;
	while (!(c->states & 1u << ctl->state) || (c->err && c->err != why))
		c++;
	control_trouble(ctl, LOG_WARN, ": %s%s; trying again until it works",
			c->text, c->err ? "" : err_text(why));
}

void control_say(struct control *ctl, const struct fastnat *m)
{
	if (talk_say(&ctl->tcp.stream, m, true) < 0)
		log_debug(ctl->client->net->log, "client",
			  "no room to say more");
}

void control_failed(struct control *ctl, struct bytes out_id, const char *why)
{
	struct fastnat m = { .command = FASTNAT_FAILED,
			     .has = HAS_OUT_ID | HAS_ERROR,
			     .out_id = out_id,
			     .error = bytes_of(why) };

	if (ctl->state == CONTROL_UP)
		control_say(ctl, &m);
}
