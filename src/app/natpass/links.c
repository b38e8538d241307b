#include "app/natpass/pass.h"
#include "net/straight.h"

/* ---- links ---- */

static uint32_t hash_of(const struct natpass_server *s, struct bytes key)
{
	return map_mix(&s->seed, key);
}

static struct bytes link_id(const struct pass_link *l)
{
	return (struct bytes){ l->id, l->id_n };
}

static struct pass_link *find_link(const struct natpass_server *s,
				   struct bytes id)
{
	uint32_t hash = hash_of(s, id);
	struct map_node *n = NULL;

	while ((n = map_find(&s->by_link, hash, n)) != NULL) {
		struct pass_link *l = container_of(n, struct pass_link, node);

		if (bytes_equal(link_id(l), id))
			return l;
	}
	return NULL;
}

static struct pass_link *open_link(struct pass_conn *from, struct pass_conn *to,
				   struct bytes id)
{
	struct natpass_server *s = from->server;
	struct pass_link *l = slots_get(&s->links);
	struct pass_conn *conns[] = { from, to };

	if (!l)
		return NULL;
	l->id_n = (uint8_t)id.n;
	memcpy(l->id, id.p, id.n);
	map_put(&s->by_link, &l->node, hash_of(s, id));
	s->opened++;
	for (size_t i = 0; i < COUNT(conns); i++) {
		l->ends[i].link = l;
		l->ends[i].conn = conns[i];
		list_append(&conns[i]->ends, &l->ends[i].node);
	}
	return l;
}

/* The end is done with; the link too, when both are. */
static void drop_end(struct natpass_server *s, struct pass_end *e)
{
	struct pass_link *l = e->link;

	list_remove(&e->node);
	e->conn = NULL;
	if (!l->ends[0].conn && !l->ends[1].conn)
		slots_put(&s->links, l);
}

/* Nothing goes through it any more. Who is to be told is told when there is room:
 * the one of c knows, that of NULL is both.
 */
static void close_link(struct natpass_server *s, struct pass_link *l,
		       const struct pass_conn *c)
{
	struct pass_conn *tell[2] = { NULL, NULL };

	l->closed = true;
	map_remove(&s->by_link, &l->node);
	for (size_t i = 0; i < COUNT(l->ends); i++) {
		list_remove(&l->ends[i].node);
		if (l->ends[i].conn == c)
			continue;
		tell[i] = l->ends[i].conn;
		list_append(&tell[i]->owed, &l->ends[i].node);
	}
	for (size_t i = 0; i < COUNT(l->ends); i++)
		if (!tell[i])
			l->ends[i].conn = NULL;
	if (!tell[0] && !tell[1])
		slots_put(&s->links, l);
	for (size_t i = 0; i < COUNT(tell); i++)
		if (tell[i])
			pass_tell(tell[i]);
}

/* Which of the two c's is; COUNT(l->ends): neither. */
static size_t end_of(const struct pass_link *l, const struct pass_conn *c)
{
	size_t i = 0;

	while (i < COUNT(l->ends) && l->ends[i].conn != c)
		i++;
	return i;
}

void pass_close_links(struct pass_conn *c)
{
	struct natpass_server *s = c->server;

	while (!list_alone(&c->ends))
		close_link(
			s,
			container_of(c->ends.next, struct pass_end, node)->link,
			c);
	while (!list_alone(&c->owed))
		drop_end(s, container_of(c->owed.next, struct pass_end, node));
}

void pass_tell(struct pass_conn *c)
{
	while (!list_alone(&c->owed)) {
		struct pass_end *e =
			container_of(c->owed.next, struct pass_end, node);
		const struct natpass m = { .kind = NATPASS_DISCONNECT,
					   .from = BYTES("server"),
					   .to = pass_id(c),
					   .to_idx = c->idx,
					   .link = link_id(e->link) };
		struct span room = pass_room(c, NATPASS_HEAD + NATPASS_LINK +
							NATPASS_ID + 32);
		struct fmt f = fmt_to(room);

		if (!room.p)
			return;
		natpass_put(&f, &m);
		stream_commit(&c->tcp.stream, f.n);
		drop_end(c->server, e);
	}
}

/* ---- where a message goes ---- */

/* The client's connection of that index; else one of all that it has, in turn. */
static struct pass_conn *find_client(struct natpass_server *s, struct bytes id,
				     uint32_t idx)
{
	struct pass_conn *found[16];
	uint32_t hash = hash_of(s, id), n = 0;
	struct map_node *at = NULL;

	while ((at = map_find(&s->by_id, hash, at)) != NULL) {
		struct pass_conn *c = container_of(at, struct pass_conn, node);

		if (!bytes_equal(pass_id(c), id))
			continue;
		if (idx && c->idx == idx)
			return c;
		if (n < COUNT(found))
			found[n++] = c;
	}
	return n ? found[s->turn++ % n] : NULL;
}

static enum pass_step wait_for(struct pass_conn *slow, struct pass_conn *c)
{
	list_append(&slow->slow, &c->wait);
	return PASS_WAITS;
}

/* An answer of the server's own to what c asked. */
static enum pass_step refuse(struct pass_conn *c, const struct natpass *asked,
			     const char *why)
{
	const struct natpass m = { .kind = NATPASS_CONNECT_REP,
				   .from = asked->to,
				   .to = pass_id(c),
				   .to_idx = c->idx,
				   .link = asked->link,
				   .payload = NATPASS_RESPONSE,
				   .response.msg = bytes_of(why) };
	struct span room = pass_room(c, 2 * NATPASS_ID + NATPASS_LINK + 256);
	struct fmt f = fmt_to(room);

	if (!room.p)
		return wait_for(c, c);
	natpass_put(&f, &m);
	stream_commit(&c->tcp.stream, f.n);
	return PASS_DONE;
}

/* Most come as they are to go on: their frames need no CRC of ours. */
static enum pass_step forward(struct pass_conn *c, struct pass_conn *to,
			      struct natpass *m, struct bytes message)
{
	size_t most = to->tcp.stream.most_out;
	size_t n = NATPASS_HEAD + message.n;
	struct span room;
	struct fmt f;

	m->from = pass_id(c);
	m->from_idx = c->idx;
	m->to = pass_id(to);
	m->to_idx = to->idx;
	room = pass_room(to, min_size(most, n + 2 * NATPASS_ID + 32));
	if (!room.p)
		return wait_for(to, c);
	c->sent += message.n;
	c->server->moved += message.n;
	if (room.n >= n && natpass_stands(m, message)) {
		straight_put(&to->tcp, room,
			     (struct bytes){ message.p - NATPASS_HEAD, n });
		return PASS_DONE;
	}
	f = fmt_to(room);
	if (natpass_forward(&f, m, message) < 0) {
		stream_commit(&to->tcp.stream, 0);
		return PASS_WRONG;
	}
	stream_commit(&to->tcp.stream, f.n);
	return PASS_DONE;
}

/* ---- what is sent ---- */

static bool permits(const struct pass_conn *c, uint32_t type, struct bytes to)
{
	struct passfile_line line;

	return passfile_find(&line, c->server->secrets, pass_id(c)) &&
	       passfile_opens(&line, type, to);
}

static const char *why_not(const struct pass_conn *c, const struct natpass *m,
			   struct bytes message, const struct pass_conn *to)
{
	struct natpass asked;

	if (m->link.n == 0 || m->link.n > NATPASS_LINK)
		return "a link has an id of 1 to 64 bytes";
	if (natpass_read(&asked, message) < 0 ||
	    asked.payload != NATPASS_REQUEST)
		return "that is no request";
	if (!to)
		return "there is no such client now";
	if (!permits(c, asked.request.type, pass_id(to)))
		return "the server does not let you open that";
	if (find_link(c->server, m->link))
		return "there is a link of that id";
	if (c->server->links.used == c->server->links.limit)
		return "too many links";
	return NULL;
}

static enum pass_step connect_links(struct pass_conn *c, struct natpass *m,
				    struct bytes message)
{
	struct pass_conn *to = find_client(c->server, m->to, m->to_idx);
	const char *why = why_not(c, m, message, to);
	struct bytes link = m->link;
	enum pass_step step;

	if (why)
		return refuse(c, m, why);
	step = forward(c, to, m, message);
	if (step == PASS_DONE)
		open_link(c, to, link);
	return step;
}

/* Does it end the link: a disconnect, or a no to who asked for it? */
static bool ends_link(const struct natpass *m, struct bytes message)
{
	struct natpass told;

	if (m->kind == NATPASS_CONNECT_REP)
		return natpass_read(&told, message) == 0 && !told.response.ok;
	return m->kind == NATPASS_DISCONNECT;
}

static enum pass_step along(struct pass_conn *c, struct pass_link *l,
			    struct natpass *m, struct bytes message)
{
	size_t i = end_of(l, c);
	enum pass_step step;

	if (i == COUNT(l->ends)) /* somebody else's link */
		return PASS_DONE;
	step = forward(c, l->ends[!i].conn, m, message);
	if (step != PASS_DONE)
		return step;
	l->ends[i].sent += message.n;
	if (!ends_link(m, message))
		return PASS_DONE;
	map_remove(&c->server->by_link, &l->node);
	for (i = COUNT(l->ends); i-- > 0;)
		drop_end(c->server, &l->ends[i]);
	return PASS_DONE;
}

enum pass_step pass_on(struct pass_conn *c, struct bytes message)
{
	struct pass_link *l;
	struct pass_conn *to;
	struct natpass m;

	if (natpass_envelope(&m, message) < 0)
		return PASS_WRONG;
	if (m.kind == NATPASS_KEEPALIVE || m.kind == NATPASS_HANDSHAKE)
		return PASS_DONE;
	if (m.kind == NATPASS_CONNECT_REQ)
		return connect_links(c, &m, message);
	l = find_link(c->server, m.link);
	if (l)
		return along(c, l, &m, message);
	to = find_client(c->server, m.to, m.to_idx);
	return to ? forward(c, to, &m, message) : PASS_DONE;
}
