/* newtoken - what `nat keygen --token` prints, in builds of any size. */
#ifndef NAT_CMD_NEWTOKEN_H
#define NAT_CMD_NEWTOKEN_H

/* The exit code. */
int newtoken_print(void);

#endif
