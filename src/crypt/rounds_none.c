/* For processors without instructions for SHA-256. */
#include "crypt/rounds.h"

void (*const rounds_native)(uint32_t h[8], const uint8_t *p, size_t n) = NULL;
