#include "crypt/cert.h"

#define OID_CN "\x55\x04\x03"
#define OID_SKI "\x55\x1d\x0e"
#define OID_USAGE "\x55\x1d\x0f"
#define OID_SAN "\x55\x1d\x11"
#define OID_BASIC "\x55\x1d\x13"

/* ---- time ---- */

struct date {
	unsigned year, month, day;
};

/* Days since 1970 in the Gregorian calendar, years of March to February: the
 * leap day is the last one. 146,097 days are 400 years.
 */
static struct date date_of(int64_t days)
{
	int64_t d = days + 719468, era = d / 146097, of_era = d % 146097;
	int64_t year =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t march = (5 * of_year + 2) / 153;

	return (struct date){
		.year = (unsigned)(era * 400 + year + (march >= 10)),
		.month = (unsigned)(march < 10 ? march + 3 : march - 9),
		.day = (unsigned)(of_year - (153 * march + 2) / 5 + 1),
	};
}

/* UTCTime until 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5). */
static void put_time(struct der_out *o, int64_t t)
{
	unsigned s = (unsigned)(t % 86400);
	struct date d = date_of(t / 86400);
	bool utc = d.year < 2050;
	char text[16];
	struct fmt f = fmt_to(SPAN(text));

	if (!utc)
		fmt_put(&f, "%02u", d.year / 100);
	fmt_put(&f, "%02u%02u%02u%02u%02u%02uZ", d.year % 100, d.month, d.day,
		s / 3600, s / 60 % 60, s % 60);
	der_put(o, utc ? DER_UTC_TIME : DER_TIME, fmt_done(&f));
}

/* ---- names ---- */

static void put_subject(struct der_out *o, struct bytes common)
{
	size_t all = o->n;

	der_put(o, DER_UTF8, common);
	der_put(o, DER_OID, BYTES(OID_CN));
	der_wrap(o, DER_SEQUENCE, all);
	der_wrap(o, DER_SET, all);
	der_wrap(o, DER_SEQUENCE, all);
}

/* Extension { oid, critical, what has been written since }. */
static void wrap_extension(struct der_out *o, struct bytes oid, bool critical,
			   size_t since)
{
	der_wrap(o, DER_OCTETS, since);
	if (critical)
		der_put(o, DER_BOOL, BYTES("\xff"));
	der_put(o, DER_OID, oid);
	der_wrap(o, DER_SEQUENCE, since);
}

static void put_alternatives(struct der_out *o, const struct cert_wish *w)
{
	size_t since = o->n;

	if (w->count == 0)
		return;
	for (size_t i = w->count; i-- > 0;)
		der_put(o, DER_CONTEXT | (w->names[i].address ? 7 : 2),
			w->names[i].b);
	der_wrap(o, DER_SEQUENCE, since);
	wrap_extension(o, BYTES(OID_SAN), false, since);
}

/* ---- the certificate ---- */

/* SHA-1 of the bits of the public key. */
static void put_key_id(struct der_out *o, struct bytes spki)
{
	struct cur c = cur_of(spki), in = der_into(&c, DER_SEQUENCE);
	uint8_t id[SHA1_SIZE];
	size_t since = o->n;
	struct hash h;

	der_get(&in, DER_SEQUENCE);
	hash_init(&h, &hash_sha1);
	hash_add(&h, der_bits(&in));
	hash_end(&h, id);
	der_put(o, DER_OCTETS, (struct bytes){ id, sizeof id });
	wrap_extension(o, BYTES(OID_SKI), false, since);
}

static void put_extensions(struct der_out *o, const struct cert_wish *w,
			   struct bytes spki)
{
	size_t all = o->n, since;

	put_key_id(o, spki);
	put_alternatives(o, w);
	since = o->n;
	/* Of nine bits the first: digitalSignature; seven are unused. */
	der_put(o, DER_BITS, BYTES("\x07\x80"));
	wrap_extension(o, BYTES(OID_USAGE), true, since);
	since = o->n;
	der_put(o, DER_SEQUENCE, (struct bytes){ NULL, 0 });
	wrap_extension(o, BYTES(OID_BASIC), true, since);
	der_wrap(o, DER_SEQUENCE, all);
	der_wrap(o, DER_EXPLICIT | 3, all);
}

static void put_serial(struct der_out *o, void (*fill)(struct span to))
{
	uint8_t serial[CERT_SERIAL];

	fill(SPAN(serial));
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
	der_put_uint(o, bytes_in(SPAN(serial)));
}

/* TBSCertificate, RFC 5280 4.1. */
static void put_body(struct der_out *o, struct key *k,
		     const struct cert_wish *w, void (*fill)(struct span to))
{
	uint8_t room[KEY_SPKI_MOST];
	struct der_out spki = der_out(SPAN(room));
	size_t all = o->n, validity;

	key_put_spki(&spki, k);
	if (!w->bare)
		put_extensions(o, w, der_written(&spki));
	der_put_raw(o, der_written(&spki));
	put_subject(o, w->common);
	validity = o->n;
	put_time(o, w->until);
	put_time(o, w->from);
	der_wrap(o, DER_SEQUENCE, validity);
	put_subject(o, w->common);
	der_put(o, DER_SEQUENCE, key_alg(k)->id);
	put_serial(o, fill);
	validity = o->n;
	der_put_small(o, 2); /* v3 */
	der_wrap(o, DER_EXPLICIT, validity);
	der_wrap(o, DER_SEQUENCE, all);
}

struct bytes cert_make(struct span room, struct key *k,
		       const struct cert_wish *wish,
		       void (*fill)(struct span to))
{
	uint8_t body[CERT_MOST], sig_room[KEY_SIG_MOST];
	struct der_out tbs = der_out(SPAN(body)), o = der_out(room);
	struct bytes sig;

	put_body(&tbs, k, wish, fill);
	sig = key_sign(k, der_written(&tbs), SPAN(sig_room), fill);
	if (tbs.full || sig.n == 0)
		return (struct bytes){ room.p, 0 };
	der_put_raw(&o, sig);
	der_wrap_bits(&o, 0);
	der_put(&o, DER_SEQUENCE, key_alg(k)->id);
	der_put_raw(&o, der_written(&tbs));
	der_wrap(&o, DER_SEQUENCE, 0);
	return der_written(&o);
}
