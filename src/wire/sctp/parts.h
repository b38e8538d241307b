/* parts - what an association consists of; each part has its file. */
#ifndef NAT_WIRE_SCTP_PARTS_H
#define NAT_WIRE_SCTP_PARTS_H

#include "wire/sctp/streams.h"
#include "wire/sctp/tsns.h"

/* What a side has chosen: its tag, its first TSN. */
struct sctp_ids {
	uint32_t tag, tsn;
};

struct sctp_peer {
	uint16_t streams; /* that it takes */
	bool forward, reconf, zero_sum;
};

/* setup.c, closing.c: one message at a time that waits for its answer. */
struct sctp_setup {
	struct piece *cookie; /* to be echoed; NULL: none */
	int64_t at, due;      /* said first, to be said again; due -1: never */
	uint32_t rtt;         /* ms, as told; 0: unknown */
	uint8_t tries;
	bool say;
	bool say_ack;   /* COOKIE ACK */
	uint16_t abort; /* a cause to abort by */
	bool complete;  /* SHUTDOWN COMPLETE is to be said */
};

enum { SACK_DUPS = 4 };

/* incoming.c, sack.c */
struct sctp_in {
	struct store store;
	struct tsns tsns;
	struct list pieces; /* of messages that are not whole, by TSN */
	uint32_t window;    /* bytes that may be held, as it has grown */
	uint32_t taken;     /* since taken_at */
	int64_t taken_at;
	uint32_t told; /* the window as last told */
	uint32_t dups[SACK_DUPS];
	uint8_t ndups;
	uint8_t packets;  /* with data, not acknowledged */
	bool sack;        /* at once */
	int64_t sack_due; /* -1: never */
};

/* flight.c, lapse.c */
struct sctp_flight {
	struct list
		pieces; /* all that has a TSN and is not yet acked, by TSN */
	struct piece *again;  /* before it none is LOST; NULL: none is */
	uint32_t next, acked; /* TSNs */
	uint32_t forward;     /* what lapsed is skipped up to (RFC 3758) */
	uint32_t flying;      /* bytes of user data */
	uint32_t window;      /* the peer's, what flies taken off */
	uint32_t serial;      /* of the next packet with data */
	uint32_t seen;        /* the newest that arrived */
	uint32_t cut;         /* losses before it have been paid for */
	uint16_t reorder;     /* packets that may overtake one */
	uint8_t tries;        /* silences in a row */
	bool say_forward;
	bool probe;   /* a packet may go beyond the window */
	bool full;    /* the window was what held us up */
	int64_t due;  /* silence is noticed; -1: nothing flies */
	int64_t late; /* what is overdue then is lost; -1: none */
};

/* probe.c */
struct sctp_probe {
	uint16_t most; /* bytes of a packet, if the path takes them */
	uint8_t tries; /* since it was last begun */
	int64_t due;   /* -1: not asked for, or known */
};

/* sending.c */
struct sctp_out {
	struct store store;
	struct sctp_flight flight;
	struct list turns;       /* streams with something to send */
	struct sctp_stream *now; /* in the middle of a message */
	uint32_t unsent;         /* bytes */
	bool refused;            /* somebody waits for room */
};

/* replies.c: chunks made when their question came; ppid is the tag to go under. */
struct sctp_replies {
	struct list pieces;
	uint8_t n;
};

/* reconf.c */
struct sctp_reconf {
	uint32_t next;           /* number of our next question */
	uint32_t last;           /* TSN that it names */
	bool asked, say;         /* it is out; it is to be said */
	uint8_t way;             /* enum stream_way: what it is about */
	bool wanted[RESET_WAYS]; /* streams may wait for the next */
	uint8_t tries;
	int64_t due;
	uint32_t expects;   /* number of the peer's next */
	uint32_t result;    /* of the last */
	uint8_t answers;    /* how often it is to be said yet */
	int64_t answer_at;  /* not before; -1: at once */
	struct piece *kept; /* the peer's, until tsn has come; NULL: none */
	uint32_t kept_tsn;
};

struct sctp_counts {
	uint64_t packets_in, packets_out;
	uint32_t resent, lapsed; /* pieces; messages */
	uint32_t dropped;        /* what came and had no room */
	uint32_t bad;            /* packets that were none of ours */
	uint32_t spurious;       /* was sent again and had come */
	uint32_t silences;
};

#endif
