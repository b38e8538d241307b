#include "linked.h"
#include "app/natpass/inner.h"
#include "app/natpass/server.h"
#include "base/cur.h"
#include "os/clock.h"
#include "os/sock.h"
#include "world.h"
#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MEMORY = 1 << 20, TURNS = 6, CLIENTS = 2, LINKS = 3 };

static struct loop loop;
static struct net net;
static struct log log_;

static void ignore(struct log *log, enum log_level level, struct bytes line)
{
	(void)log, (void)level, (void)line;
}

static void complain(struct diag *d, const char *text)
{
	(void)text;
	d->count++;
}

static int turns; /* still to go */

static void again(struct soon *s)
{
	if (turns-- > 0)
		soon_start(s, &loop);
	else
		loop.quit = true;
}

/* Without waiting: what is said within the system is there at once. */
static void turn(void)
{
	struct soon next;
	int rc;

	turns = TURNS;
	loop.quit = false;
	soon_init(&next, again);
	soon_start(&next, &loop);
	rc = loop_run(&loop);
	assert(rc == 0);
	soon_stop(&next);
}

/* Once: memory for buffers takes its time. */
static void begin(void)
{
	const struct net_limits limits = { .memory = MEMORY,
					   .pipe_size = 4096 };
	int rc;

	if (net.loop)
		return;
	world_file(BYTES(""));
	log_ = (struct log){ .line = ignore, .most = LOG_DEBUG };
	rc = loop_open(&loop, 100);
	assert(rc == 0);
	rc = net_start(&net, &loop, &log_, &limits);
	assert(rc == 0);
}

static void end(void)
{
	turn();
	assert(net.bufs.pool.out == 0);
}

static void say(int fd, struct bytes message)
{
	static uint8_t frame[NATPASS_FRAME];
	ssize_t n;

	if (message.n)
		memcpy(frame + NATPASS_HEAD, message.p, message.n);
	natpass_seal(SPAN(frame), message.n);
	n = send(fd, frame, NATPASS_HEAD + message.n,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)n; /* it may have closed */
}

static void drain(int fd)
{
	uint8_t room[4096];

	while (recv(fd, room, sizeof room, MSG_DONTWAIT) > 0)
		;
}

static void say_all(const int *fds, size_t n, struct bytes in)
{
	struct cur c = cur_of(in);

	while (cur_left(&c) > 2) {
		int fd = fds[cur_u8(&c) % n];
		size_t most = cur_u16(&c);

		say(fd, cur_bytes(&c, min_size(most, cur_left(&c))));
		turn();
		for (size_t i = 0; i < n; i++)
			drain(fds[i]);
	}
}

/* ---- a client ---- */

static struct user {
	struct waker waker;
	struct vlink *link;
	unsigned woken;
} users[LINKS];

static void wake(struct waker *w, unsigned what)
{
	struct user *u = container_of(w, struct user, waker);
	struct stream *s = &u->link->stream;
	struct span in, out;

	if (u->woken++ % 2 == 0 && (in = stream_peek(s, 1)).p)
		stream_take(s, in.n);
	out = stream_reserve(s, 1);
	if (out.p) {
		memset(out.p, 0, out.n);
		stream_commit(s, out.n);
	}
	if (s->ended)
		stream_finish(s);
	if (!(what & STREAM_DOWN))
		return;
	stream_stop(s, true);
	u->link = NULL;
}

/* Of an id that the input can know. */
static void ask(struct trunk *t, unsigned i)
{
	static const struct natpass_request asks[LINKS] = {
		{ .type = NATPASS_TCP },
		{ .type = NATPASS_UDP },
		{ .type = NATPASS_SHELL },
	};
	struct vlink *l;

	users[i] = (struct user){ .waker = { wake } };
	l = vlink_open(t, BYTES("box"), &asks[i], &users[i].waker);
	assert(l);
	map_remove(&t->links.by_id, &l->node);
	l->peer.link[0] = (uint8_t)('a' + i);
	l->peer.link_n = 1;
	map_put(&t->links.by_id, &l->node,
		map_mix(&t->links.seed, vlink_id(l)));
	users[i].link = l;
}

static struct agent *start_agent(int fd)
{
	static const struct agent_conf conf = {
		.server = "127.0.0.1:9",
		.id = "me",
		.secret = "s",
		.allow = { 1,
			   OPT_BY_LINE,
			   { "tcp:127.0.0.1:9,bench,"
			     "udp:127.0.0.1:9" } },
		.max_links = 8,
		.udp_idle = 1000,
		.memory = MEMORY,
		.secure = { .transport = "tcp" },
		.use = &conf.secure,
	};
	struct diag d = { .say = complain };
	struct agent *a;
	int rc = agent_start(&a, &net, &conf, &d);

	assert(rc == 0);
	trunk_stop(&a->trunk);
	tcp_start(&a->trunk.tcp, &net, fd, &a->trunk.waker);
	a->trunk.state = TRUNK_UP;
	return a;
}

void linked_client(struct bytes in)
{
	struct agent *a;
	int ends[2],
		rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);

	assert(rc == 0);
	begin();
	a = start_agent(ends[0]);
	for (unsigned i = 0; i < LINKS; i++)
		ask(&a->trunk, i);
	turn();
	say_all(&ends[1], 1, in);
	for (unsigned i = 0; i < LINKS; i++)
		if (users[i].link)
			stream_stop(&users[i].link->stream, false);
	agent_stop(a);
	close(ends[1]);
	end();
}

/* ---- a server ---- */

static int log_in(const struct sockaddr *to, socklen_t n, const char *id)
{
	struct natpass m = { .kind = NATPASS_HANDSHAKE,
			     .from = bytes_of(id),
			     .to = BYTES("server"),
			     .payload = NATPASS_PROOF };
	uint8_t proof[MD5_SIZE], room[256];
	struct fmt f = fmt_to(SPAN(room));
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	natpass_prove_by_md5(proof, BYTES("s"));
	m.proof = bytes_in(SPAN(proof));
	natpass_put(&f, &m);
	rc = connect(fd, to, n);
	assert(rc == 0);
	rc = (int)send(fd, room, f.n, 0);
	assert(rc == (int)f.n);
	turn();
	return fd;
}

void linked_server(struct bytes in)
{
	static const struct secure_conf tls = { .dir = NULL };
	static const struct natpass_conf conf = {
		.listen = { 1, OPT_BY_LINE, { "127.0.0.1:0" } },
		.secret = "s",
		.plain = true,
		.md5 = true,
		.max_clients = 4,
		.max_links = 3,
		.tls = &tls,
	};
	struct diag d = { .say = complain };
	struct natpass_server *s;
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	int fds[OPT_LIST_MAX], ends[CLIENTS], rc;

	begin();
	rc = natpass_start(&s, &net, &conf, &d);
	assert(rc == 0 && natpass_sockets(s, fds) == 1);
	rc = getsockname(fds[0], (struct sockaddr *)&at, &n);
	assert(rc == 0);
	ends[0] = log_in((struct sockaddr *)&at, n, "a");
	ends[1] = log_in((struct sockaddr *)&at, n, "b");
	say_all(ends, CLIENTS, in);
	natpass_stop(s);
	for (size_t i = 0; i < CLIENTS; i++)
		close(ends[i]);
	end();
}
