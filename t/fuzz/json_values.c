/* json_values - says what json.h reads in each document on stdin, for
 * json_diff.py: frames of "DEPTH LENGTH\n" and the bytes; for each a line of
 * words, first what json_scan returns, then "no" or the value:
 *     n t f   #NUMBER [uVALUE]   sHEX [uVALUE]   aHEX (the text)   { sHEX value... }
 */
#include "wire/json.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 256 * 1024 }; /* bytes of any document */

static void put_hex(char type, struct bytes b)
{
	printf(" %c", type);
	for (size_t i = 0; i < b.n; i++)
		printf("%02x", b.p[i]);
}

static void put_value(const struct json *v);

static void put_string(struct bytes raw)
{
	struct json v = { JSON_STRING, raw };
	static uint8_t room[MOST];
	struct fmt plain = fmt_to(SPAN(room));

	assert(json_string(&plain, &v) == 0);
	put_hex('s', fmt_done(&plain));
}

static void put_object(const struct json *v)
{
	struct json_member m = { .at = 0 };

	fputs(" {", stdout);
	while (json_next(v, &m)) {
		put_string(m.key);
		put_value(&m.value);
	}
	fputs(" }", stdout);
}

static void put_value(const struct json *v)
{
	static const char words[] = "ntf#";
	uint64_t n;

	if (v->type == JSON_STRING)
		put_string(v->text);
	else if (v->type == JSON_ARRAY)
		put_hex('a', v->text);
	else if (v->type == JSON_OBJECT)
		put_object(v);
	else
		printf(" %c", words[v->type]);
	if (v->type == JSON_NUMBER)
		fwrite(v->text.p, 1, v->text.n, stdout);
	if (json_uint(v, UINT64_MAX, &n) == 0)
		printf(" u%" PRIu64, n);
}

static void put_document(struct bytes in, unsigned depth)
{
	struct json_scan scan = { .at = 0 };
	struct json v;

	printf("%ld", json_scan(&scan, in, MOST));
	if (json_parse(&v, in, depth) < 0)
		fputs(" no", stdout);
	else
		put_value(&v);
	putchar('\n');
}

int main(void)
{
	unsigned depth;
	size_t n;

	while (scanf("%u %zu", &depth, &n) == 2 && getchar() == '\n') {
		uint8_t *mem = malloc(n ? n : 1);

		assert(mem && fread(mem, 1, n, stdin) == n);
		put_document((struct bytes){ mem, n }, depth);
		free(mem);
	}
	return 0;
}
