/* upnp: what a search finds, descriptions, addresses beside addresses, actions and
 * their answers, hostile ones too.
 */
#include "unit.h"
#include "wire/upnp.h"

#define SERVICE "urn:schemas-upnp-org:service:"
#define DEVICE "urn:schemas-upnp-org:device:InternetGatewayDevice:"
#define FOUND(where) \
	"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: " DEVICE \
	"1\r\nLocation: " where "\r\nEXT:\r\n\r\n"

static struct addr gateway(void)
{
	return (struct addr){ .family = ADDR_IP4, .ip = { 10, 0, 0, 1 } };
}

static void assert_url(const struct upnp_url *u, const char *text)
{
	char room[512];
	struct fmt f = fmt_to(SPAN(room));

	addr_print(&f, &u->at);
	fmt_bytes(&f, (struct bytes){ u->path, u->n });
	assert_string_equal(fmt_text(&f), text);
}

static void found(void **state)
{
	static const struct {
		const char *pkt, *url;
	} rows[] = {
		{ FOUND("http://10.0.0.1:5000/rootDesc.xml"),
		  "10.0.0.1:5000/rootDesc.xml" },
		{ FOUND("http://10.0.0.1:5000"), "10.0.0.1:5000/" },
		{ FOUND("HTTP://10.0.0.1/d?x=1"), "10.0.0.1:80/d?x=1" },
		{ FOUND("http://10.0.0.2:5000/x"), NULL }, /* of another host */
		{ FOUND("http://router:5000/x"), NULL },
		{ FOUND("http://10.0.0.1:0/x"), NULL },
		{ FOUND("https://10.0.0.1:5000/x"), NULL },
		{ FOUND("http://10.0.0.1:5000/\x01x"), NULL },
		{ FOUND(""), NULL },
		{ "HTTP/1.1 404 No\r\nST: " DEVICE
		  "1\r\nLocation: http://10.0.0.1:5/\r\n\r\n",
		  NULL },
		{ "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n"
		  "Location: http://10.0.0.1:5/\r\n\r\n",
		  NULL },
		{ "NOTIFY * HTTP/1.1\r\n", NULL },
		{ "", NULL },
	};
	const struct addr from = gateway();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct upnp_url u;
		int rc = upnp_found(&u, &from,
				    guard_bytes(&g, bytes_of(rows[i].pkt)));

		assert_int_equal(rc, rows[i].url ? 0 : -NAT_EPROTO);
		if (rows[i].url)
			assert_url(&u, rows[i].url);
		guard_free(&g);
	}
}

#define ONE(type, url) \
	"<service><serviceType>" SERVICE type "</serviceType>" \
	"<controlURL>" url "</controlURL></service>"

static void described(void **state)
{
	static const struct {
		const char *xml, *url;
		enum upnp_service service;
	} rows[] = {
		{ ONE("WANIPConnection:1", "/ctl"), "10.0.0.1:5000/ctl",
		  UPNP_IP1 },
		{ ONE("WANIPConnection:1", "ctl/x"), "10.0.0.1:5000/d/ctl/x",
		  UPNP_IP1 },
		{ ONE("WANIPConnection:1", "http://10.0.0.1:6/c"),
		  "10.0.0.1:6/c", UPNP_IP1 },
		{ ONE("Layer3Forwarding:1", "/l")
			  ONE("WANPPPConnection:1", "/p")
				  ONE("WANIPConnection:2", "/i2")
					  ONE("WANIPConnection:1", "/i1"),
		  "10.0.0.1:5000/i2", UPNP_IP2 },
		{ "<URLBase>http://10.0.0.1:7/b/</URLBase>" ONE(
			  "WANPPPConnection:1", "p"),
		  "10.0.0.1:7/b/p", UPNP_PPP1 },
		{ "<u:service ><u:serviceType a=\"b\">\n " SERVICE
		  "WANIPConnection:1 </u:serviceType><u:controlURL>\t/c\n"
		  "</u:controlURL></u:service>",
		  "10.0.0.1:5000/c", UPNP_IP1 },
		{ ONE("WANIPConnection:1", "http://10.0.0.2/c"), NULL, 0 },
		{ ONE("WANIPConnection:1", "/a b"), NULL, 0 },
		{ ONE("WANIPConnection:1", ""), NULL, 0 },
		{ ONE("WANIPConnection:9", "/c"), NULL, 0 },
		{ "<service><serviceType>" SERVICE "WANIPConnection:1", NULL,
		  0 },
		{ "<<<</></service></service>", NULL, 0 },
		{ "", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct upnp_url u = { gateway(), 3, "/d/" };
		enum upnp_service s;
		struct guard g;
		int rc;

		u.at.port = 5000;
		rc = upnp_describe(&s, &u,
				   guard_bytes(&g, bytes_of(rows[i].xml)));
		assert_int_equal(rc, rows[i].url ? 0 : -NAT_EPROTO);
		if (rows[i].url) {
			assert_url(&u, rows[i].url);
			assert_int_equal(s, rows[i].service);
		}
		guard_free(&g);
	}
}

static void long_path(void **state)
{
	uint8_t xml[1024];
	struct fmt f = fmt_to(SPAN(xml));
	struct upnp_url u = { gateway(), 1, "/" };
	enum upnp_service s;

	(void)state;
	fmt_put(&f, "<service><serviceType>" SERVICE
		    "WANIPConnection:1</serviceType><controlURL>/");
	for (int i = 0; i < 255; i++)
		fmt_put(&f, "x");
	fmt_put(&f, "</controlURL></service>");
	assert_int_equal(upnp_describe(&s, &u, fmt_done(&f)), -NAT_EPROTO);
}

/* The longest request has its place, and its length is right. */
static void actions(void **state)
{
	struct upnp_url u = { gateway(), sizeof u.path, "/" };
	struct upnp_ask a = { .at = &u,
			      .service = UPNP_PPP1,
			      .action = UPNP_ADD,
			      .protocol = PCP_TCP,
			      .inner = 65535,
			      .outer = 65534,
			      .lifetime = UINT32_MAX,
			      .client = gateway() };
	uint8_t room[UPNP_ASK];
	char length[32];
	struct fmt f = fmt_to(SPAN(room)), n = fmt_to(SPAN(length));
	const char *body;

	(void)state;
	memset(u.path, '/', sizeof u.path);
	u.at.port = 65535;
	upnp_print(&f, &a);
	assert_false(f.full);
	fmt_text(&f);
	body = strstr((char *)room, "\r\n\r\n") + 4;
	fmt_put(&n, "Content-Length: %zu\r\n", strlen(body));
	assert_non_null(strstr((char *)room, fmt_text(&n)));
	assert_non_null(strstr((char *)room,
			       "SOAPAction: \"" SERVICE "WANPPPConnection:1#"
			       "AddPortMapping\"\r\n"));
	assert_non_null(strstr(body, "<NewExternalPort>65534<"));
	assert_non_null(strstr(body, "<NewInternalClient>10.0.0.1<"));
	f.n = 0;
	a.action = UPNP_DELETE;
	upnp_print(&f, &a);
	assert_null(strstr(fmt_text(&f), "InternalPort"));
}

static void answers(void **state)
{
	static const struct {
		const char *xml;
		unsigned status, error;
		uint8_t last; /* of the address */
	} rows[] = {
		{ "<a><NewExternalIPAddress>198.51.100.7"
		  "</NewExternalIPAddress></a>",
		  200, 0, 7 },
		{ "<NewExternalIPAddress></NewExternalIPAddress>", 200, 0, 0 },
		{ "<NewExternalIPAddress>1.2.3", 200, 0, 0 },
		{ "<errorCode> 718 </errorCode>", 500, 718, 0 },
		{ "<errorCode>x</errorCode>", 500, 501, 0 },
		{ "<errorCode>99999</errorCode>", 200, 0, 0 },
		{ "", 500, 501, 0 },
		{ "", 200, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct upnp_answer a;
		struct guard g;

		upnp_parse(&a, rows[i].status,
			   guard_bytes(&g, bytes_of(rows[i].xml)));
		assert_int_equal(a.error, rows[i].error);
		assert_int_equal(a.address.family,
				 rows[i].last ? ADDR_IP4 : ADDR_NONE);
		assert_int_equal(a.address.ip[3], rows[i].last);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),     cmocka_unit_test(described),
		cmocka_unit_test(long_path), cmocka_unit_test(actions),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
