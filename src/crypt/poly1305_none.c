/* For processors whose vectors are not used. */
#include "crypt/poly1305.h"

size_t (*const poly1305_native)(struct poly1305 *p, struct bytes b) = NULL;
