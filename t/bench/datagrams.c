/* datagrams - both ends of a measurement of UDP servers, with recvmmsg and sendmmsg
 * in batches of 64 and nothing else:
 *
 *      datagrams echo PORT                   sends back whatever comes
 *      datagrams load PORT nat|stun|bt SECONDS
 *                                            asks one thing again and again; bt: a
 *                                            connect request of BitTorrent (BEP 15)
 *      datagrams load PORT join SECONDS N    registers N members, ten a group, each
 *                                            from an address of its own, round and
 *                                            round; SECONDS 0: once
 *
 * load keeps 256 requests under way and prints answers a second. What is lost is
 * given up after 20 ms.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, WINDOW = 256, ROOM = 2048, CONTROL = 64 };

static struct mmsghdr msgs[BATCH];
static struct iovec parts[BATCH];
static struct sockaddr_in peers[BATCH];
static char bytes[BATCH][ROOM], control[BATCH][CONTROL];

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int open_at(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((unsigned short)port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	if (port)
		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		exit(1);
	return fd;
}

static int receive(int fd, int flags)
{
	for (int i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){ bytes[i], ROOM };
		msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &peers[i],
			.msg_namelen = sizeof peers[i],
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
		};
	}
	return recvmmsg(fd, msgs, BATCH, flags, NULL);
}

static void echo(int port)
{
	int fd = open_at(port);

	for (;;) {
		int n = receive(fd, MSG_WAITFORONE);

		for (int i = 0; i < n; i++)
			parts[i].iov_len = msgs[i].msg_len;
		for (int at = 0; at < n;) {
			int k = sendmmsg(fd, msgs + at, (unsigned)(n - at), 0);

			at += k > 0 ? k : 1;
		}
	}
}

/* ---- load ---- */

static size_t request(char *to, const char *what, long i)
{
	static const char bt[16] = "\0\0\4\x17\x27\x10\x19\x80\0\0\0\0abcd";
	static const char stun[] = "\0\1\0\0\x21\x12\xa4\x42"
				   "abcdefghijkl";

	if (strcmp(what, "stun") == 0) {
		memcpy(to, stun, 20);
		return 20;
	}
	if (strcmp(what, "bt") == 0) {
		memcpy(to, bt, sizeof bt);
		return sizeof bt;
	}
	if (strcmp(what, "nat") == 0)
		return (size_t)sprintf(to, "//nat");
	return (size_t)sprintf(to,
			       "//51pwn/P2P&E2E/46D0F69E-E347-47A7-8E95-%012lX/"
			       "0/192.168.0.56,172.66.0.10,10.10.101.4/"
			       "77:5b:%02lx:%02lx:%02lx:%02lx",
			       i / 10, i >> 24 & 255, i >> 16 & 255,
			       i >> 8 & 255, i & 255);
}

/* From an address of its own in 127.0.0.0/8. */
static void from(struct msghdr *m, char *room, long i)
{
	struct cmsghdr *c;
	struct in_pktinfo info = { 0 };

	m->msg_control = room;
	m->msg_controllen = CMSG_SPACE(sizeof info);
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof info);
	info.ipi_spec_dst.s_addr = htonl(0x7f010000U + (unsigned)i);
	memcpy(CMSG_DATA(c), &info, sizeof info);
}

static int ask(int fd, struct sockaddr_in *to, const char *what, long *next,
	       long members)
{
	for (int i = 0; i < BATCH; i++) {
		parts[i].iov_base = bytes[i];
		parts[i].iov_len = request(bytes[i], what, *next);
		msgs[i].msg_hdr = (struct msghdr){ .msg_name = to,
						   .msg_namelen = sizeof *to,
						   .msg_iov = &parts[i],
						   .msg_iovlen = 1 };
		if (members)
			from(&msgs[i].msg_hdr, control[i], *next);
		*next = members ? (*next + 1) % members : 0;
		if (members && *next == 0)
			break;
	}
	return sendmmsg(fd, msgs, BATCH, 0);
}

static int load(int port, const char *what, double seconds, long members)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((unsigned short)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = open_at(0), under_way = 0;
	long answers = 0, next = 0;
	double begun = now(), end = begun + seconds;

	while (seconds > 0 ? now() < end : next || !answers) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int n;

		while (under_way + BATCH <= WINDOW)
			under_way += ask(fd, &to, what, &next, members);
		if (poll(&p, 1, 20) == 0)
			under_way = 0;
		n = receive(fd, MSG_DONTWAIT);
		answers += n > 0 ? n : 0;
		under_way -= n > 0 ? n : 0;
		under_way = under_way < 0 ? 0 : under_way;
	}
	printf("%.0f\n", (double)answers / (now() - begun));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "echo") == 0)
		echo(atoi(argv[2]));
	if (argc < 5)
		return 2;
	return load(atoi(argv[2]), argv[3], atof(argv[4]),
		    argc > 5 ? atol(argv[5]) : 0);
}
