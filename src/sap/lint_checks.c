/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_checks.c - the questions that the table of rules asks */
#include "sap/lint_checks.h"

#include <stdio.h>
#include <string.h>

#include "cti/id.h"
#include "sap/text.h"

enum {
	UUID_DASHED_LEN = 36,
	ANI_MIN = 7,
	ANI_MAX = 15, /* E.164 */
};

static const char *const channel_words[] = {"CALL", "CHAT", "MESSAGE", NULL};
static const char *const event_words[] = {"INBOUND", "OUTBOUND", "TRANSFER",
					  "UPDATEACTIVITY", NULL};
static const char *const action_words[] = {"NOTIFY", "ACCEPT", "END", NULL};
static const char digits[] = "0123456789";

static const char *value_of(const struct lint_probe *p, const char *name)
{
	const struct lint_field *field = cti_lint_field_find(p->msg, name);

	return field ? field->value : "";
}

static bool value_is(const struct lint_probe *p, const char *name,
		     const char *word)
{
	return !strcmp(value_of(p, name), word);
}

/* SAP takes a message without Type as CALL and without EventType as INBOUND. */
static bool channel_is(const struct lint_probe *p, const char *word)
{
	const char *value = value_of(p, "Type");

	return !strcmp(cti_text_blank(value) ? "CALL" : value, word);
}

static bool starts_contact(const struct lint_probe *p)
{
	const char *value = value_of(p, "EventType");

	return cti_text_blank(value) || !strcmp(value, "INBOUND") ||
	       !strcmp(value, "TRANSFER");
}

static void hint_meant(struct lint_probe *p, const char *meant)
{
	if (meant) /* a cut hint is fine */
		(void)snprintf(p->hint, sizeof(p->hint), "Did you mean %s?",
			       meant);
}

static bool word_unknown(struct lint_probe *p, const char *const *words)
{
	if (cti_text_blank(p->value) || cti_text_among(p->value, words))
		return false;
	hint_meant(p, cti_lint_guess_word(p->value, words));
	return true;
}

bool cti_check_nested(struct lint_probe *p)
{
	return p->field && p->field->kind == LINT_NESTED;
}

bool cti_check_type(struct lint_probe *p)
{
	return p->field && p->field->kind == LINT_OTHER;
}

bool cti_check_empty(struct lint_probe *p)
{
	return p->field && p->field->kind == LINT_TEXT &&
	       cti_text_blank(p->value);
}

bool cti_check_control(struct lint_probe *p)
{
	for (const char *s = p->value; *s; s++) {
		if (cti_text_illegal(s))
			return true;
	}
	return false;
}

bool cti_check_unknown(struct lint_probe *p)
{
	if (!p->field || cti_lint_known(p->field->name))
		return false;
	hint_meant(p, cti_lint_guess(p->field->name));
	return true;
}

bool cti_check_present(struct lint_probe *p)
{
	return p->field != NULL;
}

bool cti_check_missing(struct lint_probe *p)
{
	return cti_text_blank(p->value);
}

bool cti_check_channel_unknown(struct lint_probe *p)
{
	return word_unknown(p, channel_words);
}

bool cti_check_event_unknown(struct lint_probe *p)
{
	return word_unknown(p, event_words);
}

bool cti_check_action_unknown(struct lint_probe *p)
{
	return word_unknown(p, action_words);
}

bool cti_check_action_update(struct lint_probe *p)
{
	return value_is(p, "EventType", "UPDATEACTIVITY") &&
	       (!strcmp(p->value, "NOTIFY") || !strcmp(p->value, "ACCEPT"));
}

bool cti_check_end_event(struct lint_probe *p)
{
	return value_is(p, "Action", "END") &&
	       !value_is(p, "EventType", "UPDATEACTIVITY");
}

bool cti_check_id_missing(struct lint_probe *p)
{
	if (!cti_text_blank(p->value))
		return false;
	if (value_is(p, "EventType", "UPDATEACTIVITY"))
		return cti_text_blank(value_of(p, "ActivityUUID"));
	return starts_contact(p);
}

bool cti_check_id_long(struct lint_probe *p)
{
	return strlen(p->value) > CTI_ID_MAX;
}

bool cti_check_id_chars(struct lint_probe *p)
{
	for (const char *s = p->value; *s; s++) {
		char one[2] = {*s, '\0'};

		if (!cti_id_valid(one))
			return true;
	}
	return false;
}

bool cti_check_original_missing(struct lint_probe *p)
{
	return value_is(p, "EventType", "TRANSFER") && cti_text_blank(p->value);
}

bool cti_check_original_same(struct lint_probe *p)
{
	return value_is(p, "EventType", "TRANSFER") &&
	       !cti_text_blank(p->value) &&
	       value_is(p, "ExternalReferenceID", p->value);
}

bool cti_check_ani_missing(struct lint_probe *p)
{
	return cti_text_blank(p->value) && starts_contact(p) &&
	       !value_is(p, "Action", "END") && !channel_is(p, "CHAT");
}

bool cti_check_ani_plus(struct lint_probe *p)
{
	if (cti_text_blank(p->value) || p->value[0] == '+')
		return false;
	if (!strncmp(p->value, "00", 2))
		(void)snprintf(p->hint, sizeof(p->hint),
			       "The leading 00 has to become +.");
	return true;
}

/* Where the digits end: NULL when there is nothing else. */
static const char *ani_odd(const char *ani, const char *allowed)
{
	if (*ani == '+')
		ani++;
	ani += strspn(ani, allowed);
	return *ani ? ani : NULL;
}

bool cti_check_ani_chars(struct lint_probe *p)
{
	return !cti_text_blank(p->value) &&
	       ani_odd(p->value, "0123456789 -./()") != NULL;
}

bool cti_check_ani_format(struct lint_probe *p)
{
	return !cti_text_blank(p->value) && !cti_check_ani_chars(p) &&
	       ani_odd(p->value, digits) != NULL;
}

bool cti_check_ani_length(struct lint_probe *p)
{
	size_t len = strlen(p->value);

	if (p->value[0] != '+' || ani_odd(p->value, digits))
		return false;
	return len - 1 < ANI_MIN || len - 1 > ANI_MAX;
}

static bool uuid_dashed(const char *text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(text) != UUID_DASHED_LEN)
		return false;
	for (size_t i = 0; i < UUID_DASHED_LEN; i++) {
		const char *set =
			shape[i] == '-' ? "-" : "0123456789abcdefABCDEF";

		if (!strchr(set, text[i]))
			return false;
	}
	return true;
}

bool cti_check_uuid_dashes(struct lint_probe *p)
{
	return uuid_dashed(p->value);
}

bool cti_check_uuid_shape(struct lint_probe *p)
{
	if (cti_text_blank(p->value) || uuid_dashed(p->value))
		return false;
	return strlen(p->value) != CTI_ID_LEN ||
	       strspn(p->value, "0123456789abcdefABCDEF") != CTI_ID_LEN;
}

bool cti_check_custom_late(struct lint_probe *p)
{
	return !cti_text_blank(p->value) &&
	       value_is(p, "EventType", "UPDATEACTIVITY") && p->field &&
	       !strncmp(p->field->name, "Custom_", 7);
}

bool cti_check_transcript(struct lint_probe *p)
{
	return !cti_text_blank(p->value) && !channel_is(p, "CHAT");
}

bool cti_check_channel_missing(struct lint_probe *p)
{
	return cti_text_blank(p->value) && channel_is(p, "MESSAGE") &&
	       starts_contact(p);
}

bool cti_check_channel_misplaced(struct lint_probe *p)
{
	return !cti_text_blank(p->value) && !channel_is(p, "MESSAGE");
}

bool cti_check_email_missing(struct lint_probe *p)
{
	return cti_text_blank(p->value) && channel_is(p, "CHAT") &&
	       starts_contact(p);
}
