/* datachannel - Ming's host and client by libdatachannel's C interface, which speaks
 * WebSocket too. Built by t/bench/rivals.sh; never part of the product.
 *
 *	datachannel join URL ID SERVICE MESSAGES CHANNELS
 *	    so many channels to an echo at once, so many messages of 1 to 65,536
 *	    bytes by each, compared; never registers
 *	datachannel udp URL ID COUNT    datagrams, by one channel as Ming's client has it
 *	datachannel mill URL ID BYTES   so many each way by a channel to "mill" (mill.py),
 *	    in messages of 1 to 65,536 bytes, compared by SHA-256
 *	datachannel take URL ID         all that "pour" gives, by one channel
 *	datachannel drop URL ID TIMES   channels that are closed while bytes pour in, and
 *	    a small mill after each
 *	datachannel host URL ID [BYTES] answers who calls; a channel for "mill" is one,
 *	    "pour" gives so many bytes, what comes by others goes back
 */
#include <openssl/evp.h>
#include <pthread.h>
#include <rtc/rtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	SUM = 32,
	WINDOW = 1 << 20, /* most bytes that wait to be sent */
	PEERS = 64,
	PATIENCE = 60,
	LARGE = 65536,
	PIECE = 16384
};

static const int sizes[] = { 1,    2,     100,   1199,  1200,
			     1201, 16384, 32768, 65535, 65536 };
enum { NSIZES = sizeof sizes / sizeof *sizes };

struct peer {
	int pc;
	char id[128];
};

struct link {
	int dc;
	long count, left; /* to come; -1: the number is awaited */
	long extra;       /* bytes of sums that have come */
	long got;
	char head[32];
	uint8_t sums[2 * SUM];
	uint8_t *sent; /* what an echo has to give back */
	EVP_MD_CTX *came, *went;
	struct timespec begun, turned;
	bool open, closed, done, wrong, drops;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t news;
	char own[64];
	int ws;
	bool up;
	struct peer peers[PEERS];
	long pours;
	const char *url, *id;
	uint8_t noise[LARGE];
} the = { .lock = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER };

static void must(bool good, const char *what)
{
	if (good)
		return;
	printf("error: %s\n", what);
	fflush(stdout);
	_exit(1);
}

static void changed(void)
{
	pthread_mutex_lock(&the.lock);
	pthread_cond_broadcast(&the.news);
	pthread_mutex_unlock(&the.lock);
}

/* Until *is, which others set. */
static void wait_for(const bool *is, const bool *or_is, const char *what)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE;
	pthread_mutex_lock(&the.lock);
	while (!*is && !*or_is)
		must(pthread_cond_timedwait(&the.news, &the.lock, &end) == 0,
		     what);
	pthread_mutex_unlock(&the.lock);
}

static double since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) +
	       (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

/* ---- signalling ---- */

/* The text of "name":"...", as it was meant. */
static char *text_of(const char *json, const char *name)
{
	static const char from[] = "nrt", to[] = "\n\r\t";
	char mark[32], *text, *at;
	const char *p, *known;

	snprintf(mark, sizeof mark, "\"%s\":\"", name);
	p = strstr(json, mark);
	if (!p)
		return NULL;
	at = text = malloc(strlen(p) + 1);
	for (p += strlen(mark); *p && *p != '"'; p++) {
		if (*p == '\\') {
			known = strchr(from, *++p);
			*at++ = known ? to[known - from] : *p;
		} else {
			*at++ = *p;
		}
	}
	*at = 0;
	return text;
}

/* One message; in text only line ends need marks. */
static void say(const char *type, const char *before, const char *text,
		const char *after, const char *to)
{
	static char said[65536];
	char *at;

	pthread_mutex_lock(&the.lock);
	at = said + snprintf(said, sizeof said,
			     "{\"type\":\"%s\",\"payload\":%s", type, before);
	for (const char *p = text; *p; p++) {
		if (*p == '\r' || *p == '\n')
			*at++ = '\\';
		*at++ = *p == '\r' ? 'r' : *p == '\n' ? 'n' : *p;
	}
	sprintf(at, "%s,\"target_id\":\"%s\",\"sender_id\":\"%s\"}", after, to,
		the.own);
	rtcSendMessage(the.ws, said, -1);
	pthread_mutex_unlock(&the.lock);
}

static void on_description(int pc, const char *sdp, const char *type, void *ptr)
{
	char before[64];

	(void)pc;
	snprintf(before, sizeof before, "{\"sdp\":{\"type\":\"%s\",\"sdp\":\"",
		 type);
	say(type, before, sdp, "\"}}", ((struct peer *)ptr)->id);
}

static void on_candidate(int pc, const char *cand, const char *mid, void *ptr)
{
	(void)pc, (void)mid;
	say("candidate", "{\"candidate\":{\"candidate\":\"",
	    cand + (strncmp(cand, "a=", 2) == 0 ? 2 : 0),
	    "\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}",
	    ((struct peer *)ptr)->id);
}

static void on_channel(int pc, int dc, void *ptr);

static struct peer *peer_new(const char *id)
{
	static const rtcConfiguration conf = { .bindAddress = "127.0.0.1" };
	struct peer *p = the.peers;

	while (p < the.peers + PEERS && p->id[0])
		p++;
	must(p < the.peers + PEERS, "too many peers");
	snprintf(p->id, sizeof p->id, "%s", id);
	p->pc = rtcCreatePeerConnection(&conf);
	rtcSetUserPointer(p->pc, p);
	rtcSetLocalDescriptionCallback(p->pc, on_description);
	rtcSetLocalCandidateCallback(p->pc, on_candidate);
	rtcSetDataChannelCallback(p->pc, on_channel);
	return p;
}

static struct peer *peer_of(const char *id)
{
	for (struct peer *p = the.peers; p < the.peers + PEERS; p++)
		if (strcmp(p->id, id) == 0)
			return p;
	return NULL;
}

static void on_word(int ws, const char *text, int size, void *ptr)
{
	char *from = text_of(text, "sender_id"), *sdp = text_of(text, "sdp"),
	     *cand = text_of(text, "candidate");
	struct peer *p = from ? peer_of(from) : NULL;

	(void)ws, (void)ptr, (void)size;
	must(!strstr(text, "\"type\":\"error\""), text);
	if (sdp && strstr(text, "\"type\":\"offer\""))
		rtcSetRemoteDescription(peer_new(from)->pc, sdp, "offer");
	else if (sdp && p)
		rtcSetRemoteDescription(p->pc, sdp, "answer");
	else if (cand && *cand && p)
		rtcAddRemoteCandidate(p->pc, cand, "0");
	free(from);
	free(sdp);
	free(cand);
}

static void on_up(int ws, void *ptr)
{
	(void)ws, (void)ptr;
	the.up = true;
	changed();
}

static void dial(const char *own)
{
	static const bool never;

	snprintf(the.own, sizeof the.own, "%s", own);
	the.ws = rtcCreateWebSocket(the.url);
	rtcSetOpenCallback(the.ws, on_up);
	rtcSetMessageCallback(the.ws, on_word);
	wait_for(&the.up, &never, "no signalling server");
}

/* ---- channels ---- */

static void on_open(int dc, void *ptr)
{
	struct link *l = ptr;

	(void)dc;
	l->open = true;
	changed();
}

static void on_closed(int dc, void *ptr)
{
	struct link *l = ptr;

	(void)dc;
	l->closed = true;
	changed();
}

static void on_low(int dc, void *ptr)
{
	(void)dc, (void)ptr;
	changed();
}

static struct link *link_new(int dc)
{
	struct link *l = calloc(1, sizeof *l);

	l->dc = dc;
	l->left = -1;
	l->came = EVP_MD_CTX_new();
	l->went = EVP_MD_CTX_new();
	EVP_DigestInit(l->came, EVP_sha256());
	EVP_DigestInit(l->went, EVP_sha256());
	rtcSetUserPointer(dc, l);
	rtcSetOpenCallback(dc, on_open);
	rtcSetClosedCallback(dc, on_closed);
	rtcSetBufferedAmountLowThreshold(dc, WINDOW / 2);
	rtcSetBufferedAmountLowCallback(dc, on_low);
	return l;
}

static struct link *open_to(struct peer *p, const char *label,
			    const char *service)
{
	rtcDataChannelInit how = { .protocol = service };

	if (strcmp(label, "tunnel-udp") == 0)
		how.reliability = (rtcReliability){ true, true, 0, 0 };
	return link_new(rtcCreateDataChannelEx(p->pc, label, &how));
}

static bool push(struct link *l, const void *data, int n)
{
	pthread_mutex_lock(&the.lock);
	while (!l->closed && rtcGetBufferedAmount(l->dc) > WINDOW)
		pthread_cond_wait(&the.news, &the.lock);
	pthread_mutex_unlock(&the.lock);
	return !l->closed && rtcSendMessage(l->dc, data, n) >= 0;
}

/* So many bytes in messages of all sizes; false: nobody takes them. */
static bool give(struct link *l, long count)
{
	for (long left = count, turn = 0; left > 0; turn++) {
		int n = sizes[turn % NSIZES];

		n = n > left ? (int)left : n;
		if (!push(l, the.noise, n))
			return false;
		EVP_DigestUpdate(l->went, the.noise, (size_t)n);
		left -= n;
	}
	return true;
}

static void flush(const struct link *l)
{
	while (!l->closed && rtcGetBufferedAmount(l->dc) > 0)
		usleep(1000);
}

/* ---- a host's ---- */

static void *answer(void *ptr)
{
	struct link *l = ptr;
	uint8_t sums[2 * SUM];

	if (!give(l, l->count))
		return NULL;
	EVP_DigestFinal(l->came, sums, NULL);
	EVP_DigestFinal(l->went, sums + SUM, NULL);
	push(l, sums, sizeof sums);
	flush(l);
	rtcClose(l->dc);
	return NULL;
}

static void *pour(void *ptr)
{
	struct link *l = ptr;

	for (long left = the.pours; left > 0; left -= PIECE)
		if (!push(l, the.noise, PIECE))
			return NULL;
	flush(l);
	rtcClose(l->dc);
	return NULL;
}

static void begin(void *(*work)(void *), struct link *l)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, l);
	pthread_detach(thread);
}

static void milled(int dc, const char *data, int size, void *ptr)
{
	struct link *l = ptr;
	size_t have = strlen(l->head);
	const char *end = memchr(data, '\n', (size_t)size);

	(void)dc;
	if (l->left < 0) {
		size_t n = end ? (size_t)(end - data) : (size_t)size;

		must(have + n < sizeof l->head, "no number");
		memcpy(l->head + have, data, n);
		if (!end)
			return;
		l->count = l->left = atol(l->head);
		size -= (int)n + 1;
		data = end + 1;
		if (l->count == 0)
			l->count = 1L << 40;
	}
	EVP_DigestUpdate(l->came, data, (size_t)size);
	l->left -= size;
	if (l->left == 0)
		begin(answer, l);
}

static void echoed(int dc, const char *data, int size, void *ptr)
{
	(void)ptr;
	rtcSendMessage(dc, data, size);
}

static void on_channel(int pc, int dc, void *ptr)
{
	char label[64] = "", protocol[64] = "";
	rtcReliability how = { false };
	struct link *l = link_new(dc);

	(void)pc, (void)ptr;
	rtcGetDataChannelLabel(dc, label, sizeof label);
	rtcGetDataChannelProtocol(dc, protocol, sizeof protocol);
	rtcGetDataChannelReliability(dc, &how);
	printf("channel %s %s %s\n", label, protocol,
	       how.unordered ? "false" : "true");
	fflush(stdout);
	if (strcmp(protocol, "pour") == 0)
		begin(pour, l);
	else
		rtcSetMessageCallback(
			dc, strcmp(protocol, "mill") == 0 ? milled : echoed);
}

static void host(const char *bytes)
{
	the.pours = bytes ? atol(bytes) : 0;
	dial(the.id);
	say("register-host", "null", "", "", "");
	printf("ready\n");
	fflush(stdout);
	for (;;)
		pause();
}

/* ---- a client's ---- */

static void ground(int dc, const char *data, int size, void *ptr)
{
	struct link *l = ptr;
	long n = size < l->left ? size : l->left;

	(void)dc;
	if (l->left == l->count)
		clock_gettime(CLOCK_MONOTONIC, &l->turned);
	EVP_DigestUpdate(l->came, data, (size_t)n);
	l->left -= n;
	must(l->extra + size - n <= 2 * SUM, "too much");
	memcpy(l->sums + l->extra, data + n, (size_t)(size - n));
	l->extra += size - n;
	if (l->extra < 2 * SUM)
		return;
	l->done = true;
	changed();
}

static void grind(struct peer *p, long count)
{
	struct link *l = open_to(p, "tunnel-tcp", "mill");
	uint8_t sums[2 * SUM];
	char head[32];

	l->count = l->left = count;
	rtcSetMessageCallback(l->dc, ground);
	wait_for(&l->open, &l->closed, "no channel");
	clock_gettime(CLOCK_MONOTONIC, &l->begun);
	must(push(l, head, snprintf(head, sizeof head, "%ld\n", count)),
	     "head");
	must(give(l, count), "give");
	wait_for(&l->done, &l->closed, "nothing comes back");
	EVP_DigestFinal(l->went, sums, NULL);
	EVP_DigestFinal(l->came, sums + SUM, NULL);
	must(l->done && memcmp(sums, l->sums, sizeof sums) == 0,
	     "the sums are others");
	printf("%ld bytes, %.1f s up, %.1f s down\n", count,
	       since(&l->begun) - since(&l->turned), since(&l->turned));
}

static void counted(int dc, const char *data, int size, void *ptr)
{
	struct link *l = ptr;

	(void)dc, (void)data;
	l->got += size;
	if (l->got > 300000 && l->drops && !l->done) {
		l->done = true;
		changed();
	}
}

static void drop(struct peer *p)
{
	struct link *l = open_to(p, "tunnel-tcp", "mill");

	l->drops = true;
	rtcSetMessageCallback(l->dc, counted);
	wait_for(&l->open, &l->closed, "no channel");
	must(push(l, "0\n", 2), "push");
	wait_for(&l->done, &l->closed, "nothing pours");
	rtcClose(l->dc);
	wait_for(&l->closed, &l->closed, "it does not close");
}

static void take(struct peer *p)
{
	struct link *l = open_to(p, "tunnel-tcp", "pour");

	rtcSetMessageCallback(l->dc, counted);
	wait_for(&l->closed, &l->closed, "it does not end");
	printf("%ld bytes\n", l->got);
}

static void compared(int dc, const char *data, int size, void *ptr)
{
	struct link *l = ptr;

	(void)dc;
	l->wrong |= l->got + size > l->count ||
		    memcmp(l->sent + l->got, data, (size_t)size) != 0;
	l->got += size;
	l->done = l->wrong || l->got == l->count;
	changed();
}

static struct link *echo(struct peer *p, const char *service, int messages)
{
	struct link *l = open_to(p, "tunnel-tcp", service);

	for (int i = 0; i < messages; i++)
		l->count += sizes[i % NSIZES];
	l->sent = malloc((size_t)l->count);
	for (long i = 0; i < l->count; i++)
		l->sent[i] = (uint8_t)(the.noise[i % LARGE] ^ i >> 16 ^ l->dc);
	rtcSetMessageCallback(l->dc, compared);
	return l;
}

static void join(struct peer *p, char **a)
{
	int messages = atoi(a[1]), n = atoi(a[2]);
	struct link **all = calloc((size_t)n, sizeof *all);

	for (int i = 0; i < n; i++)
		all[i] = echo(p, a[0], messages);
	for (int i = 0; i < n; i++) {
		wait_for(&all[i]->open, &all[i]->closed, "no channel");
		for (long at = 0, turn = 0; turn < messages; turn++) {
			int size = sizes[turn % NSIZES];

			must(push(all[i], all[i]->sent + at, size), "push");
			at += size;
		}
	}
	for (int i = 0; i < n; i++) {
		wait_for(&all[i]->done, &all[i]->closed,
			 "it does not come back");
		must(!all[i]->wrong, "what came back is something else");
		rtcClose(all[i]->dc);
	}
	for (int i = 0; i < n; i++)
		wait_for(&all[i]->closed, &all[i]->closed, "no end");
}

/* Each until it comes back. */
static void heard(int dc, const char *data, int size, void *ptr)
{
	struct link *l = ptr;

	(void)dc;
	l->done |=
		size == l->count && memcmp(the.noise, data, (size_t)size) == 0;
	changed();
}

static void udp(struct peer *p, int count)
{
	struct link *l = open_to(p, "tunnel-udp", NULL);

	rtcSetMessageCallback(l->dc, heard);
	wait_for(&l->open, &l->closed, "no channel");
	for (int i = 0; i < count; i++) {
		l->count = 1 + i * 97 % 1400;
		l->done = false;
		for (int times = 0; !l->done; times++) {
			must(times < 100, "no datagram comes back");
			rtcSendMessage(l->dc, (char *)the.noise, (int)l->count);
			for (int ms = 0; !l->done && ms < 300; ms++)
				usleep(1000);
		}
	}
}

static void work(const char *what, struct peer *p, char **a)
{
	if (strcmp(what, "join") == 0)
		join(p, a);
	else if (strcmp(what, "udp") == 0)
		udp(p, atoi(a[0]));
	else if (strcmp(what, "mill") == 0)
		grind(p, atol(a[0]));
	else if (strcmp(what, "take") == 0)
		take(p);
	for (int i = 0; strcmp(what, "drop") == 0 && i < atoi(a[0]); i++) {
		drop(p);
		grind(p, 10000);
	}
}

int main(int argc, char **argv)
{
	struct peer *p;
	char own[32];

	must(argc >= 4, "usage: datachannel WHAT URL ID ...");
	the.url = argv[2];
	the.id = argv[3];
	for (unsigned i = 0; i < LARGE; i++)
		the.noise[i] = (uint8_t)(i * 2654435761u >> 13);
	if (strcmp(argv[1], "host") == 0)
		host(argv[4]);
	snprintf(own, sizeof own, "client%ld", (long)getpid());
	dial(own);
	p = peer_new(the.id);
	work(argv[1], p, argv + 4);
	rtcClosePeerConnection(p->pc);
	usleep(100000); /* it says goodbye */
	printf("%s well\n", argv[1]);
	fflush(stdout);
	_exit(0);
}
