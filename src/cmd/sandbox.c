#include "cmd/sandbox.h"
#include "os/confine.h"

/* Certificates are read again when they change. */
static void name_certificates(struct confine_files *f,
			      const struct secure_conf *tls)
{
	for (uint32_t i = 0; i < tls->cert.n; i++)
		confine_add(f, tls->cert.v[i], CONFINE_READ);
	for (uint32_t i = 0; i < tls->key.n; i++)
		confine_add(f, tls->key.v[i], CONFINE_READ);
	confine_add(f, tls->dir, CONFINE_ITSELF);
	confine_add(f, secure_ca(tls), CONFINE_LIST);
}

static void name_pages(struct confine_files *f, const struct section *of)
{
	const struct conf *conf = of->conf;
	size_t page = of->cmd->role->page;

	if (page)
		confine_add(f, *(const char **)(void *)((char *)of->set + page),
			    CONFINE_READ);
	for (uint32_t i = 0; i < conf->nservices; i++)
		if (conf->services[i].owner == of)
			confine_add(f, conf->services[i].site.page,
				    CONFINE_READ);
}

static void name_reread(struct confine_files *f, const struct section *of)
{
	const size_t *at = of->cmd->role->rereads;

	for (unsigned i = 0; i < COUNT(of->cmd->role->rereads) && at[i]; i++)
		confine_add(
			f,
			*(const char *const *)(const void *)((const char *)
								     of->set +
							     at[i]),
			CONFINE_READ);
}

/* Those that the process opens by name once it has started. */
static void name_files(struct confine_files *f, const struct sandbox *s)
{
	const char *given = s->common->resolv_conf;

	confine_add(f, s->common->config, CONFINE_READ);
	confine_add(f, s->log_file, CONFINE_APPEND);
	confine_add(f, s->state_dir, CONFINE_KEEP);
	confine_add(f, s->admin, CONFINE_REMOVE);
	for (unsigned i = 0; i < s->what->n; i++) {
		const struct section *of = s->what->v[i];
		const struct common *common = of->set;

		confine_add(f, common->token_file, CONFINE_READ);
		confine_add(f, common->secret_file, CONFINE_READ);
		name_reread(f, of);
		if (of->cmd->role->rewrites)
			confine_add(f, of->cmd->role->rewrites(of->set),
				    CONFINE_REPLACE);
		name_certificates(f, &common->tls);
		name_pages(f, of);
		if (of->cmd == &cmd_relay)
			confine_add(f, sandbox_trail(of->set), CONFINE_ROTATE);
		if (!of->cmd->role->resolves)
			continue;
		confine_add(f, "/etc/hosts", CONFINE_ITSELF);
		confine_add(f, given ? given : "/etc/resolv.conf",
			    CONFINE_READ);
	}
}

static const char *verdict(int rc)
{
	return rc < 0 ? err_text(rc) : "yes";
}

void sandbox_enter(const struct sandbox *s, struct log *log)
{
	struct confine_files files = { .n = 0 };
	struct confined done;
	bool whole;

	if (s->common->no_sandbox) {
		log_debug(log, "nat", "not confined: no-sandbox");
		return;
	}
	name_files(&files, s);
	done = confine(&files);
	whole = done.calls == 0 && done.files == 0;
	log_put(log, whole ? LOG_DEBUG : LOG_INFO, "nat",
		"%sconfined: system calls: %s; files: %s",
		whole ? "" : "not wholly ", verdict(done.calls),
		verdict(done.files));
}
