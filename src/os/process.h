/* process - what the process does about itself before anything else. */
#ifndef NAT_OS_PROCESS_H
#define NAT_OS_PROCESS_H

/* The first thing in main: descriptors 0 to 2 are open (to /dev/null where they
 * were not), no core file and no debugger but root's shows secrets, and what is
 * made is nothing to others.
 */
void process_start(void);

/* No program that is run from now on gains privileges. */
void process_renounce(void);

/* The part about core files, again: a change of user undoes it. */
void process_conceal(void);

#endif
