/* pb_dump - what wire/pb makes of messages of natpass: a line of hex digits in, the
 * same message as we print it out, or "bad".
 */
#include "wire/natpass.h"
#include <stdio.h>

enum { MOST = 1 << 16 };

static size_t read_hex(uint8_t *to, const char *line)
{
	size_t n = 0;
	unsigned byte;

	while (n < MOST && sscanf(line + 2 * n, "%2x", &byte) == 1)
		to[n++] = (uint8_t)byte;
	return n;
}

static void dump(struct bytes message)
{
	static uint8_t out[NATPASS_FRAME];
	struct fmt f = fmt_to((struct span){ out, sizeof out });
	struct natpass m;

	if (natpass_read(&m, message) < 0) {
		puts("bad");
		return;
	}
	natpass_put(&f, &m);
	for (size_t i = NATPASS_HEAD; i < f.n; i++)
		printf("%02x", out[i]);
	puts("");
}

int main(void)
{
	static char line[2 * MOST + 2];
	static uint8_t message[MOST];

	while (fgets(line, sizeof line, stdin))
		dump((struct bytes){ message, read_hex(message, line) });
	return 0;
}
