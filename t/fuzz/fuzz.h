/* fuzz - what the targets share. A target is one fuzz_<codec>.c of at most 30
 * lines that checks what its codec promises, by assert, for any input at all.
 * One source serves libFuzzer, AFL++ and replay.c (rules.mk).
 */
#ifndef NAT_T_FUZZ_FUZZ_H
#define NAT_T_FUZZ_FUZZ_H

#include "base/fmt.h"
#include "base/opt.h"
#include <assert.h>
#include <stdlib.h>

enum {
	FUZZ_MOST = 4096,      /* -max_len: longer inputs teach nothing more */
	FUZZ_ROOM = 256 * 1024 /* what any of it may become when printed */
};

/* The target: one input, in memory of just its size. */
void fuzz(struct bytes in);

/* What the three engines call. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A place to print to, i < 5; what was there before is overwritten. */
struct fmt fuzz_room(unsigned i);

/* A diag whose complaints are looked at for crashes only. */
struct diag fuzz_diag(void);

/* A copy in memory of just its size; free it. */
uint8_t *fuzz_copy(struct bytes in);

/* A copy with a NUL behind it; free it. */
char *fuzz_text(struct bytes in);

/* The lines of text, which becomes words, as argv; how many, at most most. */
int fuzz_words(char *text, char **argv, int most);

/* A slice of all, or nothing. */
bool fuzz_within(struct bytes slice, struct bytes all);

/* Both have printed the same, whole. */
bool fuzz_same(const struct fmt *a, const struct fmt *b);

/* print prints what in says, false when that is nothing; what it prints must
 * then say the same.
 */
void fuzz_fixed(struct bytes in, bool (*print)(struct fmt *, struct bytes));

#endif
