/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/asterisk_fixture.c - the asterisk driver on a fake manager */
#include "asterisk_fixture.h"

#include <check.h>

#include "drivers/asterisk/asterisk.h"

void ast_setup(void)
{
	fixture_setup();
	fake_ami_open(fix.loop);
}

void ast_teardown(void)
{
	fake_ami_close();
	fixture_teardown();
}

void ast_start(const char *lines)
{
	struct cti_buf text;

	cti_buf_init(&text, 8192);
	ck_assert_int_eq(
		cti_buf_fmt(&text,
			    "agent \"A1\" { device = \"" AST_DEVICE "\" }\n"
			    "agent \"A2\" { device = \"" AST_DEVICE2 "\" }\n"
			    "telephony { driver = \"asterisk\"\n"
			    "reconnect_min_ms = 1000\n"
			    "reconnect_max_ms = 8000 }\n"
			    "asterisk { port = %u\nusername = \"click\"\n"
			    "secret_file = \"%s\"\ncontext = \"agents\"\n"
			    "%s}\n",
			    fake_ami.port, fixture_file(FAKE_AMI_SECRET "\n"),
			    lines),
		0);
	fixture_start_conf(&cti_driver_asterisk, cti_buf_text(&text));
	cti_buf_fini(&text);
	cti_loop_advance(fix.loop, 0);
}

void ast_up(const char *lines)
{
	ast_start(lines);
	fixture_wait(fix.nsynced == 1);
	(void)fake_ami_log(); /* the login is not what is looked at */
}

void ast_setup_up(void)
{
	ast_setup();
	ast_up("");
}

int ast_dial(const char *call_id, const char *number)
{
	struct cti_originate req = {
		.call_id = call_id,
		.device = AST_DEVICE,
		.number = number,
		.timeout_ms = 20000,
	};
	int err;

	fix.inside = true;
	err = fix.ops->originate(fix.drv, &req);
	fix.inside = false;
	fixture_turn();
	return err;
}

void ast_told(const char *text)
{
	fake_ami_send(text);
	fixture_turn();
}
