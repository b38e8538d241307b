/* host - what this machine is called and where its state belongs. */
#ifndef NAT_OS_HOST_H
#define NAT_OS_HOST_H

#include "base/fmt.h"

/* The host name, cut at the first dot. */
void host_name(struct fmt *f);

/* What tells this machine from all others and survives a restart: machine-id,
 * else the first hardware address; empty when there is neither.
 */
void host_identity(struct fmt *f);

/* Where state is kept by default: $STATE_DIRECTORY (systemd sets it); else for
 * root /etc/nat on OpenWrt, /var/lib/nat elsewhere; for others
 * $XDG_STATE_HOME/nat or ~/.local/state/nat.
 */
void host_state_dir(struct fmt *f);

/* Where sockets are found while a nat runs: $RUNTIME_DIRECTORY (systemd sets it);
 * else for root /run/nat, or /var/run/nat where there is no /run; for others
 * $XDG_RUNTIME_DIR/nat, or where their state is.
 */
void host_runtime_dir(struct fmt *f);

/* Of the environment; NULL when unset or empty. */
const char *host_env(const char *name);

/* Overwrites a secret of the environment: what points there reads xxxx. */
void host_wipe_env(const char *name);

#endif
