#include "app/p2p/keys.h"
#include "os/rand.h"
#include "unit.h"
#include <stdio.h>
#include <unistd.h>

struct heard {
	struct diag diag;
	char last[300];
};

static void note(struct diag *d, const char *text)
{
	struct heard *h = container_of(d, struct heard, diag);
	size_t n = strlen(text);

	assert_true(n < sizeof h->last);
	memcpy(h->last, text, n + 1);
}

#define ONE "0123456789abcdef0123456789abcdef"
#define TWO "fedcba9876543210fedcba9876543210"

static void put_file(char path[32], const char *text)
{
	int fd;

	memcpy(path, "/tmp/test_keys.XXXXXX", 22);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void secrets_by_id(void **state)
{
	static struct keys k;
	char path[32];
	struct p2p_conf conf = { .secret_file = path };
	struct heard h = { .diag = { .say = note, .where = "x" } };

	(void)state;
	put_file(path, "# two\n" ONE "\nlaptop:" TWO "\n");
	assert_int_equal(keys_load(&k, &conf, &h.diag), 0);
	assert_int_equal(k.n, 2);
	assert_true(bytes_are(keys_find(&k, BYTES("laptop"), 0), ONE));
	assert_true(bytes_are(keys_find(&k, BYTES("laptop"), 1), TWO));
	assert_int_equal(keys_find(&k, BYTES("laptop"), 2).n, 0);
	assert_true(bytes_are(keys_find(&k, BYTES("x"), 0), ONE));
	assert_int_equal(keys_find(&k, BYTES("x"), 1).n, 0);
	unlink(path);
	assert_int_equal(keys_load(&k, &conf, &h.diag), -NAT_ECONF);
	conf = (struct p2p_conf){ .secret = TWO };
	assert_int_equal(keys_load(&k, &conf, &h.diag), 0);
	assert_int_equal(k.n, 1);
	assert_true(bytes_are(keys_find(&k, BYTES("x"), 0), TWO));
	conf.secret = NULL;
	assert_int_equal(keys_load(&k, &conf, &h.diag), 0);
	assert_int_equal(k.n, 0);
	keys_wipe(&k);
}

static void weak_ones_are_refused(void **state)
{
	static const char *const texts[] = { "", "# none\n", "short\n",
					     ONE " word=x\n", "a:\n" };
	static struct keys k;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char path[32];
		struct p2p_conf conf = { .secret_file = path };
		struct heard h = { .diag = { .say = note, .where = "x" } };

		put_file(path, texts[i]);
		if (keys_load(&k, &conf, &h.diag) != -NAT_ECONF)
			fail_msg("%zu is taken", i);
		assert_true(h.diag.count > 0);
		unlink(path);
	}
}

/* By HMAC of Python's: hmac.new(b"0123...", b"join\0home\0" + 32 * b"\1", "sha256"),
 * and of b"host\0home\0" + 32 * b"\1" + 32 * b"\2".
 */
static void proofs_are_what_is_written(void **state)
{
	static const char join[] = "2b5be0b186ae8a4f3306cf7da0f61f1d"
				   "d4a47ba78cad05912435ee213ed022ba",
			  host[] = "cce2b3f2249504de06a2b397ddc61252"
				   "3eb48d1d92bfe7523e32f2f32e594255";
	uint8_t ones[32], twos[32], room[KEYS_PROOF];
	struct keys_of of = { BYTES("home"), ones, NULL };

	(void)state;
	memset(ones, 1, sizeof ones);
	memset(twos, 2, sizeof twos);
	assert_true(bytes_are(keys_prove(room, BYTES(ONE), &of), join));
	of.host_print = twos;
	assert_true(bytes_are(keys_prove(room, BYTES(ONE), &of), host));
	of.host = BYTES("homE");
	assert_false(bytes_are(keys_prove(room, BYTES(ONE), &of), host));
}

static void one_certificate_alone(void **state)
{
	struct sdp s = { .nprints = 1 };

	(void)state;
	s.prints[0].n = 32;
	assert_ptr_equal(keys_print(&s), s.prints[0].digest);
	s.prints[0].n = 48;
	assert_null(keys_print(&s));
	s.prints[0].n = 32;
	s.nprints = 2;
	assert_null(keys_print(&s));
}

static void pins_are_read_as_they_are_said(void **state)
{
	static const char almost[] =
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const char *const wrong[] = { "", "abc", "AAAA", almost };
	uint8_t pin[KEYS_PIN], print[SHA256_SIZE];
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	(void)state;
	rand_fill(SPAN(print));
	keys_print_pin(&f, print);
	assert_null(keys_pin(pin, fmt_text(&f)));
	assert_memory_equal(pin, print, sizeof pin);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_non_null(keys_pin(pin, wrong[i]));
}

static void quiet(struct log *log, enum log_level level, struct bytes line)
{
	(void)level, (void)line;
	log->most = LOG_ERR;
}

static void the_same_in_every_run(void **state)
{
	static struct self one, two, three;
	struct log log = { .line = quiet, .most = LOG_DEBUG };
	char dir[] = "/tmp/test_keys.XXXXXX", path[64];
	uint8_t a[SHA256_SIZE], b[SHA256_SIZE];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/p2p.pem", dir);
	assert_true(self_make(&one, rand_fill));
	assert_true(self_make(&two, rand_fill));
	keys_digest(a, &one);
	keys_digest(b, &two);
	assert_memory_not_equal(a, b, sizeof a);
	keys_keep_self(&one, dir, &log);
	keys_keep_self(&two, dir, &log);
	keys_digest(b, &two);
	assert_memory_equal(a, b, sizeof a);
	assert_int_equal(log.most, LOG_DEBUG);
	/* half a file is said, and is not who we are */
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(ftruncate(fileno(f), 300), 0);
	(void)fclose(f);
	assert_true(self_make(&three, rand_fill));
	keys_keep_self(&three, dir, &log);
	keys_digest(b, &three);
	assert_memory_not_equal(a, b, sizeof a);
	assert_int_equal(log.most, LOG_ERR);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_by_id),
		cmocka_unit_test(weak_ones_are_refused),
		cmocka_unit_test(proofs_are_what_is_written),
		cmocka_unit_test(one_certificate_alone),
		cmocka_unit_test(pins_are_read_as_they_are_said),
		cmocka_unit_test(the_same_in_every_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
