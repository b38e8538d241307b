/* pathopts - the options of paths between peers, of host and join: set is the struct
 * of the command's settings, with conf.paths.
 */
#ifndef NAT_CMD_PATHOPTS_H
#define NAT_CMD_PATHOPTS_H

#include "net/ways.h"

/* clang-format off */
#define PATH_ROW(set, letter, name, type, flags, field, arg) \
	letter, name, type, flags, offsetof(set, conf.paths.field), arg
#define PATH_OPTS(set) \
	{ PATH_ROW(set, 0, "stun", OPT_ADDR, OPT_LIST | OPT_HOST | OPT_FIXED, stun, \
		   "ADDR"), \
	  NULL, 0, 0, WORDS("STUN server, in place of the one that signals") }, \
	{ PATH_ROW(set, 0, "turn", OPT_TEXT, OPT_LIST | OPT_FIXED, turn, "URI"), \
	  NULL, 0, 0, \
	  WORDS("TURN server: turn:HOST:PORT, with ?transport=tcp by TCP, or turns: by " \
	  "TLS") }, \
	{ PATH_ROW(set, 0, "turn-user", OPT_TEXT, OPT_FIXED, turn_user, "NAME"), \
	  NULL, 0, 0, WORDS("Who we are to it") }, \
	{ PATH_ROW(set, 0, "turn-password", OPT_TEXT, OPT_SECRET, \
		   turn_password, "TEXT"), \
	  NULL, 0, 0, WORDS("The password; better in a config file") }, \
	{ PATH_ROW(set, 0, "turn-rest", OPT_FLAG, OPT_FIXED, turn_rest, NULL), \
	  NULL, 0, 0, \
	  WORDS("It is its secret, from which passwords of a day are made") }, \
	{ PATH_ROW(set, 0, "turn-ca", OPT_TEXT, OPT_FIXED, tls.ca, "PATH"), \
	  NULL, 0, 0, \
	  WORDS("Believe turns: servers with a certificate signed by one of this file " \
	  "or directory, if not by the system's") }, \
	{ PATH_ROW(set, 0, "only", OPT_TEXT, OPT_FIXED, only, "WORD"), \
	  NULL, 0, 0, WORDS("Take no other paths than relay, or direct") }, \
	{ PATH_ROW(set, 0, "keep", OPT_MS, 0, keep, "TIME"), \
	  "60s", 0, 86400000, \
	  WORDS("How long connections wait for another path when theirs is lost") }
/* clang-format on */

#endif
