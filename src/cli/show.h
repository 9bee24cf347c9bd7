/* SPDX-License-Identifier: Apache-2.0 */
/* cli/show.h - calls and events as lines for people */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "cti/json.h"

enum show_color {
	SHOW_PLAIN,
	SHOW_RED,
	SHOW_GREEN,
	SHOW_YELLOW,
	SHOW_BOLD,
	SHOW_DIM,
};
/** What switches a terminal to it; "" unless on. */
const char *show_color(bool on, enum show_color color);

enum {
	SHOW_TIME = 16,
	SHOW_NUMBER = 48,
	CTI_ID_SHOWN = 40, /* a byte more than an id has */
};

/** Text of a member for a terminal, without control characters; "" where it
 * is absent or no text. obj may be NULL. */
void show_text(char *out, size_t size, const struct cti_json_value *obj,
	       const char *key);
/** A line of JSON as it came, but with the control characters that JSON lets
 * stand written as escapes: some begin commands to a terminal. */
void show_json(const struct cti_cli *cli, const char *json, size_t len);
/** A NUMBER member; fallback where it is absent. */
long long show_number(const struct cti_json_value *obj, const char *key,
		      long long fallback);
/** "2026-11-22T06:30:00.123Z" as "07:30:00", in local time; "" for others. */
void show_time(char out[SHOW_TIME], const char *iso);
/** The same with the date, "2026-11-22 07:30:00". */
void show_date(char out[2 * SHOW_TIME], const char *iso);
/** 83000 as "1:23", 3723000 as "1:02:03". */
void show_duration(char out[SHOW_TIME], long long ms);

/** Columns of a call in a list, and the line over them. */
void show_call_heading(const struct cti_cli *cli);
void show_call(const struct cti_cli *cli, const struct cti_json_value *call);
/** An event in one line; its number masked, its ids short unless full. */
void show_event(const struct cti_cli *cli, const struct cti_json_value *event,
		bool full);
/** Why a call ended, in words with what to know: "busy (SIP 486)". */
void show_cause(char *out, size_t size, const struct cti_json_value *call);

#endif /* CLI_SHOW_H */
