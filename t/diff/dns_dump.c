/* dns_dump - what wire/dns makes of messages, for t/diff/dnspython.py.
 *
 * stdin, a line each: ID TYPE NAME HEX, what was asked (1 or 28) and the message.
 * stdout, a line each: "other" (it is no answer to that), "broken", or
 *     rcode truncated name ttl soa address...
 */
#include "wire/dns.h"
#include <stdio.h>
#include <stdlib.h>

static void hex(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02x", p[i]);
	putchar(n ? ' ' : '-');
}

static void show(const struct dns_answer *a, uint16_t type)
{
	printf("%u %d ", a->rcode, a->truncated);
	if (!a->truncated) {
		hex(a->name.p, a->name.n);
		printf("%ld %d ", (long)a->ttl, a->soa);
		for (int i = 0; i < a->addrs.n; i++)
			hex(a->addrs.ip[i], type == DNS_A ? 4 : 16);
	}
	putchar('\n');
}

static void answer(const struct dns_question *q, struct bytes msg)
{
	struct dns_answer a;

	if (!dns_answers(msg, q))
		puts("other");
	else if (dns_parse(&a, msg, q) < 0)
		puts("broken");
	else
		show(&a, q->type);
}

static size_t unhex(uint8_t *to, const char *text)
{
	size_t n = 0;

	for (; text[0] > ' ' && text[1] > ' '; text += 2) {
		char two[3] = { text[0], text[1], 0 };

		to[n++] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

int main(void)
{
	static char line[200000], host[256];
	unsigned id, type;
	int at;

	while (fgets(line, sizeof line, stdin)) {
		struct dns_question q = { 0 };
		uint8_t *msg;
		size_t n;

		if (sscanf(line, "%u %u %255s %n", &id, &type, host, &at) != 3)
			return 1;
		q.id = (uint16_t)id;
		q.type = (uint16_t)type;
		if (dns_name_of(&q.name, bytes_of(host),
				(struct bytes){ NULL, 0 }) < 0)
			return 1;
		/* Its own size, so that the sanitizer sees the end. */
		msg = malloc(strlen(line + at) / 2 + 1);
		n = unhex(msg, line + at);
		msg = realloc(msg, n ? n : 1);
		answer(&q, (struct bytes){ msg, n });
		free(msg);
	}
	return 0;
}
