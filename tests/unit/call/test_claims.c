/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_claims.c - leases and lists under bad luck */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "call/priv.h"
#include "suites.h"

enum { LATE_MS = 600 * 1000, SWEEP_MS = 60 * 1000, HOUR_MS = 3600 * 1000 };

static void granted(int64_t event, const char *tab)
{
	ck_assert_int_eq(core_claim(event, tab), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
}

static size_t kept(void)
{
	const struct post *post;
	size_t n = 0;

	TAILQ_FOREACH(post, &core.calls->posts, entry)
	n++;
	return n;
}

START_TEST(a_lease_begins_when_its_tab_learns_of_it)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_claim_only(core_last()->id, "one"), 0);
	cti_loop_advance(core.loop, 4000); /* the disk is slow */
	core_settle();
	ck_assert_int_eq(core_told()->code, CTI_OK);
	core_advance(CTI_LEASE_MS - 1);
	core_refused(core_claim(core_last()->id, "two"), EBUSY,
		     CTI_ERR_CLAIM_HELD);
	core_advance(1);
	granted(core_last()->id, "two");
}
END_TEST

START_TEST(a_claim_that_took_longer_than_its_lease_is_not_granted_twice)
{
	int64_t event;

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	event = core_last()->id;
	ck_assert_int_eq(core_claim_only(event, "one"), 0);
	cti_loop_advance(core.loop, CTI_LEASE_MS);
	ck_assert_int_eq(core_claim_only(event, "two"), 0);
	core_settle();
	ck_assert_uint_eq(core.ntold, 2);
	ck_assert_int_eq(core.told[0].code, CTI_ERR_CLAIM_HELD);
	ck_assert_int_eq(core.told[0].retry_after_s, 5);
	ck_assert_int_eq(core.told[1].code, CTI_OK);
}
END_TEST

START_TEST(a_claim_whose_payload_was_posted_meanwhile_is_done)
{
	int64_t event;

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	event = core_last()->id;
	ck_assert_int_eq(core_claim_only(event, "one"), 0);
	cti_loop_advance(core.loop, CTI_LEASE_MS);
	ck_assert_int_eq(core_ack(event), 0);
	ck_assert_int_eq(core.told[0].code, CTI_ERR_CLAIM_DONE);
}
END_TEST

START_TEST(what_nobody_asks_for_is_not_kept)
{
	char ref[16];

	core_start(DE);
	for (int i = 0; i < 20; i++) {
		(void)snprintf(ref, sizeof(ref), "leg%d", i); /* fits */
		core_ring(ref, CTI_CALL_RINGING);
		core_ring(ref, CTI_CALL_ENDED);
	}
	ck_assert_uint_eq(kept(), 0);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(LATE_MS - 1);
	ck_assert_uint_eq(kept(), 2);
	core_advance(SWEEP_MS);
	ck_assert_uint_eq(kept(), 0);
}
END_TEST

START_TEST(an_end_stale_with_its_accept_is_refused)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(LATE_MS);
	core_refused(core_claim(core_last()->id, "tab"), ESTALE,
		     CTI_ERR_CLAIM_STALE);
	ck_assert_uint_eq(kept(), 0);
}
END_TEST

START_TEST(an_acked_ring_has_its_end)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_ack(core_last()->id), 0);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_str_eq(core_due(), "2");
}
END_TEST

START_TEST(a_restart_makes_no_payload_younger)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	granted(core_last()->id, "tab");
	ck_assert_int_eq(core_ack(core_last()->id), 0);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(20LL * HOUR_MS);
	core_stop();
	core_start(DE);
	core_advance(4LL * HOUR_MS - 1000);
	ck_assert_str_eq(core_due(), "2");
	core_advance(1000);
	ck_assert_str_eq(core_due(), "");
}
END_TEST

Suite *suite_claims(void)
{
	const TTest *const tests[] = {
		a_lease_begins_when_its_tab_learns_of_it,
		a_claim_that_took_longer_than_its_lease_is_not_granted_twice,
		a_claim_whose_payload_was_posted_meanwhile_is_done,
		what_nobody_asks_for_is_not_kept,
		an_end_stale_with_its_accept_is_refused,
		an_acked_ring_has_its_end,
		a_restart_makes_no_payload_younger,
		NULL,
	};

	return suite_of("claims", tests);
}
