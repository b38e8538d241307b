/* mem - memory set aside at start. Zero-filled, costs nothing until touched. */
#ifndef NAT_OS_MEM_H
#define NAT_OS_MEM_H

#include "base/span.h"

/* n bytes, page-aligned, or p NULL when the system refuses. */
struct span mem_reserve(size_t n);

/* Gives the pages back; what is read there next is zeros or what it was. */
void mem_spare(struct span s);

/* Ends a reservation. */
void mem_release(struct span s);

#endif
