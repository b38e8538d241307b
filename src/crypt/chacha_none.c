/* For processors whose vectors are not used. */
#include "crypt/chacha.h"

size_t (*const chacha_native)(uint32_t state[16], struct span text) = NULL;
