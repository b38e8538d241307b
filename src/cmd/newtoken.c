#include "cmd/newtoken.h"
#include "base/fmt.h"
#include "crypt/ct.h"
#include "os/console.h"
#include "os/rand.h"

int newtoken_print(void)
{
	uint8_t secret[16];
	char text[2 * sizeof secret + 1];
	struct fmt f = fmt_to(SPAN(text));

	rand_fill(SPAN(secret));
	fmt_hex(&f, bytes_in(SPAN(secret)));
	fmt_put(&f, "\n");
	console_out(fmt_done(&f));
	ct_wipe(secret, sizeof secret);
	ct_wipe(text, sizeof text);
	return 0;
}
