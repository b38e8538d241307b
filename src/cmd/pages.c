#include "cmd/conf.h"
#include "os/file.h"

static void read_page(struct conf *c, struct conf_service *s)
{
	struct span text = { conf_take(c, CONF_PAGE), CONF_PAGE - 1 };
	long n = file_read(s->site.page, text);

	s->site.page_text = (char *)text.p;
	c->diag->line = s->line;
	if (n < 0)
		diag_put(c->diag, "error_page: %s: %s", s->site.page,
			 err_text((int)n));
	else if (memchr(text.p, 0, (size_t)n))
		diag_put(c->diag, "error_page: %s: has a NUL in it",
			 s->site.page);
}

void conf_read_pages(struct conf *c)
{
	for (uint32_t i = 0; i < c->nservices; i++)
		if (c->services[i].enabled && c->services[i].site.page)
			read_page(c, &c->services[i]);
}
