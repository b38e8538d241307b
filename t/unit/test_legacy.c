#include "rig.h"
#include "net/legacy.h"
#include "net/listener.h"
#include "net/udp.h"
#include "os/local.h"

static const struct net_limits limits = { .memory = 1 << 20 };

static struct rig rig;
static struct legacy legacy;

static void come(struct listener *l)
{
	(void)l;
}

static void come_udp(struct udp *u)
{
	(void)u;
}

static int start(void **state)
{
	(void)state;
	rig_start(&rig, &limits, 1000);
	rig.net.legacy = &legacy;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	rig_stop(&rig);
	return 0;
}

/* Who has connected before is accepted after. */
static void is_asked_for_by_its_place(void **state)
{
	struct addr at = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } }, from;
	int old = sock_listen(&at), visitor, fd;
	struct listener l = { .net = NULL }, other = { .net = NULL };

	(void)state;
	assert_int_equal(sock_here(old, &at), 0);
	visitor = sock_connect(&at);
	assert_true(visitor >= 0);
	legacy_put(&legacy, LEGACY_TCP, old);
	assert_int_equal(
		listener_start(&other, &rig.net, BYTES("127.0.0.1"), 0, come),
		0);
	assert_int_not_equal(other.at.port, at.port);
	assert_int_equal(
		listener_start(&l, &rig.net, BYTES("127.0.0.1"), at.port, come),
		0);
	assert_int_equal(l.io.fd, old);
	assert_int_equal(l.at.port, at.port);
	fd = listener_accept(&l, &from);
	assert_true(fd >= 0);
	assert_int_equal(legacy_close(&legacy), 0); /* it is taken once */
	sock_close(fd, false);
	sock_close(visitor, false);
	listener_stop(&l);
	listener_stop(&other);
}

static void datagrams_are_others(void **state)
{
	struct addr at = { .family = ADDR_IP6 };
	int tcp = sock_listen(&at), udp;
	struct udp u = { .net = NULL };

	(void)state;
	assert_int_equal(sock_here(tcp, &at), 0);
	udp = dgram_bind(&at);
	assert_true(udp >= 0);
	legacy_put(&legacy, LEGACY_TCP, tcp);
	legacy_put(&legacy, LEGACY_UDP, udp);
	assert_int_equal(udp_bind(&u, &rig.net, BYTES(""), at.port, come_udp),
			 0);
	assert_int_equal(u.io.fd, udp);
	udp_stop(&u);
	assert_int_equal(legacy_close(&legacy), 1);
}

static void the_unix_socket_keeps_its_file(void **state)
{
	static const char path[] = "/tmp/nat-legacy-test.sock";
	struct local_file before, file = { 0, 0 };
	int old, fd;

	(void)state;
	unlink(path);
	old = local_listen(path, &before);
	assert_true(old >= 0);
	legacy_put(&legacy, LEGACY_UNIX, old);
	fd = legacy_local(&rig.net, path, &file);
	assert_int_equal(fd, old);
	local_remove(path, &file); /* is none of ours yet */
	local_note(path, &file);
	assert_int_equal(file.inode, before.inode);
	local_remove(path, &file);
	assert_int_not_equal(access(path, F_OK), 0);
	sock_close(fd, false);
	fd = legacy_local(&rig.net, path, &file);
	assert_true(fd >= 0);
	sock_close(fd, false);
	local_remove(path, &file);
}

static void no_more_than_there_is_room_for(void **state)
{
	struct addr at = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };

	(void)state;
	for (int i = 0; i < LEGACY_MOST + 2; i++)
		legacy_put(&legacy, LEGACY_TCP, sock_listen(&at));
	assert_int_equal(legacy_close(&legacy), LEGACY_MOST);
	legacy_put(&legacy, LEGACY_TCP, sock_spare());
	assert_int_equal(legacy_close(&legacy), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_asked_for_by_its_place,
						start, stop),
		cmocka_unit_test_setup_teardown(datagrams_are_others, start,
						stop),
		cmocka_unit_test_setup_teardown(the_unix_socket_keeps_its_file,
						start, stop),
		cmocka_unit_test_setup_teardown(no_more_than_there_is_room_for,
						start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
