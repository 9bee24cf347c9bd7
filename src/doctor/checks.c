/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/checks.c - the list of what was found, as text and as JSON */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "doctor/doctor.h"

enum { DRAFT_SIZE = 4096 };

static const char *const verdict_words[] = {
	[CTI_VERDICT_OK] = "ok",
	[CTI_VERDICT_SKIPPED] = "skipped",
	[CTI_VERDICT_WARN] = "warn",
	[CTI_VERDICT_FAIL] = "fail",
};

static const char *const side_words[] = {
	[CTI_SIDE_RELAY] = "relay",	[CTI_SIDE_SWITCH] = "switch",
	[CTI_SIDE_BROWSER] = "browser", [CTI_SIDE_SAP] = "sap",
	[CTI_SIDE_NETWORK] = "network",
};

enum {
	VERDICTS = sizeof(verdict_words) / sizeof(verdict_words[0]),
	SIDES = sizeof(side_words) / sizeof(side_words[0]),
};

const char *cti_verdict_word(enum cti_verdict verdict)
{
	return verdict_words[verdict];
}

const char *cti_side_word(enum cti_side side)
{
	return side_words[side];
}

struct cti_check *cti_checks_add(struct cti_checks *checks, const char *name)
{
	struct cti_check *check;

	if (checks->n < CTI_CHECKS_MAX)
		checks->n++;
	check = &checks->item[checks->n - 1];
	*check = (struct cti_check){.name = ""};
	(void)snprintf(check->name, sizeof(check->name), "%s",
		       name); /* cut is fine */
	return check;
}

/* Cut at a character, whatever a switch or a file put into it. */
static void text_write(char out[CTI_CHECK_TEXT], const char *fmt, va_list args)
	CTI_PRINTF(2, 0);
static void text_write(char out[CTI_CHECK_TEXT], const char *fmt, va_list args)
{
	char draft[DRAFT_SIZE];

	(void)vsnprintf(draft, sizeof(draft), fmt, args); /* cut is fine */
	cti_utf8_clean(out, CTI_CHECK_TEXT, draft, strlen(draft));
}

void cti_check_say(struct cti_check *check, enum cti_verdict verdict,
		   enum cti_side side, const char *fmt, ...)
{
	va_list args;

	check->verdict = verdict;
	check->side = side;
	va_start(args, fmt);
	text_write(check->sentence, fmt, args);
	va_end(args);
}

void cti_check_fix(struct cti_check *check, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_write(check->fix, fmt, args);
	va_end(args);
}

bool cti_checks_ok(const struct cti_checks *checks)
{
	for (size_t i = 0; i < checks->n; i++)
		if (checks->item[i].verdict > CTI_VERDICT_SKIPPED)
			return false;
	return true;
}

/* What was skipped is no worse than what is well: it stands last. */
static int rank(const struct cti_check *check)
{
	return check->verdict == CTI_VERDICT_SKIPPED ? -1 : (int)check->verdict;
}

void cti_checks_sort(struct cti_checks *checks)
{
	for (size_t i = 1; i < checks->n; i++) {
		struct cti_check moved = checks->item[i];
		size_t at = i;

		for (; at > 0 && rank(&checks->item[at - 1]) < rank(&moved);
		     at--)
			checks->item[at] = checks->item[at - 1];
		checks->item[at] = moved;
	}
}

/* --- JSON --- */

void cti_checks_write(struct cti_jsonw *w, const struct cti_checks *checks)
{
	cti_jsonw_arr(w);
	for (size_t i = 0; i < checks->n; i++) {
		const struct cti_check *check = &checks->item[i];

		cti_jsonw_obj(w);
		cti_jsonw_kstr(w, "name", check->name);
		cti_jsonw_kstr(w, "verdict", cti_verdict_word(check->verdict));
		cti_jsonw_kstr(w, "side", cti_side_word(check->side));
		cti_jsonw_kstr(w, "sentence", check->sentence);
		cti_jsonw_kstr(w, "fix", *check->fix ? check->fix : NULL);
		cti_jsonw_obj_end(w);
	}
	cti_jsonw_arr_end(w);
}

static int word_find(const char *const words[], int n, const char *word)
{
	int i = 0;

	while (word && i < n && strcmp(words[i], word) != 0)
		i++;
	return word ? i : n;
}

static void check_read(struct cti_checks *checks,
		       const struct cti_json_value *value)
{
	const char *name = cti_json_str(value, "name");
	const char *fix = cti_json_str(value, "fix");
	const char *sentence = cti_json_str(value, "sentence");
	int verdict = word_find(verdict_words, VERDICTS,
				cti_json_str(value, "verdict"));
	int side = word_find(side_words, SIDES, cti_json_str(value, "side"));
	struct cti_check *check;

	if (!name || !sentence || verdict == (int)VERDICTS ||
	    side == (int)SIDES)
		return;
	check = cti_checks_add(checks, name);
	cti_check_say(check, (enum cti_verdict)verdict, (enum cti_side)side,
		      "%s", sentence);
	if (fix)
		cti_check_fix(check, "%s", fix);
}

void cti_checks_read(struct cti_checks *checks,
		     const struct cti_json_value *answer)
{
	const struct cti_json_value *list = cti_json_find(answer, "checks");

	if (!list || list->type != CTI_JSON_ARRAY)
		return;
	for (list = list->first; list; list = list->next)
		check_read(checks, list);
}

/* --- times --- */

const char *cti_when(char out[CTI_WHEN_SIZE], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!wall_ms || !gmtime_r(&seconds, &tm) ||
	    !strftime(out, CTI_WHEN_SIZE, "%Y-%m-%d %H:%M:%S UTC", &tm))
		(void)snprintf(out, CTI_WHEN_SIZE, "never"); /* fits */
	return out;
}

const char *cti_span(char out[CTI_WHEN_SIZE], int64_t ms)
{
	static const struct {
		int64_t from_s, unit_s; /* a unit begins where two are full */
		const char *word;
	} units[] = {
		{2 * 86400, 86400, "days"},
		{2 * 3600, 3600, "h"},
		{120, 60, "min"},
		{0, 1, "s"},
	};
	int64_t s = ms > 0 ? ms / 1000 : 0;
	size_t i = 0;

	while (s < units[i].from_s)
		i++;
	(void)snprintf(out, CTI_WHEN_SIZE, "%lld %s",
		       (long long)(s / units[i].unit_s),
		       units[i].word); /* fits */
	return out;
}
