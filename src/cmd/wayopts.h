/* wayopts - the options of WebSocket and of proxies; none in builds without the
 * part `ws`, where a relay is HOST[:PORT].
 */
#ifndef NAT_CMD_WAYOPTS_H
#define NAT_CMD_WAYOPTS_H

#include "base/opt.h"

#define WAY_PATH_DEFAULT "/nat"

/* clang-format off */
#define WAY_RELAY_OPTS(ws) ROWS_OF(NAT_WS)( \
	{ 0, "ws-path", OPT_TEXT, OPT_FIXED, ws, "PATH", WAY_PATH_DEFAULT, \
	  0, 0, WORDS("Where clients come that speak WebSocket") },)
#define WAY_CLIENT_OPTS(ws, front, proxy) ROWS_OF(NAT_WS)( \
	{ 0, "tls-front", OPT_FLAG, OPT_FIXED, front, NULL, NULL, \
	  0, 0, WORDS("TLS ends at a web server in front of the relay, which sees all") }, \
	{ 0, "proxy", OPT_TEXT, OPT_SECRET | OPT_FIXED, proxy, "URL", NULL, \
	  0, 0, WORDS("Go through this proxy: http://[USER:PASSWORD@]HOST:PORT, or " \
	  "socks5://") }, \
	{ 0, "ws-path", OPT_TEXT, 0, ws, "PATH", WAY_PATH_DEFAULT, \
	  0, 0, WORDS("Where the relay speaks WebSocket, if its address does not say") },)
/* A relay's address, whose URLs the settings are checked for later. */
#define WAY_TYPE_in OPT_TEXT, OPT_LIST
#define WAY_TYPE_out OPT_ADDR, OPT_LIST | OPT_HOST
#define WAY_TYPE_JOIN(which) WAY_TYPE_##which
#define WAY_TYPE_OF(which) WAY_TYPE_JOIN(which)
#define WAY_TYPE WAY_TYPE_OF(NAT_WS)
/* clang-format on */

#endif
