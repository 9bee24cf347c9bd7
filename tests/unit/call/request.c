/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/request.c - asking the core, and collecting what it answers */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static void on_outcome(void *arg, const struct cti_outcome *outcome)
{
	struct told *told = &core.told[core.ntold];

	must(arg == &core);
	must(core.ntold < TOLD_MAX);
	*told = (struct told){
		.code = outcome->err.code,
		.retry_after_s = outcome->err.retry_after_s,
		.created = outcome->created,
	};
	if (outcome->call && outcome->created && !outcome->err.code &&
	    outcome->call->direction == CTI_OUTBOUND)
		core_promise(outcome->call->id); /* what is acknowledged */
	if (outcome->call)
		memcpy(told->call, outcome->call->id, sizeof(told->call));
	memcpy(told->text, outcome->err.text, sizeof(told->text));
	core.ntold++;
}

static const struct cti_reply reply = {.fn = on_outcome, .arg = &core};

/* Parts of a request that are not const-correct in its struct. */
static char *lent(const char *text, char *room, size_t size)
{
	if (!text)
		return NULL;
	must(strlen(text) < size);
	return memcpy(room, text, strlen(text) + 1);
}

int core_click_only(const struct click *click)
{
	char number[64], activity[64], user[64];
	static char crm[16384];
	struct cti_outbound out = {
		.number = lent(click->number, number, sizeof(number)),
		.activity_uuid =
			lent(click->activity, activity, sizeof(activity)),
		.user = lent(click->user, user, sizeof(user)),
		.crm = lent(click->crm ? click->crm : "{}", crm, sizeof(crm)),
	};
	struct cti_dial dial = {
		.out = &out,
		.idempotency_key = click->key,
		.body = click->body ? click->body : "",
	};

	dial.body_len = strlen(dial.body);
	core.err = (struct cti_err){.code = CTI_OK};
	return cti_calls_dial(core.calls, &dial, &reply, &core.err);
}

int core_click(const struct click *click)
{
	int rc = core_click_only(click);

	core_settle();
	return rc;
}

int core_dial(const char *number)
{
	return core_click(&(struct click){.number = number});
}

int core_redial(const char *id)
{
	int rc = cti_calls_redial(core.calls, id, &reply, &core.err);

	core_settle();
	return rc;
}

int core_do(const char *id, enum cti_action action, const char *text)
{
	struct cti_do what = {.id = id, .action = action, .text = text};
	int rc;

	core.err = (struct cti_err){.code = CTI_OK};
	rc = cti_calls_do(core.calls, &what, &reply, &core.err);
	core_settle();
	return rc;
}

void core_transfer_only(const struct cti_do *what)
{
	ck_assert_int_eq(cti_calls_do(core.calls, what, &reply, &core.err), 0);
}

int core_push_only(const struct cti_push *push)
{
	core.err = (struct cti_err){.code = CTI_OK};
	return cti_calls_push(core.calls, push, &reply, &core.err);
}

int core_push_as(const struct cti_push *push)
{
	int rc = core_push_only(push);

	core_settle();
	return rc;
}

int core_push(enum cti_push_event event, const char *ref)
{
	return core_push_as(&(struct cti_push){
		.event = event, .ref = ref, .from = "+49306912345"});
}

int core_play(const char *script)
{
	struct cti_played played = {.from = "+49306912345", .script = script};
	int rc;

	core.err = (struct cti_err){.code = CTI_OK};
	rc = cti_calls_play(core.calls, &played, NULL, &reply, &core.err);
	core_settle();
	return rc;
}

int core_patch_only(const char *id, enum cti_fact fact, const char *text)
{
	struct cti_patch patch = {.id = id, .mask = 1UL << fact};

	patch.fact[fact] = text;
	core.err = (struct cti_err){.code = CTI_OK};
	return cti_calls_patch(core.calls, &patch, &reply, &core.err);
}

int core_patch(const char *id, enum cti_fact fact, const char *text)
{
	int rc = core_patch_only(id, fact, text);

	core_settle();
	return rc;
}

int core_claim_only(int64_t event, const char *tab)
{
	struct cti_claim claim = {.event = event, .tab = tab};

	core.err = (struct cti_err){.code = CTI_OK};
	return cti_calls_claim(core.calls, &claim, &reply, &core.err);
}

int core_claim(int64_t event, const char *tab)
{
	int rc = core_claim_only(event, tab);

	core_settle();
	return rc;
}

int core_ack(int64_t event)
{
	struct cti_claim claim = {.event = event, .tab = "any"};
	int rc;

	core.err = (struct cti_err){.code = CTI_OK};
	rc = cti_calls_ack(core.calls, &claim, &reply, &core.err);
	core_settle();
	return rc;
}

const struct told *core_told(void)
{
	ck_assert_uint_gt(core.ntold, 0);
	return &core.told[core.ntold - 1];
}

void core_refused(int rc, int errno_value, enum cti_code code)
{
	ck_assert_int_eq(rc, -errno_value);
	ck_assert_msg(core.err.code == code, "%s, not %s: %s",
		      cti_problem_find(core.err.code)->slug,
		      cti_problem_find(code)->slug, core.err.text);
	ck_assert_int_ne(core.err.text[0], '\0');
}
