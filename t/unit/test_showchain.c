/* showchain: vectors of its page, read, remade and signed again; every prefix and
 * every changed byte; what is printed reads as it was.
 */
#include "unit.h"
#include "base/base64.h"
#include "base/cur.h"
#include "os/rand.h"
#include "wire/chainkey.h"

#define VECTORS "docs/protocol/showchain.txt"

struct vectors {
	struct chain_self keys[2];
	struct bytes group, array;
	uint8_t group_room[64], signer;
	unsigned messages;
};

static void read_key(struct vectors *v, uint8_t which, struct bytes text)
{
	static const char begin[] = "-----BEGIN PRIVATE KEY-----\n",
			  end[] = "\n-----END PRIVATE KEY-----\n";
	char room[4096];
	struct fmt f = fmt_to(SPAN(room));
	struct key k;

	fmt_bytes(&f, bytes_of(begin));
	fmt_bytes(&f, text);
	fmt_bytes(&f, bytes_of(end));
	assert_int_equal(key_load(&k, fmt_done(&f), rand_fill), 0);
	assert_int_equal(chain_self_init(&v->keys[which], &k), 0);
}

static void read_id(const struct chain_self *s, struct bytes text)
{
	uint8_t id[CHAIN_ID], n[CHAIN_MODULUS], spki[CHAIN_SPKI];

	assert_int_equal(chain_parse_id(id, text), 0);
	assert_memory_equal(id, s->id, CHAIN_ID);
	memset(id, 0, sizeof id);
	assert_true(chain_key_parse(n, id, s->spki));
	assert_memory_equal(id, s->id, CHAIN_ID);
	chain_key_print(spki, n);
	assert_memory_equal(spki, s->spki, CHAIN_SPKI);
}

static void signed_again(struct vectors *v, struct chain *m)
{
	uint8_t n[CHAIN_MODULUS], id[CHAIN_ID], sign[CHAIN_SIGN];
	char room[CHAIN_TEXT];
	struct fmt f = fmt_to(SPAN(room));
	struct chain_self *s = &v->keys[v->signer];

	chain_print_signed(&f, m);
	if (f.n == 0)
		return;
	assert_bytes_equal(fmt_done(&f), v->array);
	if (m->maced)
		return;
	assert_true(chain_key_parse(n, id, s->spki));
	assert_true(chain_verify(m, n));
	memcpy(sign, m->sign, CHAIN_SIGN);
	memset(m->sign, 0, CHAIN_SIGN);
	assert_false(chain_verify(m, n));
	assert_true(chain_sign(m, s));
	assert_memory_equal(m->sign, sign, CHAIN_SIGN);
	assert_true(chain_key_parse(n, id, v->keys[!v->signer].spki));
	assert_false(chain_verify(m, n));
}

static void group_again(struct vectors *v, struct chain *m)
{
	uint8_t mac[CHAIN_GROUP];
	struct hmac keyed;

	if (!m->grouped)
		return;
	hmac_init(&keyed, &hash_sha256, v->group);
	assert_true(chain_group_good(m, &keyed));
	memcpy(mac, m->group, sizeof mac);
	m->group[31] ^= 1;
	assert_false(chain_group_good(m, &keyed));
	chain_group(m, &keyed);
	assert_memory_equal(m->group, mac, sizeof mac);
}

static void mac_again(struct vectors *v, struct chain *m)
{
	uint8_t mac[CHAIN_MAC];
	struct hmac keyed;

	if (!m->maced)
		return;
	hmac_init(&keyed, &hash_sha256, v->group);
	assert_true(chain_mac_good(m, &keyed));
	memcpy(mac, m->mac, sizeof mac);
	m->data[m->ndata - 1] ^= 1;
	assert_false(chain_mac_good(m, &keyed));
	m->data[m->ndata - 1] ^= 1;
	m->mac[CHAIN_MAC - 1] ^= 1;
	assert_false(chain_mac_good(m, &keyed));
	chain_mac(m, &keyed);
	assert_memory_equal(m->mac, mac, sizeof mac);
}

static void printed_again(const struct chain *m, struct bytes text)
{
	char room[CHAIN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	chain_print(&f, m);
	assert_false(f.full);
	assert_bytes_equal(fmt_done(&f), text);
}

static void read_message(struct vectors *v, struct bytes text)
{
	static struct chain m;
	struct guard g;

	assert_int_equal(chain_parse(&m, guard_bytes(&g, text)), 0);
	guard_free(&g);
	printed_again(&m, text);
	signed_again(v, &m);
	group_again(v, &m);
	mac_again(v, &m);
	v->messages++;
}

static void read_line(struct vectors *v, struct cur line)
{
	struct bytes word = cur_word(&line), name = cur_word(&line), value;

	cur_eat(&line, ' ');
	value = cur_until(&line, '\n');
	if (bytes_are(word, "group"))
		v->group = unit_hex(SPAN(v->group_room), "6120"
							 "67726f7570277320"
							 "6b6579");
	else if (bytes_are(word, "key"))
		read_key(v, name.p[0] == 'b', value);
	else if (bytes_are(word, "id"))
		read_id(&v->keys[name.p[0] == 'b'], value);
	else if (bytes_are(word, "signer"))
		v->signer = value.p[0] == 'b';
	else if (bytes_are(word, "signed") || bytes_are(word, "maced"))
		v->array = value;
	else if (bytes_are(word, "message"))
		read_message(v, value);
}

static void vectors(void **state)
{
	static struct vectors v;
	struct span all = unit_file(VECTORS);
	struct cur c = cur_of(bytes_in(all));

	(void)state;
	while (cur_left(&c))
		read_line(&v, cur_of(cur_until(&c, '\n')));
	assert_int_equal(v.messages, 18);
	free(all.p);
}

/* The messages of the vectors, one behind the other. */
static bool next_message(struct cur *c, struct bytes *text)
{
	while (cur_left(c)) {
		struct cur line = cur_of(cur_until(c, '\n'));

		if (!bytes_are(cur_word(&line), "message"))
			continue;
		cur_word(&line);
		cur_eat(&line, ' ');
		*text = cur_until(&line, '\n');
		return true;
	}
	return false;
}

static void no_prefix_is_one(void **state)
{
	struct span all = unit_file(VECTORS);
	struct cur c = cur_of(bytes_in(all));
	static struct chain m;
	struct bytes text;

	(void)state;
	while (next_message(&c, &text))
		each_split(at, text.n - 1)
		{
			struct guard g;
			struct bytes b = guard_bytes(&g, bytes_head(text, at));

			assert_int_equal(chain_parse(&m, b), -NAT_EPROTO);
			guard_free(&g);
		}
	free(all.p);
}

/* Whatever is taken has one spelling: it prints as it was read. */
static void changed_bytes(void **state)
{
	struct span all = unit_file(VECTORS);
	struct cur c = cur_of(bytes_in(all));
	static const uint8_t flips[] = { 1, 2, 4, 16, 32, 0x80 };
	static struct chain m;
	struct bytes text;
	unsigned taken = 0;

	(void)state;
	while (next_message(&c, &text))
		for (size_t i = 0; i < text.n * COUNT(flips); i++) {
			uint8_t *at = &all.p[text.p - all.p] + i / COUNT(flips);

			*at ^= flips[i % COUNT(flips)];
			if (chain_parse(&m, text) == 0) {
				taken++;
				printed_again(&m, text);
			}
			*at ^= flips[i % COUNT(flips)];
		}
	assert_true(taken > 10000);
	free(all.p);
}

static void chance(struct span to, uint64_t *seed)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)unit_rand(seed);
}

static void make(struct chain *m, uint16_t op, uint64_t *seed)
{
	chance((struct span){ (uint8_t *)m, sizeof *m }, seed);
	m->op = op;
	m->seq = op == CHAIN_KEEP ? 0 : unit_rand(seed) | 1;
	m->ts = op == CHAIN_KEEP ? 0 : (int64_t)unit_rand(seed) << 21;
	m->maced = op == CHAIN_SEND && unit_rand(seed) & 1;
	m->ndata = (uint16_t)(unit_rand(seed) %
			      ((m->maced ? CHAIN_PAYLOAD : CHAIN_SIGNED) + 1));
	m->nat = (uint8_t)(unit_rand(seed) % (CHAIN_PUBLIC + 1));
	m->nlan = (uint8_t)(unit_rand(seed) % (CHAIN_LAN + 1));
	m->grouped = unit_rand(seed) & 1;
	m->at.family = unit_rand(seed) & 1 ? ADDR_IP4 : ADDR_IP6;
	for (int i = 0; i < CHAIN_LAN; i++) {
		m->lan[i].family = ADDR_IP4;
		m->lan[i].port |= 1;
	}
	m->at.scope = 0;
}

static void printed_reads_as_it_was(void **state)
{
	static const uint16_t ops[] = {
		CHAIN_KEEP,     CHAIN_CONNECT,      CHAIN_CONNECTED,
		CHAIN_REQUEST,  CHAIN_PASS_REQUEST, CHAIN_SAME_NAT,
		CHAIN_ACK,      CHAIN_PASS_ACK,     CHAIN_PROXY,
		CHAIN_PROXIED,  CHAIN_SEND,         CHAIN_DATA,
		CHAIN_DATA_ACK, CHAIN_HELLO,        CHAIN_NONCE,
		CHAIN_NO,
	};
	uint64_t seed = 11;
	static struct chain m, n;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		char room[CHAIN_MOST];
		struct fmt f = fmt_to(SPAN(room));

		make(&m, ops[i % COUNT(ops)], &seed);
		chain_print(&f, &m);
		assert_false(f.full);
		assert_int_equal(chain_parse(&n, fmt_done(&f)), 0);
		assert_int_equal(n.op, m.op);
		printed_again(&n, fmt_done(&f));
	}
}

static void spellings(void **state)
{
	static const char *const wrong[] = {
		"",
		"{}",
		"{\"op_code\":511}",
		"{\"op_code\":511,\"code\":01}",
		"{\"op_code\":511,\"code\":-1}",
		"{\"op_code\":511,\"code\":1.0}",
		"{\"op_code\":511,\"code\":\"1\"}",
		"{\"op_code\":511,\"code\":65536}",
		"{\"op_code\":511, \"code\":1}",
		"{\"op_code\":511,\"code\":1}\n",
		"{\"op_code\":511,\"code\":1,\"code\":1}",
		"{\"code\":1,\"op_code\":511}",
		"{\"op_code\":0511,\"code\":1}",
		"{\"op_code\":512,\"code\":1}",
		"{\"op_code\":18446744073709552127,\"code\":1}",
		"{\"op_code\":293,"
		"\"session\":\"3a7d3a7d3a7d3a7d3a7d3a7d3a7d3a7D\","
		"\"seq\":1,\"ts\":1}",
		"{\"op_code\":293,"
		"\"session\":\"3a7d3a7d3a7d3a7d3a7d3a7d3a7d3a7d\","
		"\"seq\":0,\"ts\":1}",
		"{\"op_code\":293,"
		"\"session\":\"3a7d3a7d3a7d3a7d3a7d3a7d3a7d3a7d\","
		"\"seq\":4294967296,\"ts\":1}",
		"{\"op_code\":293,"
		"\"session\":\"3a7d3a7d3a7d3a7d3a7d3a7d3a7d3a7d\","
		"\"seq\":1,\"ts\":9007199254740992}",
	};
	static struct chain m;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(chain_parse(&m, bytes_of(wrong[i])),
				 -NAT_EPROTO);
	assert_int_equal(chain_parse(&m, BYTES("{\"op_code\":511,\"code\":1}")),
			 0);
	assert_int_equal(m.code, CHAIN_UNKNOWN);
}

static void keys_of_other_kinds(void **state)
{
	static struct key k;
	static struct chain_self s;
	uint8_t n[CHAIN_MODULUS], id[CHAIN_ID], spki[CHAIN_SPKI] = { 0x30 };

	(void)state;
	key_make_p256(&k, rand_fill);
	assert_int_equal(chain_self_init(&s, &k), -NAT_EINVAL);
	key_make_rsa(&k, 2176, rand_fill);
	assert_int_equal(chain_self_init(&s, &k), -NAT_EINVAL);
	assert_false(chain_key_parse(n, id, spki));
	memset(n, 0x7f, sizeof n); /* of 2047 bits */
	chain_key_print(spki, n);
	assert_false(chain_key_parse(n, id, spki));
	memset(n, 0x80, sizeof n); /* even */
	chain_key_print(spki, n);
	assert_false(chain_key_parse(n, id, spki));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(no_prefix_is_one),
		cmocka_unit_test(changed_bytes),
		cmocka_unit_test(printed_reads_as_it_was),
		cmocka_unit_test(spellings),
		cmocka_unit_test(keys_of_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
