#include "app/admin/served.h"

#define JSON_HEAD \
	"HTTP/1.1 200 OK\r\nConnection: close\r\n" \
	"Content-Type: application/json\r\nCache-Control: no-store\r\n" \
	"X-Content-Type-Options: nosniff\r\n" \
	"Cross-Origin-Resource-Policy: same-origin\r\n" \
	"Content-Security-Policy: default-src 'none'\r\n\r\n"

const struct served *served_find(struct bytes target)
{
	static const struct served rows[] = {
		{ "/metrics", NULL, print_metrics, false, false },
		{ "/", page_head, page_print, false, true },
		{ "/status.json", JSON_HEAD, print_json, false, true },
		{ "/status.json?all", JSON_HEAD, print_json, true, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (bytes_are(target, rows[i].target))
			return &rows[i];
	return NULL;
}
