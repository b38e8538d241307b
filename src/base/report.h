/* report - what a part of the program tells of itself: tables of rows.
 *
 * Whoever prints them, as JSON or as metrics, asks for one row at a time, by a
 * number that stays good while things come and go: an answer needs room for one
 * row, and goes on in a later turn where it stopped.
 */
#ifndef NAT_BASE_REPORT_H
#define NAT_BASE_REPORT_H

#include "base/addr.h"
#include "base/slot.h"

enum { REPORT_COLUMNS = 16 }; /* most of a table */

/* Of a column's values. Names stand without it: JSON adds _bytes or _ms, metrics
 * add _bytes or _seconds; both _total to what only goes up.
 */
enum report_unit { REPORT_TEXT, REPORT_COUNT, REPORT_BYTES, REPORT_MS };

enum report_use {
	REPORT_SHOWN, /* no metric */
	REPORT_LABEL, /* no metric, but names the rows of those there are */
	REPORT_GAUGE, /* goes up and down */
	REPORT_TOTAL, /* only goes up */
	REPORT_MARK   /* a gauge that JSON says otherwise */
};

struct report_column {
	const char *name;
	uint8_t unit;     /* enum report_unit */
	uint8_t use;      /* enum report_use */
	const char *help; /* of a metric: a sentence without its full stop */
};

struct report_value {
	uint64_t number;
	struct bytes text;
};

/* Filled column by column. Texts are lent until the return to the loop. */
struct report_row {
	uint32_t n;
	struct report_value v[REPORT_COLUMNS];
	struct fmt room; /* for what is printed; private to report.c */
	uint8_t text[384];
};

enum report_kind {
	REPORT_MANY,
	REPORT_ONE, /* it has one row */
	REPORT_LONG /* only for who asks for long ones too */
};

struct report_table {
	const char *name;   /* "services" */
	const char *metric; /* "relay_service"; NULL: it has none */
	const struct report_column *columns; /* REPORT_OF */
	uint32_t n;
	uint8_t kind; /* enum report_kind */
	/* The first row at or after *at, which moves past it; false: no more. */
	bool (*row)(const void *of, uint32_t *at, struct report_row *row);
};

#define REPORT_OF(columns) columns, COUNT(columns)

/* What one part tells. */
struct report {
	const char *role; /* "relay" */
	const char *name; /* of its section; "" when it has none */
	const struct report_table *tables;
	uint32_t n;
	void *of;                  /* for row and prepare */
	void (*prepare)(void *of); /* before an answer begins; NULL: nothing */
};

/* All that a process tells. */
enum { REPORTS_MOST = 40 };
struct reports {
	struct report v[REPORTS_MOST];
	uint32_t n;
};

/* The next column of row; texts of the last two are copied, and cut when a row
 * has too many. No address is an empty text.
 */
void report_number(struct report_row *row, uint64_t n);
void report_text(struct report_row *row, const char *text);
void report_bytes(struct report_row *row, struct bytes text);
void report_addr(struct report_row *row, const struct addr *a);
__attribute__((format(printf, 2, 3))) void report_put(struct report_row *row,
						      const char *form, ...);

/* A table that several have: tables of slots. False: *at was the last. */
extern const struct report_column report_slots_columns[4];
struct report_slots {
	const char *name;
	const struct slots *slots;
};
bool report_slots(const struct report_slots *v, uint32_t n, uint32_t *at,
		  struct report_row *row);

/* The row at *at of a table, emptied first and whole; false: there is none. */
bool report_next(const struct report_table *t, const void *of, uint32_t *at,
		 struct report_row *row);

#endif
