#include "app/p2p/line.h"
#include "base/cur.h"
#include "net/veil.h"
#include "os/ifaces.h"
#include "os/rand.h"
#include "os/sock.h"

/* ---- payloads ---- */

static bool member(struct json *to, const struct json *object, const char *key)
{
	struct json_member m = { .at = 0 };

	while (object->type == JSON_OBJECT && json_next(object, &m))
		if (bytes_are(m.key, key)) {
			*to = m.value;
			return true;
		}
	return false;
}

bool line_payload(struct fmt *f, const struct ming *m)
{
	const char *key = m->kind == MING_CANDIDATE ? "candidate" : "sdp";
	struct json payload, outer, inner;

	if (!m->payload.p || json_parse(&payload, m->payload, 8) < 0)
		return false;
	if (m->kind == MING_ERROR)
		return json_string(f, &payload) == 0;
	return member(&outer, &payload, key) && member(&inner, &outer, key) &&
	       json_string(f, &inner) == 0;
}

static void put_payload(struct fmt *f, const char *kind, struct bytes text)
{
	if (strcmp(kind, "candidate") == 0)
		fmt_put(f, "{\"candidate\":{\"candidate\":");
	else
		fmt_put(f, "{\"sdp\":{\"type\":\"%s\",\"sdp\":", kind);
	json_put_string(f, text);
	if (strcmp(kind, "candidate") == 0)
		fmt_put(f, ",\"sdpMid\":\"0\",\"sdpMLineIndex\":0");
	fmt_put(f, "}}");
}

static void put_text(struct ming_text *to, struct bytes b)
{
	to->n = (uint8_t)min_size(b.n, sizeof to->p);
	if (to->n)
		memcpy(to->p, b.p, to->n);
}

static void say(struct line *l, struct ming *m, const char *kind)
{
	struct fmt f = fmt_to(SPAN(l->said));

	put_text(&m->type, bytes_of(kind));
	put_text(&m->from, l->own);
	ming_print(&f, m);
	if (l->state == LINE_UP)
		(void)!wstext_say(&l->ws, fmt_done(&f));
}

void line_register(struct line *l)
{
	struct ming m = { .kind = MING_REGISTER };

	say(l, &m, "register-host");
}

void line_say(struct line *l, const char *kind, struct bytes to,
	      struct bytes text)
{
	struct fmt f = fmt_to(SPAN(l->room));
	struct ming m = { .kind = MING_OTHER };

	put_payload(&f, kind, text);
	m.payload = fmt_done(&f);
	put_text(&m.to, to);
	say(l, &m, kind);
}

void line_refuse(struct line *l, struct bytes to, const char *why)
{
	struct fmt f = fmt_to(SPAN(l->room));
	struct ming m = { .kind = MING_OTHER };

	json_put_string(&f, bytes_of(why));
	m.payload = fmt_done(&f);
	put_text(&m.to, to);
	say(l, &m, "error");
}

/* ---- the connection ---- */

static void lose(struct line *l, const char *why)
{
	uint32_t chance;
	char text[160];
	struct fmt f = fmt_to(SPAN(text));

	if (l->state == LINE_ASK && secure_explain(l->secure, &l->tcp, &f))
		why = fmt_text(&f);

	rand_fill((struct span){ (uint8_t *)&chance, sizeof chance });
	if (l->state == LINE_DIAL)
		dial_stop(&l->dial);
	if (l->state >= LINE_ASK)
		stream_stop(&l->tcp.stream, false);
	l->state = LINE_DOWN;
	timer_start(&l->timer, l->net->loop,
		    l->net->loop->now + 100 +
			    backoff_next(&l->backoff, l->net->loop->now, 0,
					 chance));
	l->ops->down(l, why);
}

static void open_up(struct line *l)
{
	l->state = LINE_UP;
	l->status = 0;
	l->heard = l->net->loop->now;
	l->backoff = (struct backoff){ 0 };
	wstext_start(&l->ws, &l->tcp, WS_CLIENT, MING_SAID);
	timer_start(&l->timer, l->net->loop, l->heard + LINE_SILENCE);
	l->ops->up(l);
}

/* False: it is lost, or not answered yet. */
static bool hear_answer(struct line *l)
{
	struct stream *s = &l->tcp.stream;
	struct span in = stream_peek(s, l->scan.at + 1);
	const char *why = "does not speak HTTP";
	long n = 0;

	if (in.p)
		n = http1_scan(&l->scan, bytes_in(in), UPGRADE_HEAD);
	if (n == 0 && !s->ended)
		return false;
	if (n > 0 &&
	    http1_response(&l->response, (struct bytes){ in.p, (size_t)n },
			   BYTES("GET")) == 0) {
		l->status = (uint16_t)l->response.status;
		why = upgrade_heard(&l->response, &l->ask);
	}
	if (why) {
		lose(l, why);
		return false;
	}
	stream_take(s, (size_t)n);
	open_up(l);
	return true;
}

static void hear(struct line *l)
{
	struct bytes text;
	struct ming m;
	int rc;

	while ((rc = wstext_hear(&l->ws, &text)) == 1) {
		static const struct ming none = { .kind = MING_OTHER };

		m = none;
		text.n = min_size(text.n, sizeof l->room);
		memcpy(l->room, text.p, text.n);
		wstext_take(&l->ws);
		if (ming_parse(&m, (struct bytes){ l->room, text.n }) == 0)
			l->ops->hear(l, &m);
	}
	if (rc < 0)
		lose(l, err_text(rc));
}

static void ask(struct line *l)
{
	struct span room;
	struct fmt f;

	l->ask = (struct upgrade_ask){ .host = l->at.host,
				       .port = l->at.port,
				       .path = l->path,
				       .bearer = l->token };
	rand_fill(SPAN(l->ask.nonce));
	room = stream_reserve(&l->tcp.stream, UPGRADE_SAID + 512);
	f = fmt_to(room);
	upgrade_ask(&f, &l->ask);
	stream_commit(&l->tcp.stream, f.n);
}

static void wake(struct waker *w, unsigned what)
{
	struct line *l = container_of(w, struct line, waker);

	l->heard = l->net->loop->now;
	if (l->tcp.stream.err) {
		lose(l, err_text(l->tcp.stream.err));
		return;
	}
	if (what & STREAM_OPEN)
		ask(l);
	if (l->state == LINE_ASK && !hear_answer(l))
		return;
	if (what & STREAM_OUT && l->state == LINE_UP)
		wstext_settle(&l->ws);
	if (l->state == LINE_UP)
		hear(l);
}

static void dialled(struct dial *d, int fd)
{
	struct line *l = container_of(d, struct line, dial);

	if (fd < 0) {
		l->state = LINE_DOWN;
		lose(l, err_text(fd));
		return;
	}
	(void)!sock_here(fd, &l->here);
	(void)!sock_there(fd, &l->there);
	l->state = LINE_ASK;
	l->scan = (struct http1_scan){ .at = 0 };
	tcp_start(&l->tcp, l->net, fd, &l->waker);
	timer_start(&l->timer, l->net->loop, l->net->loop->now + LINE_PATIENCE);
	if (l->secure && !secure_call(l->secure, &l->tcp, l->at.host))
		lose(l, err_text(-NAT_ELIMIT));
	else if (!veil_waits(&l->tcp))
		ask(l);
}

static void tick(struct timer *t)
{
	struct line *l = container_of(t, struct line, timer);
	int64_t now = l->net->loop->now;

	if (l->state == LINE_DOWN) {
		l->state = LINE_DIAL;
		dial_start(&l->dial, l->net, &l->at, LINE_PATIENCE, dialled);
	} else if (l->state == LINE_ASK || now - l->heard >= LINE_SILENCE) {
		lose(l, "it does not answer");
	} else {
		timer_start(t, l->net->loop, l->heard + LINE_SILENCE);
	}
}

void line_retry(struct line *l)
{
	if (l->state >= LINE_ASK)
		lose(l, "it is dialled anew");
	if (l->state == LINE_DOWN)
		timer_start(&l->timer, l->net->loop, l->net->loop->now);
}

void line_look(struct line *l)
{
	bool gone = l->state >= LINE_ASK && !ifaces_has(&l->here);

	if (gone)
		lose(l, "its address is no longer ours");
	if (l->state == LINE_DOWN)
		line_retry(l);
}

/* ---- life ---- */

bool line_is_secure(const char *url)
{
	return text_begins(url, "wss://");
}

/* HOST:PORT, or a host alone, an address in brackets too. */
static bool read_at(struct hostport *at, struct bytes text)
{
	if (hostport_parse(at, text) == 0)
		return at->host.n > 0;
	*at = (struct hostport){ .host = text };
	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		at->host = (struct bytes){ text.p + 1, text.n - 2 };
	else if (bytes_have(text, ':'))
		return false;
	return text.n > 0;
}

bool line_read(struct hostport *at, struct bytes *path, const char *url)
{
	bool tls = line_is_secure(url);
	struct cur c = cur_of(bytes_of(url));

	if (!tls && !text_begins(url, "ws://"))
		return false;
	cur_bytes(&c, tls ? strlen("wss://") : strlen("ws://"));
	if (!read_at(at, cur_until(&c, '/')))
		return false;
	if (!at->port)
		at->port = tls ? 443 : 80;
	*path = cur_bytes(&c, cur_left(&c));
	return true;
}

int line_start(struct line *l, struct net *net, const struct p2p_conf *conf,
	       const struct line_ops *ops, struct diag *d)
{
	const struct secure_wish wish = { .side = SECURE_CLIENT,
					  .most = 1,
					  .conf = conf->tls };
	struct fmt f = fmt_to(SPAN(l->text));
	struct bytes path;
	int rc = 0;

	if (!line_read(&l->at, &path, conf->signal))
		rc = -NAT_EINVAL; /* p2p_fit has seen to it */
	if (line_is_secure(conf->signal))
		rc = secure_start(&l->secure, net, &wish, d);
	if (rc < 0)
		return rc;
	fmt_put(&f, "/");
	fmt_bytes(&f, path);
	l->path = fmt_done(&f);
	l->token = bytes_of(conf->token ? conf->token : "");
	l->net = net;
	l->ops = ops;
	l->waker.wake = wake;
	timer_init(&l->timer, tick);
	timer_start(&l->timer, net->loop, net->loop->now);
	return 0;
}

void line_stop(struct line *l)
{
	if (!l->net)
		return;
	if (l->state == LINE_DIAL)
		dial_stop(&l->dial);
	if (l->state >= LINE_ASK)
		stream_stop(&l->tcp.stream, false);
	timer_stop(&l->timer, l->net->loop);
	secure_stop(l->secure);
}
