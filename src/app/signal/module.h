/* module - nat.js, by which a page joins a host: module.c is made of it by `make
 * page`.
 */
#ifndef NAT_APP_SIGNAL_MODULE_H
#define NAT_APP_SIGNAL_MODULE_H

#include "base/fmt.h"

/* Bytes of the whole answer; the answer, head and all. */
size_t module_size(void);
void module_put(struct fmt *f);

#endif
