#include "net/assoc.h"
#include "crypt/aead.h"
#include "crypt/crc.h"
#include "crypt/mont.h"
#include "crypt/p256.h"
#include "net/chan.h"
#include "os/cpu.h"
#include "os/mem.h"
#include "os/rand.h"

void assoc_due(struct assoc *a)
{
	if (a->state != ASSOC_OVER)
		soon_start(&a->run, a->of->net->loop);
}

static void fail(struct assoc *a, const char *why)
{
	if (a->state == ASSOC_OVER)
		return;
	a->state = ASSOC_OVER;
	a->why = why;
	soon_start(&a->run, a->of->net->loop);
}

/* ---- saying ---- */

static void flush(struct assoc *a)
{
	if (a->of->used > 0)
		a->ops->flush(a);
	a->of->used = 0;
}

static struct span packet(struct assoc *a)
{
	if (a->of->used == ASSOC_BATCH)
		flush(a);
	return (struct span){ a->of->packets[a->of->used], ASSOC_PACKET };
}

static void send(struct assoc *a, size_t n)
{
	uint8_t *p = a->of->packets[a->of->used++];

	a->ops->send(a, (struct bytes){ p, n });
}

static void drop_handshake(struct assoc *a)
{
	if (!a->hs)
		return;
	mem_release((struct span){ (uint8_t *)a->hs, sizeof *a->hs });
	a->hs = NULL;
}

static void say_dtls(struct assoc *a)
{
	size_t n;

	while ((n = dtls_output(&a->dtls, packet(a), assoc_now(a))) > 0)
		send(a, n);
	if (!a->dtls.hs)
		drop_handshake(a);
	if (a->dtls.err)
		fail(a, a->dtls.why ? a->dtls.why : err_text(a->dtls.err));
	else if (a->dtls.ended)
		fail(a, "the other side has closed");
}

static void begin_sctp(struct assoc *a)
{
	uint8_t random[SCTP_RANDOM];

	a->sctp_begun = true;
	rand_fill(SPAN(random));
	sctp_init(&a->sctp, &a->sctp_conf, random);
	sctp_connect(&a->sctp, a->rtt, assoc_now(a));
}

static void say_sctp(struct assoc *a)
{
	struct span room = packet(a), text = dtls_room(&a->dtls, room);
	size_t n;

	while (text.p && (n = sctp_output(&a->sctp, text, assoc_now(a))) > 0) {
		send(a, dtls_seal(&a->dtls, room, n));
		room = packet(a);
		text = dtls_room(&a->dtls, room);
	}
}

static void tell_sctp(struct assoc *a)
{
	struct sctp_event e;

	while (a->state != ASSOC_OVER && sctp_event(&a->sctp, &e)) {
		if (e.what == SCTP_UP && a->state == ASSOC_SHAKES) {
			a->state = ASSOC_OPEN;
			a->ops->open(a);
		} else if (e.what == SCTP_OVER) {
			fail(a, "the other side has closed");
		} else {
			chan_hear(a, &e);
		}
	}
}

static void wait_for_both(struct assoc *a)
{
	int64_t due = dtls_due(&a->dtls);
	int64_t other = a->sctp_begun ? sctp_due(&a->sctp) : -1;

	if (other >= 0 && other < due)
		due = other;
	if (a->path && due != DTLS_NEVER)
		timer_start(&a->timer, a->of->net->loop, due);
	else
		timer_stop(&a->timer, a->of->net->loop);
}

static void run_engines(struct assoc *a)
{
	if (a->path)
		say_dtls(a);
	if (a->dtls.open && !a->sctp_begun)
		begin_sctp(a);
	if (a->sctp_begun)
		tell_sctp(a);
	if (a->sctp_begun && a->path)
		say_sctp(a);
	flush(a);
}

static void run(struct soon *soon)
{
	struct assoc *a = container_of(soon, struct assoc, run);

	if (a->state != ASSOC_OVER)
		run_engines(a);
	if (a->state != ASSOC_OVER) {
		wait_for_both(a);
		return;
	}
	timer_stop(&a->timer, a->of->net->loop);
	chan_fail(a, -NAT_ECLOSED);
	if (a->told)
		return;
	a->told = true;
	a->ops->over(a, a->why);
}

static void tick(struct timer *t)
{
	assoc_due(container_of(t, struct assoc, timer));
}

/* ---- hearing ---- */

void assoc_hear(struct assoc *a, struct span in)
{
	struct span text;

	if (a->state != ASSOC_SHAKES && a->state != ASSOC_OPEN)
		return;
	while ((text = dtls_input(&a->dtls, &in, assoc_now(a))).p) {
		if (!a->sctp_begun)
			begin_sctp(a);
		sctp_input(&a->sctp, bytes_in(text), assoc_now(a));
	}
	assoc_due(a);
}

/* ---- the path ---- */

void assoc_path(struct assoc *a, uint16_t rtt)
{
	a->path = true;
	if (rtt)
		a->rtt = rtt;
	dtls_path(&a->dtls, a->rtt);
	if (a->sctp_begun)
		sctp_hurry(&a->sctp, assoc_now(a));
	assoc_due(a);
}

void assoc_wait(struct assoc *a)
{
	a->path = false;
	timer_stop(&a->timer, a->of->net->loop);
}

/* ---- life ---- */

static void set_up(struct assoc *a, const struct assoc_ask *ask)
{
	const struct rtc *of = a->of;

	a->conf = (struct tls_conf){
		.role = ask->role,
		.ids = ask->id ? ask->id : &of->self.id,
		.ids_n = 1,
		.no_aes = !cpu_has_aes(),
		.fill = rand_fill,
	};
	a->sctp_conf = (struct sctp_conf){
		.pool = &of->net->bufs.pool,
		.port = ASSOC_PORT,
		.peer = ask->port ? ask->port : ASSOC_PORT,
		.mtu = (uint16_t)((ask->mtu ? ask->mtu : ASSOC_MTU) -
				  DTLS_OVERHEAD),
		.streams = ASSOC_STREAMS,
		.message = SCTP_MESSAGE,
		.in = ASSOC_HELD,
		.out = ASSOC_HELD,
		.zero_sum = !ask->whole,
		.careless = ask->whole,
		.odd = ask->role == TLS_SERVER,
	};
}

void assoc_mtu(struct assoc *a, uint16_t mtu)
{
	uint16_t most = (uint16_t)((mtu ? mtu : ASSOC_MTU) - DTLS_OVERHEAD);

	if (!a->state || a->sctp_conf.mtu == most)
		return;
	a->sctp_conf.mtu = most;
	a->dtls.mtu = mtu && mtu < DTLS_MTU ? mtu : DTLS_MTU;
	if (a->sctp_begun)
		sctp_set_mtu(&a->sctp, most);
}

int assoc_start(struct assoc *a, struct rtc *of, const struct assoc_ask *ask)
{
	struct dtls_ask dtls = { .conf = &a->conf, .verify = ask->verify };
	size_t n = min_size(ask->nbelieved, ASSOC_BELIEVED);

	dtls.hs = (struct dtls_handshake *)(void *)mem_reserve(sizeof *a->hs).p;
	if (!dtls.hs)
		return -NAT_EMEMORY;
	a->hs = dtls.hs;
	a->of = of;
	a->ops = ask->ops;
	list_init(&a->chans);
	timer_init(&a->timer, tick);
	soon_init(&a->run, run);
	set_up(a, ask);
	if (ask->mtu && ask->mtu < DTLS_MTU)
		dtls.mtu = ask->mtu;
	dtls_start(&a->dtls, &dtls, assoc_now(a));
	for (size_t i = 0; i < n; i++)
		a->believed[i] = ask->believed[i];
	dtls_believe(&a->dtls, a->believed, n);
	a->whole = ask->whole;
	a->most = SCTP_MESSAGE;
	if (ask->message && ask->message < a->most)
		a->most = ask->message;
	a->state = ASSOC_SHAKES;
	return 0;
}

void assoc_stop(struct assoc *a)
{
	if (!a->state)
		return;
	if (a->path && a->dtls.open && !a->dtls.ended) {
		dtls_close(&a->dtls);
		say_dtls(a);
		flush(a);
	}
	a->state = ASSOC_OVER;
	chan_fail(a, -NAT_ECLOSED);
	if (a->sctp_begun)
		sctp_stop(&a->sctp);
	dtls_stop(&a->dtls);
	drop_handshake(a);
	timer_stop(&a->timer, a->of->net->loop);
	soon_stop(&a->run);
}

/* What this machine does faster than C; crypt/ cannot ask. */
static void use_cpu(void)
{
	aead_native(cpu_has_aes(), cpu_has_avx2());
	big_native(cpu_has_mulx());
	mont_native(cpu_has_ifma());
	p256_native(cpu_has_mulx());
	crc32c_native(cpu_has_crc32c());
}

int rtc_start(struct rtc **out, struct net *net)
{
	struct rtc *ps = (struct rtc *)(void *)mem_reserve(sizeof *ps).p;

	*out = NULL;
	if (!ps)
		return -NAT_EMEMORY;
	ps->net = net;
	use_cpu();
	if (!self_make(&ps->self, rand_fill)) {
		mem_release((struct span){ (uint8_t *)ps, sizeof *ps });
		return -NAT_EIO;
	}
	*out = ps;
	return 0;
}

void rtc_stop(struct rtc *ps)
{
	if (ps)
		mem_release((struct span){ (uint8_t *)ps, sizeof *ps });
}
