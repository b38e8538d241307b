#include "wire/handover.h"
#include "base/cur.h"

static const struct {
	const char *text;
	bool beside;
} words[] = {
	[HANDOVER_TCP] = { "tcp", true },
	[HANDOVER_UDP] = { "udp", true },
	[HANDOVER_UNIX] = { "unix", true },
	[HANDOVER_READY] = { "ready", false },
	[HANDOVER_PORT] = { "port", false },
	[HANDOVER_VISITOR] = { "visitor", true },
	[HANDOVER_END] = { "end", false },
};

static enum handover_word word_of(struct bytes text)
{
	size_t i = 0;

	while (i < COUNT(words) && !bytes_are(text, words[i].text))
		i++;
	return (enum handover_word)i;
}

/* A number that is a word. */
static bool read_number(struct cur *c, uint32_t most, uint32_t *n)
{
	struct cur word = cur_of(cur_word(c));

	return cur_number(&word, most, n) && cur_left(&word) == 0;
}

/* Empty where it is "-". */
static struct bytes read_text(struct cur *c)
{
	struct bytes word = cur_word(c);

	return bytes_are(word, "-") ? (struct bytes){ word.p, 0 } : word;
}

static bool parse_group(struct handover_group *g, struct cur *c)
{
	struct cur before = *c;
	uint32_t given;

	if (cur_word(&before).n == 0)
		return true;
	g->word = read_text(c);
	g->mac = read_text(c);
	g->told = read_number(c, UINT32_MAX, &g->tag[0]) &&
		  read_number(c, UINT32_MAX, &g->tag[1]) &&
		  read_number(c, 1, &given) &&
		  read_number(c, UINT16_MAX, &g->at);
	g->given = g->told && given;
	return g->told && (g->word.n == 0 || fastnat_is_name(g->word)) &&
	       (g->mac.n == 0 || g->mac.n == FASTNAT_MAC);
}

static bool parse_port(struct handover_line *l, struct cur *c)
{
	uint32_t protocol, private;
	bool good = read_number(c, FASTNAT_HTTPS, &protocol);

	l->owner = cur_word(c);
	l->instance = cur_word(c);
	l->service = cur_word(c);
	good = good && read_number(c, 1, &private);
	good = good && cur_peek(c) == ' ';
	l->host = read_text(c);
	if (!good || protocol == 0 || !fastnat_is_name(l->owner) ||
	    !fastnat_is_name(l->service) || l->instance.n != FASTNAT_NONCE ||
	    !parse_group(&l->group, c))
		return false;
	l->protocol = (enum fastnat_protocol)protocol;
	l->private = private;
	l->beside = !private && protocol <= FASTNAT_UDP && !l->group.at;
	return true;
}

static bool parse_visitor(struct handover_line *l, struct cur *c)
{
	uint32_t n;

	if (addr_parse(&l->from, cur_word(c)) < 0 ||
	    !read_number(c, HANDOVER_SAID, &n))
		return false;
	l->said.n = n;
	l->hello = bytes_are(cur_word(c), "hello");
	return true;
}

long handover_parse(struct handover_line *l, struct bytes in)
{
	struct cur c = cur_of(in), line = cur_of(cur_until(&c, '\n'));
	bool good = true;

	if (c.p == in.p || c.p[-1] != '\n')
		return in.n < HANDOVER_LINE ? 0 : -NAT_EPROTO;
	*l = (struct handover_line){ .word = word_of(cur_word(&line)) };
	l->beside = l->word < HANDOVER_WORDS && words[l->word].beside;
	if (l->word == HANDOVER_PORT)
		good = parse_port(l, &line);
	else if (l->word == HANDOVER_VISITOR)
		good = parse_visitor(l, &line);
	if (!good)
		return -NAT_EPROTO;
	if (cur_left(&c) < l->said.n)
		return 0;
	l->said = cur_bytes(&c, l->said.n);
	return (long)(in.n - cur_left(&c));
}

static void print_text(struct fmt *f, struct bytes text)
{
	fmt_put(f, " ");
	fmt_bytes(f, text.n ? text : BYTES("-"));
}

static void print_group(struct fmt *f, const struct handover_group *g)
{
	print_text(f, g->word);
	print_text(f, g->mac);
	fmt_put(f, " %u %u %u %u", (unsigned)g->tag[0], (unsigned)g->tag[1],
		(unsigned)g->given, (unsigned)g->at);
}

static void print_port(struct fmt *f, const struct handover_line *l)
{
	fmt_put(f, " %u ", (unsigned)l->protocol);
	fmt_bytes(f, l->owner);
	fmt_put(f, " ");
	fmt_bytes(f, l->instance);
	fmt_put(f, " ");
	fmt_bytes(f, l->service);
	fmt_put(f, " %u", (unsigned)l->private);
	print_text(f, l->host);
	if (l->group.told)
		print_group(f, &l->group);
}

void handover_print(struct fmt *f, const struct handover_line *l)
{
	fmt_put(f, "%s", words[l->word].text);
	if (l->word == HANDOVER_PORT)
		print_port(f, l);
	if (l->word == HANDOVER_VISITOR) {
		fmt_put(f, " ");
		addr_print(f, &l->from);
		fmt_put(f, " %zu%s", l->said.n, l->hello ? " hello" : "");
	}
	fmt_put(f, "\n");
	fmt_bytes(f, l->said);
}
