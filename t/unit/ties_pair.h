/* ties_pair - a join (0) and a host (1) with a service on 127.0.0.1, whose ties go by a
 * chan_pair; what each of them has said last.
 */
#ifndef NAT_T_UNIT_TIES_PAIR_H
#define NAT_T_UNIT_TIES_PAIR_H

#include "chan_pair.h"
#include "net/ties.h"

enum { JOIN, HOST };

static struct {
	struct tables tables[2];
	struct ties ties[2];
	struct p2p_service service;  /* of the host */
	bool refuses;                /* the host knows no service */
	unsigned turned_away;        /* there were too many */
	char said[2][LOG_LINE + 1];  /* how one has ended, */
	char noted[2][LOG_LINE + 1]; /* or what else there was */
} ties_pair;

static inline void ties_pair_line(struct log *log, enum log_level level,
				  struct bytes line)
{
	bool host = memcmp(line.p, "info host", 9) == 0;
	char text[LOG_LINE + 1] = "";

	(void)log, (void)level;
	memcpy(text, line.p, line.n);
	memcpy(strstr(text, " ended ") ? ties_pair.said[host]
				       : ties_pair.noted[host],
	       text, sizeof text);
}

static inline void ties_pair_come(struct chan_end *e, uint16_t sid,
				  const struct dcep_open *o)
{
	struct ties *t = &ties_pair.ties[e - chan_pair.ends];
	const struct p2p_service *s = &ties_pair.service;

	if (ties_pair.refuses || !bytes_equal(o->protocol, s->name))
		return;
	if (!(s->udp ? flow_come(t, sid, s) : joint_come(t, sid, s)))
		ties_pair.turned_away++;
}

/* most: of each kind, at the join; the host has room for more. Of the service the port
 * is to be told.
 */
static inline void ties_pair_start(uint32_t most, bool udp)
{
	static const char *const roles[] = { "join", "host" };

	chan_pair_start(ties_pair_come, NULL);
	chan_pair.rig.log =
		(struct log){ .line = ties_pair_line, .most = LOG_INFO };
	memset(&ties_pair, 0, sizeof ties_pair);
	ties_pair.service = (struct p2p_service){
		.name = BYTES("web"), .at = { .host = BYTES("127.0.0.1") }, udp
	};
	for (int i = 0; i < 2; i++) {
		struct tables *t = &ties_pair.tables[i];

		t->role = roles[i];
		assert_int_equal(tables_start(t, &chan_pair.rig.net,
					      i ? 2 * most : most),
				 0);
		ties_init(&ties_pair.ties[i], t, &chan_pair.ends[i].assoc,
			  BYTES("other"));
	}
}

/* How many there are at the one and at the other. */
static inline void ties_pair_are(uint32_t join, uint32_t host)
{
	const uint32_t are[] = { join, host };

	for (int i = 0; i < 2; i++) {
		const struct tables *t = &ties_pair.tables[i];

		assert_int_equal(ties_pair.ties[i].n, are[i]);
		assert_int_equal(t->joints.used + t->flows.used, are[i]);
	}
}

static inline void ties_pair_has(const char *line, const char *what)
{
	if (!strstr(line, what))
		fail_msg("no \"%s\" in: %s", what, line);
}

/* What it has said last of one that has ended, and otherwise, has that in it. */
static inline void ties_pair_said(int who, const char *what)
{
	ties_pair_has(ties_pair.said[who], what);
}

static inline void ties_pair_noted(int who, const char *what)
{
	ties_pair_has(ties_pair.noted[who], what);
}

static inline void ties_pair_stop(void)
{
	for (int i = 0; i < 2; i++)
		ties_end(&ties_pair.ties[i]);
	ties_pair_are(0, 0);
	for (int i = 0; i < 2; i++)
		tables_stop(&ties_pair.tables[i]);
	chan_pair_stop();
}

#endif
