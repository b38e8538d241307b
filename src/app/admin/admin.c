#include "app/admin/admin.h"
#include "app/admin/asker.h"
#include "net/legacy.h"
#include "os/local.h"
#include "os/mem.h"

struct admin {
	const struct admin_conf *conf;
	struct askers local, metrics;
	struct local_file file;
};

/* ---- the unix socket ---- */

static int cannot(struct admin *a, struct diag *d, int rc)
{
	const char *path = a->conf->path;
	const char *why = rc == -NAT_EINVAL   ? "too long, or not a socket"
			  : rc == -NAT_EINUSE ? "another nat answers there"
					      : err_text(rc);

	if (!a->conf->may_lack) {
		diag_put(d, "admin socket %s: %s", path, why);
		return rc;
	}
	log_info(a->local.net->log, "nat", "no admin socket at %s: %s", path,
		 why);
	return 0;
}

static int open_local(struct admin *a, struct diag *d)
{
	const struct addr at = { .family = ADDR_UNIX, .path = a->conf->path };
	int fd = legacy_local(a->local.net, a->conf->path, &a->file);

	if (fd < 0)
		return cannot(a, d, fd);
	listener_take(&a->local.listener, a->local.net, fd, &at, askers_come);
	log_debug(a->local.net->log, "nat", "admin socket %s", at.path);
	return 0;
}

/* ---- metrics ---- */

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return a->family == ADDR_IP4 ? a->ip[0] == 127
				     : memcmp(a->ip, one, sizeof one) == 0;
}

/* Without a host, nobody from outside can have been meant. */
static int metrics_at(struct hostport *hp, const char *text, struct addr *at)
{
	int rc = hostport_parse(hp, bytes_of(text));

	if (rc == 0 && (hp->host.n == 0 || bytes_are(hp->host, "localhost")))
		hp->host = BYTES("127.0.0.1");
	return rc < 0 ? rc : addr_parse_ip(at, hp->host);
}

static int open_metrics(struct admin *a, struct diag *d)
{
	struct log *log = a->metrics.net->log;
	struct hostport hp;
	struct addr at;
	char text[64];
	struct fmt f = fmt_to(SPAN(text));
	int rc = metrics_at(&hp, a->conf->metrics, &at);

	if (rc < 0) {
		diag_option(d, "metrics",
			    "is a port of this machine, or an address in full "
			    "and in numbers, such as 192.0.2.1:9100");
		return -NAT_EUSAGE;
	}
	rc = listener_start(&a->metrics.listener, a->metrics.net, hp.host,
			    hp.port, askers_come);
	if (rc < 0) {
		diag_put(d, "metrics on %s: %s", a->conf->metrics,
			 err_text(rc));
		return rc;
	}
	addr_print(&f, &a->metrics.listener.at);
	log_say(log, "nat: metrics on http://%s/metrics", fmt_text(&f));
	if (!is_loopback(&at))
		log_warn(log, "nat",
			 "whoever reaches %s can read names and counts there",
			 fmt_text(&f));
	return 0;
}

/* ---- life ---- */

int admin_start(struct admin **out, struct net *net,
		const struct admin_conf *conf, const struct reports *reports,
		struct diag *d)
{
	struct admin *a =
		(struct admin *)(void *)mem_reserve(sizeof(struct admin)).p;
	int rc = 0;

	if (!a) {
		diag_put(d, "%s", err_text(-NAT_EMEMORY));
		return -NAT_EMEMORY;
	}
	a->conf = conf;
	a->local.takeover = conf->takeover;
	a->local.of = conf->of;
	askers_init(&a->local, net, reports, false);
	askers_init(&a->metrics, net, reports, true);
	if (conf->path)
		rc = open_local(a, d);
	if (rc == 0 && conf->metrics)
		rc = open_metrics(a, d);
	if (rc < 0)
		admin_stop(a);
	else
		*out = a;
	return rc;
}

static int fd_of(const struct listener *l)
{
	return listener_runs(l) ? l->io.fd : -1;
}

void admin_sockets(const struct admin *a, int fds[2])
{
	fds[0] = fd_of(&a->local.listener);
	fds[1] = fd_of(&a->metrics.listener);
}

void admin_own(struct admin *a)
{
	if (listener_runs(&a->local.listener))
		local_note(a->conf->path, &a->file);
}

void admin_leave(struct admin *a)
{
	listener_stop(&a->local.listener);
	listener_stop(&a->metrics.listener);
}

void admin_stop(struct admin *a)
{
	if (listener_runs(&a->local.listener))
		local_remove(a->conf->path, &a->file);
	askers_stop(&a->local);
	askers_stop(&a->metrics);
	mem_release((struct span){ (uint8_t *)a, sizeof *a });
}
