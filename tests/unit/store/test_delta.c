/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_delta.c - the bytes of a change, whole and damaged */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static struct cti_event *make(enum cti_event_type type)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, type), 0);
	ev->at_ms = 1795329000000;
	return ev;
}

static char *dup(const char *text)
{
	char *copy = strdup(text);

	ck_assert_ptr_nonnull(copy);
	return copy;
}

static struct cti_event *make_full(void)
{
	struct cti_event *ev = make(CTI_EVENT_REFUSED);

	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_NAME, "Ann"), 0);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_BP, NULL), 0);
	ev->stored_ms = ev->at_ms - 5;
	ev->sent_ms = ev->at_ms + 70000;
	ev->duration_ms = 0;
	(void)memcpy(ev->original_id, "Leg7", 5);
	ev->code = CTI_ERR_RATE_LIMITED;
	ev->text = dup("too fast");
	ev->refused.agent = dup("ALICE");
	ev->refused.number = dup("+49 30 1");
	ev->refused.activity_uuid = dup("X");
	return ev;
}

START_TEST(event_without_change_has_no_bytes)
{
	struct cti_event *ev = make(CTI_EVENT_RINGING);
	struct cti_buf out;

	cti_buf_init(&out, STORE_BLOB_MAX);
	ck_assert_int_eq(store_delta_encode(&out, ev), 0);
	ck_assert_uint_eq(out.len, 0);
	cti_buf_fini(&out);
	cti_event_destroy(ev);
}
END_TEST

START_TEST(everything_of_a_change_comes_back)
{
	struct cti_event *ev = make_full();
	struct cti_event *back = make(CTI_EVENT_REFUSED);
	struct cti_buf out;

	cti_buf_init(&out, STORE_BLOB_MAX);
	ck_assert_int_eq(store_delta_encode(&out, ev), 0);
	ck_assert_int_eq(store_delta_decode(back,
					    (const unsigned char *)out.data,
					    out.len),
			 0);
	ck_assert_uint_eq(back->nchanges, 2);
	ck_assert_int_eq(back->change[0].fact, CTI_FACT_NAME);
	ck_assert_str_eq(back->change[0].text, "Ann");
	ck_assert_int_eq(back->change[1].fact, CTI_FACT_BP);
	ck_assert_ptr_null(back->change[1].text);
	ck_assert_int_eq(back->stored_ms, ev->stored_ms);
	ck_assert_int_eq(back->sent_ms, ev->sent_ms);
	ck_assert_int_eq(back->duration_ms, 0);
	ck_assert_str_eq(back->original_id, "Leg7");
	ck_assert_int_eq(back->code, CTI_ERR_RATE_LIMITED);
	ck_assert_str_eq(back->text, "too fast");
	ck_assert_str_eq(back->refused.agent, "ALICE");
	ck_assert_str_eq(back->refused.number, "+49 30 1");
	ck_assert_str_eq(back->refused.activity_uuid, "X");
	cti_buf_fini(&out);
	cti_event_destroy(ev);
	cti_event_destroy(back);
}
END_TEST

START_TEST(cut_bytes_are_refused_or_read_in_part)
{
	struct cti_event *ev = make_full();
	struct cti_buf out;

	cti_buf_init(&out, STORE_BLOB_MAX);
	ck_assert_int_eq(store_delta_encode(&out, ev), 0);
	for (size_t len = 0; len < out.len; len++) {
		struct cti_event *back = make(CTI_EVENT_REFUSED);
		/* a block of exactly this size, for the sanitizer to watch */
		unsigned char *data = malloc(len ? len : 1);
		int err;

		ck_assert_ptr_nonnull(data);
		memcpy(data, out.data, len);
		err = store_delta_decode(back, data, len);
		ck_assert(err == 0 || err == -EBADMSG);
		free(data);
		cti_event_destroy(back);
	}
	cti_buf_fini(&out);
	cti_event_destroy(ev);
}
END_TEST

START_TEST(unknown_items_are_passed_over)
{
	static const unsigned char data[] = {
		120,
		2,
		'h',
		'i', /* no such tag */
		62,
		1,
		'x', /* no such fact */
		255,
		0, /* nor such a one cleared */
		CTI_FACT_NAME,
		2,
		'A',
		'b',
	};
	struct cti_event *back = make(CTI_EVENT_UPDATED);

	ck_assert_int_eq(store_delta_decode(back, data, sizeof(data)), 0);
	ck_assert_uint_eq(back->nchanges, 1);
	ck_assert_str_eq(back->change[0].text, "Ab");
	cti_event_destroy(back);
}
END_TEST

START_TEST(length_beyond_the_end_is_refused)
{
	static const unsigned char one[] = {CTI_FACT_NAME, 3, 'A', 'b'};
	static const unsigned char huge[] = {CTI_FACT_NAME, 0xff, 0xff, 0xff,
					     0xff,	    0xff, 0xff, 0xff,
					     0xff,	    0xff, 0x01};
	static const unsigned char endless[] = {
		CTI_FACT_NAME, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
		0x80,	       0x80, 0x80, 0x80, 0x80, 0x80};
	struct cti_event *back = make(CTI_EVENT_UPDATED);

	ck_assert_int_eq(store_delta_decode(back, one, sizeof(one)), -EBADMSG);
	ck_assert_int_eq(store_delta_decode(back, huge, sizeof(huge)),
			 -EBADMSG);
	ck_assert_int_eq(store_delta_decode(back, endless, sizeof(endless)),
			 -EBADMSG);
	cti_event_destroy(back);
}
END_TEST

START_TEST(fingerprints_tell_texts_apart)
{
	static const char zeros[200] = {0};
	unsigned char a[CTI_ID_BLOB], b[CTI_ID_BLOB];

	cti_store_fingerprint(a, "body", 4);
	cti_store_fingerprint(b, "body", 4);
	ck_assert_mem_eq(a, b, sizeof(a));
	cti_store_fingerprint(b, "Body", 4);
	ck_assert_mem_ne(a, b, sizeof(a));
	cti_store_fingerprint(a, NULL, 0);
	cti_store_fingerprint(b, zeros, 1);
	ck_assert_mem_ne(a, b, sizeof(a));
	for (size_t len = 2; len < sizeof(zeros); len++) {
		cti_store_fingerprint(a, zeros, len);
		ck_assert_mem_ne(a, b, sizeof(a));
		memcpy(b, a, sizeof(b));
	}
}
END_TEST

Suite *delta_suite(void)
{
	Suite *suite = suite_create("delta");
	TCase *tcase = tcase_create("delta");

	tcase_add_test(tcase, event_without_change_has_no_bytes);
	tcase_add_test(tcase, everything_of_a_change_comes_back);
	tcase_add_test(tcase, cut_bytes_are_refused_or_read_in_part);
	tcase_add_test(tcase, unknown_items_are_passed_over);
	tcase_add_test(tcase, length_beyond_the_end_is_refused);
	tcase_add_test(tcase, fingerprints_tell_texts_apart);
	suite_add_tcase(suite, tcase);
	return suite;
}
