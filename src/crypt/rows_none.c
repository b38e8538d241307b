/* For processors without instructions for two carries at once. */
#include "crypt/rows.h"

const struct rows *const rows_native = NULL;
