#include "rig.h"
#include "os/signal.h"

struct ear {
	struct signals signals;
	struct rig *rig;
	unsigned what;
	int times;
};

static void heard(struct signals *s, unsigned what)
{
	struct ear *e = container_of(s, struct ear, signals);

	e->what |= what;
	e->times++;
	e->rig->loop.quit = true;
}

static const struct {
	int number[3];
	unsigned what;
} rows[] = {
	{ { SIGTERM }, SIGNAL_LEAVE },
	{ { SIGINT }, SIGNAL_STOP },
	{ { SIGHUP }, SIGNAL_RELOAD },
	{ { SIGUSR1 }, SIGNAL_RETRY },
	{ { SIGHUP, SIGHUP, SIGUSR1 }, SIGNAL_RELOAD | SIGNAL_RETRY },
	{ { SIGUSR1, SIGTERM, SIGHUP },
	  SIGNAL_LEAVE | SIGNAL_RELOAD | SIGNAL_RETRY },
};

/* Each is heard from the loop, several at once together, and only once. */
static void signals_become_events(void **state)
{
	struct rig r;
	struct ear e = { .rig = &r };

	(void)state;
	rig_start(&r, NULL, 200);
	assert_int_equal(signals_start(&e.signals, &r.loop, heard), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		e.what = 0;
		e.times = 0;
		for (int k = 0; k < 3 && rows[i].number[k]; k++)
			assert_int_equal(raise(rows[i].number[k]), 0);
		assert_int_equal(e.times, 0);
		rig_run(&r, 1000);
		assert_int_equal(e.what, rows[i].what);
		rig_run(&r, 2);
		assert_int_equal(e.times, 1);
	}
	signals_stop(&e.signals);
	rig_stop(&r);
}

/* One more than the pipe behind it holds does no harm and never blocks. */
static void a_storm_is_one_event_or_few(void **state)
{
	struct rig r;
	struct ear e = { .rig = &r };

	(void)state;
	rig_start(&r, NULL, 4000);
	assert_int_equal(signals_start(&e.signals, &r.loop, heard), 0);
	for (int i = 0; i < 70000; i++)
		raise(SIGHUP);
	do {
		e.what = 0;
		rig_run(&r, 2);
	} while (e.what);
	assert_true(e.times > 0);
	signals_stop(&e.signals);
	rig_stop(&r);
}

static void pipe_is_ignored_and_stop_restores(void **state)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct rig r;
	struct ear e = { .rig = &r };
	struct sigaction now;
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 100);
	assert_int_equal(signals_start(&e.signals, &r.loop, heard), 0);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	close(ends[1]);
	signals_stop(&e.signals);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		assert_int_equal(sigaction(numbers[i], NULL, &now), 0);
		assert_true(now.sa_handler == SIG_DFL);
	}
	rig_run(&r, 2);
	assert_int_equal(e.times, 0);
	rig_stop(&r);
}

/* Who starts us may have blocked them: they would never be heard. */
static void blocked_ones_are_heard(void **state)
{
	struct rig r;
	struct ear e = { .rig = &r };
	sigset_t all, before;

	(void)state;
	sigfillset(&all);
	rig_start(&r, NULL, 200);
	assert_int_equal(sigprocmask(SIG_BLOCK, &all, &before), 0);
	assert_int_equal(signals_start(&e.signals, &r.loop, heard), 0);
	assert_int_equal(raise(SIGTERM), 0);
	rig_run(&r, 1000);
	assert_int_equal(e.what, SIGNAL_LEAVE);
	signals_stop(&e.signals);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_become_events),
		cmocka_unit_test(a_storm_is_one_event_or_few),
		cmocka_unit_test(blocked_ones_are_heard),
		cmocka_unit_test(pipe_is_ignored_and_stop_restores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
