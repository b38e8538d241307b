#include "base/cur.h"
#include "cmd/errand.h"
#include "net/mapping.h"
#include "os/gateway.h"
#include "os/mem.h"

enum { MOST = 8, PAGE = UPNP_PAGE };

struct map_set {
	const char *gateway;
	int64_t lifetime; /* ms */
	bool help;
};

/* clang-format off */
#define AT(field) offsetof(struct map_set, field)
static const struct opt opts[] = {
	{ 'g', "gateway", OPT_TEXT, OPT_LINE, AT(gateway), "ADDR", NULL,
	  0, 0, WORDS("The router to ask, if not that of the default route") },
	{ 0, "lifetime", OPT_MS, OPT_LINE, AT(lifetime), "TIME", "2h",
	  2000, 7 * 24 * 3600 * 1000, WORDS("How long a port lasts that is not renewed; "
	  "it is at half of that, or of what the router grants") },
	CMD_HELP(struct map_set),
	OPT_END
};
#undef AT
/* clang-format on */

/* One port; what has been said of it. */
struct port {
	struct mapping mapping;
	struct mapper *of;
	const char *text;
	bool said; /* that it is mapped, to shown */
	bool told; /* that it is not */
	struct addr shown;
};

struct mapper {
	struct errand errand;
	struct port ports[MOST];
	uint32_t n;
	bool any; /* has ever been mapped */
};

/* ---- telling ---- */

static bool same(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && a->family == b->family &&
	       addr_same_ip(a, b);
}

/* Of a network that is not the internet: another NAT is in the way. */
static bool is_inner(const struct addr *a)
{
	static const struct {
		uint8_t ip[2], mask[2];
	} nets[] = { { { 10, 0 }, { 255, 0 } },
		     { { 172, 16 }, { 255, 240 } },
		     { { 192, 168 }, { 255, 255 } },
		     { { 100, 64 }, { 255, 192 } } };

	for (size_t i = 0; i < COUNT(nets) && a->family == ADDR_IP4; i++)
		if ((a->ip[0] & nets[i].mask[0]) == nets[i].ip[0] &&
		    (a->ip[1] & nets[i].mask[1]) == nets[i].ip[1])
			return true;
	return false;
}

static void say_mapped(struct port *p)
{
	const struct portmap *m = &p->mapping.map;
	char room[256];
	struct fmt f = fmt_to(SPAN(room));

	fmt_put(&f, "mapped %s ", p->text);
	if (m->outer.family)
		addr_print(&f, &m->outer);
	else
		fmt_put(&f, ":%u", m->outer.port);
	fmt_put(&f, " %s%s\n", portmap_name(m->way),
		is_inner(&m->outer) ? ", behind another NAT" : "");
	console_out(fmt_done(&f));
	p->shown = m->outer;
	p->said = p->of->any = true;
	p->told = false;
}

static void say_gone(struct port *p)
{
	char room[128];
	struct fmt f = fmt_to(SPAN(room));

	if (p->said) {
		fmt_put(&f, "gone %s\n", p->text);
		console_out(fmt_done(&f));
	}
	if (!p->told && p->mapping.map.err)
		diag_put(&p->of->errand.diag, "%s: %s", p->text,
			 p->mapping.map.err == -NAT_ENOENT
				 ? "no gateway here maps ports"
				 : err_text(p->mapping.map.err));
	p->told = true;
	p->said = false;
}

/* ---- while it lasts ---- */

static bool is_over(const struct mapper *r)
{
	bool over = true, none = !r->any;

	for (uint32_t i = 0; i < r->n; i++) {
		enum portmap_state s = r->ports[i].mapping.map.state;

		over = over && s == PORTMAP_OVER;
		none = none && (s == PORTMAP_NONE || s == PORTMAP_OVER);
	}
	return over || none;
}

static void changed(struct mapping *mapping)
{
	struct port *p = container_of(mapping, struct port, mapping);
	const struct portmap *m = &mapping->map;

	if (m->state == PORTMAP_HELD &&
	    !(p->said && same(&p->shown, &m->outer)))
		say_mapped(p);
	if (m->state == PORTMAP_NONE || m->state == PORTMAP_OVER)
		say_gone(p);
	if (is_over(p->of))
		p->of->errand.loop.quit = true;
}

static void leave(struct errand *e)
{
	struct mapper *r = container_of(e, struct mapper, errand);

	for (uint32_t i = 0; i < r->n; i++)
		mapping_leave(&r->ports[i].mapping);
}

static int start(struct mapper *r)
{
	int rc = 0;

	r->errand.leave = leave;
	for (uint32_t i = 0; i < r->n && rc == 0; i++) {
		struct span page = mem_reserve(PAGE);

		rc = page.p ? mapping_start(&r->ports[i].mapping,
					    &r->errand.net, page, changed)
			    : -NAT_EMEMORY;
	}
	if (rc < 0)
		diag_put(&r->errand.diag, "%s", err_text(rc));
	return rc;
}

static int map(struct mapper *r)
{
	int rc = errand_start(&r->errand, &cmd_map, NULL);

	if (rc < 0)
		return err_exit(rc);
	rc = start(r);
	if (rc == 0)
		rc = errand_run(&r->errand);
	for (uint32_t i = 0; i < r->n; i++)
		mapping_stop(&r->ports[i].mapping);
	errand_stop(&r->errand);
	if (rc == 0 && !r->any)
		rc = r->ports[0].mapping.map.err;
	return err_exit(rc);
}

/* ---- what is asked for ---- */

/* TYPE:PORT[@PUBLIC] */
static bool read_port(struct portmap_conf *conf, const char *text)
{
	struct cur c = cur_of(bytes_of(text));
	struct bytes type = cur_until(&c, ':');
	uint32_t inner, outer;

	if (bytes_are(type, "tcp"))
		conf->protocol = PCP_TCP;
	else if (bytes_are(type, "udp"))
		conf->protocol = PCP_UDP;
	else
		return false;
	if (!cur_number(&c, UINT16_MAX, &inner) || inner == 0)
		return false;
	outer = inner;
	conf->strict = cur_eat(&c, '@');
	if (conf->strict && !cur_number(&c, UINT16_MAX, &outer))
		return false;
	conf->inner = (uint16_t)inner;
	conf->outer = (uint16_t)outer;
	return outer > 0 && cur_left(&c) == 0;
}

static int find_gateway(struct addr *a, const struct map_set *set,
			struct diag *d)
{
	int rc = 0;

	if (set->gateway && addr_parse_ip(a, bytes_of(set->gateway)) < 0)
		rc = diag_option(d, "gateway", "is no address");
	if (!set->gateway)
		rc = gateway_find(a);
	if (rc < 0 && d->count == 0)
		diag_put(d, "no gateway is known (%s): --gateway ADDR names it",
			 err_text(rc));
	return rc;
}

static int run(int argc, char **argv)
{
	struct map_set set = { .help = false };
	struct diag d = cmd_diag(&cmd_map);
	struct mapper *r;
	struct addr gateway;
	int at = cmd_args(&cmd_map, &set, argc, argv), rc;

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_map);
	r = (struct mapper *)(void *)mem_reserve(sizeof *r).p;
	if (!r)
		return cmd_no_memory(&cmd_map);
	if (at == argc || argc - at > MOST)
		diag_put(&d, "which port? add tcp:PORT or udp:PORT, up to %d",
			 MOST);
	for (; at < argc && d.count == 0; at++) {
		struct port *p = &r->ports[r->n++];

		p->of = r;
		p->text = argv[at];
		if (!read_port(&p->mapping.conf, argv[at]))
			diag_put(&d,
				 "%s: is not tcp:PORT or udp:PORT, with "
				 "@PUBLIC behind it perhaps",
				 argv[at]);
	}
	if (d.count)
		return cmd_usage(&cmd_map);
	rc = find_gateway(&gateway, &set, &d);
	if (rc < 0)
		return rc == -NAT_EUSAGE ? cmd_usage(&cmd_map) : err_exit(rc);
	for (uint32_t i = 0; i < r->n; i++) {
		r->ports[i].mapping.conf.gateway = gateway;
		r->ports[i].mapping.conf.lifetime =
			(uint32_t)(set.lifetime / 1000);
	}
	return map(r);
}

static const char about[] = WORDS(
	"Asks the router for ports of its public address, so that the "
	"internet\n"
	"reaches services here, by PCP, NAT-PMP or UPnP, whichever it speaks. "
	"For\n"
	"each it prints a line mapped with the address, another when that "
	"changes,\n"
	"and gone when it is lost. Renews them, asks again when the router "
	"has\n"
	"forgotten them, and gives them back when it ends. @PUBLIC wants that "
	"port\n"
	"and no other.");

static const char *const examples[] = {
	WORDS("nat map tcp:22"),
	WORDS("nat map tcp:80@8080 udp:4500 --gateway 192.168.1.1"),
	NULL,
};

const struct cmd cmd_map = {
	.name = "map",
	.group = "Connect",
	.what = "Opens ports of the router for services here",
	.about = about,
	.usage = "TYPE:PORT[@PUBLIC]... [--gateway ADDR] [--lifetime TIME]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
