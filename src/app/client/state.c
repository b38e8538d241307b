#include "app/client/state.h"
#include "app/client/inner.h"
#include "base/cur.h"
#include "os/file.h"
#include "os/mem.h"

enum {
	LINE = sizeof "port  65535\n" + FASTNAT_NAME,
	TEXT_MOST = ENTRIES_MOST * LINE,
	PATH_LENGTH = 1024
};

/* ---- reading ---- */

/* 1 to 65535, else 0. */
static uint16_t port_of(struct bytes text)
{
	struct hostport hp = { { NULL, 0 }, 0 };

	return hostport_parse(&hp, text) < 0 || hp.host.n ? 0 : hp.port;
}

static void read_line(struct client *c, struct bytes line)
{
	struct cur words = cur_of(line);
	struct bytes what = cur_until(&words, ' ');
	struct bytes value = cur_until(&words, ' ');
	struct bytes port = cur_until(&words, ' ');
	struct entry *e;

	if (!bytes_are(what, "port"))
		return;
	e = entries_find(&c->entries, value);
	if (e && !e->service.public_lo)
		e->port = port_of(port);
}

static void read_lines(struct client *c)
{
	struct span room = c->state.room;
	long n = file_load(c->state.fd, room);
	struct cur all =
		cur_of((struct bytes){ room.p, n < 0 ? 0 : (size_t)n });

	while (cur_left(&all))
		read_line(c, cur_until(&all, '\n'));
}

/* ---- writing ---- */

static int write_lines(struct client *c)
{
	struct fmt f = fmt_to(c->state.room);

	slots_each (struct entry, at, &c->entries.table) {
		const struct entry *e = at.it;

		if (e->state != ENTRY_ABSENT && !e->service.public_lo &&
		    e->port)
			fmt_put(&f, "port %s %u\n", e->service.name,
				(unsigned)e->port);
	}
	return file_store(c->state.fd, fmt_done(&f));
}

static void give_up(struct client *c, int why)
{
	log_warn(c->net->log, "client",
		 "cannot keep state: %s; after a restart ports may be others",
		 err_text(why));
	state_close(c);
}

static void save(struct soon *s)
{
	struct client *c = container_of(s, struct client, state.save);
	int rc = write_lines(c);

	if (rc < 0)
		give_up(c, rc);
}

/* ---- life ---- */

static int open_file(struct client *c, const char *dir)
{
	struct bytes name = identity_name(&c->identity);
	char path[PATH_LENGTH];
	struct fmt f = fmt_to(SPAN(path));

	fmt_put(&f, "%s/client-%.*s", dir, (int)name.n, (const char *)name.p);
	fmt_text(&f);
	return file_lock(path);
}

void state_open(struct client *c, const char *dir)
{
	soon_init(&c->state.save, save);
	c->state.fd = dir ? open_file(c, dir) : -NAT_ENOENT;
	if (c->state.fd == -NAT_EINUSE)
		log_info(c->net->log, "client",
			 "another client of our name keeps its state in %s",
			 dir);
	else if (c->state.fd < 0 && dir)
		give_up(c, c->state.fd);
	if (c->state.fd < 0)
		return;
	c->state.room = mem_reserve(TEXT_MOST);
	if (!c->state.room.p) {
		give_up(c, -NAT_EMEMORY);
		return;
	}
	read_lines(c);
}

void state_changed(struct client *c)
{
	if (c->state.fd >= 0)
		soon_start(&c->state.save, c->net->loop);
}

void state_close(struct client *c)
{
	soon_stop(&c->state.save);
	if (c->state.fd >= 0)
		file_unlock(c->state.fd);
	c->state.fd = -1;
	if (c->state.room.p)
		mem_release(c->state.room);
	c->state.room.p = NULL;
}
