/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_oom.c - memory runs out at every point (ld --wrap) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

enum { OOM_MOST = 500 }; /* more allocations than any of these makes */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

/* The n-th allocation from now on fails; 0 = none does. */
static unsigned int *oom_countdown(void)
{
	static unsigned int countdown;

	return &countdown;
}

static bool oom_now(void)
{
	unsigned int *countdown = oom_countdown();

	return *countdown && --*countdown == 0;
}

void *__wrap_malloc(size_t size)
{
	return oom_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return oom_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return oom_now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return oom_now() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
	return oom_now() ? NULL : __real_strndup(text, len);
}

static int try_outbound(void)
{
	static const char body[] = "\"{\\\"PhoneNumber\\\":\\\"1\\\","
				   "\\\"ActivityUUID\\\":\\\"a\\\","
				   "\\\"LoggedInUserID\\\":\\\"b\\\"}\"";
	struct cti_outbound out;
	int err = cti_outbound_parse(&out, body, strlen(body), NULL);

	if (!err)
		cti_outbound_fini(&out);
	return err;
}

static int try_payload(void)
{
	static char number[] = "+49306912345";
	const struct cti_sap_conf conf = {.accept_omit = false};
	struct cti_call call = {.id = "A1", .original_id = "A1"};
	struct cti_buf out;
	int err;

	call.fact[CTI_FACT_NUMBER] = number;
	cti_buf_init(&out, 1024);
	err = cti_sap_payload(&out, &conf, &call, CTI_SAP_NOTIFY, 0);
	cti_buf_fini(&out);
	return err;
}

static int try_lint(const char *text)
{
	size_t errors = 0;

	return cti_lint(&errors, text, strlen(text), NULL, NULL);
}

static int try_json(void)
{
	return try_lint("{\"payload\":{\"ANI\":\"+4930\",\"BP\":\"1\"}}");
}

static int try_xml(void)
{
	return try_lint("<payload><ANI>+4930</ANI><BP>1</BP></payload>");
}

static int (*const tries[])(void) = {try_outbound, try_payload, try_json,
				     try_xml};

START_TEST(no_memory_is_an_error_without_a_leak)
{
	unsigned int n;
	int err = -ENOMEM;

	for (n = 1; n < OOM_MOST && err == -ENOMEM; n++) {
		*oom_countdown() = n;
		err = tries[_i]();
	}
	*oom_countdown() = 0;
	ck_assert_uint_gt(n, 2);
	ck_assert_int_eq(err, 0);
}
END_TEST

Suite *suite_oom(void)
{
	Suite *suite = suite_create("sap out of memory");
	TCase *tc = tcase_create("oom");

	tcase_add_loop_test(tc, no_memory_is_an_error_without_a_leak, 0,
			    sizeof(tries) / sizeof(tries[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
