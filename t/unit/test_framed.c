#include "rig.h"
#include "net/framed.h"
#include "net/tcp.h"

static const struct net_limits limits = { .memory = 1 << 20 };

struct side {
	struct tcp tcp;
	struct waker waker;
	size_t n[64];
	int count, stop_at;
	uint8_t sum;
};

static struct rig rig;
static struct side from, to;

static void wake_to(struct waker *w, unsigned what)
{
	struct side *s = container_of(w, struct side, waker);
	struct bytes d;

	(void)what;
	while (framed_peek(&s->tcp.stream, &d)) {
		for (size_t i = 0; i < d.n; i++)
			assert_int_equal(d.p[i], (uint8_t)(d.n + i));
		s->n[s->count++] = d.n;
		framed_take(&s->tcp.stream, d);
	}
	if (s->count == s->stop_at || s->tcp.stream.ended)
		rig.loop.quit = true;
}

static void wake_from(struct waker *w, unsigned what)
{
	(void)w, (void)what;
}

static void start(int size)
{
	int ends[2];

	memset(&from, 0, sizeof from);
	memset(&to, 0, sizeof to);
	rig_start(&rig, &limits, 20000);
	rig_pair(ends, size);
	from.waker.wake = wake_from;
	to.waker.wake = wake_to;
	tcp_start(&from.tcp, &rig.net, ends[0], &from.waker);
	tcp_start(&to.tcp, &rig.net, ends[1], &to.waker);
}

static void stop(void)
{
	stream_stop(&from.tcp.stream, false);
	stream_stop(&to.tcp.stream, false);
	rig_stop(&rig);
}

static struct bytes datagram(size_t n)
{
	static uint8_t data[65536];

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)(n + i);
	return (struct bytes){ data, n };
}

static const size_t sizes[] = { 0, 1, 2, 255, 256, 257, 4090, 65507, 65535, 0 };

static void through_small_buffers(void **state)
{
	(void)state;
	start(4096);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		to.stop_at = (int)i + 1;
		assert_true(framed_put(&from.tcp.stream, datagram(sizes[i])));
		rig_run(&rig, 2000);
		assert_int_equal(to.count, i + 1);
		assert_int_equal(to.n[i], sizes[i]);
	}
	stop();
}

/* What does not fit is refused whole. */
static void no_room(void **state)
{
	int put = 0;

	(void)state;
	start(4096);
	while (framed_put(&from.tcp.stream, datagram(30000)))
		put++;
	assert_in_range(put, 1, 4);
	to.stop_at = put;
	rig_run(&rig, 2000);
	assert_int_equal(to.count, put);
	stop();
}

static void held(void **state)
{
	struct buf *b = NULL;
	int put = 0;

	(void)state;
	start(0);
	for (size_t i = 0; i < 5; i++)
		put += framed_hold(&rig.net, &b, datagram(sizes[i]));
	assert_int_equal(put, 5);
	assert_false(framed_hold(&rig.net, &b, datagram(65535)));
	assert_true(framed_release(&rig.net, &b, &from.tcp.stream));
	assert_null(b);
	assert_true(framed_release(&rig.net, &b, &from.tcp.stream));
	to.stop_at = put;
	rig_run(&rig, 2000);
	assert_int_equal(to.count, put);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_small_buffers),
		cmocka_unit_test(no_room),
		cmocka_unit_test(held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
