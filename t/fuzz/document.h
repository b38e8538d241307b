/* document - prints a whole JSON value, members in order, without white space;
 * numbers and arrays as they stand. The product only ever prints strings.
 */
#ifndef NAT_T_FUZZ_DOCUMENT_H
#define NAT_T_FUZZ_DOCUMENT_H

#include "wire/json.h"

/* Asserts that the slices of members are of v's text. */
void document_print(struct fmt *f, const struct json *v);

#endif
