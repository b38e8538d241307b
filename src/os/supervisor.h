/* supervisor - tells who watches over the service that we are it now: a datagram
 * "MAINPID=N" to the socket that NOTIFY_SOCKET names, as sd_notify(3) has it.
 */
#ifndef NAT_OS_SUPERVISOR_H
#define NAT_OS_SUPERVISOR_H

/* Where there is nobody, nothing happens. */
void supervisor_tell(void);

#endif
