#include "app/client/control.h"
#include "app/client/heir.h"
#include "app/client/inner.h"
#include "app/client/hear.h"
#include "app/client/login.h"
#include "app/client/publish.h"
#include "app/client/shares.h"
#include "crypt/ct.h"
#include "os/rand.h"
#include "os/sock.h"

enum {
	ARRIVE_MS = 10000, /* from dialling to UP */
	UNACKED_MS = 20000,
	DOUBT_MS = 3000,  /* for a sign of life when the network changed */
	STEADY_MS = 10000 /* a session this long was a success */
};

static struct net *net_of(const struct control *ctl)
{
	return ctl->client->net;
}

static int64_t now_of(const struct control *ctl)
{
	return net_of(ctl)->loop->now;
}

static int64_t min_ms(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void start_timer(struct control *ctl, int64_t when)
{
	timer_start(&ctl->timer, net_of(ctl)->loop, when);
}

int control_int_port(const struct control *ctl, struct addr *a)
{
	int rc = ctl->state == CONTROL_UP ? sock_there(tcp_fd(&ctl->tcp), a)
					  : -NAT_ECLOSED;

	a->port = outward_port(ctl, ctl->int_port);
	return rc;
}

/* ---- coming and going ---- */

static void hang_up(struct control *ctl)
{
	timer_stop(&ctl->timer, net_of(ctl)->loop);
	soon_stop(&ctl->again);
	publish_end(ctl->client);
	parks_end(ctl->client);
	calls_end(ctl->client);
	failback_end(ctl->client);
	moved_end(ctl->client);
	lane_stop(ctl->client);
	if (tcp_runs(&ctl->tcp))
		stream_stop(&ctl->tcp.stream, false);
	else if (ctl->state == CONTROL_DIAL)
		dial_stop(&ctl->dial);
	ct_wipe(&ctl->secrets, sizeof ctl->secrets);
}

/* The one way in which an attempt or a session ends. */
static void lose(struct control *ctl, int why)
{
	bool was_up = control_is_up(ctl);
	uint32_t at = ctl->relays.now;

	ctl->client->counts.losses++;
	net_count(net_of(ctl), why);
	if (!ctl->told)
		control_explain(ctl, why);
	if (was_up && now_of(ctl) - ctl->since >= STEADY_MS)
		ctl->backoff = (struct backoff){ 0 };
	ctl->relays.now = was_up ? 0 : (ctl->relays.now + 1) % ctl->relays.n;
	hang_up(ctl);
	links_end(ctl->client, ctl->client->conf->plain);
	control_enter(ctl, heir_calls(ctl, at) ? CONTROL_DIAL : CONTROL_WAIT);
}

void control_move(struct control *ctl, uint32_t relay, const char *why)
{
	char text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));

	publish_withdraw(ctl->client);
	ctl->relays.now = relay;
	relays_print(&f, &ctl->relays);
	log_info(net_of(ctl)->log, "client", "%s %s", fmt_text(&f), why);
	hang_up(ctl);
	links_end(ctl->client, false);
	control_enter(ctl, CONTROL_DIAL);
}

/* The relay has 3 s to say anything; the lane may be one of an address that we
 * have no more.
 */
static void doubt(struct control *ctl)
{
	ctl->heard = min_ms(ctl->heard, now_of(ctl) - 1);
	ctl->doubt = now_of(ctl);
	control_say(ctl, &(struct fastnat){ .command = FASTNAT_PING });
	lane_renew(ctl->client);
	start_timer(ctl, ctl->doubt + DOUBT_MS);
}

void control_retry(struct control *ctl, bool sure)
{
	ctl->backoff = (struct backoff){ 0 };
	if (ctl->state == CONTROL_UP && !sure) {
		doubt(ctl);
		return;
	}
	if ((ctl->state == CONTROL_DIAL || ctl->state == CONTROL_PLAIN) &&
	    !sure)
		return; /* an original server cannot be asked */
	ctl->told = true;
	ctl->relays.now = 0;
	hang_up(ctl);
	links_end(ctl->client, ctl->client->conf->plain);
	control_enter(ctl, CONTROL_DIAL);
}

static int say_hello(struct control *ctl)
{
	int rc = 0;

	if (ctl->state != CONTROL_DIAL)
		return 0;
	if (!ctl->client->conf->plain)
		rc = login_hello(ctl);
	if (rc == 0)
		control_enter(ctl, ctl->client->conf->plain ? CONTROL_PLAIN
							    : CONTROL_HELLO);
	return rc == -NAT_EAGAIN ? 0 : rc;
}

static void look(struct control *ctl)
{
	int err = say_hello(ctl);

	if (err == 0)
		err = hear_all(ctl);
	if (err < 0) {
		lose(ctl, err);
		return;
	}
	if (ctl->state == CONTROL_UP)
		publish_more(ctl->client);
}

static void woken(struct waker *w, unsigned what)
{
	(void)what;
	look(container_of(w, struct control, waker));
}

static void look_again(struct soon *again)
{
	look(container_of(again, struct control, again));
}

static void dialled(struct dial *d, int fd)
{
	struct control *ctl = container_of(d, struct control, dial);

	if (fd < 0) {
		lose(ctl, fd);
		return;
	}
	sock_user_timeout(fd, UNACKED_MS);
	tcp_start(&ctl->tcp, net_of(ctl), fd, &ctl->waker);
	if (!outward_open(ctl->client, &ctl->tcp,
			  ctl->relays.at[ctl->relays.now].port))
		lose(ctl, -NAT_ELIMIT);
	else
		look(ctl);
}

/* ---- states ---- */

static void stay(struct control *ctl)
{
	(void)ctl;
}

static void begin(struct control *ctl)
{
	ctl->told = false;
	ctl->retry = 0;
	ctl->scan = (struct json_scan){ 0 };
	start_timer(ctl, now_of(ctl) + ARRIVE_MS);
	outward_begin(ctl->client, &ctl->dial, dialled);
}

static void too_late(struct control *ctl)
{
	lose(ctl, -NAT_ETIMEOUT);
}

static void connected(struct control *ctl, const char *how)
{
	uint8_t text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));

	relays_print(&f, &ctl->relays);
	log_info(net_of(ctl)->log, "client", "connected to %s %s", fmt_text(&f),
		 how);
	memset(ctl->relays.said, 0, sizeof ctl->relays.said);
	ctl->since = ctl->heard = ctl->pinged = now_of(ctl);
	ctl->doubt = 0;
	ctl->client->counts.logins++;
}

/* A ping every heartbeat; silence for two of them is the end. */
static void beat(struct control *ctl)
{
	int64_t dead = ctl->heard + 2 * ctl->heartbeat;
	int64_t ping = ctl->pinged + ctl->heartbeat;

	if (ctl->heard >= ctl->doubt)
		ctl->doubt = 0;
	if (ctl->doubt)
		dead = min_ms(dead, ctl->doubt + DOUBT_MS);
	if (now_of(ctl) >= dead) {
		lose(ctl, -NAT_ETIMEOUT);
		return;
	}
	if (now_of(ctl) >= ping) {
		control_say(ctl, &(struct fastnat){ .command = FASTNAT_PING });
		ctl->pinged = now_of(ctl);
		ping = ctl->pinged + ctl->heartbeat;
	}
	start_timer(ctl, min_ms(ping, dead));
}

void control_equip(struct control *ctl)
{
	struct client *c = ctl->client;
	struct addr relay;

	if (entries_have(&c->entries, FASTNAT_UDP) && !udp_runs(&c->lane.udp) &&
	    outward_bare(c) && control_int_port(ctl, &relay) == 0)
		lane_start(c, &relay);
	if (entries_have(&c->entries, FASTNAT_TCP) ||
	    (shares_known && entries_have(&c->entries, FASTNAT_HTTP)))
		parks_fit(c);
}

static void arrive(struct control *ctl)
{
	struct bytes name = identity_name(&ctl->client->identity);
	char text[FASTNAT_NAME + sizeof "as "];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "as %.*s", (int)name.n, (const char *)name.p);
	connected(ctl, fmt_text(&f));
	publish_begin(ctl->client);
	control_equip(ctl);
	failback_begin(ctl->client);
	moved_begin(ctl->client);
	calls_begin(ctl->client);
	beat(ctl);
}

static void arrive_plain(struct control *ctl)
{
	timer_stop(&ctl->timer, net_of(ctl)->loop);
	connected(ctl, "as a plain client");
	publish_begin(ctl->client);
}

static void wait(struct control *ctl)
{
	uint32_t chance;
	int64_t ms;

	rand_fill((struct span){ (uint8_t *)&chance, sizeof chance });
	ms = backoff_next(&ctl->backoff, now_of(ctl), ctl->retry, chance);
	log_debug(net_of(ctl)->log, "client", "next attempt in %lld ms",
		  (long long)ms);
	start_timer(ctl, now_of(ctl) + ms);
}

static void try_again(struct control *ctl)
{
	control_enter(ctl, CONTROL_DIAL);
}

static const struct {
	const char *name;
	void (*entered)(struct control *ctl);
	void (*late)(struct control *ctl);
} states[] = {
#define X(name, entered, late) { #name, entered, late },
	CONTROL_STATES(X)
#undef X
};

void control_enter(struct control *ctl, enum control_state state)
{
	log_debug(net_of(ctl)->log, "client", "control %s", states[state].name);
	ctl->state = state;
	states[state].entered(ctl);
}

static void time_is_up(struct timer *t)
{
	struct control *ctl = container_of(t, struct control, timer);

	states[ctl->state].late(ctl);
}

void control_start(struct control *ctl, struct client *client)
{
	ctl->client = client;
	ctl->waker.wake = woken;
	timer_init(&ctl->timer, time_is_up);
	soon_init(&ctl->again, look_again);
	control_enter(ctl, CONTROL_DIAL);
}

void control_stop(struct control *ctl)
{
	hang_up(ctl);
}
