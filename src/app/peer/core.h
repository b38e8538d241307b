/* core - what the files of a node share. */
#ifndef NAT_APP_PEER_CORE_H
#define NAT_APP_PEER_CORE_H

#include "app/peer/node.h"

/* A datagram that is a message, and who sent it if that is known. */
struct heard {
	struct node *node;
	const struct addr *from;
	const struct chain *m;
	struct bytes what; /* as it came */
	struct peer *who;  /* NULL: nobody, or not from there */
};

/* ---- node.c ---- */

/* What may be asked for so often: a second, at once. */
enum node_what {
	NODE_NONCE = 1,
	NODE_GREETING,
	NODE_SIGNED,
	NODE_ANSWER,
	NODE_UNPROVEN
};
bool node_may(struct node *n, enum node_what what, struct bytes key,
	      uint32_t rate, uint32_t burst);
bool node_may_addr(struct node *n, enum node_what what, const struct addr *a,
		   uint32_t rate, uint32_t burst);

void node_send(struct node *n, const struct addr *to, const struct chain *m);
/* Fills in who we are, seq and ts, and signs; or, by a key, sets the MAC. */
void node_send_signed(struct node *n, const struct addr *to, struct chain *m);
void node_send_maced(struct node *n, const struct addr *to, struct chain *m,
		     const struct hmac *key);
void node_refuse(const struct heard *h, enum chain_code code);

/* Is it signed by that key? Costs the address when not. */
bool node_believes(const struct heard *h, const uint8_t key[CHAIN_MODULUS]);

/* ---- greet.c ---- */

void node_offer_nonce(const struct heard *h);
void node_open(struct node *n, const struct addr *to, unsigned hops);
void greet_tick(struct node *n);
int64_t greet_due(const struct node *n);
void take_keep(struct heard *h);
void take_nonce(struct heard *h);
void take_hello(struct heard *h);

/* ---- seek.c ---- */

/* Nobody of use is there: not tried again for a while. */
void seek_failed(struct node *n, struct contact *d);
/* Is that the hello of an introducer that we want there? */
bool seek_takes(struct node *n, const struct contact *d, const struct chain *m);
/* Whom others may be told of, if it is one. */
void seek_note(struct node *n, const struct peer *p);
/* m asks for any introducer; another one, NULL: none is known. */
bool seek_is_any(const struct chain *m);
struct peer *seek_other(struct node *n, const struct peer *than);
/* A CHAIN_PASS_ACK of nobody who is wanted. */
void seek_told(struct heard *h);
/* One is lost: others are asked for at once. */
void seek_hurry(struct node *n);
void seek_tick(struct node *n);
int64_t seek_due(const struct node *n);

/* ---- introduce.c, proxy.c, reach.c ---- */

void take_connect(struct heard *h);
void take_request(struct heard *h);
void take_pass_request(struct heard *h);
void take_same_nat(struct heard *h);
void take_ack(struct heard *h);
void take_proxy(struct heard *h);
void take_send(struct heard *h);
void take_data(struct heard *h);
void take_data_ack(struct heard *h);
void take_connected(struct heard *h);
void take_pass_ack(struct heard *h);
void take_proxied(struct heard *h);
void take_no(struct heard *h);

void reach_tick(struct node *n);
int64_t reach_due(const struct node *n);
/* That one is known now, or an introducer is: whoever waits for it goes on. */
void reach_hurry(struct node *n, const uint8_t id[CHAIN_ID]);
void reach_told_lan(struct heard *h);
/* Data of a session of ours has come back; true: it was. */
bool reach_heard_data(struct heard *h);
/* A sign of life in it. */
void node_pass_alive(struct node *n, const struct node_pass *by);

#endif
