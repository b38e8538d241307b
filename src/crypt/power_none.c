/* For processors without products of 52 bits. */
#include "crypt/power.h"

void (*const power_native)(limb *r, const limb *a, const limb *e,
			   const struct mont *mod) = NULL;
