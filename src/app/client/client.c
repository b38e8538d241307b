#include "app/client/client.h"
#include "app/client/inner.h"
#include "app/client/publish.h"
#include "app/client/shares.h"
#include "os/mem.h"
#include "os/parts.h"

static int reserve(struct client *c)
{
	const struct client_conf *conf = c->conf;
	/* clang-format off */
	const struct part parts[] = {
		PART_SLOTS(&c->links.table, struct link, conf->max_visitors),
		PART_SLOTS(&c->links.openings, struct opening, conf->max_visitors),
		PART_SLOTS(&c->entries.table, struct entry, ENTRIES_ALL),
		PART_MAP(&c->entries.names, ENTRIES_ALL),
	};
	/* clang-format on */
	int rc = parts_reserve(&c->mem, parts, COUNT(parts));

	return rc < 0 ? rc : udplinks_start(c);
}

/* The control connection and a look at a better relay may both be dialling. A
 * visitor has a connection to each side; so has one of UDP, if its datagrams do
 * not go with those of the others.
 */
size_t client_descriptors(const struct client_conf *c)
{
	enum { LANE = 1, STATE = 1 };
	size_t visitor =
		(c->nservices ? 2U : 0U) + (client_visits(c) ? 2U : 0U);
	size_t flows = c->nservices ? 2 * (size_t)c->max_flows : 0;

	return 2 * DIAL_ADDRS + LANE + STATE + c->visit.n + c->max_parked +
	       visitor * c->max_visitors + flows + health_descriptors(c);
}

/* Every connection to the relay. */
static int start_layers(struct client *c, struct diag *d)
{
	const struct secure_wish wish = {
		.side = SECURE_CLIENT,
		.most = 1 + PARKS_MOST + 2 * c->conf->max_visitors +
			c->conf->max_flows,
		.conf = c->conf->tls,
	};

	int rc = secure_start(&c->secure, c->net, &wish, d);

	return rc < 0 ? rc : outward_start(c, wish.most, d);
}

/* What the settings say; all that is wrong is said. */
static int set_up(struct client *c, const char *state_dir, struct diag *d)
{
	int err = reserve(c), rc;

	if (err < 0) {
		diag_put(d, "no memory for %lu visitors: lower max_visitors",
			 (unsigned long)c->conf->max_visitors);
		return err;
	}
	err = relays_init(&c->control.relays, &c->conf->relay, d);
	rc = entries_init(&c->entries, c->conf, d);
	err = err ? err : rc;
	rc = identity_init(&c->identity, c->conf, state_dir, d);
	err = err ? err : rc;
	rc = start_layers(c, d);
	err = err ? err : rc;
	lane_init(&c->lane);
	parks_init(c);
	failback_init(c);
	moved_init(c);
	publish_init(c);
	rc = err ? 0 : health_start(c);
	err = err ? err : rc;
	rc = err ? 0 : shapes_start(c);
	err = err ? err : rc;
	rc = err ? 0 : shares_start(c);
	return err ? err : rc;
}

static void release(struct client *c)
{
	outward_stop(c);
	secure_stop(c->secure);
	identity_wipe(&c->identity);
	mem_release(c->mem);
	mem_release((struct span){ (uint8_t *)c, sizeof *c });
}

int client_start(struct client **out, struct net *net,
		 const struct client_conf *conf, const char *state_dir,
		 struct diag *d)
{
	struct client *c = (struct client *)(void *)mem_reserve(sizeof *c).p;
	int err;

	if (!c)
		return -NAT_EMEMORY;
	c->net = net;
	c->conf = conf;
	err = set_up(c, state_dir, d);
	if (err == 0)
		err = reaches_start(c, d);
	if (err < 0) {
		health_stop(c);
		shapes_stop(c);
		shares_stop(c);
		reaches_stop(c);
		udplinks_stop(c);
		release(c);
		return err;
	}
	state_open(c, c->entries.n ? state_dir : NULL);
	control_start(&c->control, c);
	*out = c;
	return 0;
}

void client_stop(struct client *c)
{
	health_stop(c);
	publish_withdraw(c);
	control_stop(&c->control);
	links_end(c, true);
	reaches_stop(c);
	udplinks_stop(c);
	shapes_stop(c);
	shares_stop(c);
	state_close(c);
	release(c);
}

void client_ready(const struct client *c)
{
	reaches_ready(c);
}

void client_retry(struct client *c, bool sure)
{
	control_retry(&c->control, sure);
}

void client_drain(struct client *c)
{
	c->draining = true;
	publish_withdraw(c);
	reaches_drain(c);
}

bool client_busy(const struct client *c)
{
	return c->links.table.used > 0 || c->reaches.calls.used > 0;
}

int client_outcome(const struct client *c)
{
	return c->reaches.outcome;
}
