/* For processors without instructions for two carries at once. */
#include "crypt/p256.h"

const struct mont_ops *const p256_field_native = NULL;
const struct mont_ops *const p256_order_native = NULL;
