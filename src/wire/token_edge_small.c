/* token without the words of the part `edge`, for small builds. */
#include "wire/token.h"

const struct token_word token_edge_words[] = { { NULL, NULL, NULL } };
