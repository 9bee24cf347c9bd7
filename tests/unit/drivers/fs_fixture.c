/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fs_fixture.c - the freeswitch driver on a fake event socket */
#include "fs_fixture.h"

#include <check.h>
#include <string.h>

#include "drivers/freeswitch/freeswitch.h"

enum { STORY_SIZE = 1024 };
static char story_text[STORY_SIZE];

const char *fs_story(const char *ref)
{
	const char *text = story(ref), *before = "";
	size_t len = 0, before_len = 0;

	story_text[0] = '\0';
	while (*text) {
		size_t n = strcspn(text, " ");

		if (n != before_len || memcmp(text, before, n) != 0) {
			if (len)
				story_text[len++] = ' ';
			memcpy(story_text + len, text, n);
			len += n;
			story_text[len] = '\0';
		}
		before = text;
		before_len = n;
		text += n + (text[n] == ' ');
	}
	return story_text;
}

void fs_setup(void)
{
	fixture_setup();
	fake_esl_open(fix.loop);
}

void fs_teardown(void)
{
	fake_esl_close();
	fixture_teardown();
}

void fs_start(const char *lines)
{
	struct cti_buf text;

	cti_buf_init(&text, 8192);
	ck_assert_int_eq(
		cti_buf_fmt(&text,
			    "agent \"A1\" { device = \"" FS_DEVICE "\" }\n"
			    "agent \"A2\" { device = \"" FS_DEVICE2 "\" }\n"
			    "telephony { driver = \"freeswitch\"\n"
			    "reconnect_min_ms = 1000\n"
			    "reconnect_max_ms = 8000 }\n"
			    "freeswitch { port = %u\nsecret_file = \"%s\"\n"
			    "%s}\n",
			    fake_esl.port, fixture_file(FAKE_ESL_SECRET "\n"),
			    lines),
		0);
	fixture_start_conf(&cti_driver_freeswitch, cti_buf_text(&text));
	cti_buf_fini(&text);
	cti_loop_advance(fix.loop, 0);
}

void fs_up(void)
{
	fs_setup();
	fs_start("");
	fixture_wait(fix.nsynced == 1);
	(void)fake_esl_log(); /* the login is not what is looked at */
}

int fs_dial(const char *call_id, const char *number, uint32_t timeout_ms)
{
	struct cti_originate req = {
		.call_id = call_id,
		.device = FS_DEVICE,
		.number = number,
		.timeout_ms = timeout_ms,
	};
	int err;

	fix.inside = true;
	err = fix.ops->originate(fix.drv, &req);
	fix.inside = false;
	fixture_turn();
	return err;
}

void fs_dial_events(const char *name, size_t first, size_t end)
{
	static const char *const texts[] = {
		"11111111-0000-4000-8000-000000000001",
		FS_ID,
		"11111111-0000-4000-8000-000000000011",
		FS_ID,
		"11111111-0000-4000-8000-000000000012",
		FS_ID,
		"11111111-0000-4000-8000-000000000014",
		FS_ID,
		"11111111-0000-4000-8000-000000000017",
		FS_ID,
		"\"lab-job-1\"",
		"\"" FS_ID "\"",
		"\"job-11\"",
		"\"" FS_ID "\"",
		"\"job-12\"",
		"\"" FS_ID "\"",
		"\"job-14\"",
		"\"" FS_ID "\"",
		"\"job-15\"",
		"\"" FS_ID "\"",
		"\"job-16\"",
		"\"" FS_ID "\"",
		"\"job-17\"",
		"\"" FS_ID "\"",
		"sofia/internal/101@",
		"sofia/internal/777@",
		NULL,
	};

	fake_esl_replay(name, first, end, texts);
	fixture_turn();
}

void fs_ring_events(size_t first, size_t end)
{
	static const char *const texts[] = {NULL};

	fake_esl_replay("inbound", first, end, texts);
	fixture_turn();
}
