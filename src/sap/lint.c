/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint.c - checks a message against what SAP takes */
#include "sap/lint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sap/text.h"

/* Whom the findings go to, and how many were errors. */
struct lint_report {
	cti_finding_fn *fn;
	void *arg;
	size_t errors;
};

int cti_lint_field_add(struct lint_msg *msg, const char *name,
		       const char *value, enum lint_kind kind)
{
	struct lint_field field = {.kind = kind};

	if (msg->nfields == LINT_FIELDS_MAX) {
		cti_lint_flaw(msg, LINT_TOO_MANY, NULL, NULL);
		return 0;
	}
	field.name = strdup(name);
	field.value = strdup(value);
	if (!field.name || !field.value) {
		free(field.name);
		free(field.value);
		return -ENOMEM;
	}
	msg->field[msg->nfields++] = field;
	return 0;
}

const struct lint_field *cti_lint_field_find(const struct lint_msg *msg,
					     const char *name)
{
	for (size_t i = 0; i < msg->nfields; i++) {
		if (!strcmp(msg->field[i].name, name))
			return &msg->field[i];
	}
	return NULL;
}

void cti_lint_flaw(struct lint_msg *msg, enum lint_flaw flaw, const char *field,
		   const char *hint)
{
	struct lint_seen *seen = &msg->flaw[flaw];

	if (seen->seen)
		return;
	seen->seen = true;
	cti_utf8_clean(seen->field, sizeof(seen->field), field ? field : "",
		       field ? strlen(field) : 0);
	cti_utf8_clean(seen->hint, sizeof(seen->hint), hint ? hint : "",
		       hint ? strlen(hint) : 0);
}

int cti_lint_read(struct lint_msg *msg, const char *text, size_t len, int layer)
{
	size_t at = 0;

	if (len > LINT_SIZE_MAX) {
		cti_lint_flaw(msg, LINT_TOO_LARGE, NULL, NULL);
		return 0;
	}
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		at = 3;
	while (at < len && strchr(" \t\r\n", text[at]) && text[at])
		at++;
	if (at == len) {
		cti_lint_flaw(msg, LINT_EMPTY, NULL, NULL);
		return 0;
	}
	if (text[at] == '<')
		return cti_lint_read_xml(msg, text, len);
	return cti_lint_read_json(msg, text + at, len - at, layer);
}

static void lint_say(struct lint_report *report, const struct lint_rule *rule,
		     const char *field, const char *hint)
{
	char sentence[2 * LINT_HINT + 160];
	struct cti_finding finding = {
		.rule = rule->id,
		.severity = rule->severity,
		.field = field,
		.sentence = rule->sentence,
		.kba = rule->kba,
	};

	if (hint[0]) {
		(void)snprintf(sentence, sizeof(sentence), "%s %s",
			       rule->sentence, hint); /* cut is fine */
		finding.sentence = sentence;
	}
	if (rule->severity == CTI_LINT_ERROR)
		report->errors++;
	if (report->fn)
		report->fn(report->arg, &finding);
}

static void lint_ask(struct lint_report *report, const struct lint_rule *rule,
		     const struct lint_msg *msg, const struct lint_field *field)
{
	struct lint_probe probe = {
		.msg = msg,
		.field = field,
		.value = field ? field->value : "",
	};

	if (rule->check(&probe))
		lint_say(report, rule, field ? field->name : rule->field,
			 probe.hint);
}

static void lint_apply(struct lint_report *report, const struct lint_rule *rule,
		       const struct lint_msg *msg)
{
	const struct lint_seen *seen = &msg->flaw[rule->flaw];

	if (!rule->check) {
		if (seen->seen)
			lint_say(report, rule,
				 seen->field[0] ? seen->field : rule->field,
				 seen->hint);
		return;
	}
	if (!msg->readable)
		return;
	if (!rule->field || strcmp(rule->field, "*") != 0) {
		lint_ask(report, rule, msg,
			 rule->field ? cti_lint_field_find(msg, rule->field)
				     : NULL);
		return;
	}
	for (size_t i = 0; i < msg->nfields; i++)
		lint_ask(report, rule, msg, &msg->field[i]);
}

static int lint_run(size_t *errorsp, struct lint_msg *msg, const char *text,
		    size_t len, struct lint_report *report)
{
	int err = cti_lint_read(msg, text, len, 0);

	if (err)
		return err;
	for (size_t i = 0; i < cti_lint_nrules; i++)
		lint_apply(report, &cti_lint_rules[i], msg);
	*errorsp = report->errors;
	return 0;
}

static int lint_start(size_t *errorsp, bool wrapped, const char *text,
		      size_t len, struct lint_report report)
{
	struct lint_msg *msg = calloc(1, sizeof(*msg));
	int err;

	if (!msg)
		return -ENOMEM;
	msg->wrapped = wrapped;
	err = lint_run(errorsp, msg, text, len, &report);
	for (size_t i = 0; i < msg->nfields; i++) {
		free(msg->field[i].name);
		free(msg->field[i].value);
	}
	free(msg);
	return err;
}

int cti_lint(size_t *errorsp, const char *text, size_t len, cti_finding_fn *fn,
	     void *arg)
{
	return lint_start(errorsp, false, text, len,
			  (struct lint_report){.fn = fn, .arg = arg});
}

int cti_lint_payload(size_t *errorsp, const char *json, size_t len,
		     cti_finding_fn *fn, void *arg)
{
	return lint_start(errorsp, true, json, len,
			  (struct lint_report){.fn = fn, .arg = arg});
}

const char *cti_severity_word(enum cti_severity severity)
{
	static const char *const words[] = {
		[CTI_LINT_ERROR] = "error",
		[CTI_LINT_WARNING] = "warning",
		[CTI_LINT_NOTE] = "note",
	};

	return words[severity];
}

void cti_finding_write(struct cti_jsonw *w, const struct cti_finding *f)
{
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "rule", f->rule);
	cti_jsonw_kstr(w, "severity", cti_severity_word(f->severity));
	cti_jsonw_kstr(w, "field", f->field);
	cti_jsonw_kstr(w, "sentence", f->sentence);
	cti_jsonw_kstr(w, "kba", f->kba);
	cti_jsonw_obj_end(w);
}
