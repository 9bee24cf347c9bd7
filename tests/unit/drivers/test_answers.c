/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_answers.c - the texts baresip answers with */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "drivers/baresip/answers.h"
#include "suites.h"

static struct cti_answer_lines lines;

START_TEST(about_tells_the_version)
{
	struct cti_answer_version v;

	ck_assert_int_eq(
		cti_answer_about(&v, ".---.\n|   [34;1mbare[31;1msip[;m 1.0.0 "
				     "   |\n| License:   BSD |\n"),
		0);
	ck_assert(v.major == 1 && v.minor == 0 && v.patch == 0);
	ck_assert_int_eq(cti_answer_about(&v, "baresip 4.10.2 |"), 0);
	ck_assert(v.major == 4 && v.minor == 10 && v.patch == 2);
	ck_assert_int_eq(cti_answer_about(&v, "some other program 2"),
			 -EBADMSG);
	ck_assert_int_eq(cti_answer_about(&v, ""), -EBADMSG);
}
END_TEST

START_TEST(reginfo_lists_accounts_of_both_dialects)
{
	struct cti_answer_accounts a;

	cti_answer_reginfo(&a, "\n--- User Agents (2) ---\n"
			       "  sip:agent1@127.0.0.1:5171      \n"
			       "> sip:agent2@127.0.0.1:5171   OK \n\n");
	ck_assert_uint_eq(a.n, 2);
	ck_assert_uint_eq(a.current, 1);
	ck_assert_str_eq(a.aor[1], "sip:agent2@127.0.0.1:5171");
	cti_answer_reginfo(&a, "\n--- User Agents (1) ---\n"
			       "0 - sip:agent4@127.0.0.1:5079    \n\n");
	ck_assert_uint_eq(a.n, 1);
	ck_assert_str_eq(a.aor[0], "sip:agent4@127.0.0.1:5079");
	cti_answer_reginfo(&a, "");
	ck_assert_uint_eq(a.n, 0);
}
END_TEST

START_TEST(listcalls_of_1_0_has_no_ids)
{
	cti_answer_listcalls(
		&lines,
		"\n--- Active calls (4) ---\n"
		"  [line 1]  0:00:05  ESTABLISHED  (on hold)  sip:1@h:50\n"
		"  [line 2]  0:00:00   INCOMING             sip:2@h\n"
		"  [line 3]  0:00:00    RINGING  (on hold)  sip:3@h\n"
		"> [line 12]  0:00:00   OUTGOING             sip:4@h\n\n");
	ck_assert_uint_eq(lines.n, 4);
	ck_assert_int_eq((int)lines.line[0].state, CTI_CALL_HELD);
	ck_assert_str_eq(lines.line[0].peer, "sip:1@h:50");
	ck_assert(lines.line[1].inbound && !lines.line[1].outbound);
	ck_assert_int_eq((int)lines.line[2].state, CTI_CALL_RINGING);
	ck_assert(lines.line[2].outbound);
	ck_assert_int_eq((int)lines.line[3].state, CTI_CALL_DIALING);
	ck_assert_uint_eq(lines.line[3].line, 12);
	ck_assert_str_eq(lines.line[3].id, "");
}
END_TEST

START_TEST(listcalls_of_later_ones_has_ids)
{
	cti_answer_listcalls(
		&lines, "\nUser-Agent: agent4@127.0.0.1\n"
			"--- Active calls (2) ---\n"
			"> [line 1, id 1-51@h]  0:00:01  ESTABLISHED          "
			"   sip:333@h:5060\n"
			"  [line 2, id 1-52@h]  0:00:00   INCOMING          "
			"   sip:444@h:5061\n\n");
	ck_assert_uint_eq(lines.n, 2);
	ck_assert_str_eq(lines.line[0].id, "1-51@h");
	ck_assert_int_eq((int)lines.line[0].state, CTI_CALL_ACTIVE);
	ck_assert_str_eq(lines.line[1].id, "1-52@h");
	ck_assert_str_eq(lines.line[1].peer, "sip:444@h:5061");
}
END_TEST

START_TEST(lines_that_are_none_are_passed_over)
{
	cti_answer_listcalls(&lines, "\n--- Active calls (0) ---\n\n");
	ck_assert_uint_eq(lines.n, 0);
	cti_answer_listcalls(&lines, "[line 1]  0:00:05  DOZING  sip:1@h\n"
				     "[line 2\n[line 3]  ESTABLISHED\n");
	ck_assert_uint_eq(lines.n, 0);
}
END_TEST

START_TEST(callstat_tells_id_and_direction)
{
	struct cti_answer_stat s;

	ck_assert_int_eq(
		cti_answer_callstat(
			&s, "\n===== Call debug (INCOMING) =====\n"
			    " local_uri:  <sip:agent1@127.0.0.1:5171>\n"
			    " peer_uri:   Ann 333 <sip:333@127.0.0.1:5262>\n"
			    " af=AF_INET id=1-7708@127.0.0.1\n"
			    " direction: Incoming\nSDP session\n"),
		0);
	ck_assert_str_eq(s.id, "1-7708@127.0.0.1");
	ck_assert_str_eq(s.peer, "sip:333@127.0.0.1:5262");
	ck_assert_str_eq(s.name, "Ann 333");
	ck_assert_str_eq(s.account, "sip:agent1@127.0.0.1:5171");
	ck_assert(s.inbound);
	ck_assert_int_eq(cti_answer_callstat(&s, "\n(no active calls)\n"),
			 -ENOENT);
}
END_TEST

START_TEST(dial_of_later_ones_names_the_call)
{
	char id[CTI_SIP_SIZE] = "";

	ck_assert_int_eq(
		cti_answer_dial(id, "call uri: sip:1@h\ncall id: be6a4acb\n"),
		0);
	ck_assert_str_eq(id, "be6a4acb");
	ck_assert_int_eq(cti_answer_dial(id, ""), -ENOENT);
	ck_assert_int_eq(cti_answer_dial(id, "call id: \n"), -ENOENT);
	ck_assert_str_eq(id, "be6a4acb");
}
END_TEST

Suite *answers_suite(void)
{
	Suite *suite = suite_create("answers");
	TCase *tcase = tcase_create("texts");

	tcase_add_test(tcase, about_tells_the_version);
	tcase_add_test(tcase, reginfo_lists_accounts_of_both_dialects);
	tcase_add_test(tcase, listcalls_of_1_0_has_no_ids);
	tcase_add_test(tcase, listcalls_of_later_ones_has_ids);
	tcase_add_test(tcase, lines_that_are_none_are_passed_over);
	tcase_add_test(tcase, callstat_tells_id_and_direction);
	tcase_add_test(tcase, dial_of_later_ones_names_the_call);
	suite_add_tcase(suite, tcase);
	return suite;
}
